"""Every kernel has a face, a reference and a law; C is held to lengths, too."""

from __future__ import annotations

import ast
import importlib
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from raster_core.native.library import BESIDE, library
from raster_core.native.sources import FOLDER
from testing.sanitizing.faces import face_modules
from tests.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

HERE = Path(__file__).resolve().parent

# Which sources it was made of: asked by ``library``.
NO_KERNELS = {"rasterlet_fingerprint"}

MAX_LINES, MAX_WIDTH = 300, 100

PREFIX = "rasterlet_"


def file_of(module: ModuleType) -> Path:
    assert module.__file__ is not None
    return Path(module.__file__)


@cache
def exported() -> frozenset[str]:
    """Names of the library that Python may call."""
    nm = shutil.which("nm")
    if library() is None or nm is None:
        pytest.skip("no compiled library here, or no nm to look into it")
    command = [nm, "--dynamic", "--defined-only", "--format=posix", str(BESIDE)]
    listed = subprocess.run(command, check=True, capture_output=True, text=True)
    names = (line.split() for line in listed.stdout.splitlines())
    return frozenset(name for name, kind, *_ in names if kind == "T")


def patterns(module: ModuleType) -> Iterator[re.Pattern[str]]:
    """Names that a module may look up: attributes and texts, with gaps in them."""
    for node in nodes(file_of(module)):
        text = ""
        if isinstance(node, ast.Attribute):
            text = re.escape(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = re.escape(node.value)
        elif isinstance(node, ast.JoinedStr):
            text = "".join(
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+"
                for part in node.values
            )
        written = text.removeprefix(PREFIX).replace(r"\w+", "")
        if len(written) > 2 and re.fullmatch(r"[\w\\+]+", text):
            yield re.compile(f"({PREFIX})?{text}")


@cache
def called() -> dict[str, set[str]]:
    """Kernels by the face modules that name them."""
    found: dict[str, set[str]] = {}
    for module in face_modules():
        known = list(patterns(module))
        for name in exported() - NO_KERNELS:
            if any(pattern.fullmatch(name) for pattern in known):
                found.setdefault(module.__name__, set()).add(name)
    return found


def test_every_kernel_has_a_face():
    faced = set().union(*called().values())

    assert exported() - NO_KERNELS - faced == set()


def test_every_face_has_a_reference():
    """Beside it, or where its docstrings say that it is."""
    without = []
    for name in called():
        text = file_of(importlib.import_module(name)).read_text()
        elsewhere = re.findall(r"reference is\s+``(raster_core[\w.]+)``", text)
        assert all(map(_exists, elsewhere)), (name, elsewhere)
        if not elsewhere and "_reference(" not in text:
            without.append(name)

    assert without == []


def _exists(dotted: str) -> bool:
    """Whether it is a module, or a name of one."""
    module, _, name = dotted.rpartition(".")
    try:
        if hasattr(importlib.import_module(module), name):
            return True
        importlib.import_module(dotted)
    except ModuleNotFoundError:
        return False
    return True


def test_every_face_has_a_law():
    """A test under Hypothesis, which imports the face."""
    laws = [
        path
        for path in HERE.rglob("test_*.py")
        if re.search(r"^@given\(", path.read_text(), re.MULTILINE)
    ]
    proved = {name for path in laws for name in _imported(path)}

    assert called().keys() - proved == set()


def _imported(path: Path) -> Iterator[str]:
    """Modules, and names of modules."""
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_file_of_c_is_longer_or_wider_than_a_reader_has_patience_for():
    long = {}
    for path in FOLDER.glob("*.[ch]"):
        lines = path.read_text().splitlines()
        width = max(map(len, lines))
        if len(lines) > MAX_LINES or width > MAX_WIDTH or "\t" in path.read_text():
            long[path.name] = len(lines), width

    assert long == {}


def test_every_file_of_c_says_what_it_is():
    silent = [path.name for path in FOLDER.glob("*.[ch]") if not _says(path)]

    assert silent == []


def _says(path: Path) -> bool:
    return path.read_text().startswith("/*")
