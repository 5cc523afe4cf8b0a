"""Wheels for Linux with compiled kernels: ``python -m scripts.build_wheels [FOLDER]``.

One for each architecture serves every Python, since the kernels know nothing of it, and
every Linux with the glibc of its tag or a newer one. They are compiled as those of the
layers, and checked likewise: by what the binaries say, and by calling them where this
machine can run them.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from layers.compiler import Compiler
from layers.elf import read_binary
from layers.errors import BuildError
from layers.kernels import SONAME, build_kernels
from layers.recipe import System, parse_version
from layers.tree import Tree
from layers.verify import check_tree
from layers.wheels import MACHINES

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent

# That of manylinux2014, older than what numpy's wheels ask for.
GLIBC = "2.17"

# libm is what the kernels may use of libc besides.
SYSTEM = System(
    libraries=frozenset({"libc.so.6", "libm.so.6"}),
    versions={"GLIBC": parse_version(GLIBC)},
)

_CALL = """
import ctypes, sys
sys.path.insert(0, sys.argv[1])
from raster_core.native.library import fits
assert fits(ctypes.CDLL(sys.argv[2])), "of other sources"
"""


def build_wheel(arch: str, folder: Path) -> None:
    """Build one wheel into a folder.

    Args:
        arch: ``x86_64`` or ``arm64``.
        folder: Where it goes.

    Raises:
        BuildError: If the library does not compile, or would not load everywhere.
    """
    with tempfile.TemporaryDirectory() as scratch:
        library = Path(scratch, SONAME)
        build_kernels(library, Compiler(arch, GLIBC, ROOT / "build" / "zig"))
        if wrong := check_library(arch, library):
            raise BuildError("\n".join(wrong))
        tag = f"manylinux_{GLIBC.replace('.', '_')}_{MACHINES[arch]}"
        given = {"RASTERLET_LIBRARY": str(library), "RASTERLET_PLATFORM": tag}
        # A program found by its own name, and files of our own.
        subprocess.run(  # noqa: S603
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
            cwd=ROOT,
            env=os.environ | given,
            check=True,
        )


def check_library(arch: str, library: Path) -> list[str]:
    """What is wrong with a library, a sentence each; it is alone in its folder."""
    wrong = check_tree(Tree(arch, library.parent), SYSTEM)
    foreign = {
        name
        for name in read_binary(library).functions
        if not name.startswith("rasterlet_")
    }
    wrong += [f"{library.name} offers {name} to others" for name in sorted(foreign)]
    if platform.machine() == MACHINES[arch] and sys.platform == "linux":
        command = [sys.executable, "-c", _CALL, str(ROOT), str(library)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own
        if done.returncode:
            wrong.append(f"{library.name} does not run here: {done.stderr.strip()}")
    return wrong


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the wheels of all architectures; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build/dist")
    folder = parser.parse_args(arguments).folder
    try:
        for arch in MACHINES:
            build_wheel(arch, folder.resolve())
    except (BuildError, subprocess.CalledProcessError) as error:
        print(f"wheels: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
