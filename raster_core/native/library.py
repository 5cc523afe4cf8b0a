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


@cache
def _load() -> ctypes.CDLL | None:
    for place in (str(BESIDE), NAME):
        try:
            found = ctypes.CDLL(place)
        except OSError:
            continue
        found.rasterlet_fingerprint.restype = ctypes.c_uint64
        if found.rasterlet_fingerprint() == fingerprint():
            return found
        sys.stderr.write(f"{NAME} is of other sources and is not used\n")
    return None
