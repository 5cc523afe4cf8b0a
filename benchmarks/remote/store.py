"""A store far away, as a process of its own: files by ranges, late and not too fast.

Each request waits for its first byte as it would for S3's, then gets the bandwidth of
one connection, whatever the others take. Every request is noted; ``/-/requests`` tells
and forgets them. Run by the suite with a folder, or by hand::

    python -m benchmarks.remote.store FOLDER
"""

from __future__ import annotations

import asyncio
import json
import mmap
import re
import subprocess
import sys
import time
import zlib
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from urllib.request import Request, urlopen

from benchmarks.shared.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Seconds to the first byte, and bytes a second of one connection: what S3 gives a
# function of its region.
DELAY = 0.030
RATE = 75e6

# Bytes that are sent at a time; smaller pieces would keep the processor busy.
_PIECE = 2**18

_RANGE = re.compile(rb"bytes=(\d+)-(\d*)")

_PHRASES = {
    200: "OK",
    206: "Partial Content",
    404: "Not Found",
    412: "Precondition Failed",
    416: "Range Not Satisfiable",
}


class Store:
    """The files of a folder, and what was asked of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.noted: list[dict[str, Any]] = []
        self.files: dict[str, tuple[mmap.mmap, str]] = {}

    def find(self, path: str) -> tuple[mmap.mmap, str] | None:
        """A file's bytes and its entity tag."""
        if path not in self.files:
            file = self.folder / path.lstrip("/")
            if not file.is_file() or not file.stat().st_size:
                return None
            with file.open("rb") as opened:
                content = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
            tag = f'"{zlib.crc32(str(file).encode()):08x}-{len(content):x}"'
            self.files[path] = content, tag
        return self.files[path]

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One connection, kept alive."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await self._answer(head, writer, writer.get_extra_info("peername")[1])
        writer.close()

    async def _answer(
        self, head: bytes, writer: asyncio.StreamWriter, connection: int
    ) -> None:
        arrived = time.perf_counter()
        first, *lines = head.split(b"\r\n")
        method, target, _ = first.decode().split(" ", 2)
        path = unquote(target.split("?")[0])
        said = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(b":") for line in lines)
        }
        if path == "/-/requests":
            body, self.noted = json.dumps(self.noted).encode(), []
            writer.write(_head(200, {"Content-Length": str(len(body))}) + body)
            return
        status, headers, start, stop, content = self._select(path, said)
        length = stop - start if content is not None else 0
        noted = {
            "method": method,
            "path": path,
            "start": start,
            "length": length if method == "GET" else 0,
            "status": status,
            "connection": connection,
            "began": arrived,
        }
        self.noted.append(noted)
        headers["Content-Length"] = str(length)
        await _until(arrived + DELAY)
        writer.write(_head(status, headers))
        if method == "GET" and content is not None:
            await _send(writer, memoryview(content)[start:stop], arrived + DELAY)
        await writer.drain()
        noted["ended"] = time.perf_counter()

    def _select(
        self, path: str, said: dict[bytes, bytes]
    ) -> tuple[int, dict[str, str], int, int, mmap.mmap | None]:
        """Status, headers, first byte, end, and the content, if any is sent."""
        found = self.find(path)
        if found is None:
            return 404, {}, 0, 0, None
        content, tag = found
        headers = {
            "Accept-Ranges": "bytes",
            "ETag": tag,
            "Last-Modified": "Wed, 01 Jul 2020 00:00:00 GMT",
        }
        if said.get(b"if-match", tag.encode()) != tag.encode():
            return 412, headers, 0, 0, None
        wanted = _RANGE.fullmatch(said.get(b"range", b""))
        if wanted is None:
            return 200, headers, 0, len(content), content
        start = int(wanted[1])
        stop = min(int(wanted[2] or 2**62) + 1, len(content))
        if start >= stop:
            return 416, {"Content-Range": f"bytes */{len(content)}"}, 0, 0, None
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(content)}"
        return 206, headers, start, stop, content


def _head(status: int, headers: dict[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} {_PHRASES[status]}\r\n{lines}\r\n".encode()


async def _until(moment: float) -> None:
    left = moment - time.perf_counter()
    if left > 0:
        await asyncio.sleep(left)


async def _send(
    writer: asyncio.StreamWriter, content: memoryview, started: float
) -> None:
    """All bytes, each no sooner than the connection's bandwidth has it."""
    for start in range(0, len(content), _PIECE):
        piece = content[start : start + _PIECE]
        await _until(started + (start + len(piece)) / RATE)
        writer.write(piece)
        await writer.drain()


@contextmanager
def start_store(folder: Path) -> Iterator[tuple[str, Callable[[str], str]]]:
    """A store in another process while the block lasts.

    Its host and port, and what tells a file's entity tag.
    """
    process = subprocess.Popen(
        (sys.executable, "-m", "benchmarks.remote.store", str(folder)),
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        assert process.stdout is not None
        endpoint = process.stdout.readline().strip()
        yield endpoint, lambda name: _ask_tag(f"http://{endpoint}/{name}")
    finally:
        process.kill()
        process.wait()


def _ask_tag(url: str) -> str:
    with urlopen(Request(url, method="HEAD")) as answer:  # noqa: S310  our own
        return str(answer.headers["ETag"])


def take_requests(endpoint: str) -> list[dict[str, Any]]:
    """What was asked of a store since the last time; nothing of no store."""
    if not endpoint:
        return []
    with urlopen(f"http://{endpoint}/-/requests") as answer:
        noted: list[dict[str, Any]] = json.load(answer)
    return noted


def count_rounds(requests: list[dict[str, Any]]) -> int:
    """How many requests had to wait for another one's answer, at the longest chain."""
    rounds, begun = 0, float("-inf")
    for request in sorted(requests, key=lambda one: one["began"]):
        if request["began"] >= begun:
            rounds += 1
            begun = request["began"] + DELAY
    return rounds


async def _main(folder: Path) -> None:
    server = await asyncio.start_server(
        Store(folder).serve, "127.0.0.1", 0, backlog=512, limit=2**16
    )
    host, port = server.sockets[0].getsockname()
    print(f"{host}:{port}", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1])))
