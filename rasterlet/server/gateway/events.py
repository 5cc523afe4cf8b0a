"""Requests as events of API Gateway 2.0, and the answers to those as responses."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from starlette.requests import Request

_MEMORY_MB = 1769  # one vCPU's worth


@dataclass(frozen=True)
class LocalContext:
    """What a handler may ask of its invocation; attributes as Lambda names them.

    ``stream`` is the exception: Lambda has none.
    """

    function_name: str
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    memory_limit_in_mb: int = _MEMORY_MB
    streams: list[Generator[str]] = field(default_factory=list)
    """The argument of ``stream``; at most one."""

    @property
    def invoked_function_arn(self) -> str:
        """A name of the right form."""
        return f"arn:aws:lambda:local:000000000000:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """A day: only the client ends a request."""
        return 24 * 60 * 60 * 1000

    def stream(self, pieces: Generator[str]) -> None:
        """Send pieces of text as the body, if the handler returns without one.

        An empty piece means that the next one takes longer.
        """
        self.streams.append(pieces)


def make_event(request: Request, body: bytes) -> dict[str, Any]:
    """The API Gateway 2.0 event of a request."""
    now = datetime.now(UTC)
    path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
    text = _decode(body)
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": _join(request.headers.items()),
        "queryStringParameters": _join(parse_qsl(query, keep_blank_values=True)),
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "local",
            "domainName": request.headers.get("host", "localhost"),
            "domainPrefix": "local",
            "http": {
                "method": request.method,
                "path": path,
                "protocol": f"HTTP/{request.scope['http_version']}",
                "sourceIp": request.client.host if request.client else "",
                "userAgent": request.headers.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": round(now.timestamp() * 1000),
        },
        "body": base64.b64encode(body).decode() if text is None else text,
        "isBase64Encoded": text is None,
    }


def make_response(result: Mapping[str, Any]) -> Response:
    """The HTTP response of a handler's answer."""
    body = result.get("body") or ""
    content = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
    response = Response(content, result["statusCode"])
    for name, value in result.get("headers", {}).items():
        response.headers[name] = str(value)
    return response


def _decode(body: bytes) -> str | None:
    """Text, or None for what must travel as base64."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _join(pairs: object) -> dict[str, str]:
    """Repeated names joined by commas, as the gateway does."""
    joined: dict[str, str] = {}
    for name, value in pairs:  # type: ignore[attr-defined]
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined
