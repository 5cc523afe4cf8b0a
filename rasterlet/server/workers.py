"""The processes that answer requests, and the one that looks after them.

A worker that ends is replaced, one that cannot start ends them all. They end at once
with an interrupt, whatever they are computing, and when their parent is killed.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import warnings
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from raster_core.errors import SourceError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

# A fork would copy threads and locks of libraries that the parent has loaded.
_PROCESSES = multiprocessing.get_context("spawn")

# Seconds between two calls of ``Tasks.look``.
_INTERVAL = 1.0

# Seconds that workers have to finish what they are sending when the server stops.
_GRACE = 0.5

# Bytes of a request before its body. Longer ones are reset; shorter ones are told what
# is too long.
_MAX_HEAD = 2**20


@dataclass(frozen=True, slots=True)
class Tasks:
    """What the parent does besides."""

    greet: Callable[[], None]
    """Called once, when all workers answer and have the catalogue."""
    look: Callable[[], None]
    """Called every second."""
    leash: Connection | None = None
    """The server stops when its other end is closed."""


@dataclass(slots=True, eq=False)
class _Worker:
    process: SpawnProcess
    started: Connection
    """Says when it answers; closed then."""
    answers: bool = False


def run_workers(listener: socket.socket, number: int, tasks: Tasks) -> None:
    """Answer requests until an interrupt, a termination, or the end of the leash.

    Raises:
        SourceError: If a worker cannot start; it has said why on standard error.
    """
    workers: list[_Worker] = []
    with terminated_like_interrupted():
        try:
            workers += [_start(listener) for _ in range(number)]
            _look_after(workers, listener, tasks)
        except KeyboardInterrupt:
            return
        finally:
            _end(workers)


def _look_after(workers: list[_Worker], listener: socket.socket, tasks: Tasks) -> None:
    leash = [tasks.leash] if tasks.leash else []
    greeted = False
    while True:
        expected = [worker.started for worker in workers if not worker.started.closed]
        ends = [worker.process.sentinel for worker in workers]
        happened = wait([*expected, *ends, *leash], _INTERVAL)
        if tasks.leash in happened:
            return
        for worker in workers:
            if worker.started in happened:
                _note_start(worker)
        for place, worker in enumerate(workers):
            if worker.process.sentinel in happened:
                if not any(one.answers for one in workers):
                    raise SourceError("The server cannot start; the reason is above")
                workers[place] = _replace(worker, listener)
        if not greeted and all(worker.answers for worker in workers):
            greeted = True
            tasks.greet()
        tasks.look()


def _start(listener: socket.socket) -> _Worker:
    started, start = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(target=_work, args=(listener, start), daemon=True)
    with _interrupts_held():
        process.start()
    start.close()
    return _Worker(process, started)


def _note_start(worker: _Worker) -> None:
    """Note that it answers, or has ended before."""
    with worker.started, contextlib.suppress(EOFError):
        worker.started.recv()
        worker.answers = True


def _replace(worker: _Worker, listener: socket.socket) -> _Worker:
    worker.process.join()
    print(
        f"Process {worker.process.pid} of the server ended with status "
        f"{worker.process.exitcode}; another one takes its place",
        file=sys.stderr,
    )
    return _start(listener)


def _end(workers: list[_Worker]) -> None:
    """End them, all at once, and wait until they have."""
    # A second interrupt does not make it faster.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for worker in workers:
        worker.process.terminate()
    remaining = {worker.process.sentinel for worker in workers}
    ended = True
    while remaining and ended:
        ended = bool(gone := wait(remaining, _GRACE))
        remaining -= set(gone)
    for worker in workers:
        worker.process.kill()
        worker.process.join()


def _work(listener: socket.socket, started: Connection) -> None:
    """What a worker does."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # Imported here: the parent needs neither the handlers nor what they load.
    import uvicorn  # noqa: PLC0415

    from rasterlet.server.gateway.places import make_handlers_importable  # noqa: PLC0415

    # Requests of several threads share the metrics, which nobody collects here.
    warnings.filterwarnings("ignore", message="No application metrics to publish")
    make_handlers_importable()
    from rasterlet.server.gateway.app import app  # noqa: PLC0415
    from rasterlet.server.gateway.freshness import keep_catalogue  # noqa: PLC0415

    keep_catalogue()
    config = uvicorn.Config(
        app,
        log_level="warning",
        http="h11",
        h11_max_incomplete_event_size=_MAX_HEAD,
    )
    started.send(None)
    started.close()
    uvicorn.Server(config).run([listener])


def _end_with_parent() -> None:
    """End this process when its parent is gone, even if that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextlib.contextmanager
def terminated_like_interrupted() -> Iterator[None]:
    """A termination raises ``KeyboardInterrupt``, so that what is open is closed."""
    previous = {
        name: signal.signal(name, signal.default_int_handler)
        for name in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for name, handler in previous.items():
            signal.signal(name, handler)


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Interrupts are for the parent: a child that starts meanwhile never gets one."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
