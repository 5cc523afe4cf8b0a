"""API Gateway on this machine: an ASGI application that runs the Lambda handlers.

An HTTP request becomes an API Gateway 2.0 event, the handler's answer becomes the
response. Handlers run inside the event loop on purpose: one event at a time in each
process, as on Lambda (Powertools keeps the current event on a class), and a busy
process leaves new connections to an idle one. Answers of any size are sent while they
are computed. A client that disconnects ends the work, streamed or not: before each read
of a raster, the connection is looked at.

Files of the demo page are served where no route matches.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import importlib
import os
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    RedirectResponse,
    Response,
)

from handlers.http.prefixes import known_prefixes, route_path
from handlers.platform.settings import read_settings
from handlers.routes import FALLBACK, FUNCTIONS, find_function
from raster_core.sources.file.attention import attended
from scripts.presence import ClientGoneError, make_check, wait_for_goodbye

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from starlette.types import Message, Receive, Scope, Send

PAGE = Path(os.environ.get("RASTERLET_PAGE", "frontend/dist")).resolve()

# Bytes of a request that the gateway accepts, unless the operator allows more.
MAX_REQUEST = 10 * 2**20

# Bytes of path and query: the most entries of a colormap, encoded, fit in it.
# CloudFront takes 8,192 of a whole URL, API Gateway 10,240 with the headers.
MAX_ADDRESS = 128 * 1024

_NOWHERE = Path(os.devnull).open("w")  # noqa: SIM115  open as long as the process

# Seconds of computing between two checks of the client and of other requests.
PATIENCE = 0.02

CONTENT_LENGTH = b"content-length"

MEMORY_MB = 1769  # one vCPU's worth

_handlers = {
    function: importlib.import_module(f"handlers.{function}").handler
    for function in FUNCTIONS
}


@dataclass(frozen=True)
class LocalContext:
    """What a handler may ask of its invocation; attributes as Lambda names them.

    ``stream`` is the exception: Lambda has none.
    """

    function_name: str
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    memory_limit_in_mb: int = MEMORY_MB
    streams: list[Iterator[str]] = field(default_factory=list)
    """The argument of ``stream``; at most one."""

    @property
    def invoked_function_arn(self) -> str:
        """A name of the right form."""
        return f"arn:aws:lambda:local:000000000000:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """A day: only the client ends a request."""
        return 24 * 60 * 60 * 1000

    def stream(self, pieces: Iterator[str]) -> None:
        """Send pieces of text as the body, if the handler returns without one.

        An empty piece means that the next one takes longer.
        """
        self.streams.append(pieces)


@dataclass(frozen=True)
class Stream:
    """A response whose body is computed while it is sent."""

    head: Response
    pieces: Iterator[str]
    request: Request

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it; an error or a disconnected client ends it early.

        The server aborts a connection whose last message was not sent, which tells the
        client that the answer is incomplete.
        """
        with contextlib.closing(self.pieces):
            await send(self._start())
            try:
                async for piece in self._look_around():
                    await send(_part(piece, more=True))
            except Exception:  # noqa: BLE001  which was logged, or the client is gone
                return
            await send(_part("", more=False))

    async def _look_around(self) -> AsyncIterator[str]:
        """The pieces that are not empty; other requests get their turn in between."""
        looked = time.monotonic()
        for piece in self.pieces:
            if piece:
                yield piece
            if time.monotonic() - looked > PATIENCE:
                await asyncio.sleep(0)  # for the socket to tell what it knows
                if await self.request.is_disconnected():
                    raise ClientDisconnect
                looked = time.monotonic()

    def _start(self) -> Message:
        # Without a length, the server sends chunks.
        headers = [pair for pair in self.head.raw_headers if pair[0] != CONTENT_LENGTH]
        status = self.head.status_code
        return {"type": "http.response.start", "status": status, "headers": headers}


def _part(text: str, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": text.encode(), "more_body": more}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application."""
    if scope["type"] != "http":
        return
    request = Request(scope, receive)
    if scope["path"] in prefixes_of(request):
        # The page's own addresses are relative.
        slashed = RedirectResponse(f"{scope['path']}/")
        await slashed(scope, receive, send)
        return
    try:
        response = find_page_file(request) or await answer(request)
    except ClientDisconnect:
        return
    except ClientGoneError:
        await wait_for_goodbye(receive)
        return
    await response(scope, receive, send)


def find_page_file(request: Request) -> Response | None:
    """A file of the demo page, ``/`` being its index."""
    path = route_path(request.scope["path"], prefixes_of(request))
    if request.method not in {"GET", "HEAD"} or find_function("GET", path) != FALLBACK:
        return None
    try:
        file = (PAGE / (path.lstrip("/") or "index.html")).resolve()
        found = file.is_relative_to(PAGE) and file.is_file()
    except (OSError, ValueError):  # a name too long, or with a zero byte in it
        found = False
    if not found:
        return None
    # As in deploy/publish.py: files that the build names by their content never change.
    kept = file.parent == PAGE / "assets"
    control = "public, max-age=31536000, immutable" if kept else "no-cache"
    return FileResponse(file, headers={"Cache-Control": control})


async def answer(request: Request) -> Response | Stream:
    """The handler's answer to a request."""
    length = len(request.scope["raw_path"]) + len(request.scope["query_string"])
    if length > MAX_ADDRESS:
        return _refuse_address(length)
    body = bytearray()
    most = max(MAX_REQUEST, read_settings(os.environ).max_body)
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return JSONResponse({"message": "Request Entity Too Large"}, 413)
    path = route_path(request.scope["path"], prefixes_of(request))
    function = find_function(request.method, path)
    event, context = make_event(request, bytes(body)), LocalContext(function)
    # Metrics are printed for CloudWatch; a terminal should not show them.
    with (
        contextlib.redirect_stdout(_NOWHERE),
        attended(make_check(request.receive, PATIENCE)),
    ):
        result = _handlers[function](event, context)
    response = make_response(result)
    if context.streams and not result.get("body"):
        return Stream(response, context.streams[0], request)
    return response


def prefixes_of(request: Request) -> tuple[str, ...]:
    """The prefixes of a request's path that a proxy may have left."""
    return known_prefixes(request.headers.get("host", ""))


def _refuse_address(length: int) -> Response:
    """A problem document, as the handlers write them."""
    problem = {
        "type": "about:blank",
        "title": "URI Too Long",
        "status": 414,
        "detail": f"The address has {length} bytes, which exceeds {MAX_ADDRESS}; a "
        "long colormap may stand in the catalogue and be asked for by colormap_name",
    }
    return JSONResponse(
        problem,
        414,
        {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"},
        "application/problem+json",
    )


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
