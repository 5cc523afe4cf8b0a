"""Responses whose body is sent while it is computed."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Message, Receive, Scope, Send

PATIENCE = 0.02
"""Seconds of computing between two checks of the client and of other requests."""

_CONTENT_LENGTH = b"content-length"


@dataclass(frozen=True)
class Stream:
    """A response whose body is computed while it is sent."""

    head: Response
    pieces: Generator[str]
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
        headers = [pair for pair in self.head.raw_headers if pair[0] != _CONTENT_LENGTH]
        status = self.head.status_code
        return {"type": "http.response.start", "status": status, "headers": headers}


def _part(text: str, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": text.encode(), "more_body": more}
