"""The local server as a process of its own, and plain HTTP to talk to it."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent.parent

# Seconds in which a process of ours has started, or is gone.
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Gateway:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    """What it wrote to its terminal."""

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request over a connection of its own; the path goes as it is."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            # A server may answer before it has read a body to its end.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, named, answer.read())

    def get(self, path: str) -> Reply:
        return self.request("GET", path)

    def post(self, path: str, body: bytes) -> Reply:
        return self.request("POST", path, body, {"Content-Type": "application/json"})

    def is_gone(self) -> bool:
        """Whether the process and its children are; they are one group."""
        self.process.poll()
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def wait_until_gone(self) -> bool:
        deadline = time.monotonic() + PATIENCE
        while not self.is_gone() and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.is_gone()


@contextlib.contextmanager
def run_gateway(folder: Path, *arguments: str, **environment: str) -> Iterator[Gateway]:
    """Two workers on a free port; gone in the end, whatever happens."""
    port = _free_port()
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("RASTERLET_")}
    log = folder / "gateway.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "scripts/serve.py", *arguments),
                *("--port", str(port), "--workers", "2"),
            ],
            cwd=ROOT,
            env=inherited | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    gateway = Gateway(process, port, log)
    try:
        _wait_for_health(gateway)
        yield gateway
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_for_health(gateway: Gateway) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and gateway.process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if gateway.get("/health").status == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"The server did not start:\n{gateway.log.read_text()}")
