"""Zips that are the same bytes whenever and wherever they are made."""

from __future__ import annotations

import os
import stat
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# The earliest that a zip can say.
_WHEN = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


def write_zip(target: Path, entries: Iterable[tuple[str, Path]]) -> None:
    """Write files and links under their names, or leave what was there.

    Args:
        target: Written under another name first: there is never half of it.
        entries: Name in the zip, and file.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(partial, "w") as archive:
            for name, path in sorted(entries):
                _add(archive, name, path)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def read_zip(source: Path, folder: Path) -> None:
    """Unpack as Lambda does: with links and permissions, which ``zipfile`` forgets."""
    with zipfile.ZipFile(source) as archive:
        for entry in archive.infolist():
            mode = entry.external_attr >> 16
            path = folder / entry.filename
            path.parent.mkdir(parents=True, exist_ok=True)
            if stat.S_ISLNK(mode):
                path.symlink_to(archive.read(entry).decode())
            else:
                path.write_bytes(archive.read(entry))
                path.chmod(stat.S_IMODE(mode))


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> None:
    entry = zipfile.ZipInfo(name, _WHEN)
    entry.create_system = _UNIX
    entry.compress_type = zipfile.ZIP_DEFLATED
    if path.is_symlink():
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        data = str(path.readlink()).encode()
    else:
        entry.external_attr = (stat.S_IFREG | 0o644) << 16
        data = path.read_bytes()
    archive.writestr(entry, data, compresslevel=9)
