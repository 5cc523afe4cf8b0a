"""Dependencies that are too large for layers: fetched and unpacked at the start.

``RASTERLET_DEPENDENCIES`` names a zip (``s3://``, ``https://`` or a path). Its folder
``python``, or else its root, is appended to ``sys.path``, so modules of the layers take
precedence. ``RASTERLET_DEPENDENCIES_SHA256`` is its
checksum, without which nothing is unpacked. Off by default: it costs seconds of a cold
start.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zipfile import ZipFile

SOURCE = "RASTERLET_DEPENDENCIES"
CHECKSUM = "RASTERLET_DEPENDENCIES_SHA256"

# Lambda's only place to write.
FOLDER = Path("/tmp")  # noqa: S108  the folder made in it is checked

# Bytes read at once.
_CHUNK = 2**20

# Seconds until a server counts as unreachable.
_TIMEOUT = 5.0


class DependenciesError(Exception):
    """The dependencies are not available; the function does not start."""


def unpack_dependencies(
    environ: Mapping[str, str], folder: Path = FOLDER
) -> Path | None:
    """The folder where the dependencies are found; None if there are none to fetch.

    An existing folder is used as it is: it gets its name only after all of it was
    written.

    Args:
        environ: Environment variables.
        folder: Where to make it.

    Raises:
        DependenciesError: If the archive is missing, has another checksum, or is not
            safe to unpack.
    """
    source = environ.get(SOURCE, "")
    if not source:
        return None
    checksum = environ.get(CHECKSUM, "").lower()
    if not re.fullmatch("[0-9a-f]{64}", checksum):
        raise DependenciesError(
            f"{CHECKSUM} is not the SHA-256 of {SOURCE} in 64 hexadecimal digits"
        )
    unpacked = folder / f"rasterlet-{checksum}"
    if not unpacked.exists():
        _make(unpacked, source, checksum)
    _check_owner(unpacked)
    return _add_to_path(unpacked)


def _make(unpacked: Path, source: str, checksum: str) -> None:
    """Fetch and unpack into a folder beside it, then rename that."""
    import tempfile  # noqa: PLC0415  needed only with such an archive

    with tempfile.TemporaryDirectory(prefix="rasterlet-", dir=unpacked.parent) as name:
        archive, made = Path(name, "archive.zip"), Path(name, "unpacked")
        _fetch(source, archive, checksum)
        made.mkdir(mode=0o700)  # whatever the umask lets others do
        _unpack(archive, made)
        try:
            made.rename(unpacked)
        except OSError:  # another process was faster
            if not unpacked.is_dir():
                raise


def _fetch(source: str, archive: Path, checksum: str) -> None:
    """Write the archive to disk and verify its checksum."""
    import hashlib  # noqa: PLC0415

    digest = hashlib.sha256()
    try:
        with archive.open("wb") as file:
            for chunk in _read(source):
                digest.update(chunk)
                file.write(chunk)
    except OSError as error:
        raise DependenciesError(f"{SOURCE} cannot be read: {error}") from error
    if digest.hexdigest() != checksum:
        raise DependenciesError(
            f"{SOURCE} has the SHA-256 {digest.hexdigest()}, not {checksum} as "
            f"{CHECKSUM} says; nothing of it was unpacked"
        )


def _read(source: str) -> Iterator[bytes]:
    if source.startswith("s3://"):
        from handlers.catalogue.aws import stream_object  # noqa: PLC0415

        yield from stream_object(source, _CHUNK)
    elif source.startswith(("https://", "http://")):
        yield from _download(source)
    else:
        with Path(source).open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk


def _download(url: str) -> Iterator[bytes]:
    from http.client import HTTPException  # noqa: PLC0415
    from urllib.request import urlopen  # noqa: PLC0415

    try:
        with urlopen(url, timeout=_TIMEOUT) as answer:  # noqa: S310  scheme checked
            while chunk := answer.read(_CHUNK):
                yield chunk
    except HTTPException as error:  # cut off, or not HTTP at all
        raise OSError(str(error)) from error


def _unpack(archive: Path, target: Path) -> None:
    import zipfile  # noqa: PLC0415
    import zlib  # noqa: PLC0415

    try:
        with zipfile.ZipFile(archive) as opened:
            _check_entries(opened)
            _check_space(opened, archive.parent)
            opened.extractall(target)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, OSError) as error:
        # RuntimeError: encrypted, or an unknown compression; ValueError: an empty name.
        raise DependenciesError(f"{SOURCE} cannot be unpacked: {error}") from error


def _check_entries(archive: ZipFile) -> None:
    """Refuse entries that would be written outside of the folder."""
    for entry in archive.infolist():
        name = entry.filename
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            raise DependenciesError(f"{SOURCE} holds '{name}', outside of its folder")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise DependenciesError(
                f"{SOURCE} holds the link '{name}'; pack files in place of links "
                "(zip without -y)"
            )


def _check_space(archive: ZipFile, folder: Path) -> None:
    import shutil  # noqa: PLC0415

    needed = sum(entry.file_size for entry in archive.infolist())
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise DependenciesError(
            f"{SOURCE} unpacks to {needed / 1e6:.0f} MB, and {folder.parent} has "
            f"{free / 1e6:.0f}; raise the function's ephemeralStorageSize"
        )


def _check_owner(unpacked: Path) -> None:
    """Refuse a folder that another user of the machine may have made."""
    found = unpacked.lstat()
    shared = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or shared:
        raise DependenciesError(
            f"{unpacked} is not a folder that this user alone may write to"
        )


def _add_to_path(unpacked: Path) -> Path:
    inner = unpacked / "python"
    root = inner if inner.is_dir() else unpacked
    if str(root) not in sys.path:
        sys.path.append(str(root))
    return root
