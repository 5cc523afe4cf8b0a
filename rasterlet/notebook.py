"""A map of a raster in a notebook: a server of its own, and a frame that shows it.

The server is another process. It ends with ``close``, and with the process that holds
the other end of its standard input, also if that is killed.
"""

from __future__ import annotations

import html
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import deque
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from raster_core.errors import SourceError
from rasterlet.opening.items import absolute_item
from rasterlet.opening.places import find_place
from rasterlet.opening.source import open_dataset
from rasterlet.raster import Raster

if TYPE_CHECKING:
    from rasterlet.opening.source import AnySource

# Seconds that a server may take to start: a folder of thousands of rasters is slow.
_PATIENCE = 300.0

# Seconds that it may take to end.
_GRACE = 5.0

# Lines of its log that are kept, for a server that does not start.
_LINES = 100

_SAYS_WHERE = "Rasterlet is at "
_IS_READY = "Ctrl-C stops it."

# With the importable modules of this process, which may have added some.
_PROGRAM = (
    "import sys; sys.path[:] = {path!r}; from rasterlet.commands.main import run; run()"
)


def explore(source: AnySource | Raster, *, height: int = 500) -> Exploration:
    """A map of a raster to look at in a notebook, with statistics of drawn zones.

    A server is started for it on this machine, at a free port that only this machine
    reaches. It ends with the kernel, or when the result is closed. The same path or URL
    again shows the server that is running.

    Args:
        source: What ``rasterlet.open`` takes, or returns, of which the map shows the
            files with all of their bands; also a folder, or a catalogue with all of its
            datasets.
        height: Of the frame, in pixels.

    Raises:
        RasterError: If the source cannot be read; names it and a remedy.
    """
    if isinstance(source, str | os.PathLike):
        href = find_place(source).href
        known = _running.get(href)
        if known is None or known.process.poll() is not None:
            known = _running[href] = _start(href)
        return Exploration(known, height)
    dataset = source.dataset if isinstance(source, Raster) else open_dataset(source)
    scratch = tempfile.TemporaryDirectory(prefix="rasterlet-")
    item = Path(scratch.name) / "item.json"
    item.write_text(json.dumps(absolute_item(dataset, dataset.id)))
    return Exploration(_start(str(item), scratch), height)


@dataclass(slots=True, eq=False)
class _Server:
    """A server that was started, and the last that it said."""

    process: subprocess.Popen[str]
    scratch: tempfile.TemporaryDirectory[str] | None = None
    """What it serves, if that was made for it."""
    url: str = ""
    ready: threading.Event = field(default_factory=threading.Event)
    """Set when it answers, or has ended."""
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=_LINES))

    def listen(self) -> None:
        """Read what it says as long as it does, lest it wait for that."""
        assert self.process.stdout is not None  # noqa: S101  a pipe
        with self.process.stdout as said:
            for line in said:
                self.lines.append(line.rstrip("\n"))
                if line.startswith(_SAYS_WHERE):
                    self.url = line.removeprefix(_SAYS_WHERE).strip()
                if line.startswith(_IS_READY):
                    self.ready.set()
        self.ready.set()

    def stop(self) -> None:
        """End it, and wait until it has ended."""
        assert self.process.stdin is not None  # noqa: S101  a pipe
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.scratch is not None:
            self.scratch.cleanup()


_running: dict[str, _Server] = {}
"""By what they serve."""


@dataclass(frozen=True, slots=True, eq=False)
class Exploration:
    """A map in a notebook; closed as a context, or by ``close``."""

    _server: _Server = field(repr=False)
    height: int
    """Of the frame, in pixels."""

    @property
    def url(self) -> str:
        """Where the page is, for a browser of this machine."""
        return f"{self._server.url}/"

    @property
    def tile_url(self) -> str:
        """The URL template of the first dataset's tiles, with ``{z}/{x}/{y}``.

        Raises:
            SourceError: If the server has no dataset, or no longer runs.
        """
        host = self._server.url.removeprefix("http://")
        try:
            # Not by urllib, which may ask a proxy.
            with closing(
                http.client.HTTPConnection(host, timeout=_GRACE)
            ) as connection:
                connection.request("GET", "/datasets")
                found = json.load(connection.getresponse())
        except OSError as error:
            raise SourceError("The map's server no longer runs") from error
        for dataset in found["features"][:1]:
            for link in dataset["links"]:
                if link["rel"] == "tiles":
                    return str(link["href"])
        raise SourceError("The map has no dataset")

    def close(self) -> None:
        """End the server; the frame shows nothing more."""
        self._server.stop()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _repr_html_(self) -> str:
        """The frame."""
        url = html.escape(self.url, quote=True)
        return (
            f'<iframe src="{url}" width="100%" height="{int(self.height)}" '
            'style="border: 0" allow="fullscreen; clipboard-write"></iframe>'
        )


def _start(
    source: str, scratch: tempfile.TemporaryDirectory[str] | None = None
) -> _Server:
    """A server that answers.

    Raises:
        SourceError: If it does not start; in its own words.
    """
    program = _PROGRAM.format(path=sys.path)
    command = [
        *(sys.executable, "-c", program, "serve", source),
        *("--port", "0", "--workers", "2", "--no-open", "--ends-with-stdin"),
    ]
    process = subprocess.Popen(  # noqa: S603  ourselves
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        # An interrupt of a cell goes to the kernel's whole group.
        start_new_session=True,
    )
    server = _Server(process, scratch)
    threading.Thread(target=server.listen, daemon=True).start()
    server.ready.wait(_PATIENCE)
    if not server.url or process.poll() is not None:
        server.stop()
        raise SourceError(_why(server.lines))
    return server


def _why(lines: deque[str]) -> str:
    """The sentence with which a server has ended, else all that it said."""
    for line in reversed(lines):
        if line.startswith("Error: "):
            return line.removeprefix("Error: ")
    return "The map's server does not start: " + " ".join(lines)
