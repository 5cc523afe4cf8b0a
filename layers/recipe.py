"""The recipe as values: what is dropped, replaced and shared, each with its reason.

Patterns are shell patterns of paths below the layer's ``python`` folder; ``*`` matches
slashes too.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layers.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HERE = Path(__file__).parent
RECIPE = HERE / "recipe.toml"
REQUIREMENTS = HERE / "requirements.txt"

type Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to the files that match."""

    files: tuple[str, ...]
    why: str
    keep: tuple[str, ...] = ()
    """Exceptions: files that match but stay."""
    to: str = ""
    """For a share: the library or file that is kept instead."""
    prefix: str = ""
    """For a share: the prefix of function names in the library that is kept."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """For a stub: functions that return a text, because they are called anyway."""

    def matches(self, path: str) -> bool:
        """Whether a path is one of the rule's."""
        return _matches(path, self.files) and not _matches(path, self.keep)


@dataclass(frozen=True, slots=True)
class Source:
    """A source archive and its checksum."""

    version: str
    pool: str
    """Path below the folder ``pool`` of a Debian mirror."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits in bytes for all layers and the functions' own code together."""

    zipped: int
    unzipped: int


@dataclass(frozen=True, slots=True)
class System:
    """What Lambda's machine brings."""

    libraries: frozenset[str]
    """SONAMEs."""
    versions: Mapping[str, tuple[int, ...]]
    """The newest symbol version of each family, as (2, 34) of ``GLIBC``."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that is decided about the layers."""

    python: str
    """Its minor version, as ``3.13``."""
    glibc: str
    """Version that what is compiled here is built against."""
    limits: Mapping[str, Limits]
    """By architecture."""
    plain: Mapping[str, Limits]
    """What the same came to before libraries were replaced; by architecture."""
    layers: Mapping[str, tuple[str, ...]]
    """Patterns of what goes into each; the first layer that matches has it."""
    drop: tuple[Rule, ...]
    stub: tuple[Rule, ...]
    blas: Rule
    share: tuple[Rule, ...]
    link: tuple[Rule, ...]
    unopened: tuple[Rule, ...]
    """What is kept though the tests' events do not open it."""
    expat: Source
    expat_into: str
    """The folder that the library goes into."""
    system: System

    def layer_of(self, path: str) -> str:
        """The layer that a file goes into.

        Raises:
            BuildError: None of them wants it.
        """
        for name, patterns in self.layers.items():
            if _matches(path, patterns):
                return name
        raise BuildError(f"No layer of the recipe has a pattern for {path}")


def read_recipe(path: Path = RECIPE) -> Recipe:
    """The recipe of a file.

    Raises:
        BuildError: A rule has no pattern or no reason.
    """
    data = tomllib.loads(path.read_text())
    system = data["system"]
    expat = data["expat"]
    return Recipe(
        python=data["python"],
        glibc=data["glibc"],
        limits={arch: _limits(entry) for arch, entry in data["limits"].items()},
        plain={arch: _limits(entry) for arch, entry in data["plain"].items()},
        layers={name: tuple(files) for name, files in data["layers"].items()},
        drop=_rules(data["drop"]),
        stub=_rules(data["stub"]),
        blas=_rule(data["blas"]),
        share=_rules(data["share"]),
        link=_rules(data["link"]),
        unopened=_rules(data["unopened"]),
        expat=Source(expat["version"], expat["pool"], expat["sha256"]),
        expat_into=expat["into"],
        system=System(
            frozenset(system["libraries"]),
            {family: parse_version(v) for family, v in system["versions"].items()},
        ),
    )


def parse_version(text: str) -> tuple[int, ...]:
    """Numbers of a dotted version: (2, 34) of ``2.34``."""
    return tuple(int(part) for part in text.split("."))


def _matches(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def _limits(entry: Mapping[str, float]) -> Limits:
    return Limits(int(entry["zipped"] * 1e6), int(entry["unzipped"] * 1e6))


def _rules(entries: Iterable[Table]) -> tuple[Rule, ...]:
    return tuple(_rule(entry) for entry in entries)


def _rule(entry: Table) -> Rule:
    files = entry.get("files") or ()
    patterns = (files,) if isinstance(files, str) else tuple(files)
    if not patterns or not entry.get("why", "").strip():
        raise BuildError(f"A rule of the recipe needs files and a reason: {entry}")
    return Rule(
        patterns,
        entry["why"],
        keep=tuple(entry.get("keep", ())),
        to=entry.get("to", ""),
        prefix=entry.get("prefix", ""),
        texts=entry.get("texts", {}),
    )
