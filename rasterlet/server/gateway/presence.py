"""Detects that a client has disconnected while the event loop is busy answering it.

ASGI reports a disconnect by a message, which arrives only when the loop runs; the
operating system knows it earlier.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive


class ClientGoneError(BaseException):
    """The client has disconnected and no longer waits for the answer.

    Not an ``Exception``, so that no handler takes it for an error to report.
    """


def make_check(receive: Receive, interval: float) -> Callable[[], None]:
    """A function that raises ``ClientGoneError`` once the client has disconnected.

    Any thread may call it. Every call after the first that raises does so as well.

    Args:
        receive: The request's, as uvicorn makes it; with another server's, the client
            counts as connected.
        interval: Seconds between two checks of the connection.
    """
    connection = _find_connection(receive)
    looked = time.monotonic()
    gone = False
    lock = threading.Lock()

    def check() -> None:
        nonlocal looked, gone
        if connection is None:
            return
        with lock:
            now = time.monotonic()
            if not gone and now - looked >= interval:
                looked, gone = now, is_closed(connection)
        if gone:
            raise ClientGoneError

    return check


def is_closed(descriptor: int) -> bool:
    """Whether the other end of a socket has closed it; data received stays unread."""
    with socket.socket(fileno=os.dup(descriptor)) as connection:
        try:
            return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:  # reset
            return True


async def wait_for_goodbye(receive: Receive) -> None:
    """Let the server notice that a client has disconnected, which it has."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _find_connection(receive: Receive) -> int | None:
    """The descriptor of the request's socket; None where it cannot be looked at."""
    if not hasattr(socket, "MSG_DONTWAIT"):  # Windows
        return None
    # ``receive`` is a method of uvicorn's cycle of request and response.
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    connection = transport.get_extra_info("socket") if transport else None
    return connection.fileno() if connection is not None else None
