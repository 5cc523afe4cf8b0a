"""Serves rasters or a catalogue on this machine, from the address to the workers."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rasterlet.plain import plain
from rasterlet.server.listening import format_url, listen, reachable_address
from rasterlet.server.offers import make_offer
from rasterlet.server.welcome import format_welcome, open_page, read_datasets
from rasterlet.server.workers import (
    Tasks,
    run_workers,
    terminated_like_interrupted,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection

    from rasterlet.server.offers import Offer

# As in serverless.yml: a pool of BLAS threads takes 30 ms for work of 0.3 ms, and glibc
# would return half a megabyte after every tile and allocate it again, a third of the
# time. Both are read when a process starts, so this is for the workers.
_LIKE_LAMBDA = {
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "8388608",
    "MALLOC_TRIM_THRESHOLD_": "33554432",
}

# Limits that do not apply here: a laptop has gigabytes and hours where a function has
# 6 MB and seconds.
_UNLIMITED = (
    "RASTERLET_MAX_ANSWER",
    "RASTERLET_MAX_BODY",
    "RASTERLET_MAX_CROSSINGS",
    "RASTERLET_MAX_FEATURES",
    "RASTERLET_MAX_PIXELS",
    "RASTERLET_MAX_VERTICES",
)


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How to serve."""

    host: str = "127.0.0.1"
    port: int | None = None
    """As ``listen`` takes it."""
    root_path: str = ""
    """What stands before the routes where a proxy serves them, such as ``/geo``."""
    workers: int | None = None
    """Processes; None means as many as there are processors, at least two."""
    opens_page: bool = False
    ends_with_stdin: bool = False
    """Whether to stop when standard input ends, as with the process that holds it."""


def serve_sources(sources: Sequence[str], options: ServerOptions) -> None:
    """Serve until an interrupt; where, is printed once the server answers.

    Args:
        sources: As ``make_offer`` takes them.
        options: How.

    Raises:
        RasterError: If the port is in use, or there is nothing that can be served.
    """
    with (
        terminated_like_interrupted(),  # also before there are workers
        contextlib.closing(listen(options.host, options.port)) as listener,
        make_offer(sources) as offer,
        _leash(wanted=options.ends_with_stdin) as leash,
    ):
        address = reachable_address(listener)
        root = f"/{options.root_path.strip('/')}".rstrip("/")
        url = f"{format_url(address[0], address[1])}{root}"
        _prepare_environment(offer, url)

        def greet() -> None:
            datasets = read_datasets(address, offer.location)
            print(plain(format_welcome(url, datasets)), flush=True)
            if options.opens_page and sys.stdout.isatty():
                open_page(url)

        number = options.workers or max(2, os.cpu_count() or 2)
        run_workers(listener, number, Tasks(greet, offer.look, leash))


def _prepare_environment(offer: Offer, url: str) -> None:
    """Tell the workers, which inherit it; what the operator has set stays."""
    os.environ["RASTERLET_CATALOG"] = offer.location
    if offer.allowed:
        os.environ["RASTERLET_ALLOWED"] = " ".join(offer.allowed)
    os.environ.setdefault("RASTERLET_BASE_URL", url)
    for name, value in _LIKE_LAMBDA.items():
        os.environ.setdefault(name, value)
    for name in _UNLIMITED:
        os.environ.setdefault(name, "none")


@contextlib.contextmanager
def _leash(*, wanted: bool) -> Iterator[Connection | None]:
    """A connection that ends with standard input."""
    if not wanted:
        yield None
        return
    ours, theirs = multiprocessing.Pipe(duplex=False)

    def hold() -> None:
        # Not by sys.stdin, whose lock an interpreter that ends would wait for.
        while os.read(0, 1):
            pass
        theirs.close()

    threading.Thread(target=hold, daemon=True).start()
    with ours:
        yield ours
