"""The exact share of every cell that zones cover, without a mask.

Signed-area accumulation, as smooth font rasterisers do it (FreeType's ftgrays.c): an
edge that drops by ``dy`` within a cell, ``f`` to the right of its left side on
average, covers ``dy * (1 - f)`` of that cell and ``dy`` of every cell to the right.
Summed along a row over all edges, that is the covered share. Kept as sparse runs, so
time and memory grow with the perimeter and not with the area.

Shares are whole numbers of 2**-44: integer sums close exactly, so a cell well inside
is exactly ``WHOLE``, and clipping to any window gives the same weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import BudgetError, ZoneError
from raster_core.zonal.walk import WHOLE, Deltas, Integers, walk_cells, walk_centres

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.grid import Window
    from raster_core.zonal.outline import Edges

__all__ = ["WHOLE", "Coverage", "Integers", "Mode", "cover"]

# Each piece of edge rounds by half a unit; thousands of slivers in one cell may leave
# a few units below 0 or above WHOLE. What is further off is no rounding.
_ROUNDING = 2**20


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Runs of equally covered cells, sorted by zone, row and column; arrays are (n,).

    A run is columns [start, stop) of one row. No two runs of a zone overlap, and none
    has weight 0.
    """

    zone: NDArray[np.intp]
    row: Integers
    start: Integers
    stop: Integers
    weight: Integers
    """Of each cell in the run, in (0, WHOLE]."""


class Mode(StrEnum):
    """Which cells count, and how much."""

    FRACTION = "fraction"
    """Every cell by the share that the zone covers."""
    CENTRE = "centre"
    """Whole cells whose centre lies in the zone. A centre on the outline counts where
    the zone is on its left or below it (GDAL's rule: gdal_alg's polygon fill)."""
    ALL_TOUCHED = "all_touched"
    """Whole cells of which the zone covers any share."""


def cover(edges: Edges, window: Window, mode: Mode = Mode.FRACTION) -> Coverage:
    """The cells of ``window`` that zones cover, and how much of each.

    Law: the weights within a window do not depend on the window.

    Raises:
        ZoneError: The edges are not those of valid polygons.
        BudgetError: The outlines cross more than ``MAX_CROSSINGS`` rows or columns.
    """
    walk = walk_centres if mode is Mode.CENTRE else walk_cells
    deltas = walk(edges, window)
    keys, total = _accumulate(_key(deltas, window), deltas.amount)
    row_key, start = np.divmod(keys, window.width)
    weight = _running_sum(total, row_key)
    stop = np.full_like(start, window.width)
    same_row = row_key[1:] == row_key[:-1]
    stop[:-1][same_row] = start[1:][same_row]

    if weight.size and (weight.min() < -_ROUNDING or weight.max() > WHOLE + _ROUNDING):
        raise ZoneError("The zone's outline crosses itself")
    weight = np.clip(weight, 0, WHOLE)
    covered = weight > 0
    if mode is Mode.ALL_TOUCHED:
        weight[covered] = WHOLE
    zone_index, row_index = np.divmod(row_key[covered], window.height)
    return Coverage(
        zone=zone_index.astype(np.intp),
        row=row_index + window.row,
        start=start[covered] + window.col,
        stop=stop[covered] + window.col,
        weight=weight[covered],
    )


def _key(deltas: Deltas, window: Window) -> Integers:
    """Zone, row and column in one sortable number."""
    zones = int(deltas.zone.max(initial=0)) + 1
    if zones * window.pixels >= 2**63:
        raise BudgetError(f"{zones} zones over {window.pixels} pixels exceed 2**63")
    return (deltas.zone * window.height + deltas.row) * window.width + deltas.col


def _accumulate(key: Integers, amount: Integers) -> tuple[Integers, Integers]:
    """Distinct keys, ascending, with the sum of their amounts where it is not 0."""
    if not key.size:
        return key, amount
    order = np.argsort(key, kind="stable")
    key, amount = key[order], amount[order]
    first = np.flatnonzero(np.diff(key, prepend=key[0] - 1))
    total = np.add.reduceat(amount, first)
    return key[first][total != 0], total[total != 0]


def _running_sum(amount: Integers, group: Integers) -> Integers:
    """Cumulative sums that begin anew wherever ``group`` changes."""
    if not amount.size:
        return amount
    running = np.cumsum(amount)
    first = np.flatnonzero(np.diff(group, prepend=group[0] - 1))
    before = running[first] - amount[first]
    lengths = np.diff(first, append=len(group))
    return running - np.repeat(before, lengths)
