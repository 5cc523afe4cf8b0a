"""Whether binaries would load on Lambda, judged by what is written in them.

Each check returns what is wrong, a sentence each; nothing if all is well. None of them
runs anything, so they hold for architectures that this machine is not of.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from layers.elf import Binary, read_binary
from layers.recipe import parse_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.recipe import System
    from layers.tree import Tree

_MACHINES = {"x86_64": "EM_X86_64", "arm64": "EM_AARCH64"}

# The largest page that a kernel of the architecture may have.
_PAGES = {"x86_64": 4096, "arm64": 65536}

_ORIGIN = "$ORIGIN"


def check_tree(tree: Tree, system: System) -> list[str]:
    """Everything that is wrong with the binaries of a tree."""
    return [
        *check_machines(tree),
        *check_segments(tree),
        *check_search_paths(tree),
        *check_closure(tree, system),
        *check_versions(tree, system),
    ]


def check_machines(tree: Tree) -> list[str]:
    """Binaries of another architecture."""
    expected = _MACHINES[tree.arch]
    return [
        f"{name} is for {binary.machine}, not {expected}"
        for name, _, binary in _read(tree)
        if binary.machine != expected
    ]


def check_segments(tree: Tree) -> list[str]:
    """Segments that the kernel could not map: it maps whole pages."""
    page = _PAGES[tree.arch]
    return [
        f"{name} has a segment at {segment.address:#x} from {segment.offset:#x} "
        f"aligned to {segment.alignment}, but pages have up to {page} bytes"
        for name, _, binary in _read(tree)
        for segment in binary.segments
        if segment.alignment % page
        or (segment.address - segment.offset) % segment.alignment
    ]


def check_search_paths(tree: Tree) -> list[str]:
    """Folders of the machine where a binary was built."""
    return [
        f"{name} looks for libraries in {folder}, not below {_ORIGIN}"
        for name, _, binary in _read(tree)
        for folder in binary.search
        if not folder.startswith(_ORIGIN)
    ]


def check_closure(tree: Tree, system: System) -> list[str]:
    """Libraries that are neither in the tree nor Lambda's."""
    return [
        f"{name} needs {wanted}, which is neither beside it nor part of Lambda"
        for name, path, binary in _read(tree)
        for wanted in binary.needed
        if wanted not in system.libraries and not find_library(path, binary, wanted)
    ]


def check_versions(tree: Tree, system: System) -> list[str]:
    """Symbols newer than Lambda's libraries."""
    found = []
    for name, _, binary in _read(tree):
        for version in sorted(binary.versions):
            family, _, number = version.rpartition("_")
            newest = system.versions.get(family)
            if newest and number[0].isdigit() and parse_version(number) > newest:
                limit = ".".join(map(str, newest))
                found.append(f"{name} needs {version}; Lambda has up to {limit}")
    return found


def check_symbols(tree: Tree, system: System, before: set[str]) -> list[str]:
    """Names that the wheels' own libraries had and now nothing has.

    Args:
        tree: As it will be packed.
        system: What Lambda brings.
        before: ``unresolved`` of the wheels as they came. What is in there comes from
            the interpreter, or from a library of the system.
    """
    return [
        f"{name} is not to be had any more"
        for name in sorted(unresolved(tree, system) - before)
    ]


def unresolved(tree: Tree, system: System) -> set[str]:
    """``file: name`` of each name that no library of the tree has.

    Names with versions of the system's libraries are its own; the others without one,
    as zlib's and Python's, cannot be told from those that nothing has.
    """
    found = set()
    for name, path, binary in _read(tree):
        offered: set[str] = set()
        for _, library in _closure(path, binary):
            offered |= library.functions | library.variables.keys()
        found |= {
            f"{name}: {symbol}"
            for symbol in binary.undefined
            if _library_of(symbol, binary) not in system.libraries
            and (symbol not in offered or not _has_version(path, binary, symbol))
        }
    return found


def _library_of(symbol: str, binary: Binary) -> str:
    """The SONAME of the library whose version a name is bound to, if it is to one."""
    _, soname = binary.versioned.get(symbol, ("", ""))
    return soname


def _has_version(path: Path, binary: Binary, symbol: str) -> bool:
    """Whether the library whose version of a name is asked for has versions at all.

    The dynamic linker takes a name without one from any other library, as it does where
    a share stands between.
    """
    soname = _library_of(symbol, binary)
    found = find_library(path, binary, soname) if soname else None
    if found is None:
        return True
    library = read_binary(found)
    return library.has_versions or symbol not in library.functions


def unreferenced(tree: Tree) -> list[Path]:
    """Libraries that no module of Python leads to."""
    reached = {
        library.resolve()
        for _, path, binary in _read(tree)
        if _is_module(path)
        for library, _ in _closure(path, binary)
    }
    return [
        path
        for _, path, _ in _read(tree)
        if not _is_module(path) and path.resolve() not in reached
    ]


def find_library(path: Path, binary: Binary, soname: str) -> Path | None:
    """Where the dynamic linker finds a library for a binary, if it is in the tree."""
    for folder in binary.search:
        place = folder.replace(_ORIGIN, str(path.parent))
        found = Path(os.path.normpath(place)) / soname
        if found.is_file():
            return found
    return None


def _closure(path: Path, binary: Binary) -> Iterator[tuple[Path, Binary]]:
    """A binary and all libraries that are loaded with it, each once."""
    seen, waiting = {path}, [(path, binary)]
    while waiting:
        path, binary = waiting.pop()
        yield path, binary
        for soname in binary.needed:
            found = find_library(path, binary, soname)
            if found and found not in seen:
                seen.add(found)
                waiting.append((found, read_binary(found)))


def _is_module(path: Path) -> bool:
    return not path.parent.name.endswith(".libs")


def _read(tree: Tree) -> Iterator[tuple[str, Path, Binary]]:
    for name, path in tree.binaries():
        yield name, path, read_binary(path)
