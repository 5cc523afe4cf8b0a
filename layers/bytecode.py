"""Modules as bytecode: Lambda's ``/opt`` is read-only, so Python could not keep it.

Bytecode says which interpreter it is of, and is written by that one. It is *unchecked*:
Python takes it as it is and asks for no source. Sources are left out, which changes one
thing: a traceback through a library names file, line and function, but shows no text.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from layers.errors import BuildError

if TYPE_CHECKING:
    from layers.tree import Tree

INSTALLED = "/opt/python"
"""Where a layer's ``python`` folder is found: what tracebacks show."""


def compile_modules(tree: Tree, python: str) -> None:
    """Replace every module by its bytecode.

    Raises:
        BuildError: There is no interpreter of that version, or a module is no Python.
    """
    command = [
        *(find_python(python), "-s", "-S", "-m", "compileall", "-q", "-b", "-j", "1"),
        *("--invalidation-mode", "unchecked-hash"),
        *("-s", str(tree.root), "-p", INSTALLED, str(tree.root)),
    ]
    # The order of names in constants must not differ from one build to the next.
    environment = {"PYTHONHASHSEED": "0", "PATH": os.environ.get("PATH", "")}
    # A program found by its own name, and a folder of our own.
    done = subprocess.run(  # noqa: S603
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildError(f"Not all modules compile:\n{done.stdout.strip()}")
    for name, path in tree.files():
        if name.endswith(".py"):
            path.unlink()


def find_python(version: str) -> str:
    """The path of an interpreter of a version.

    Raises:
        BuildError: If there is none.
    """
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    if found := shutil.which(f"python{version}"):
        return found
    raise BuildError(
        f"No python{version} on this machine, which is what Lambda runs; bytecode of "
        f"{sys.version.split()[0]} would not load there: install Python {version}"
    )
