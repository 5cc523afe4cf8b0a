"""Load the compiled kernels, or do without.

The library lies beside this module, or where the system looks for libraries (a Lambda
layer's ``lib``). One of other sources is not taken.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from raster_core.native.sources import SUFFIX, fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = f"librasterlet{SUFFIX}"

BESIDE = Path(__file__).with_name(NAME)

_hidden = False


def library() -> ctypes.CDLL | None:
    """The kernels, or None where the references are to run."""
    return None if _hidden else _load()


def implementation() -> str:
    """``native`` or ``numpy``: which of the two runs."""
    return "numpy" if library() is None else "native"


@contextmanager
def without_library() -> Iterator[None]:
    """The references run inside, in every thread; for comparisons."""
    global _hidden  # noqa: PLW0603  there is one library
    before, _hidden = _hidden, True
    try:
        yield
    finally:
        _hidden = before


def open_library(place: str) -> ctypes.CDLL | None:
    """The library of a file, of whatever sources; None where there is none.

    Args:
        place: Its path, or its name where the system looks for libraries.
    """
    try:
        return ctypes.CDLL(place)
    except OSError:
        return None


def fits(found: ctypes.CDLL) -> bool:
    """Whether a library was made of the present sources, with the present flags."""
    found.rasterlet_fingerprint.restype = ctypes.c_uint64
    return bool(found.rasterlet_fingerprint() == fingerprint())


@cache
def _load() -> ctypes.CDLL | None:
    for place in (str(BESIDE), NAME):
        found = open_library(place)
        if found is not None and fits(found):
            return found
        if found is not None:
            sys.stderr.write(f"{NAME} is of other sources and is not used\n")
    return None
