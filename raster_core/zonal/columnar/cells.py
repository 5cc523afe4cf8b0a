"""The cells of many zones in one block, side by side in flat arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.zonal.coverage.cover import Coverage
from raster_core.zonal.coverage.weights import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from raster_core.grid import Window
    from raster_core.zonal.coverage.weights import Integers

# Cells that are flat at a time: what is made of them stays below 50 MB.
_CELLS = 2**18


class Part(NamedTuple):
    """Some cells, zone after zone, row-major within each."""

    cell: NDArray[np.intp]
    """(n,): numbers in the block, row-major."""
    zone: NDArray[np.intp]
    """(n,): position of the zone of each among those of the block, ascending."""

    def pick(self, which: NDArray[np.bool_]) -> Part:
        """Some of them, in the same order."""
        return Part(self.cell[which], self.zone[which])


@dataclass(frozen=True, slots=True, eq=False)
class FlatCells:
    """Which cells of a block some zones have; every zone has one at least."""

    zones: NDArray[np.integer]
    """(zones,): their numbers, ascending."""
    whole: Part
    """Cells that count whole."""
    partial: Part
    """Cells that count in part."""
    weights: Integers
    """(m,): weight of each of ``partial``, in units below ``WHOLE``."""


class FlatValues(NamedTuple):
    """The valid values of zones in one block."""

    zones: NDArray[np.integer]
    """(zones,): their numbers, ascending; some may have no values."""
    whole: NDArray[np.generic]
    """(n,): of the cells that count whole."""
    whole_zone: NDArray[np.intp]
    """(n,): position of the zone of each, ascending."""
    partial: NDArray[np.generic]
    """(m,): of those that count in part."""
    partial_zone: NDArray[np.intp]
    """(m,): likewise."""
    weights: Integers
    """(m,): weight of each of ``partial``, in units."""
    whole_cell: NDArray[np.intp]
    """(n,): number of the cell in the block, row-major, of each of ``whole``."""
    partial_cell: NDArray[np.intp]
    """(m,): likewise of ``partial``."""


def flatten_runs(runs: Coverage, window: Window) -> Iterator[FlatCells]:
    """The cells of runs, some zones at a time, each zone's together.

    Args:
        runs: Inside ``window``, sorted by zone, row and column; at least one.
        window: The block.
    """
    length = (runs.stop - runs.start).astype(np.int64)
    begins = np.flatnonzero(np.diff(runs.zone, prepend=-1))
    done = np.append(0, np.cumsum(length))[np.append(begins, len(length))]
    first = 0
    while first < len(begins):
        # As many zones as fit, at least one.
        fit = int(np.searchsorted(done, done[first] + _CELLS, side="right")) - 1
        last = max(fit, first + 1)
        stop = begins[last] if last < len(begins) else len(length)
        yield _flatten(take_runs(runs, slice(begins[first], stop)), window)
        first = last


def take_runs(runs: Coverage, which: slice | NDArray[np.bool_]) -> Coverage:
    """Some of the runs."""
    return Coverage(
        runs.zone[which],
        runs.row[which],
        runs.start[which],
        runs.stop[which],
        runs.weight[which],
    )


def take_values(
    values: NDArray[np.generic], valid: NDArray[np.bool_] | None, cells: FlatCells
) -> tuple[FlatValues, Integers]:
    """The values of cells that have data, and the weight of each zone's others.

    Args:
        values: (cells of the block,), row-major.
        valid: (cells of the block,); True means data. None if all cells have data.
        cells: Cells of the zones.

    Returns:
        The values, and (zones,) weights in units.
    """
    whole, partial, weights = cells.whole, cells.partial, cells.weights
    masked = np.zeros(len(cells.zones), np.int64)
    if valid is not None:
        shown, hidden = valid[whole.cell], ~valid[partial.cell]
        masked += np.bincount(whole.zone[~shown], minlength=len(masked)) * WHOLE
        masked += sum_integers(weights[hidden], partial.zone[hidden], len(masked))
        whole, partial, weights = (
            whole.pick(shown),
            partial.pick(~hidden),
            weights[~hidden],
        )
    found = FlatValues(
        cells.zones,
        values[whole.cell],
        whole.zone,
        values[partial.cell],
        partial.zone,
        weights,
        whole.cell,
        partial.cell,
    )
    return found, masked


def sum_integers(values: Integers, zone: NDArray[np.intp], zones: int) -> Integers:
    """The sum of each zone's values, (zones,); 0 for a zone without any.

    Args:
        values: (n,)
        zone: (n,): ascending positions.
        zones: How many there are.
    """
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(values)])
    ends = np.searchsorted(zone, np.arange(zones + 1))
    # Modulo 2**64, of which nothing is left in the differences.
    return np.diff(before[ends])


def _flatten(runs: Coverage, window: Window) -> FlatCells:
    start = (runs.row - window.row).astype(np.int64) * window.width
    start += runs.start - window.col
    length = (runs.stop - runs.start).astype(np.int64)
    new = np.diff(runs.zone, prepend=-1) != 0
    zone = np.cumsum(new) - 1
    whole = runs.weight == WHOLE
    inner, outer = np.flatnonzero(whole), np.flatnonzero(~whole)
    return FlatCells(
        runs.zone[new],
        _expand(start[inner], length[inner], zone[inner]),
        _expand(start[outer], length[outer], zone[outer]),
        np.repeat(runs.weight[outer], length[outer]),
    )


def _expand(start: Integers, length: Integers, zone: NDArray[np.intp]) -> Part:
    """Every cell of runs (n,), one after the other."""
    before = np.cumsum(length) - length
    cell = np.arange(int(length.sum())) + np.repeat(start - before, length)
    return Part(cell, np.repeat(zone, length))
