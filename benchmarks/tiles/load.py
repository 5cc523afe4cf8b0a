"""Tiles a second from a local server, over several connections at once.

Each side is a server with as many workers as the machine has processors, two at least:
titiler under uvicorn, Rasterlet's own, which is uvicorn as well. The clients are
another process of this machine and take their share of it, the same for both.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING
from urllib.request import urlopen

from benchmarks.shared.environment import HEAP_ENVIRONMENT, worker_environment
from benchmarks.shared.rows import Row, outdo
from benchmarks.tiles.sides import RASTERLET, TITILER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mercantile import Tile

    from benchmarks.tiles.rasters import Raster
    from benchmarks.tiles.sides import Side

CONNECTIONS = 16
TARGET = 15.0

WORKERS = max(2, os.cpu_count() or 2)

# Rounds that do not count: every worker must have met every tile, and chance decides
# which of them answers.
WARM_UP = 3

# Seconds until a server must have started.
PATIENCE = 60.0

_COMMANDS = {
    TITILER.name: (
        *(sys.executable, "-m", "uvicorn", f"{TITILER.module}:app"),
        *("--log-level", "warning", "--workers", str(WORKERS), "--port"),
    ),
    RASTERLET.name: (
        *(sys.executable, "-m", "rasterlet", "serve", "--no-open"),
        *("--workers", str(WORKERS), "--port"),
    ),
}

_HEALTH = {TITILER.name: "/openapi.json", RASTERLET.name: "/health"}


def measure(raster: Raster, tiles: Sequence[Tile], rounds: int) -> Row:
    """Requests a second, median of some rounds of each server in turn."""
    with _serve(TITILER, raster) as peer_port, _serve(RASTERLET, raster) as own_port:
        sides = (TITILER, peer_port), (RASTERLET, own_port)
        rates = [
            [_rate(side, raster, tiles, port) for side, port in sides]
            for _ in range(WARM_UP + rounds)
        ]
    peer, own = (median(column) for column in zip(*rates[WARM_UP:], strict=True))
    measure = f"local server, {CONNECTIONS} connections, {WORKERS} workers"
    return outdo(measure, peer, own, unit="tiles/s", target=TARGET)


def _rate(side: Side, raster: Raster, tiles: Sequence[Tile], port: int) -> float:
    paths = ["?".join(side.request(raster, tile)) for tile in tiles]
    started = time.perf_counter()
    asyncio.run(_fetch_all(paths, port))
    return len(paths) / (time.perf_counter() - started)


async def _fetch_all(paths: Sequence[str], port: int) -> None:
    """Every path once, by ``CONNECTIONS`` that take the next one when they are free."""
    waiting = iter(paths)
    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(_fetch_some(waiting, port))


async def _fetch_some(paths: Iterator[str], port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for path in paths:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            _, _, length = head.partition(b"content-length:")
            await reader.readexactly(int(length.split(b"\r\n")[0]))
            if not head.startswith(b"http/1.1 200"):
                raise SystemExit(f"{path}: {head.decode(errors='replace')[:200]}")
    finally:
        writer.close()


@contextmanager
def _serve(side: Side, raster: Raster) -> Iterator[int]:
    """A running server's port; the server and its workers end with the block."""
    port = _free_port()
    process = subprocess.Popen(
        (*_COMMANDS[side.name], str(port)),
        env=worker_environment({**HEAP_ENVIRONMENT, **side.environment(raster)}),
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(f"http://127.0.0.1:{port}{_HEALTH[side.name]}", process)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(PATIENCE)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(url, timeout=5) as answer:  # noqa: S310  our own server
                answer.read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"The server did not start: {url}")
