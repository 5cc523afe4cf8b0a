"""The address that the server listens at, taken before anything else is done."""

from __future__ import annotations

import errno
import socket
import sys

from raster_core.errors import RequestError

FIRST_PORT = 8000
"""Tried first if no port is given."""

_TRIES = 100

# Connections that wait while all workers are busy, as uvicorn has it.
_BACKLOG = 2048

_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  compared, not bound
"""Addresses that mean all of the machine's own, and which of those to connect to."""


def listen(host: str, port: int | None) -> socket.socket:
    """A socket that listens at a port, or at the first free one from ``FIRST_PORT``.

    Args:
        host: A name or address of this machine.
        port: 0 means any free one; None the first free one from ``FIRST_PORT``.

    Raises:
        RequestError: If the port is in use or not permitted, or the host is not one of
            this machine.
    """
    if port is not None:
        return _listen(host, port)
    for tried in range(FIRST_PORT, FIRST_PORT + _TRIES):
        try:
            return _listen(host, tried)
        except PortInUseError:
            continue
    raise RequestError(
        f"Ports {FIRST_PORT} to {FIRST_PORT + _TRIES - 1} of {host} are all in use; "
        "give another one with --port"
    )


class PortInUseError(RequestError):
    """Another program listens at the port."""


def reachable_address(listener: socket.socket) -> tuple[str, int]:
    """Host and port by which this machine reaches what listens."""
    host, port = listener.getsockname()[:2]
    return _ANY.get(host, host), port


def format_url(host: str, port: int) -> str:
    """The URL of a server, without a slash at the end."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _listen(host: str, port: int) -> socket.socket:
    listener = None
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind)
        # Elsewhere it would let two programs listen at once.
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        if listener is not None:
            listener.close()
        raise _explain(error, host, port) from error
    return listener


def _explain(error: OSError, host: str, port: int) -> RequestError:
    if error.errno == errno.EADDRINUSE:
        return PortInUseError(
            f"Port {port} of {host} is in use; give another one with --port, or leave "
            "it out for the first free one"
        )
    if error.errno == errno.EACCES:
        return RequestError(
            f"Port {port} may not be used without further rights; give one above 1023"
        )
    return RequestError(f"Host '{host[:80]}' is not an address of this machine")
