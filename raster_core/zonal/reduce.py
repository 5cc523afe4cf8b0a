"""Read the blocks of a plan and summarise each zone's share of them."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.cells import split_by_zone
from raster_core.zonal.ground import BlockArea, cell_areas, measure_cells
from raster_core.zonal.stats import summarise_cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from raster_core.grid import Grid, Layer, RasterArray, Window
    from raster_core.zonal.blockplan import BlockPlan, Chunk
    from raster_core.zonal.cells import Cells
    from raster_core.zonal.stats import Partial

# Threads that fetch and decode, each with a file of its own: GDAL lets go of the
# interpreter meanwhile, and a store takes tens of milliseconds to answer. One chunk
# more than these is in memory.
READERS = 2


@dataclass(frozen=True, slots=True, eq=False)
class BlockCells:
    """One zone's cells in one block, with the values of all cells of the block."""

    zone: int
    window: Window
    """The block, on the layer's native grid."""
    cells: Cells
    values: NDArray[np.generic]
    """(band, cells of the block): stored values, row-major."""
    valid: tuple[NDArray[np.bool_] | None, ...]
    """By band: (cells of the block,), or None where all are valid."""


@dataclass(frozen=True, slots=True, eq=False)
class BlockSummary:
    """What one block says of one zone on one band."""

    zone: int
    band: int
    """Position in the layer's bands."""
    partial: Partial
    area: BlockArea | None = None
    """Of the valid cells; None if areas were not asked for."""


def summarise(
    layer: Layer, plan: BlockPlan, *, areas: bool = False
) -> Iterator[BlockSummary]:
    """One summary per zone, block and band, a few chunks in memory at most."""
    bands = layer.info.bands
    for block in walk_blocks(layer, plan):
        for number, (values, valid) in enumerate(
            zip(block.values, block.valid, strict=True)
        ):
            partial = summarise_cells(values, valid, block.cells)
            area = (
                measure_cells(
                    (values, valid, block.cells),
                    cell_areas(plan.grid, block.window),
                    classes=bool(bands[number].classes),
                )
                if areas
                else None
            )
            yield BlockSummary(block.zone, number, partial, area)


def walk_blocks(layer: Layer, plan: BlockPlan) -> Iterator[BlockCells]:
    """Every block of the plan, once for each zone that has cells in it."""
    for chunk, array in _read_ahead(layer, plan.grid, plan.chunks()):
        for window, runs in chunk.blocks:
            values, mask = _block_arrays(array, chunk.window, window)
            valid = tuple(None if plane.all() else plane for plane in mask)
            for zone, cells in split_by_zone(runs, window):
                yield BlockCells(zone, window, cells, values, valid)


def _block_arrays(
    array: RasterArray, outer: Window, window: Window
) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
    """Data and mask at ``window``, each (band, cells); the array lies at ``outer``."""
    cols = slice(window.col - outer.col, window.col_stop - outer.col)
    rows = slice(window.row - outer.row, window.row_stop - outer.row)
    shape = (array.data.shape[0], window.pixels)
    part = np.s_[:, rows, cols]
    return array.data[part].reshape(shape), array.mask[part].reshape(shape)


def _read_ahead(
    layer: Layer, grid: Grid, chunks: Iterable[Chunk]
) -> Iterator[tuple[Chunk, RasterArray]]:
    """Each chunk with its pixels, in order; the next ones are fetched meanwhile."""
    chunks = iter(chunks)
    first = list(islice(chunks, 2))
    if len(first) < 2:  # nothing to fetch ahead: spare the threads
        for chunk in first:
            yield chunk, layer.read(grid.crop(chunk.window))
        return
    with ThreadPoolExecutor(READERS) as readers:
        pending: deque[tuple[Chunk, Future[RasterArray]]] = deque()
        for chunk in chain(first, chunks):
            window = grid.crop(chunk.window)
            pending.append((chunk, readers.submit(layer.read, window)))
            if len(pending) > READERS:
                done, future = pending.popleft()
                yield done, future.result()
        while pending:
            done, future = pending.popleft()
            yield done, future.result()
