"""Answers events: problem documents for errors, CORS, HEAD, ranges, compression."""

from __future__ import annotations

import math
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from handlers.catalogue.objects import drop_tag, explain_failure
from handlers.http.answers import problem, status_of
from handlers.http.byte_ranges import cut_range
from handlers.http.prefixes import strip_prefix
from handlers.http.urls import comes_around_cdn
from handlers.params.errors import InvalidError, as_invalid
from handlers.platform.collector import resume_collector
from handlers.platform.encoding import body_size, compress_text
from handlers.platform.powertools import (
    APIGatewayHttpResolver,
    MetricUnit,
    Request,
    Response,
    logger,
    metrics,
)
from handlers.platform.settings import current_settings, held_settings
from handlers.routes import METHODS, allowed_methods
from raster_core.errors import (
    ChangedError,
    RasterError,
    SourceError,
    StoreError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from handlers.platform.powertools import LambdaContext
    from raster_core.documents import Json


RESERVE = 2.0
"""Seconds of a function's time that are kept for the answer."""

# Seconds within which a read must fail to be tried again: a slow one would be slow
# once more.
AGAIN = 2.0

_PREFLIGHT = {
    "Access-Control-Allow-Methods": ", ".join(METHODS),
    "Access-Control-Allow-Headers": "content-encoding, content-type, if-none-match, "
    "if-range, range",
    "Access-Control-Max-Age": "86400",
}

_ONLY_CDN = "The service is reached through its distribution, not at this address"

_EXPOSED = "Accept-Ranges, Content-Range, ETag, Retry-After"


def make_app() -> APIGatewayHttpResolver:
    """A resolver that turns our errors into problem documents."""
    app = APIGatewayHttpResolver()

    @app.exception_handler(RasterError)  # type: ignore[untyped-decorator,unused-ignore]
    def answer_error(error: RasterError) -> Response[str]:
        if isinstance(error, StoreError):
            raise error  # for try_again
        return _answer_error(app.current_event.path, error)

    @app.not_found  # type: ignore[untyped-decorator,unused-ignore]
    def answer_unknown(_error: Exception) -> Response[str]:
        event = app.current_event
        return _answer_unknown(event.http_method, event.path)

    return app


def serve(
    app: APIGatewayHttpResolver, event: dict[str, object], context: LambdaContext
) -> dict[str, object]:
    """The answer to an event; never an exception, always with CORS headers.

    HEAD is answered as GET, without the body.
    """
    resume_collector()
    with held_settings():
        event = strip_prefix(event)
        request = Request(event)
        try:
            if comes_around_cdn(request):
                answer = _render(problem(HTTPStatus.FORBIDDEN, _ONLY_CDN, request.path))
            else:
                answer = _resolve(app, request, context)
        except Exception:  # the platform's own 500 has neither CORS nor a body
            logger.exception("Unexpected failure")
            answer = _failure(str(event.get("rawPath", "")))
        _count(int(str(answer["statusCode"])))
        if _method(event) == "HEAD":
            answer = _without_body(answer)
        return _with_headers(answer, _cors(request.headers.get("origin", "")))


def seconds_left(context: object) -> float:
    """Seconds until the platform ends the function, less ``RESERVE``."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return remaining() / 1000 - RESERVE if remaining else math.inf


def _resolve(
    app: APIGatewayHttpResolver, request: Request, context: LambdaContext
) -> dict[str, object]:
    """The answer of the route as it is sent."""
    event = dict(request.raw_event)
    if request.http_method == "HEAD" and "GET" in allowed_methods(request.path):
        http = {**event["requestContext"]["http"], "method": "GET"}
        event["requestContext"] = {**event["requestContext"], "http": http}
    answer = compress_text(
        _run(app, event, context), request.headers.get("accept-encoding", "")
    )
    answer = cut_range(answer, request)
    size, limit = body_size(answer), current_settings().max_answer
    if size is None or size <= limit:
        return answer
    detail = (
        f"The answer has {size} bytes, which exceeds {limit}; ask for fewer "
        "zones, statistics or pixels, or accept gzip"
    )
    return _render(problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail, request.path))


def try_again[Answer](answer: Callable[[], Answer]) -> Answer:
    """An answer; tried twice if a file failed and may not do so again.

    A file that was open may have been replaced, or its connection have died while the
    process was frozen. One that was not may have been replaced since its tag was asked
    for, or have met a reset of the store, which GDAL does not try again. Everything is
    decided again from the header as it is now.

    Raises:
        SourceError: If a file cannot be read, with the reason that its store gives.
    """
    started = time.monotonic()
    try:
        return answer()
    except StoreError as error:
        first = error
    if reason := _final_reason(first, started):
        raise reason
    logger.warning("A file cannot be read: again", exc_info=first)
    drop_tag(first.href)
    try:
        return answer()
    except StoreError as error:
        second = error
    raise explain_failure(second)


def _final_reason(error: StoreError, started: float) -> SourceError | None:
    """Why another try would fail as well; None if it may not."""
    if error.opened is not None and error.opened <= started:
        return None
    late = time.monotonic() - started > AGAIN
    reason = explain_failure(error)
    return reason if late or not isinstance(reason, StoreError | ChangedError) else None


def _run(
    app: APIGatewayHttpResolver, event: dict[str, object], context: LambdaContext
) -> dict[str, object]:
    """The answer of the route."""
    try:
        return try_again(lambda: app.resolve(event, context))
    except SourceError as error:
        return _render(_answer_error(str(event.get("rawPath", "")), error))


def _method(event: dict[str, object]) -> str | None:
    """The method; None if the event is not an HTTP request."""
    context = event.get("requestContext")
    http = context.get("http") if isinstance(context, dict) else None
    return http.get("method") if isinstance(http, dict) else None


def _without_body(answer: dict[str, object]) -> dict[str, object]:
    """The answer to HEAD: the headers of GET, with the length of its body."""
    size = body_size(answer)
    bare = {**answer, "body": "", "isBase64Encoded": False}
    return _with_headers(bare, {"Content-Length": str(size)}) if size else bare


def _with_headers(
    answer: dict[str, object], added: Mapping[str, str]
) -> dict[str, object]:
    headers = answer.get("headers")
    known = headers if isinstance(headers, dict) else {}
    vary = ", ".join(h["Vary"] for h in (known, added) if "Vary" in h)
    return {
        **answer,
        "headers": {**known, **added, **({"Vary": vary} if vary else {})},
    }


def _cors(origin: str) -> dict[str, str]:
    """CORS headers, on every answer: a cache would serve one without them to all."""
    allowed = current_settings().allowed_origins
    exposed = {"Access-Control-Expose-Headers": _EXPOSED}
    if not allowed:
        return {"Access-Control-Allow-Origin": "*", **exposed}
    named = origin if origin in allowed else allowed[0]
    return {"Access-Control-Allow-Origin": named, "Vary": "Origin", **exposed}


def _count(status: int) -> None:
    """Count the request for CloudWatch, and whose fault a failure was."""
    metrics.add_metric("Requests", MetricUnit.Count, 1)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        metrics.add_metric("ServerErrors", MetricUnit.Count, 1)
    elif status >= HTTPStatus.BAD_REQUEST:
        metrics.add_metric("ClientErrors", MetricUnit.Count, 1)


def _answer_error(path: str, error: RasterError) -> Response[str]:
    status = status_of(error)
    if isinstance(error, SourceError):
        # The cause names files and buckets, which belong in the log alone.
        logger.error(str(error), exc_info=error)
    error = as_invalid(error)
    errors: list[Json] = []
    if isinstance(error, InvalidError):
        errors = [
            {"parameter": name, "detail": detail} for name, detail in error.faults
        ]
    return problem(status, str(error), path, errors=errors)


def _answer_unknown(method: str, path: str) -> Response[str]:
    """The answer where no route matched: to a preflight, a wrong method or path."""
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
    """A 500 made without the resolver, which is what may have failed."""
    return _render(
        problem(
            HTTPStatus.INTERNAL_SERVER_ERROR, "The request could not be answered", path
        )
    )


def _render(response: Response[str]) -> dict[str, object]:
    """The response in the form that Lambda returns."""
    return {
        "statusCode": int(response.status_code),
        "headers": dict(response.headers),
        "body": response.body,
        "isBase64Encoded": False,
    }
