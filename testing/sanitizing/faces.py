"""The faces of the kernels: all public functions of ``raster_core.native``."""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING

from raster_core.native.sources import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

# How kernels are built and loaded.
MACHINERY = {"compile", "library", "sources"}


def face_modules() -> Iterator[ModuleType]:
    """Every module that is the face of kernels."""
    for path in sorted(FOLDER.parent.rglob("*.py")):
        name = ".".join(path.relative_to(FOLDER.parent).with_suffix("").parts)
        if path.stem != "__init__" and name not in MACHINERY:
            yield importlib.import_module(f"raster_core.native.{name}")


def face_classes(module: ModuleType) -> list[type]:
    """Its public classes: what its functions may return."""
    return [
        found
        for name, found in vars(module).items()
        if inspect.isclass(found)
        and found.__module__ == module.__name__
        and not name.startswith("_")
    ]


def methods(found: type) -> dict[str, Callable[..., object]]:
    """A class's own public methods by name."""
    return {
        name: function
        for name, function in vars(found).items()
        if inspect.isfunction(function) and not name.startswith("_")
    }


def faces(module: ModuleType) -> dict[str, Callable[..., object]]:
    """Its public functions by name, references left out."""
    return {
        name: function
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
        and not name.endswith("_reference")
    }
