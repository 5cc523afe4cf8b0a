"""The cells of one zone in one block, and how their values are picked out.

Cells that count whole are slices of the block's row-major values: copying slices is ten
times as fast as gathering by index. Only the cells on the outline are gathered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.zonal.coverage.weights import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from raster_core.grid import Window
    from raster_core.zonal.coverage.cover import Coverage
    from raster_core.zonal.coverage.weights import Integers


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Which cells of a block a zone has, as numbers in row-major order."""

    whole: Sequence[tuple[int, int]]
    """Half-open ranges of cells that count whole; ranges that touch are one."""
    partial: NDArray[np.intp]
    """(n,): numbers of the cells that count in part."""
    weights: Integers
    """(n,): weight of each of ``partial``, in units below ``WHOLE``."""

    @property
    def count(self) -> int:
        """How many cells there are, whole or in part."""
        return sum(stop - start for start, stop in self.whole) + len(self.partial)


def split_by_zone(runs: Coverage, window: Window) -> Iterator[tuple[int, Cells]]:
    """Each zone of a block with its cells.

    Args:
        runs: Inside ``window``, sorted by zone, row and column.
        window: The block.
    """
    start = (runs.row - window.row) * window.width + (runs.start - window.col)
    length = runs.stop - runs.start
    whole = runs.weight == WHOLE
    inner, outer = whole.nonzero()[0], (~whole).nonzero()[0]
    range_zone, ranges = _join(start[inner], length[inner], runs.zone[inner])
    cell = start[outer]
    if (length[outer] != 1).any():  # as along a level edge
        outer, cell = _expand(outer, cell, length[outer])
    cell_zone, weights = runs.zone[outer], runs.weight[outer]

    zones = _distinct(runs.zone)
    range_ends = range_zone.searchsorted(zones, side="right").tolist()
    cell_ends = cell_zone.searchsorted(zones, side="right").tolist()
    first_range = first_cell = 0
    for zone, last_range, last_cell in zip(
        zones.tolist(), range_ends, cell_ends, strict=True
    ):
        own = slice(first_cell, last_cell)
        yield zone, Cells(ranges[first_range:last_range], cell[own], weights[own])
        first_range, first_cell = last_range, last_cell


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


class ZoneValues(NamedTuple):
    """The valid values of one zone in one block."""

    whole: NDArray[np.generic]
    """(n,): of the cells that count whole; may be a view of the block's values."""
    partial: NDArray[np.generic]
    """(m,): of those that count in part."""
    weights: Integers
    """(m,): weight of each of ``partial``, in units."""


def take_valid(
    values: NDArray[np.generic], valid: NDArray[np.bool_] | None, cells: Cells
) -> ZoneValues:
    """The values of a zone's cells that have data.

    Args:
        values: (cells of the block,), row-major.
        valid: (cells of the block,); True means data. None if all cells have data.
        cells: Cells of the zone.
    """
    whole, partial = take_cells(values, cells)
    if valid is None:
        return ZoneValues(whole, partial, cells.weights)
    whole_valid, partial_valid = take_cells(valid, cells)
    return ZoneValues(
        whole[whole_valid], partial[partial_valid], cells.weights[partial_valid]
    )


def _join(
    start: Integers, length: Integers, zone: NDArray[np.integer]
) -> tuple[NDArray[np.integer], list[tuple[int, int]]]:
    """Ranges of cells, those of a zone that touch made one: a whole block is one.

    Args:
        start: (runs,): row-major numbers of their first cells.
        length: (runs,): how many cells they have.
        zone: (runs,): their zones; runs of a zone are together.

    Returns:
        The zone of each range, (ranges,), and the half-open ranges.
    """
    if not start.size:
        return zone, []
    stop = start + length
    apart = (start[1:] != stop[:-1]) | (zone[1:] != zone[:-1])
    last = np.append(apart.nonzero()[0], len(start) - 1)
    first = np.append(0, last[:-1] + 1)
    return zone[last], list(
        zip(start[first].tolist(), stop[last].tolist(), strict=True)
    )


def _distinct(zone: NDArray[np.integer]) -> NDArray[np.integer]:
    """Each zone once, for at least one zone (n,), sorted."""
    if zone[0] == zone[-1]:
        return zone[:1]
    first: NDArray[np.intp] = np.append(0, (zone[1:] != zone[:-1]).nonzero()[0] + 1)
    return zone[first]


def _expand(
    run: NDArray[np.intp], start: Integers, length: Integers
) -> tuple[NDArray[np.intp], Integers]:
    """Every cell of runs (n,): the run it belongs to and its number, (cells,) each.

    Numbers are row-major, from ``start`` on.
    """
    before = np.cumsum(length) - length
    cell = np.arange(length.sum()) + np.repeat(start - before, length)
    return np.repeat(run, length), cell
