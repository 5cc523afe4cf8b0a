"""What a store says of a file: its entity tag, or why it cannot be read.

GDAL tells a throttled store from a missing file no more than it shows entity tags, so
both are asked for here: tags for files whose Item has no version, reasons after a
failure. Neither is on the way of a tile that goes well.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from handlers.aws import head_object
from raster_core.errors import SourceError, StoreError, ThrottledError

# Seconds that a tag counts as the file's; design: a HEAD at most that often.
KEEP = 60.0

# Seconds until a store counts as unreachable.
TIMEOUT = 5.0

_THROTTLING = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class ObjectState:
    """What a store says of a file."""

    status: int
    """Of HTTP, also for files of this machine."""
    etag: str
    """With its quotes; empty where there is none."""


@dataclass(frozen=True, slots=True)
class _Kept:
    etag: str
    fetched: float


_kept: dict[str, _Kept] = {}


def entity_tag(href: str) -> str:
    """The entity tag of a file, at most ``KEEP`` seconds old; empty if it has none.

    Raises:
        ThrottledError: The store asks for patience.
        SourceError: It has no such file, or cannot be reached.
    """
    kept, now = _kept.get(href), time.monotonic()
    if kept and now - kept.fetched < KEEP:
        return kept.etag
    state = ask_store(href)
    if state.status in _THROTTLING:
        raise ThrottledError("The store of the raster is throttling; try again soon")
    if state.status != HTTPStatus.OK:
        raise SourceError("The raster is not in its store")
    _kept[href] = _Kept(state.etag, now)
    return state.etag


def explain_failure(error: StoreError) -> SourceError:
    """Why a file could not be read: a store that throttles, or the error as it is.

    Its tag is dropped, so that the next request sees a file that was replaced.
    """
    _kept.pop(error.href, None)
    if ask_store(error.href).status in _THROTTLING:
        return ThrottledError("The store of the raster is throttling; try again soon")
    return error


def ask_store(href: str) -> ObjectState:
    """What the store says of a file now; status 0 if it cannot be reached."""
    try:
        if href.startswith("s3://"):
            return ObjectState(*head_object(href))
        if href.startswith(("https://", "http://")):
            return _head_url(href)
        stat = Path(href).stat()
    except OSError:
        return ObjectState(0, "")
    return ObjectState(HTTPStatus.OK, f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"')


def _head_url(url: str) -> ObjectState:
    request = Request(url, method="HEAD")  # noqa: S310  scheme checked
    try:
        with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            return ObjectState(answer.status, answer.headers.get("ETag", ""))
    except HTTPError as error:
        with error:
            return ObjectState(error.code, "")
    except HTTPException as error:
        raise OSError(str(error)) from error
