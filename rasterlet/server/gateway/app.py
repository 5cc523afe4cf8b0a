"""API Gateway on this machine: an ASGI application that runs the Lambda handlers.

An HTTP request becomes an API Gateway 2.0 event, the handler's answer becomes the
response. Handlers run inside the event loop on purpose: one event at a time in each
process, as on Lambda (Powertools keeps the current event on a class), and a busy
process leaves new connections to an idle one. Answers of any size are sent while they
are computed. A client that disconnects ends the work, streamed or not: before each read
of a raster, the connection is looked at.

Files of the demo page are served where no route matches: ``page``.
"""

from __future__ import annotations

import contextlib
import importlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse

from handlers.http.prefixes import route_path
from handlers.platform.settings import read_settings
from handlers.routes import FUNCTIONS, find_function
from raster_core.attention import attended
from rasterlet.server.gateway.events import LocalContext, make_event, make_response
from rasterlet.server.gateway.freshness import notice_new_catalogue
from rasterlet.server.gateway.page import find_page_file, prefixes_of
from rasterlet.server.gateway.presence import (
    ClientGoneError,
    make_check,
    wait_for_goodbye,
)
from rasterlet.server.gateway.streams import PATIENCE, Stream

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

# Bytes of a request that the gateway accepts, unless the operator allows more.
MAX_REQUEST = 10 * 2**20

# Bytes of path and query: the most entries of a colormap, encoded, fit in it.
# CloudFront takes 8,192 of a whole URL, API Gateway 10,240 with the headers.
MAX_ADDRESS = 128 * 1024

_NOWHERE = Path(os.devnull).open("w")  # noqa: SIM115  open as long as the process

_handlers = {
    function: importlib.import_module(f"handlers.{function}").handler
    for function in FUNCTIONS
}


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
    notice_new_catalogue(os.environ.get("RASTERLET_CATALOG", ""))
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
