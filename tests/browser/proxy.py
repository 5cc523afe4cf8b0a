"""A proxy in front of the server that answers some paths itself, with errors."""

from __future__ import annotations

import contextlib
import http.client
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Headers of a single connection, which must not be passed on.
HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive"}


@dataclass(eq=False, slots=True)
class Fault:
    """The answer to paths that match a pattern."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"<html>the gateway's own page</html>"


@dataclass(eq=False, slots=True)
class Proxy:
    """Passes requests on, except those that must fail."""

    port: int
    behind: int
    faults: dict[str, Fault] = field(default_factory=dict)
    """Faults by regular expression of the path."""

    def find(self, path: str) -> Fault | None:
        found = (fault for text, fault in self.faults.items() if re.search(text, path))
        return next(found, None)


@contextlib.contextmanager
def run_proxy(behind: int) -> Iterator[Proxy]:
    """A proxy in front of the server at a port of this machine."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.proxy = Proxy(server.server_address[1], behind)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    proxy: Proxy

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that disconnects is not an error."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._pass(None)

    def do_POST(self) -> None:
        self._pass(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def log_message(self, *_: object) -> None:  # type: ignore[override]
        """Nothing to standard error."""

    def _pass(self, body: bytes | None) -> None:
        fault = self.server.proxy.find(self.path)
        if fault:
            self._send(fault.status, fault.headers, fault.body)
            return
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.server.proxy.behind, timeout=30
        )
        with contextlib.closing(connection):
            headers = {
                name: value
                for name, value in self.headers.items()
                if name.lower() not in HOP_BY_HOP
            }
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            self._send(answer.status, dict(answer.getheaders()), answer.read())

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in {*HOP_BY_HOP, "content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
