"""Read chunks before they are needed, as many at once as their store is far away.

A reader is a thread: it fetches and decodes a chunk and does the work on it, which
leaves the interpreter to the others while kernels run. Results come back in the order
of the chunks, whichever was first.
"""

from __future__ import annotations

import math
import sys
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from threading import Semaphore
from typing import TYPE_CHECKING

import numpy as np

from raster_core.layers.stored import read_planes
from raster_core.sources.blocks.cache import reading_once
from raster_core.sources.ranges.gate import gated

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from raster_core.grid import Grid
    from raster_core.layers.stored import Plane
    from raster_core.raster import Layer
    from raster_core.zonal.coverage.blockplan import Chunk

    type Work[T] = Callable[[Chunk, list[Plane]], T]

# Readers of a file that is near, which wait for nothing but a processor.
READERS = 2

# Readers of a file whose store takes long to answer: with 30 ms to the first byte and
# chunks of 2 MB, more requests make nothing faster on two processors.
FAR_READERS = 20

# Chunks that are fetched, or wait, while one is used, beside those that readers have.
AHEAD = 2

# Bytes, once decoded with masks, of all chunks that are fetched, wait or are used.
# Of those that a store still sends, no more is in memory than their compressed bytes.
MAX_AHEAD = 120_000_000

# Seconds of reading from which on other threads are worth their start.
OPENING = 0.03


def map_chunks[T](
    layer: Layer, grid: Grid, chunks: Iterable[Chunk], work: Work[T]
) -> Iterator[T]:
    """What ``work`` makes of each chunk with its pixels, in the order of the chunks.

    Args:
        layer: What to read.
        grid: That of the chunks' windows.
        chunks: Any number.
        work: Called by any thread, by several at once: a function of nothing but the
            chunk and the layer's planes (row, col) in its window.

    Raises:
        SourceError: As ``layer.read``; what ``work`` raises is raised as well. Chunks
            that were not begun are not read any more, and likewise when the iterator
            is closed.
    """

    def answer(chunk: Chunk) -> T:
        with reading_once():
            planes = read_planes(layer, grid.crop(chunk.window))
        return work(chunk, planes)

    chunks = iter(chunks)
    info, readers = layer.info, FAR_READERS
    if not info.far:
        readers = yield from _begin(chunks, answer)
    # A single one left is read as soon here.
    rest = list(islice(chunks, 2))
    if len(rest) < 2:
        yield from map(answer, rest)
        return
    size = info.planes * (1 + max(np.dtype(band.dtype).itemsize for band in info.bands))
    yield from _read_ahead(chain(rest, chunks), answer, readers=readers, size=size)


def read_chunks(
    layer: Layer, grid: Grid, chunks: Iterable[Chunk]
) -> Iterator[tuple[Chunk, list[Plane]]]:
    """Each chunk with its pixels, in order; the next ones are fetched meanwhile."""
    return map_chunks(layer, grid, chunks, lambda chunk, planes: (chunk, planes))


def _begin[T](
    chunks: Iterator[Chunk], answer: Callable[[Chunk], T]
) -> Generator[T, None, int]:
    """Answers of the first chunks, given here; returns how many readers are worth it.

    A thread that has read waits for the interpreter, for as long as it may be kept by
    what is done with the chunks before. So threads start only where a chunk takes
    longer than that, as it does wherever values hardly compress or a store is far.
    """
    clock = processor = 0.0
    for number, chunk in enumerate(chunks, start=1):
        before = time.perf_counter(), time.thread_time()
        result = answer(chunk)
        clock += time.perf_counter() - before[0]
        processor += time.thread_time() - before[1]
        yield result
        if clock > max(OPENING, number * sys.getswitchinterval()):
            break
    return count_readers(clock, processor)


def count_readers(clock: float, processor: float) -> int:
    """How many readers keep ``READERS`` processors busy.

    Args:
        clock: Seconds that reading took one reader.
        processor: Seconds of them in which it did not wait.
    """
    busy = max(processor, clock / FAR_READERS)
    return min(FAR_READERS, math.ceil(READERS * clock / busy)) if busy else READERS


def _read_ahead[T](
    chunks: Iterable[Chunk],
    answer: Callable[[Chunk], T],
    *,
    readers: int,
    size: int,
) -> Iterator[T]:
    """The answer of each chunk, in order, given by threads.

    Args:
        chunks: What to read.
        answer: Reads one.
        readers: How many threads do.
        size: Bytes of a pixel in memory, with its mask.
    """
    gate = Semaphore(READERS)

    def take_turn(chunk: Chunk) -> T:
        with gated(gate):
            return answer(chunk)

    pending: deque[tuple[int, Future[T]]] = deque()
    waiting = 0
    with ThreadPoolExecutor(readers) as pool:
        try:
            for chunk in chunks:
                pending.append(
                    (chunk.window.pixels * size, pool.submit(take_turn, chunk))
                )
                waiting += pending[-1][0]
                while len(pending) > readers + AHEAD or waiting > MAX_AHEAD:
                    done, future = pending.popleft()
                    waiting -= done
                    yield future.result()
            while pending:
                yield pending.popleft()[1].result()
        finally:
            # They are not needed any more: a client disconnected, or a read failed.
            for _, future in pending:
                future.cancel()
