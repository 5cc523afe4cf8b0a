"""Where a file is: what users write, as an absolute path or a URL."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from raster_core.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable

REMOTE = ("s3://", "https://", "http://")
"""Schemes of the URLs that are read."""

EVERYWHERE = ("/", *REMOTE)
"""What hrefs may begin with, if a user of this machine names them."""

# GDAL's names for remote files, which its users have in their scripts.
_VIRTUAL = {"/vsis3/": "s3://", "/vsicurl/": ""}

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")

# Characters that no route of the service would find in an id: Powertools has a list of
# those that a part of a path may have.
_UNREACHABLE = re.compile(r"[^\w\-._~()'!*:@,;=+&$%<> \[\]{}|^]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file is."""

    href: str
    """An absolute path, or a URL."""
    name: str
    """As the user wrote it, for messages."""

    @property
    def path(self) -> Path | None:
        """The path of a file of this machine; None for a URL."""
        return None if is_remote(self.href) else Path(self.href)

    @property
    def shown(self) -> str:
        """What messages call it: as the user wrote it, but for secrets of a URL."""
        return show_url(self.href) if is_remote(self.href) else self.name

    @property
    def stem(self) -> str:
        """The file's name without its ending, as an id may have it."""
        path = self.path or PurePosixPath(unquote(urlsplit(self.href).path))
        return legal_id(path.stem)

    @property
    def suffix(self) -> str:
        """The ending of the file's name, in lower case: ``.tif``."""
        path = self.path or PurePosixPath(urlsplit(self.href).path)
        return path.suffix.lower()


def show_url(url: str) -> str:
    """A URL without its query, which may hold a signature, and without a password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def is_remote(href: str) -> bool:
    """Whether an href is a URL."""
    return href.startswith(REMOTE)


def find_place(source: str | os.PathLike[str]) -> Place:
    """The place that a path or URL names; ``~`` is the user's home.

    Raises:
        RequestError: If it is empty, or a URL of a scheme that is not read.
    """
    name = os.fspath(source)
    if not isinstance(name, str) or not name.strip():
        raise RequestError(
            "The source is empty; give a path, or an s3:// or https:// URL"
        )
    href = name.strip()
    for prefix, scheme in _VIRTUAL.items():
        if href.startswith(prefix):
            return Place(scheme + href.removeprefix(prefix), name)
    if is_remote(href):
        return Place(href, name)
    if href.startswith("file://"):
        from urllib.request import url2pathname  # noqa: PLC0415  16 ms, rarely needed

        return Place(str(_absolute(Path(url2pathname(urlsplit(href).path)))), name)
    if found := _SCHEME.match(href):
        raise RequestError(
            f"'{name}': {found[1]}:// is not supported; give a path, or an s3:// or "
            "https:// URL, such as https://storage.googleapis.com/BUCKET/OBJECT for "
            "gs://BUCKET/OBJECT"
        )
    return Place(str(_absolute(Path(name).expanduser())), name)


def _absolute(path: Path) -> Path:
    """The path from the root; its last part may be a link, for what is beside it."""
    return path.parent.resolve() / path.name if path.name else path.resolve()


def legal_id(name: str) -> str:
    """A name as the id of a dataset, which is part of URLs."""
    # Where macOS writes an accent as a character of its own, one is in the letter.
    legal = _UNREACHABLE.sub("_", unicodedata.normalize("NFC", name))
    return legal if legal.strip(".") else f"raster{legal}"


def unique_names(names: Iterable[str]) -> list[str]:
    """The names in their order; those that occur again get ``-2``, ``-3``."""
    taken: set[str] = set()
    found = []
    for name in names:
        unique, number = name, 2
        while unique in taken:
            unique, number = f"{name}-{number}", number + 1
        taken.add(unique)
        found.append(unique)
    return found
