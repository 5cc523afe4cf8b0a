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

SAMPLE = "sample/catalog.json"

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
def run_gateway(
    folder: Path,
    *arguments: str,
    program: tuple[str, ...] = (sys.executable, "-m", "rasterlet"),
    cwd: Path = ROOT,
    **environment: str,
) -> Iterator[Gateway]:
    """Two workers on a free port; gone in the end, whatever happens.

    Args:
        folder: For what it writes to its terminal.
        arguments: Options and sources; the sample is served if neither they nor the
            environment name a source.
        program: The command ``rasterlet``.
        cwd: Where it is run.
        environment: Variables, besides those of the test's own that are not ours.
    """
    port = _free_port()
    log = folder / "gateway.log"
    named = "RASTERLET_CATALOG" in environment or _name_source(arguments)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(*program, "serve", *arguments),
                *([] if named else [SAMPLE]),
                *("--port", str(port), "--workers", "2"),
            ],
            cwd=cwd,
            env=clean_environment() | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    gateway = Gateway(process, port, log)
    try:
        _wait_until_ready(gateway)
        yield gateway
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def fail_to_start(*arguments: str, **environment: str) -> str:
    """The sentence of a server that does not start, and its log."""
    run = subprocess.run(
        [sys.executable, "-m", "rasterlet", "serve", *arguments],
        cwd=ROOT,
        env=clean_environment() | environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode == 1, run.stderr
    assert "Rasterlet is at" not in run.stdout
    assert "Traceback" not in run.stderr
    return run.stderr + run.stdout


def clean_environment() -> dict[str, str]:
    """The test's own, without what is ours."""
    return {k: v for k, v in os.environ.items() if not k.startswith("RASTERLET_")}


def _name_source(arguments: tuple[str, ...]) -> bool:
    """Whether one of the arguments is no option, and no option's value."""
    return any(
        not argument.startswith("-") and not before.startswith("-")
        for before, argument in zip(("", *arguments), arguments, strict=False)
    )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_until_ready(gateway: Gateway) -> None:
    """Wait until it has said that it is; then it answers too."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and gateway.process.poll() is None:
        if b"Ctrl-C stops it." in gateway.log.read_bytes():
            assert gateway.get("/health").status == 200
            return
        time.sleep(0.02)
    raise AssertionError(f"The server did not start:\n{gateway.log.read_text()}")
