"""A server that a command line of the documentation starts."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
import urllib.request
from typing import TYPE_CHECKING

from tests.documents.shell import BASH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

# Seconds in which a server has started on a busy machine.
PATIENCE = 60.0


@contextlib.contextmanager
def serve_while_open(
    line: str, port: int, folder: Path, environment: Mapping[str, str]
) -> Iterator[None]:
    """Run the command until the context ends; it and its children are one group."""
    log = folder / f".server-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [BASH, "-c", line],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_for_health(process, port, log)
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def _wait_for_health(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5),
        ):
            return
        time.sleep(0.05)
    raise AssertionError(f"The server did not start:\n{log.read_text()}")
