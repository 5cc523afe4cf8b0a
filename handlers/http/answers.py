"""Responses: text, JSON, images, problem documents; the status of each error."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raster_core.documents import Json


import json
from http import HTTPStatus

from handlers.params.errors import BodyTooLargeError, MediaTypeError
from handlers.platform.powertools import Response
from raster_core.errors import (
    BudgetError,
    ChangedError,
    DeadlineError,
    NotFoundError,
    RasterError,
    RequestError,
    SourceError,
    ThrottledError,
    ZoneError,
)

# Seconds. S3 doubles its rate within minutes; a map would retry at once.
RETRY_AFTER = "2"

STATUS: tuple[tuple[type[RasterError], HTTPStatus], ...] = (
    # The first class that fits counts, so subclasses come first.
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (BodyTooLargeError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (DeadlineError, HTTPStatus.GATEWAY_TIMEOUT),
    (BudgetError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (MediaTypeError, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (ZoneError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (RequestError, HTTPStatus.BAD_REQUEST),
    (ThrottledError, HTTPStatus.SERVICE_UNAVAILABLE),
    (ChangedError, HTTPStatus.SERVICE_UNAVAILABLE),
    (SourceError, HTTPStatus.BAD_GATEWAY),
)


def text_answer(body: str, media_type: str) -> Response[str]:
    """A 200 with text."""
    return Response(HTTPStatus.OK, media_type, body)


def json_answer(value: Json, *, media_type: str = "application/json") -> Response[str]:
    """A 200 with JSON."""
    return text_answer(
        json.dumps(value, allow_nan=False, separators=(",", ":")), media_type
    )


def image_answer(image: bytes, media_type: str = "image/png") -> Response[bytes]:
    """A 200 with an image or other bytes."""
    return Response(HTTPStatus.OK, media_type, image)


def uncached(response: Response[str]) -> Response[str]:
    """The same answer, not to be kept by any cache."""
    response.headers["Cache-Control"] = "no-store"
    return response


def problem(
    status: HTTPStatus,
    detail: str,
    instance: str,
    *,
    errors: list[Json] | None = None,
) -> Response[str]:
    """An RFC 9457 problem document."""
    document: dict[str, object] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "instance": instance,
    }
    if errors:
        document["errors"] = errors
    text = json.dumps(document, allow_nan=False)
    return Response(status, "application/problem+json", text, error_headers(status))


def error_headers(status: HTTPStatus) -> dict[str, str | list[str]]:
    """How long an error may be kept, and when to ask again."""
    if status == HTTPStatus.NOT_FOUND:
        return {"Cache-Control": "max-age=60"}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Cache-Control": "no-store", "Retry-After": RETRY_AFTER}
    return {"Cache-Control": "no-store"}


def status_of(error: RasterError) -> HTTPStatus:
    """The status of an error, by ``STATUS``."""
    return next(status for kind, status in STATUS if isinstance(error, kind))
