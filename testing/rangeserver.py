"""An object store in the test process: files over HTTP, by ranges, with faults.

It serves a folder, so ``/bucket/key`` of a path-style S3 client works as well. Every
request is kept, and any path can be made to fail.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
import zlib
from dataclasses import dataclass, replace
from functools import lru_cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_CHUNK = 65536

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass(frozen=True, slots=True)
class Request:
    """One request, once it was answered."""

    method: str
    path: str
    """Without its query."""
    range: tuple[int, int] | None
    """First and last byte asked for; None without a Range header."""
    status: int
    sent: int
    """Bytes of the body, less what a client did not wait for."""
    connection: int
    """The client's port: requests over one connection have it in common."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one path."""

    status: int | None = None
    """Answered in place of the file."""
    truncate: int | None = None
    """Bytes of each body that are sent; as many as ever are announced."""
    delay: float = 0.0
    """Seconds before the answer."""
    content: bytes | None = None
    """Served in place of the file."""
    reset: bool = False
    """Whether the connection is closed without an answer."""
    changing: bool = False
    """Whether every answer has another entity tag."""
    times: int | None = None
    """How many requests it is met by; None means all."""


class RangeServer:
    """Serves a folder while its ``with`` block lasts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requests: list[Request] = []
        self.faults: dict[str, Fault] = {}
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.005,), daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.close()

    @property
    def endpoint(self) -> str:
        """Host and port."""
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    def url(self, path: str) -> str:
        """The URL of a file of the folder."""
        return f"http://{self.endpoint}/{path}"

    def take_requests(self) -> list[Request]:
        """What was asked since the last time."""
        taken, self.requests[:] = list(self.requests), []
        return taken

    def meet_fault(self, path: str) -> Fault:
        """What goes wrong with a request for a path; a fault wears off."""
        fault = self.faults.get(path, Fault())
        if fault.times is not None:
            self.faults[path] = replace(fault, times=fault.times - 1)
            if fault.times <= 1:
                del self.faults[path]
        return fault

    def content(self, path: str) -> bytes | None:
        """What stands at a path; None for nothing."""
        file = (self.folder / unquote(path).lstrip("/")).resolve()
        if file.is_relative_to(self.folder.resolve()) and file.is_file():
            return _read(file, file.stat().st_mtime_ns)
        return None


@lru_cache(maxsize=8)
def _read(file: Path, _changed: int) -> bytes:
    return file.read_bytes()


@lru_cache(maxsize=64)
def etag_of(content: bytes) -> str:
    """The entity tag under which content is served."""
    return f'"{zlib.crc32(content):08x}"'


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, store: RangeServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.store = store
        self._open: set[socket.socket] = set()

    def process_request(
        self,
        request: socket.socket,  # type: ignore[override]
        client_address: tuple[str, int],
    ) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that disconnects is no failure."""

    def close(self) -> None:
        """Also the connections that clients would keep alive."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:  # type: ignore[override]
        """Nothing to standard error."""

    def _answer(self) -> None:
        store, path = self.server.store, urlsplit(self.path).path
        fault = store.meet_fault(path.lstrip("/"))
        time.sleep(fault.delay)
        if fault.reset:
            self._hang_up()
            return
        content = store.content(path) if fault.content is None else fault.content
        headers: dict[str, str] = {}
        if fault.status is not None or content is None:
            status = fault.status or HTTPStatus.NOT_FOUND
            body = HTTPStatus(status).phrase.encode()
        else:
            tag = f'"{len(store.requests):x}"' if fault.changing else etag_of(content)
            status, body, headers = self._select(content, tag)
        self._send(status, body, headers, fault.truncate)

    def _hang_up(self) -> None:
        path, port = urlsplit(self.path).path, self.client_address[1]
        noted = Request(self.command, path, self._wanted(), 0, 0, port)
        self.server.store.requests.append(noted)
        self.close_connection = True

    def _select(self, content: bytes, tag: str) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers of the wanted part."""
        headers = {
            "Accept-Ranges": "bytes",
            "ETag": tag,
            "Last-Modified": "Wed, 01 Jul 2020 00:00:00 GMT",
        }
        if self.headers.get("If-Match", headers["ETag"]) != headers["ETag"]:
            return HTTPStatus.PRECONDITION_FAILED, b"", headers
        wanted = self._wanted()
        if wanted is None:
            return HTTPStatus.OK, content, headers
        first, last = wanted[0], min(wanted[1], len(content) - 1)
        if first > last:
            headers["Content-Range"] = f"bytes */{len(content)}"
            return HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b"", headers
        headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
        return HTTPStatus.PARTIAL_CONTENT, content[first : last + 1], headers

    def _wanted(self) -> tuple[int, int] | None:
        match = _RANGE.fullmatch(self.headers.get("Range", ""))
        if match is None:
            return None
        return int(match[1]), int(match[2]) if match[2] else 2**63

    def _send(
        self, status: int, body: bytes, headers: dict[str, str], truncate: int | None
    ) -> None:
        sent = b"" if self.command == "HEAD" else body[:truncate]
        # Noted before the last byte leaves, or a test might look too early.
        path, port = urlsplit(self.path).path, self.client_address[1]
        noted = Request(self.command, path, self._wanted(), status, len(sent), port)
        self.server.store.requests.append(noted)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self._write(sent, noted)
        if truncate is not None and truncate < len(body):
            self.close_connection = True

    def _write(self, content: bytes, noted: Request) -> None:
        for start in range(0, len(content), _CHUNK):
            try:
                self.wfile.write(content[start : start + _CHUNK])
            except OSError:
                requests = self.server.store.requests
                with contextlib.suppress(ValueError):
                    requests[requests.index(noted)] = replace(noted, sent=start)
                raise
