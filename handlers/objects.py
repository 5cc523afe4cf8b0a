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
from raster_core.errors import ChangedError, SourceError, StoreError, ThrottledError
from raster_core.source.siblings import siblings

# Seconds that a tag counts as the file's; design: a HEAD at most that often.
KEEP = 60.0

# Seconds until a store counts as unreachable.
TIMEOUT = 5.0

# Times that a store is asked for a tag, and seconds in between: as often as GDAL, which
# reads the file afterwards.
TRIES = 3
DELAY = 0.1

# Seconds after which a store that fails is not asked again: others wait behind.
PATIENCE = 1.0

UNREACHABLE = 0
"""In place of a status, of a store that does not answer."""

_THROTTLING = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})

_MISSING = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})

_DENIED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


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
        SourceError: It has no such file, denies it, fails, or cannot be reached; each
            with a message of its own.
    """
    kept, now = _kept.get(href), time.monotonic()
    if kept and now - kept.fetched < KEEP:
        return kept.etag
    state = _ask_again(href)
    if fault := _find_fault(state.status):
        raise fault
    _kept[href] = _Kept(state.etag, now)
    return state.etag


def drop_tag(href: str) -> None:
    """Ask for the file's tag anew: it may have been replaced."""
    _kept.pop(href, None)


def forget_tags() -> None:
    """Ask for every tag again when it is needed next."""
    _kept.clear()


def explain_failure(error: StoreError) -> SourceError:
    """Why a file could not be read, by what its store says; else the error as it is.

    Its tag is dropped, so that the next request sees a file that was replaced.
    """
    kept = _kept.pop(error.href, None)
    state = ask_store(error.href)
    fault = _find_fault(state.status)
    if fault is None and kept and kept.etag != state.etag:
        fault = ChangedError(
            "The raster is another one in its store than a moment ago; if it is so "
            "every time, give its Item a version"
        )
    if fault is None:
        return error
    fault.__cause__ = error
    return fault


def _find_fault(status: int) -> SourceError | None:
    """What a store's status says is wrong; None if nothing is.

    S3 says 403 also of a missing file, to whoever may not list the bucket.
    """
    if status == HTTPStatus.OK:
        return None
    if status in _THROTTLING:
        return ThrottledError("The store of the raster is throttling; try again soon")
    if status == UNREACHABLE:
        return SourceError("The store of the raster cannot be reached")
    if status in _MISSING:
        return SourceError("The raster is not in its store")
    if status in _DENIED:
        return SourceError(
            "The store of the raster denies access to it, or does not have it"
        )
    return SourceError(f"The store of the raster answers with status {status}")


def _ask_again(href: str) -> ObjectState:
    """What the store says, once it does not fail; its last word after ``TRIES``."""
    started = time.monotonic()
    for tried in range(1, TRIES + 1):
        state = ask_store(href)
        fails = state.status in _THROTTLING or not 100 <= state.status < 500
        if not fails or tried == TRIES or time.monotonic() - started > PATIENCE:
            break
        time.sleep(DELAY)
    return state


def ask_store(href: str) -> ObjectState:
    """What the store says of a file now; ``UNREACHABLE`` if it does not answer."""
    try:
        if href.startswith("s3://"):
            return ObjectState(*head_object(href))
        if href.startswith(("https://", "http://")):
            return _head_url(href)
        return _look_at(Path(href))
    except FileNotFoundError:
        return ObjectState(HTTPStatus.NOT_FOUND, "")
    except OSError:
        return ObjectState(UNREACHABLE, "")


def _look_at(path: Path) -> ObjectState:
    """A file of this machine; its mask, if one stands beside it, is part of it."""
    stats = [path.stat(), *(Path(f"{path}{end}").stat() for end in siblings(path))]
    parts = (f"{stat.st_mtime_ns:x}-{stat.st_size:x}" for stat in stats)
    return ObjectState(HTTPStatus.OK, f'"{"-".join(parts)}"')


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
