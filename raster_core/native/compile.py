"""Compile the kernels: ``python -m raster_core.native.compile [COMPILER …]``."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from raster_core.native.library import BESIDE
from raster_core.native.sources import FOLDER, fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

COMPILERS = ("cc", "gcc", "clang")

# Sums of floats keep their order and their rounding: no fused multiplications, no
# reassociation. Vectors are the compiler's own.
FLAGS = (
    "-std=c11", "-O3", "-fPIC", "-shared", "-fvisibility=hidden", "-ffp-contract=off",
    "-fno-math-errno", "-Wall", "-Wextra", "-Werror",
)  # fmt: skip


def find_compiler() -> list[str] | None:
    """The command of the C compiler: the first of ``COMPILERS`` that there is."""
    found = next(filter(None, map(shutil.which, COMPILERS)), None)
    return None if found is None else [found]


def compile_library(
    compiler: Sequence[str], target: Path, flags: Sequence[str] = ()
) -> None:
    """Make the library of all sources.

    Args:
        compiler: Its command.
        target: The file to write; complete or not at all.
        flags: Besides ``FLAGS``.

    Raises:
        subprocess.CalledProcessError: If it does not compile.
    """
    sources = sorted(map(str, FOLDER.glob("*.c")))
    stamp = f"-DRASTERLET_FINGERPRINT={fingerprint():#x}ull"
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        made = Path(scratch, target.name)
        command = [*compiler, *FLAGS, *flags, stamp, *sources, "-o", str(made), "-lm"]
        subprocess.run(command, check=True)  # noqa: S603  the compiler that was asked for
        made.replace(target)


def main() -> None:
    """Compile beside ``library``, or say that there is no compiler."""
    compiler = sys.argv[1:] or find_compiler()
    if compiler is None:
        sys.stderr.write(
            f"no C compiler ({', '.join(COMPILERS)}): the slow path is used\n"
        )
        return
    compile_library(compiler, BESIDE)


if __name__ == "__main__":
    main()
