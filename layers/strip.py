"""Symbol tables and debug sections are a third of the wheels; no program needs them."""

from __future__ import annotations

import platform
import shutil
import subprocess
from typing import TYPE_CHECKING

from layers.errors import BuildError
from layers.wheels import MACHINES

if TYPE_CHECKING:
    from layers.tree import Tree


def strip_binaries(tree: Tree) -> None:
    """Keep only what the dynamic linker reads.

    Raises:
        BuildError: There is no ``strip`` for the architecture, or it fails.
    """
    tool = find_strip(tree.arch)
    for name, path in tree.binaries():
        # A program found by its own name, and files of our own.
        done = subprocess.run(  # noqa: S603
            [tool, "--strip-unneeded", str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BuildError(f"{tool} fails on {name}: {done.stderr.strip()}")


def find_strip(arch: str) -> str:
    """The path of a ``strip`` that knows the architecture.

    Raises:
        BuildError: If there is none.
    """
    machine = MACHINES[arch]
    names = [f"{machine}-linux-gnu-strip"]
    if platform.machine() == machine:
        names.append("strip")
    for name in names:
        if found := shutil.which(name):
            return found
    raise BuildError(
        f"No {' or '.join(names)} on this machine: install GNU binutils for {machine} "
        f"(on Debian, apt-get install binutils-{machine.replace('_', '-')}-linux-gnu)"
    )
