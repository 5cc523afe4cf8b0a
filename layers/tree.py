"""The folder that a layer is made in: ``python/`` and all that lies below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ELF_MAGIC = b"\x7fELF"


@dataclass(frozen=True, slots=True)
class Tree:
    """The layers of one architecture while they are made."""

    arch: str
    """``x86_64`` or ``arm64``, as Lambda says."""
    root: Path
    """What becomes ``/opt/python``."""

    def files(self) -> Iterator[tuple[str, Path]]:
        """Every file and link, by its path below the root, in order."""
        paths = (path for path in self.root.rglob("*") if _is_leaf(path))
        named = ((path.relative_to(self.root).as_posix(), path) for path in paths)
        return iter(sorted(named))

    def binaries(self) -> Iterator[tuple[str, Path]]:
        """Every shared library and extension module."""
        return ((name, path) for name, path in self.files() if is_elf(path))

    def only(self, pattern: str) -> Path:
        """The one file that matches a pattern.

        Raises:
            BuildError: If there is none, or if there are several.
        """
        found = sorted(self.root.glob(pattern))
        if len(found) != 1:
            raise BuildError(
                f"{pattern} matches {len(found)} files of the wheels for {self.arch}, "
                "not one: adapt layers/recipe.toml to the wheels of the lock"
            )
        return found[0]


def is_elf(path: Path) -> bool:
    """Whether a file, not a link, holds machine code."""
    if path.is_symlink() or path.suffix in {".py", ".pyc"}:
        return False
    with path.open("rb") as file:
        return file.read(4) == ELF_MAGIC


def _is_leaf(path: Path) -> bool:
    return path.is_symlink() or path.is_file()


def remove(path: Path) -> None:
    """Drop a file, and the folders that it leaves empty."""
    path.unlink()
    folder = path.parent
    while not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
