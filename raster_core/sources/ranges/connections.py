"""Connections to stores that stay open between requests, for any thread."""

from __future__ import annotations

import atexit
import threading
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping
    from http.client import HTTPConnection, HTTPResponse

    from raster_core.sources.ranges.asking import Way

    type Place = tuple[int, bool, str]
    """Process, whether by TLS, host with its port."""

# Seconds until a store counts as unreachable, and until one counts as silent: as for
# GDAL.
CONNECT = 2.0
SILENCE = 10.0

# Connections that are kept when no request uses them, and seconds: S3 closes idle ones
# after about 20.
MAX_IDLE = 32
IDLE = 15.0

# Bytes of an answer that is not wanted which are read so that its connection can be
# kept: an error's text.
_ERROR = 2**16


@dataclass(frozen=True, slots=True)
class Answer:
    """A store's answer to a request for a range."""

    status: int
    part: str
    """What it says of the range, as ``Content-Range`` does; empty if nothing."""
    etag: str
    """Empty without one."""
    content: bytes
    """As much of it as was wanted; nothing if it is no part of the file."""


# Idle connections by place, the one used last at the end, and since when.
_idle: dict[Place, list[tuple[HTTPConnection, float]]] = {}

_lock = threading.Lock()


@atexit.register
def close_idle() -> None:
    """Close all connections that no request uses."""
    with _lock:
        for idle in _idle.values():
            while idle:
                idle.pop()[0].close()


def get_range(way: Way, headers: Mapping[str, str], length: int) -> Answer:
    """The answer to one request.

    Args:
        way: Where, and by which certificates.
        headers: All of them.
        length: Bytes that are wanted.

    Raises:
        OSError: If the store cannot be reached, or breaks off.
    """
    from http.client import HTTPException  # noqa: PLC0415  12 ms that local files save

    place = _process(), way.secure, way.target.host
    while True:
        kept = _take(place)
        connection = kept or _connect(way)
        try:
            return _ask(connection, place, way.target.path, headers, length=length)
        except (OSError, HTTPException) as error:
            connection.close()
            # The store may have closed a connection that was idle.
            if kept is None or isinstance(error, TimeoutError):
                raise OSError(f"No answer to a request: {error!r}") from error


def _ask(
    connection: HTTPConnection,
    place: Place,
    path: str,
    headers: Mapping[str, str],
    *,
    length: int,
) -> Answer:
    connection.request("GET", path, headers=dict(headers))
    answer = connection.getresponse()
    content = answer.read(length) if answer.status == 206 else b""
    _finish(answer)
    if answer.isclosed() and not answer.will_close:
        _give_back(place, connection)
    else:
        connection.close()
    return Answer(
        answer.status,
        answer.getheader("Content-Range", ""),
        answer.getheader("ETag", ""),
        content,
    )


def _finish(answer: HTTPResponse) -> None:
    """Read what is left of an answer, if it is little."""
    if not answer.isclosed() and answer.length is not None and answer.length <= _ERROR:
        answer.read()


def _process() -> int:
    """A number that a fork of this process does not have: connections are not its."""
    return threading.main_thread().native_id or 0


def _take(place: Place) -> HTTPConnection | None:
    """The idle connection that was used last; None without a fresh one."""
    with _lock:
        idle = _idle.get(place, [])
        while idle:
            connection, since = idle.pop()
            if time.monotonic() - since < IDLE:
                return connection
            connection.close()
    return None


def _give_back(place: Place, connection: HTTPConnection) -> None:
    with _lock:
        idle = _idle.setdefault(place, [])
        idle.append((connection, time.monotonic()))
        if sum(map(len, _idle.values())) > MAX_IDLE:
            oldest = min(filter(None, _idle.values()), key=lambda those: those[0][1])
            oldest.pop(0)[0].close()


def _connect(way: Way) -> HTTPConnection:
    from http.client import HTTPConnection, HTTPSConnection  # noqa: PLC0415

    host = way.target.host
    made: HTTPConnection
    if way.secure:
        context = tls_context(way.certificates)
        made = HTTPSConnection(host, timeout=CONNECT, context=context)
    else:
        made = HTTPConnection(host, timeout=CONNECT)
    made.connect()
    made.sock.settimeout(SILENCE)
    return made


@cache
def tls_context(certificates: str = "") -> ssl.SSLContext:
    """What is trusted, read once: 20 ms.

    Args:
        certificates: A file of them; empty means the system's.

    Raises:
        OSError: If the file cannot be read.
    """
    import ssl  # noqa: PLC0415

    return ssl.create_default_context(cafile=certificates or None)
