"""A plugin of pytest: keeps what the tests call the faces of the kernels with.

It wraps them before any test is imported, and writes samples of arguments, as they were
before the call, to the file that ``RASTERLET_RECORD`` names.
"""

from __future__ import annotations

import functools
import os
import pickle
import random
from pathlib import Path
from typing import TYPE_CHECKING

from testing.sanitizing.faces import face_classes, face_modules, faces, methods

if TYPE_CHECKING:
    from collections.abc import Callable

# Of each face, samples of all its calls alike.
SAMPLES = 40

type Sample = bytes
"""Pickled (positional, keyword) arguments."""

_recorded: dict[str, list[Sample]] = {}
_random = random.Random(0)  # noqa: S311  a sample


def pytest_configure() -> None:
    """Wrap every face, so that ``from … import`` finds the wrapped ones."""
    for module in face_modules():
        for name, function in faces(module).items():
            setattr(module, name, _recording(f"{module.__name__}:{name}", function))
        for found in face_classes(module):
            for name, function in methods(found).items():
                place = f"{module.__name__}:{found.__qualname__}.{name}"
                setattr(found, name, _recording(place, function, skipped=1))


def pytest_unconfigure() -> None:
    """Write what was recorded."""
    Path(os.environ["RASTERLET_RECORD"]).write_bytes(pickle.dumps(_recorded))


def _recording(
    name: str, function: Callable[..., object], skipped: int = 0
) -> Callable[..., object]:
    """The function, which keeps its arguments; ``self``, if it is skipped, without."""
    samples = _recorded.setdefault(name, [])
    calls = 0

    @functools.wraps(function)
    def call(*positional: object, **keyword: object) -> object:
        nonlocal calls
        calls += 1
        place = len(samples) if len(samples) < SAMPLES else _random.randrange(calls)
        if place < SAMPLES:
            try:
                sample = pickle.dumps((positional[skipped:], keyword))
            except (pickle.PicklingError, TypeError, AttributeError):
                sample = b""  # a function or a file, which nothing mutates
            samples[place : place + 1] = [sample] if sample else []
        return function(*positional, **keyword)

    return call
