"""The licences of everything in a layer, in one file."""

from __future__ import annotations

from dataclasses import dataclass
from email.parser import HeaderParser
from typing import TYPE_CHECKING

from layers.tree import remove

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from layers.tree import Tree

_RULE = "=" * 72
_KEPT = "METADATA"
_NAMES = ("license", "licence", "copying", "notice", "authors", "copyright")


@dataclass(frozen=True, slots=True)
class Licence:
    """What one package says of its rights."""

    package: str
    """Name and version."""
    summary: str
    """Identifier, or what the package calls its licence."""
    texts: tuple[str, ...]


def take_licences(tree: Tree) -> list[Licence]:
    """The licences of a tree's packages; their folders of metadata are thinned.

    What is left of a ``.dist-info`` is the file that ``importlib.metadata`` reads.
    """
    licences = [_read(folder) for folder in sorted(tree.root.glob("*.dist-info"))]
    for name, path in tree.files():
        folder, _, rest = name.partition("/")
        if folder.endswith(".dist-info") and rest != _KEPT:
            remove(path)
    return licences


def write_notice(target: Path, licences: Iterable[Licence]) -> None:
    """One file of all texts, each of them once."""
    parts, seen = [], set[str]()
    for licence in licences:
        parts.append(f"{_RULE}\n{licence.package}: {licence.summary}\n{_RULE}\n")
        new = [text for text in licence.texts if text not in seen]
        seen.update(new)
        parts += [f"{text.strip()}\n" for text in new]
    target.write_text("\n".join(parts))


def _read(folder: Path) -> Licence:
    metadata = HeaderParser().parsestr((folder / _KEPT).read_text())
    summary = metadata["License-Expression"] or metadata["License"] or "see below"
    texts = [
        path.read_text(errors="replace")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name.lower().startswith(_NAMES)
    ]
    name = f"{metadata['Name']} {metadata['Version']}"
    return Licence(name, summary.splitlines()[0], tuple(texts))
