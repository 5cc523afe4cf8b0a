"""How large the layers are, what each step saved, and the page that says so."""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from layers.recipe import Limits
    from layers.tree import Tree


@dataclass(frozen=True, slots=True, order=True)
class Size:
    """Bytes."""

    zipped: int = 0
    unzipped: int = 0

    def __add__(self, other: Size) -> Size:
        return Size(self.zipped + other.zipped, self.unzipped + other.unzipped)

    def __sub__(self, other: Size) -> Size:
        return Size(self.zipped - other.zipped, self.unzipped - other.unzipped)

    def __str__(self) -> str:
        return f"{_megabytes(self.zipped)} zipped, {_megabytes(self.unzipped)} unzipped"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the build and what was there after it."""

    name: str
    size: Size


@dataclass(frozen=True, slots=True)
class Report:
    """What a build of one architecture came to."""

    arch: str
    steps: Sequence[Step]
    packages: Mapping[str, Size]
    layers: Mapping[str, Size]
    """By name; the zips as they are."""
    functions: Size
    """The functions' own code."""
    plain: Limits

    @property
    def total(self) -> Size:
        """Everything that a function needs."""
        return sum(self.layers.values(), self.functions)


class Scale:
    """Weighs files; remembers how far each content compresses."""

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        known = json.loads(memory.read_text()) if memory.exists() else {}
        self._zipped: dict[str, int] = known

    def weigh(self, paths: Iterable[Path]) -> Size:
        """What files come to in a zip, and beside it."""
        return sum((self._weigh_file(path) for path in paths), Size())

    def save(self) -> None:
        """Keep what was learnt for the next build."""
        self._memory.parent.mkdir(parents=True, exist_ok=True)
        self._memory.write_text(json.dumps(self._zipped))

    def _weigh_file(self, path: Path) -> Size:
        if path.is_symlink():
            length = len(os.fsencode(path.readlink()))
            return Size(length, length)
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        if digest not in self._zipped:
            self._zipped[digest] = len(zlib.compress(data, 9))
        return Size(self._zipped[digest], len(data))


def weigh_packages(tree: Tree, scale: Scale) -> dict[str, Size]:
    """The size of each package with its libraries, the largest first."""
    sizes: Counter[str] = Counter()
    found: dict[str, Size] = {}
    for name, path in tree.files():
        package = _package_of(name)
        found[package] = found.get(package, Size()) + scale.weigh([path])
        sizes[package] = found[package].zipped
    return {package: found[package] for package, _ in sizes.most_common()}


def write_report(target: Path, memory: Path, reports: Iterable[Report]) -> None:
    """Write the page of all architectures; those not built now keep their numbers."""
    sections = json.loads(memory.read_text()) if memory.exists() else {}
    sections |= {report.arch: _section(report) for report in reports}
    memory.write_text(json.dumps(sections, indent=1))
    parts = [_HEADING, *(sections[arch] for arch in sorted(sections, reverse=True))]
    target.write_text("\n".join(parts))


_HEADING = """\
# Sizes of the layers

Written by `make layers`; MB are millions of bytes. "Plain" is the recipe without the
libraries of our own: pruned, stripped, duplicates linked, compiled.
"""


def _section(report: Report) -> str:
    total, plain = report.total, Size(report.plain.zipped, report.plain.unzipped)
    rows = [(f"layer `{name}`", size) for name, size in report.layers.items()]
    rows += [("the functions' own code", report.functions), ("**all**", total)]
    rows += [("plain recipe", plain)]
    lines = [f"## {report.arch}", "", *_table("", rows), "", *_steps(report.steps), ""]
    return "\n".join([*lines, *_table("package", report.packages.items()), ""])


def _table(title: str, rows: Iterable[tuple[str, Size]]) -> list[str]:
    return [
        f"| {title} | MB zipped | MB unzipped |",
        "|---|---:|---:|",
        *(
            f"| {name} | {size.zipped / 1e6:.2f} | {size.unzipped / 1e6:.2f} |"
            for name, size in rows
        ),
    ]


def _steps(steps: Sequence[Step]) -> list[str]:
    lines = [
        "| after | MB zipped | saved | MB unzipped | saved |",
        "|---|---:|---:|---:|---:|",
    ]
    for before, step in zip((None, *steps), steps, strict=False):
        saved = before.size - step.size if before else None
        lines.append(
            f"| {step.name} | {step.size.zipped / 1e6:.2f} "
            f"| {f'{saved.zipped / 1e6:.2f}' if saved else ''} "
            f"| {step.size.unzipped / 1e6:.2f} "
            f"| {f'{saved.unzipped / 1e6:.2f}' if saved else ''} |"
        )
    return lines


def _package_of(name: str) -> str:
    first = name.partition("/")[0]
    first = first.partition(".")[0] if first.endswith((".libs", ".pyc")) else first
    first = first.partition("-")[0] if first.endswith(".dist-info") else first
    return {"PIL": "pillow", "attr": "attrs", "lib": "kernels"}.get(first, first)


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.2f} MB"
