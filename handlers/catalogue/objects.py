"""What a store says about a file: its entity tag, or why it cannot be read.

GDAL neither shows entity tags nor distinguishes a throttled store from a missing file.
This module requests tags for files whose Item has no version, and reasons after a
failure. A tile of a versioned dataset needs neither.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from handlers.catalogue.aws import head_object
from raster_core.errors import ChangedError, SourceError, StoreError, ThrottledError
from raster_core.sources.companion.siblings import siblings

# Seconds for which a tag is taken for the file's: at most one HEAD per interval.
KEEP = 60.0

# Seconds until a store counts as unreachable.
TIMEOUT = 5.0

# Attempts to get a tag, and seconds between them: as many as GDAL makes, which reads
# the file afterwards.
TRIES = 3
DELAY = 0.1

# Seconds after which a failing store is not asked again: other requests are waiting.
PATIENCE = 1.0

UNREACHABLE = 0
"""The status of a store that does not answer."""

_THROTTLING = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})

_MISSING = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})

_DENIED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


@dataclass(frozen=True, slots=True)
class ObjectState:
    """The state of a file in its store."""

    status: int
    """HTTP status, also for local files."""
    etag: str
    """With its quotes. Where the store gives none, other values that change with the
    file, without quotes: GDAL cannot send those as a condition."""


@dataclass(frozen=True, slots=True)
class _Kept:
    etag: str
    fetched: float


_kept: dict[str, _Kept] = {}


def entity_tag(href: str) -> str:
    """The entity tag of a file, at most ``KEEP`` seconds old.

    Raises:
        ThrottledError: If the store is throttling.
        SourceError: If it has no such file, denies access, fails, or cannot be reached;
            each with a message of its own.
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
    """Forget the file's tag, since the file may have been replaced."""
    _kept.pop(href, None)


def forget_tags() -> None:
    """Forget all tags."""
    _kept.clear()


def explain_failure(error: StoreError) -> SourceError:
    """Why a file could not be read, according to its store; else the error itself.

    Its tag is forgotten, so that the next request sees a file that was replaced.
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
    """The error for a store's status; None for 200.

    S3 answers 403 for a missing file too, if the caller may not list the bucket.
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
    """The first answer that is not a failure; the last one after ``TRIES``."""
    started = time.monotonic()
    for tried in range(1, TRIES + 1):
        state = ask_store(href)
        fails = state.status in _THROTTLING or not 100 <= state.status < 500
        if not fails or tried == TRIES or time.monotonic() - started > PATIENCE:
            break
        time.sleep(DELAY)
    return state


def ask_store(href: str) -> ObjectState:
    """The present state of a file; ``UNREACHABLE`` if the store does not answer."""
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
    """The state of a local file, with that of the mask file beside it, if any."""
    stats = [path.stat(), *(Path(f"{path}{end}").stat() for end in siblings(path))]
    parts = (f"{stat.st_mtime_ns:x}-{stat.st_size:x}" for stat in stats)
    return ObjectState(HTTPStatus.OK, f'"{"-".join(parts)}"')


def _head_url(url: str) -> ObjectState:
    # Imported late: 12 ms of a cold start, and most catalogues need no tags.
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
