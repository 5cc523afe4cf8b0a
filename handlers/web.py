"""HTTP: answers, problem documents, CORS, and which error has which status."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler.api_gateway import (
    APIGatewayHttpResolver,
    Response,
)
from aws_lambda_powertools.metrics import MetricUnit

from handlers.routes import allowed_methods
from handlers.schema import BodyTooLargeError, InvalidError, MediaTypeError
from handlers.settings import read_settings
from raster_core.errors import (
    BudgetError,
    DeadlineError,
    NotFoundError,
    RasterError,
    RequestError,
    SourceError,
    ZoneError,
)

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
    from aws_lambda_powertools.utilities.typing import LambdaContext

type Json = Mapping[str, object]

STATUS: tuple[tuple[type[RasterError], HTTPStatus], ...] = (
    # The first class that fits counts, so the special ones come first.
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (BodyTooLargeError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (DeadlineError, HTTPStatus.GATEWAY_TIMEOUT),
    (BudgetError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (MediaTypeError, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (ZoneError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (RequestError, HTTPStatus.BAD_REQUEST),
    (SourceError, HTTPStatus.BAD_GATEWAY),
)

MAX_ANSWER = 4_400_000
"""Bytes before base64; nearer its 6 MB the platform answers by itself."""

RESERVE = 2.0
"""Seconds of a function's time that are kept for the answer."""

# On every answer, whoever asks: a cache would keep one without them for all.
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
}

_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "content-type",
    "Access-Control-Max-Age": "86400",
}

logger = Logger(service="rasterlet")
metrics = Metrics(namespace="Rasterlet", service="rasterlet")


def make_app() -> APIGatewayHttpResolver:
    """A resolver that turns our errors into problem documents."""
    app = APIGatewayHttpResolver()

    @app.exception_handler(RasterError)  # type: ignore[untyped-decorator,unused-ignore]
    def answer_error(error: RasterError) -> Response[str]:
        return _answer_error(app.current_event.path, error)

    @app.not_found  # type: ignore[untyped-decorator,unused-ignore]
    def answer_unknown(_error: Exception) -> Response[str]:
        event = app.current_event
        return _answer_unknown(event.http_method, event.path)

    return app


def serve(
    app: APIGatewayHttpResolver, event: dict[str, object], context: LambdaContext
) -> dict[str, object]:
    """The answer to an event; never an exception, always with CORS headers."""
    try:
        answer = app.resolve(event, context)
    except Exception:  # the platform's own 500 has neither CORS nor a body
        logger.exception("Unexpected failure")
        answer = _failure(str(event.get("rawPath", "")))
    _count(int(answer["statusCode"]))
    answer["headers"] = {**answer.get("headers", {}), **CORS}
    return answer


def text_answer(body: str, media_type: str) -> Response[str]:
    """A good answer in text.

    Raises:
        BudgetError: It is larger than the platform lets through.
    """
    size = len(body.encode())
    if size > MAX_ANSWER:
        raise BudgetError(
            f"The answer has {size} bytes, which exceeds {MAX_ANSWER}; "
            "ask for fewer zones or statistics"
        )
    return Response(HTTPStatus.OK, media_type, body, _caching())


def json_answer(value: Json, *, media_type: str = "application/json") -> Response[str]:
    """A good JSON answer.

    Raises:
        BudgetError: It is larger than the platform lets through.
    """
    return text_answer(
        json.dumps(value, allow_nan=False, separators=(",", ":")), media_type
    )


def image_answer(image: bytes) -> Response[bytes]:
    """A PNG."""
    return Response(HTTPStatus.OK, "image/png", image, _caching())


def uncached(response: Response[str]) -> Response[str]:
    """The same answer, for one reader at one time."""
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
    caching = "max-age=60" if status == HTTPStatus.NOT_FOUND else "no-store"
    return Response(
        status,
        "application/problem+json",
        json.dumps(document),
        {"Cache-Control": caching},
    )


def status_of(error: RasterError) -> HTTPStatus:
    """The status of an error, by ``STATUS``."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


def base_url(event: APIGatewayProxyEventV2) -> str:
    """Where the service is seen, without a slash at the end.

    From the settings, else the domain that the gateway itself matched; a header that
    any client can write is not asked.
    """
    configured = read_settings(os.environ).base_url
    if configured:
        return configured
    context = event.request_context
    stage = "" if context.stage == "$default" else f"/{context.stage}"
    return f"https://{context.domain_name}{stage}"


def seconds_left(context: object) -> float:
    """Until the platform ends the function, less what the answer takes."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return remaining() / 1000 - RESERVE if remaining else math.inf


def _count(status: int) -> None:
    """For CloudWatch: how many requests, and whose fault the failed ones were."""
    metrics.add_metric("Requests", MetricUnit.Count, 1)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        metrics.add_metric("ServerErrors", MetricUnit.Count, 1)
    elif status >= HTTPStatus.BAD_REQUEST:
        metrics.add_metric("ClientErrors", MetricUnit.Count, 1)


def _caching() -> dict[str, str | list[str]]:
    return {"Cache-Control": read_settings(os.environ).cache_control}


def _answer_error(path: str, error: RasterError) -> Response[str]:
    status = status_of(error)
    if isinstance(error, SourceError):
        # The cause names files and buckets: for the log, not for the answer.
        logger.error(str(error), exc_info=error)
    errors: list[Json] = []
    if isinstance(error, InvalidError):
        errors = [
            {"parameter": name, "detail": detail} for name, detail in error.faults
        ]
    return problem(status, str(error), path, errors=errors)


def _answer_unknown(method: str, path: str) -> Response[str]:
    """What no route matched: a preflight, a wrong method, or nothing we have."""
    if method == "OPTIONS":
        return Response(HTTPStatus.NO_CONTENT, headers=dict(_PREFLIGHT))
    methods = allowed_methods(path)
    if methods and method not in methods:
        allowed = ", ".join(methods)
        detail = f"Method {method} is not one of {allowed}"
        response = problem(HTTPStatus.METHOD_NOT_ALLOWED, detail, path)
        response.headers["Allow"] = allowed
        return response
    return problem(HTTPStatus.NOT_FOUND, f"There is no route '{path[:200]}'", path)


def _failure(path: str) -> dict[str, object]:
    """A 500 in the event's own form: the resolver is what may have failed."""
    response = problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "The request could not be answered", path
    )
    return {
        "statusCode": response.status_code,
        "headers": {
            "Content-Type": "application/problem+json",
            "Cache-Control": "no-store",
        },
        "body": response.body,
        "isBase64Encoded": False,
    }
