"""The cells of one zone in one block, and how their values are picked out.

Cells that count whole are slices of the block's row-major values: copying slices is ten
times as fast as gathering by index. Only the cells on the outline are gathered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.blockplan import expand_runs, slice_runs
from raster_core.zonal.coverage import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from raster_core.grid import Window
    from raster_core.zonal.coverage import Coverage, Integers


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Which cells of a block a zone has, as numbers in row-major order."""

    whole: Sequence[tuple[int, int]]
    """Half-open ranges of cells that count whole; ranges that touch are one."""
    partial: NDArray[np.intp]
    """Cells that count in part."""
    weights: Integers
    """Of ``partial``, in units below ``WHOLE``."""


def split_by_zone(runs: Coverage, window: Window) -> Iterator[tuple[int, Cells]]:
    """Each zone of a block with its cells.

    Args:
        runs: Inside ``window``, sorted by zone, row and column.
        window: The block.
    """
    zones, first = np.unique(runs.zone, return_index=True)
    limits = np.append(first, len(runs.zone)).tolist()
    for number, zone in enumerate(zones.tolist()):
        part = slice_runs(runs, limits[number], limits[number + 1])
        yield zone, _select(part, window)


def take_cells[T: np.generic](
    values: NDArray[T], cells: Cells
) -> tuple[NDArray[T], NDArray[T]]:
    """Values of the whole cells and of the partial ones.

    Args:
        values: (cells of the block,), row-major.
        cells: Which to take.
    """
    partial = values[cells.partial]
    if len(cells.whole) == 1:
        start, stop = cells.whole[0]
        return values[start:stop], partial
    slices = [values[start:stop] for start, stop in cells.whole]
    return np.concatenate(slices) if slices else values[:0], partial


def _select(runs: Coverage, window: Window) -> Cells:
    start = (runs.row - window.row) * window.width + (runs.start - window.col)
    stop = start + (runs.stop - runs.start)
    whole = runs.weight == WHOLE
    ranges = _join(start[whole], stop[whole])
    outline = np.flatnonzero(~whole)
    if (stop[outline] - start[outline] == 1).all():
        return Cells(ranges, start[outline], runs.weight[outline])
    part = type(runs)(
        runs.zone[outline],
        runs.row[outline],
        runs.start[outline],
        runs.stop[outline],
        runs.weight[outline],
    )
    run, cell = expand_runs(part, window)
    return Cells(ranges, cell, part.weight[run])


def _join(start: Integers, stop: Integers) -> list[tuple[int, int]]:
    """The ranges, those that touch made one: a whole block is a single one."""
    if not start.size:
        return []
    begins = np.flatnonzero(start[1:] != stop[:-1]) + 1
    first = np.concatenate([[0], begins])
    last = np.concatenate([begins - 1, [len(start) - 1]])
    return list(zip(start[first].tolist(), stop[last].tolist(), strict=True))
