"""Byte ranges of an answer, by which GDAL reads a GeoTIFF from a URL.

GDAL requests the length, then the header, then blocks. All of them come from one
computed image, which is kept for a minute.
"""

from __future__ import annotations

import base64
import math
import re
import time
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING

from handlers.http.answers import problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from handlers.platform.powertools import APIGatewayProxyEventV2

# Bytes of images that a process keeps: eight of the largest possible answers.
_MAX_KEPT = 36_000_000

_RANGED = "image/tiff"

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)

# Seconds, enough for a client to read what it wants. A file may be replaced while its
# Item's version stays; a kept image must not hide that for longer.
_KEEP = 60.0

# By entity tag, with the time of computing, the least recently requested first.
_kept: dict[str, tuple[float, bytes]] = {}
_lock = Lock()


def keep_image(tag: str, compute: Callable[[], bytes]) -> bytes:
    """An image, computed unless it is kept from a moment ago.

    Args:
        tag: As ``caching.answer_tag`` has it: what the image depends on.
        compute: The image.
    """
    now = time.monotonic()
    with _lock:
        computed, image = _kept.pop(tag, (-math.inf, b""))
        if now - computed < _KEEP:
            _kept[tag] = (computed, image)
            return image
    image = compute()
    with _lock:
        _kept[tag] = (now, image)
        while sum(len(kept) for _, kept in _kept.values()) > _MAX_KEPT:
            del _kept[next(iter(_kept))]
    return image


def forget_images() -> None:
    """Compute each image again when it is requested next."""
    _kept.clear()


def cut_range(
    answer: Mapping[str, object], request: APIGatewayProxyEventV2
) -> dict[str, object]:
    """The answer, or the range of a GeoTIFF that a GET requests.

    Several ranges, or a header that cannot be parsed, are answered with the whole, as
    RFC 9110 allows.

    Source: RFC 9110, 14.2 (Range), 14.4 (Content-Range), 13.1.5 (If-Range).
    """
    headers = answer.get("headers")
    assert isinstance(headers, dict)  # noqa: S101  as the resolver makes them
    is_whole = answer.get("statusCode") == HTTPStatus.OK
    if not is_whole or not str(headers.get("Content-Type", "")).startswith(_RANGED):
        return dict(answer)
    headers = {**headers, "Accept-Ranges": "bytes"}
    whole = {**answer, "headers": headers}
    asked = _RANGE.fullmatch(request.headers.get("range", "").strip())
    condition = request.headers.get("if-range")
    if (
        asked is None
        or request.http_method != "GET"
        or condition not in (None, headers.get("ETag"))
    ):
        return whole
    content = base64.b64decode(str(answer["body"]))
    chosen = _read_range(asked[1], asked[2], len(content))
    if chosen is None:
        return whole
    start, stop = chosen
    if start >= stop:
        return _refuse(len(content), request.path)
    part = f"bytes {start}-{stop - 1}/{len(content)}"
    return {
        **whole,
        "statusCode": int(HTTPStatus.PARTIAL_CONTENT),
        "headers": {**headers, "Content-Range": part},
        "body": base64.b64encode(content[start:stop]).decode(),
    }


def _read_range(first: str, last: str, size: int) -> tuple[int, int] | None:
    """Start and stop, equal if the range is empty; None if it is not a valid range."""
    if not first:
        return (max(size - int(last), 0), size) if last else None
    start = int(first)
    if last and int(last) < start:
        return None
    stop = min(int(last) + 1, size) if last else size
    return min(start, stop), stop


def _refuse(size: int, path: str) -> dict[str, object]:
    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    response = problem(status, f"The range is not within {size} bytes", path)
    return {
        "statusCode": int(status),
        "headers": {**response.headers, "Content-Range": f"bytes */{size}"},
        "body": response.body,
        "isBase64Encoded": False,
    }
