"""What a store says of a file: its entity tag, or why it cannot be read.

GDAL tells a throttled store from a missing file no more than it shows entity tags, so
both are asked for here: tags for files whose Item has no version, reasons after a
failure. Neither is on the way of a tile that goes well.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

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
    """With its quotes. Where the store gives none, what else changes with the file,
    without quotes: no tag that GDAL could ask for."""


@dataclass(frozen=True, slots=True)
class _Kept:
    etag: str
    fetched: float


_kept: dict[str, _Kept] = {}


def entity_tag(href: str) -> str:
    """The entity tag of a file, at most ``KEEP`` seconds old.

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


def drop_tag(href: str) -> None:
    """Ask for the file's tag anew: it may have been replaced."""
    _kept.pop(href, None)


def forget_tags() -> None:
    """Ask for every tag again when it is needed next."""
    _kept.clear()


def explain_failure(error: StoreError) -> SourceError:
    """Why a file could not be read: a store that throttles, or the error as it is.

    Its tag is dropped, so that the next request sees a file that was replaced.
    """
    drop_tag(error.href)
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
    # 12 ms of a cold start, and most catalogues need no tags.
    from http.client import HTTPException  # noqa: PLC0415
    from urllib.error import HTTPError  # noqa: PLC0415
    from urllib.request import Request, urlopen  # noqa: PLC0415

    request = Request(url, method="HEAD")  # noqa: S310  scheme checked
    try:
        with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            said = answer.headers
            changed = f"{said['Last-Modified']} {said['Content-Length']}"
            return ObjectState(answer.status, said.get("ETag") or changed)
    except HTTPError as error:
        with error:
            return ObjectState(error.code, "")
    except HTTPException as error:
        raise OSError(str(error)) from error
