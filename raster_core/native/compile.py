"""Compile the kernels: ``python -m raster_core.native.compile [COMPILER …]``.

A library of the present sources is left as it is, unless a compiler is named.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from raster_core.native.library import BESIDE, fits, open_library
from raster_core.native.sources import FLAGS, c_files, stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

COMPILERS = ("cc", "gcc", "clang")


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
        subprocess.CalledProcessError: If it does not compile; the compiler says why.
    """
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        made = Path(scratch, target.name)
        command = [*compiler, *FLAGS, *flags, stamp(), *map(str, c_files())]
        subprocess.run([*command, "-o", str(made), "-lm"], check=True)  # noqa: S603  the compiler that was asked for
        made.replace(target)


def compile_or_say(target: Path, compiler: Sequence[str] | None = None) -> bool:
    """Make the library if that is possible, else say in a line what that means.

    Args:
        target: The file to write.
        compiler: Its command; else the one that is found.

    Returns:
        Whether it was made.
    """
    compiler = compiler or find_compiler()
    if compiler is None:
        names = ", ".join(COMPILERS)
        sys.stderr.write(f"No C compiler ({names}): numpy's slow path is used\n")
        return False
    try:
        compile_library(compiler, target)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"{error}: numpy's slow path is used\n")
        return False
    return True


def main() -> None:
    """Compile beside ``library`` what is not compiled yet."""
    named, found = sys.argv[1:], open_library(str(BESIDE))
    if named or found is None or not fits(found):
        compile_or_say(BESIDE, named)


if __name__ == "__main__":
    main()
