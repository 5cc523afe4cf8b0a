"""Rasterlet's own kernels in C, for a machine that this one need not be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.native.sources import FLAGS, c_files, stamp

if TYPE_CHECKING:
    from pathlib import Path

    from layers.compiler import Compiler

SONAME = "librasterlet.so"


def build_kernels(target: Path, compiler: Compiler) -> None:
    """Compile the library into a file.

    Raises:
        BuildError: The compiler is missing or refuses.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    options = (*FLAGS, stamp(), "-lm")
    compiler.build(target, c_files(), soname=SONAME, options=options)
