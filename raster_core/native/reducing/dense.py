"""The cells of a large zone as a part of its block; for the references."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from raster_core.native.reducing.cells import (
    HALF_BITS,
    WHOLE_BITS,
    FlatCells,
    Masked,
    ZoneRuns,
    add_halves,
    flatten_cells,
    place_runs,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from raster_core.native.reducing.cells import Integers

# Cells of a zone from which on planes of its rows take less time than flat cells.
_LARGE = 8192


@dataclass(frozen=True, slots=True, eq=False)
class DenseCells:
    """All rows of a block in which a zone has cells."""

    position: int
    """Of the zone among all zones of the block."""
    first: int
    """Row-major number of the first cell in the block."""
    value: NDArray[np.generic]
    """(row, col)"""
    weight: Integers
    """(row, col): 0 of cells that are not the zone's, or have no data."""

    def whole(self) -> NDArray[np.generic]:
        """(n,): values of the cells that count whole."""
        return np.asarray(self.value[self.weight == 1 << WHOLE_BITS])

    def partial(self) -> FlatCells:
        """The cells that count in part."""
        some = (self.weight != 0) & (self.weight != 1 << WHOLE_BITS)
        number = np.flatnonzero(some)
        zone = np.full(len(number), self.position)
        weight = self.weight[some]
        return FlatCells(zone, number + self.first, self.value[some], weight)

    def halves(self) -> tuple[int, int]:
        """High and low half of the weight, carried."""
        high = int((self.weight >> HALF_BITS).sum())
        low = int((self.weight & (2**HALF_BITS - 1)).sum())
        return high + (low >> HALF_BITS), low & (2**HALF_BITS - 1)

    def sum_lanes(self, terms: NDArray[np.float64]) -> NDArray[np.float64]:
        """(8,): the terms (row, col) of weighted cells by lane, in their order."""
        lead = self.first & 7
        padded = np.zeros(-(-(lead + terms.size) // 8) * 8)
        inside = padded[lead : lead + terms.size].reshape(terms.shape)
        np.copyto(inside, terms, where=self.weight != 0)
        return np.asarray(padded.reshape(-1, 8).sum(axis=0))


def walk_zones(
    runs: ZoneRuns,
    values: NDArray[np.generic],
    valid: NDArray[np.bool_] | None,
    masked: Masked,
) -> Iterator[FlatCells | DenseCells]:
    """The cells with data of all zones, in their order: large ones each by itself.

    Args:
        runs: The zones' cells.
        values: (row, col): the block.
        valid: Likewise; None if all cells have data.
        masked: Gets the weights without data added.

    Raises:
        ValueError: If a run lies outside of the block, or zones do not ascend.
    """
    row, col, length = place_runs(runs, values.shape)
    begins = np.flatnonzero(np.diff(runs.zone, prepend=-1))
    ends = [*begins.tolist(), len(length)]
    large = np.add.reduceat(length, begins) > _LARGE if begins.size else begins > 0
    # Large zones, and what lies between them.
    edges = np.union1d(np.flatnonzero(large), np.flatnonzero(large) + 1)
    stops = [*(edge for edge in edges.tolist() if 0 < edge < len(large)), len(large)]
    for first, last in pairwise([0, *stops]):
        if first == last:
            continue
        part = slice(ends[first], ends[last])
        some = Masked(*(column[first:last] for column in masked))
        if large[first]:
            places = row[part], col[part], length[part]
            cells = _lay_out(places, runs.weight[part], values)
            yield _hide(first, cells, values, valid, some)
            continue
        few = ZoneRuns(runs.table[:, part], runs.weight[part], runs.origin)
        for flat in flatten_cells(few, values, valid, some):
            yield flat._replace(zone=flat.zone + first)


def _lay_out(
    places: tuple[NDArray[np.integer], ...],
    weight: Integers,
    values: NDArray[np.generic],
) -> tuple[int, Integers]:
    """The first row of a zone, and the weights of all cells of its rows.

    Args:
        places: Row, column and length of each run, (runs,) each.
        weight: (runs,)
        values: (row, col): the block.
    """
    above, below = int(places[0].min()), int(places[0].max()) + 1
    weights = np.zeros((below - above, values.shape[1]), np.int64)
    columns = (*(place.tolist() for place in places), weight.tolist())
    for row, col, length, each in zip(*columns, strict=True):
        weights[row - above, col : col + length] = each
    return above, weights


def _hide(
    position: int,
    cells: tuple[int, Integers],
    values: NDArray[np.generic],
    valid: NDArray[np.bool_] | None,
    masked: Masked,
) -> DenseCells:
    """The zone of ``_lay_out``, without cells that have no data."""
    above, weights = cells
    rows = slice(above, above + len(weights))
    if valid is not None:
        hidden = weights[~valid[rows]]
        add_halves(np.zeros(len(hidden), np.intp), hidden, (masked.high, masked.low))
        weights[~valid[rows]] = 0
    return DenseCells(position, above * values.shape[1], values[rows], weights)
