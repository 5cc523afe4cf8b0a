"""Notices that the catalogue's file is another one, before its time is over.

Functions keep a catalogue for half a minute. On one's own machine, somebody has just
added a raster and looks for it.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from handlers.catalogue.store import expire_catalogue, load_catalogue
from raster_core.errors import SourceError

_seen: list[tuple[int, int, int]] = []


def keep_catalogue() -> None:
    """Fetch the catalogue, so that it stays in use if its file is damaged later."""
    with contextlib.suppress(SourceError):  # which requests tell
        load_catalogue()


def notice_new_catalogue(location: str) -> None:
    """Have a local catalogue fetched again if its file has changed.

    Args:
        location: Path or URL of the catalogue; a URL is left to its time.
    """
    if "://" in location:
        return
    try:
        state = Path(location).stat()
    except OSError:  # which is for the request to tell
        return
    mark = (state.st_mtime_ns, state.st_size, state.st_ino)
    if _seen != [mark]:
        expire_catalogue()
    _seen[:] = [mark]
