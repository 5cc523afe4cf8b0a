"""Library search paths left over from the machines on which wheels were built."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile

if TYPE_CHECKING:
    from pathlib import Path

    from elftools.elf.sections import StringTableSection

    from layers.tree import Tree

_HERE = b"$ORIGIN"


def forget_build_machine(tree: Tree) -> None:
    """Point search paths that do not start with ``$ORIGIN`` to the library's folder.

    The new path overwrites the old one, which is longer: nothing else moves.
    """
    for _, path in tree.binaries():
        for offset, text in _absolute_paths(path):
            with path.open("r+b") as file:
                file.seek(offset)
                file.write(_HERE.ljust(len(text), b"\0"))


def _absolute_paths(path: Path) -> list[tuple[int, bytes]]:
    """Offsets of such paths in the file, and the paths."""
    with path.open("rb") as file:
        elf = ELFFile(file)
        found = []
        for section in elf.iter_sections():
            if isinstance(section, DynamicSection):
                texts = cast("StringTableSection", elf.get_section(section["sh_link"]))
                for tag in section.iter_tags():
                    if tag.entry.d_tag in {"DT_RPATH", "DT_RUNPATH"}:
                        at = tag.entry.d_val
                        found.append((texts["sh_offset"] + at, texts.get_string(at)))
    return [
        (offset, text.encode())
        for offset, text in found
        if not text.startswith(_HERE.decode()) and len(text) >= len(_HERE)
    ]
