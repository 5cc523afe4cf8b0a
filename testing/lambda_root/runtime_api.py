"""A stand-in for Lambda's Runtime API: what stands between a function and the platform.

One server for one process of a function, one event at a time, as the platform has it:
``next`` waits for an event, ``response`` and ``error`` answer it, ``init/error`` says
that there will be no answers. ``restore/next`` ends a snapshot. See
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html.
"""

from __future__ import annotations

import json
import queue
import threading
import time
import uuid
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    from types import TracebackType

VERSION = "/2018-06-01/runtime"

MAX_PAYLOAD = 6_291_556
"""Bytes of an event or an answer."""

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:rasterlet"

type Kind = Literal["response", "error", "init error", "restore error"]


@dataclass(frozen=True, slots=True)
class Invocation:
    """An event on its way to the function."""

    id: str
    event: bytes
    deadline: int
    """Milliseconds since 1970."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an invocation, or of the start."""

    kind: Kind
    payload: Any
    """The function's answer; of an error its type, message and stack."""
    size: int
    """Bytes of the payload as it was sent."""
    at: int
    """When it had arrived: ``CLOCK_MONOTONIC``, nanoseconds."""


class RuntimeApi:
    """Serves one process while its ``with`` block lasts."""

    def __init__(self) -> None:
        self.ready = threading.Event()
        """Set when the function has asked for its first event."""
        self.ready_at = 0
        """When that was: ``CLOCK_MONOTONIC``, nanoseconds."""
        self.restored = threading.Event()
        """Set to end a snapshot; a function that takes none never looks."""
        self.frozen = threading.Event()
        """Set when the function waits for the end of its snapshot."""
        self.outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self.waiting: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self.current: Invocation | None = None
        """What the function works on."""
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
        self.waiting.put(None)
        self.restored.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def endpoint(self) -> str:
        """Host and port, as ``AWS_LAMBDA_RUNTIME_API`` has them."""
        return f"127.0.0.1:{self._server.server_port}"

    def send(self, event: object, seconds: float) -> None:
        """Let the function have an event, and some seconds for it."""
        deadline = int(1000 * (time.time() + seconds))
        content = json.dumps(event).encode()
        self.waiting.put(Invocation(str(uuid.uuid4()), content, deadline))

    def receive(self, seconds: float) -> Outcome | None:
        """What became of it; None if that many seconds were not enough."""
        try:
            return self.outcomes.get(timeout=seconds)
        except queue.Empty:
            return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, api: RuntimeApi) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.api = api

    def handle_error(self, request: object, client_address: object) -> None:
        """A function that is killed disconnects."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        if self.path == f"{VERSION}/invocation/next":
            self._next()
        elif self.path == f"{VERSION}/restore/next":
            self._restore()
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "InvalidPath", self.path)

    def do_POST(self) -> None:
        arrived, api = time.monotonic_ns(), self.server.api
        content = self.rfile.read(int(self.headers["Content-Length"]))
        parts = self.path.removeprefix(VERSION).strip("/").split("/")
        match parts:
            case ["init" | "restore" as phase, "error"]:
                self._end(f"{phase} error", content, arrived)
            case ["invocation", id_, "response" | "error" as kind]:
                if api.current is None or api.current.id != id_:
                    self._refuse(HTTPStatus.BAD_REQUEST, "InvalidRequestID", id_)
                elif len(content) > MAX_PAYLOAD:
                    self._refuse_large(len(content), arrived)
                else:
                    api.current = None
                    self._end(kind, content, arrived)
            case _:
                self._refuse(HTTPStatus.NOT_FOUND, "InvalidPath", self.path)

    def log_message(self, *_: object) -> None:  # type: ignore[override]
        """Nothing to standard error."""

    def _next(self) -> None:
        api = self.server.api
        if not api.ready.is_set():
            api.ready_at = time.monotonic_ns()
            api.ready.set()
        invocation = api.waiting.get()
        if invocation is None:
            self.close_connection = True
            return
        api.current = invocation
        trace = f"Root=1-{invocation.id[:8]}-{'0' * 24};Sampled=0"
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.id,
            "Lambda-Runtime-Deadline-Ms": str(invocation.deadline),
            "Lambda-Runtime-Invoked-Function-Arn": ARN,
            "Lambda-Runtime-Trace-Id": trace,
        }
        self._answer(HTTPStatus.OK, invocation.event, headers)

    def _restore(self) -> None:
        self.server.api.frozen.set()
        self.server.api.restored.wait()
        self._answer(HTTPStatus.OK, b"")

    def _end(self, kind: Kind, content: bytes, arrived: int) -> None:
        payload = json.loads(content)
        self.server.api.outcomes.put(Outcome(kind, payload, len(content), arrived))
        self._answer(HTTPStatus.ACCEPTED, b'{"status":"OK"}')

    def _refuse_large(self, size: int, arrived: int) -> None:
        """As the platform has it: the caller sees an error in place of the answer."""
        message = (
            "Response payload size exceeded maximum allowed payload size "
            f"({MAX_PAYLOAD} bytes)."
        )
        error = {
            "errorMessage": message,
            "errorType": "Function.ResponseSizeTooLarge",
        }
        self.server.api.current = None
        self.server.api.outcomes.put(Outcome("error", error, size, arrived))
        kind = "RequestEntityTooLarge"
        self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, kind, message)

    def _refuse(self, status: HTTPStatus, kind: str, message: str) -> None:
        content = json.dumps({"errorMessage": message, "errorType": kind})
        self._answer(status, content.encode())

    def _answer(
        self, status: HTTPStatus, content: bytes, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
