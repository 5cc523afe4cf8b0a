"""The exact fraction of every cell that zones cover, without a mask.

Signed-area accumulation, as smooth font rasterisers do it (FreeType's ftgrays.c): an
edge that drops by ``dy`` within a cell, ``f`` to the right of its left side on
average, covers ``dy * (1 - f)`` of that cell and ``dy`` of every cell to the right.
Summed along a row over all edges, that is the covered fraction. Kept as sparse runs, so
time and memory grow with the perimeter and not with the area.

Fractions are whole numbers of 2**-44: integer sums close exactly, so a cell well inside
is exactly ``WHOLE``, and clipping to any window gives the same weights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import BudgetError, ZoneError
from raster_core.native.coverage import CrossedError, Rule, WalkedEdges, walk_edges
from raster_core.zonal.coverage.walk import (
    crossings_error,
    pick_edges,
    split_edges,
    walk_cells,
    walk_centres,
)
from raster_core.zonal.coverage.weights import WHOLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.grid import Window
    from raster_core.native.coverage import EdgeWalk
    from raster_core.zonal.coverage.walk import Deltas
    from raster_core.zonal.coverage.weights import Integers
    from raster_core.zonal.outlines.outline import Edges

# Each piece of edge rounds by half a unit, and vertices are put on lines 1e-8 of a
# pixel away; what is further below 0 or above WHOLE than a millionth is no rounding.
_ROUNDING = 2**24

_CROSSED = (
    "A zone's outline crosses itself, or a zone lies over itself on another turn of "
    "longitude"
)

# Type of zone, row and column numbers, of which GDAL allows 2**31 - 1: a million runs
# are 24 MB instead of 40, and fresh memory takes longer than sums.
_INDEX = np.int32


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Runs of equally covered cells, sorted by zone, row and column; arrays are (n,).

    A run is columns [start, stop) of one row. No two runs of a zone overlap, and none
    has weight 0.
    """

    zone: NDArray[np.integer]
    row: NDArray[np.integer]
    start: NDArray[np.integer]
    stop: NDArray[np.integer]
    weight: Integers
    """Weight of each cell in the run, in (0, WHOLE]."""


class Mode(StrEnum):
    """Which cells count, and how much."""

    FRACTION = "fraction"
    """Every cell by the fraction that the zone covers."""
    CENTRE = "centre"
    """Whole cells whose centre lies in the zone. A centre on the outline counts where
    the zone is on its left or below it, so of neighbours one has it. GDAL's polygon
    fill does so on upright borders; on level ones it gives the centre to both."""
    ALL_TOUCHED = "all_touched"
    """Whole cells that the zone touches."""


def cover(
    edges: Edges,
    window: Window,
    mode: Mode = Mode.FRACTION,
    *,
    max_crossings: float = math.inf,
    min_coverage: float = 0.0,
) -> Coverage:
    """The cells of ``window`` that zones cover, and how much of each.

    Law: the weights within a window do not depend on the window.

    Args:
        edges: The edges of valid polygons.
        window: On their grid.
        mode: Which cells count.
        max_crossings: How many rows or columns of cells the outlines may cross.
        min_coverage: Cells of which a zone covers less than this fraction, from 0 to
            1, do not count. It makes no difference to ``Mode.CENTRE``.

    Raises:
        ZoneError: If the edges are not those of valid polygons.
        BudgetError: If there are more crossings; they are not computed.
    """
    least = max(1, math.ceil(min_coverage * WHOLE))
    walk = _walk(edges, window)
    if walk is None:
        return cover_reference(
            edges, window, mode, max_crossings=max_crossings, least=least
        )
    if walk.crossings > max_crossings:
        raise crossings_error(walk.crossings, max_crossings)
    try:
        found = walk.run(Rule(mode is Mode.CENTRE, least, mode is Mode.ALL_TOUCHED))
    except CrossedError as error:
        raise ZoneError(_CROSSED) from error
    return Coverage(*found)


def cover_reference(
    edges: Edges, window: Window, mode: Mode, *, max_crossings: float, least: int
) -> Coverage:
    """``cover`` with numpy; cells that weigh fewer than ``least`` units do not count.

    Raises:
        ZoneError, BudgetError: As ``cover``.
    """
    walk = walk_centres if mode is Mode.CENTRE else walk_cells
    with np.errstate(over="ignore"):  # slopes of edges that are all but level
        parts = [
            _trace(walk(some, window), window, mode, least=least)
            for some in split_edges(edges, window, max_crossings=max_crossings)
        ]
    return join_runs(parts)


def _walk(edges: Edges, window: Window) -> EdgeWalk | None:
    """The walk that the kernel can do; None where the reference has to."""
    if not edges.zone.size:
        return None
    pixels = (window.col, window.row, window.width, window.height)
    walk = walk_edges(_arrays(edges), pixels)
    if walk is not None and not walk.is_sorted:
        edges = pick_edges(edges, np.argsort(edges.zone, kind="stable"))
        walk = walk_edges(_arrays(edges), pixels)
    return walk if walk is not None and walk.is_suitable else None


def _arrays(edges: Edges) -> WalkedEdges:
    ends = edges.col0, edges.row0, edges.col1, edges.row1
    return WalkedEdges(edges.zone, edges.sign, *ends)


def join_runs(parts: Sequence[Coverage]) -> Coverage:
    """Runs one after the other; no parts give no runs."""
    none = np.zeros(0, _INDEX)
    return Coverage(
        np.concatenate([none, *(part.zone for part in parts)]),
        np.concatenate([none, *(part.row for part in parts)]),
        np.concatenate([none, *(part.start for part in parts)]),
        np.concatenate([none, *(part.stop for part in parts)]),
        np.concatenate([none.astype(np.int64), *(part.weight for part in parts)]),
    )


def _trace(deltas: Deltas, window: Window, mode: Mode, *, least: int) -> Coverage:
    """The runs between deltas that weigh at least so many units."""
    if not deltas.zone.size:
        return join_runs([])
    first = int(deltas.zone.min())
    zones = int(deltas.zone.max()) + 1 - first
    if zones * window.pixels >= 2**63:
        raise BudgetError(f"{zones} zones over {window.pixels} pixels exceed 2**63")
    line = (deltas.zone - first) * window.height + deltas.row
    change, total = _accumulate(line * window.width + deltas.col, deltas.amount)
    line, start = line[change], deltas.col[change]
    weight = _running_sum(total, line)
    same_row = np.flatnonzero(line[1:] == line[:-1])
    stop = np.full_like(start, window.width)
    stop[same_row] = start[same_row + 1]

    if weight.size and (weight.min() < -_ROUNDING or weight.max() > WHOLE + _ROUNDING):
        raise ZoneError(_CROSSED)
    weight = np.minimum(weight, WHOLE)
    covered = np.flatnonzero(weight >= least)
    weight = weight[covered]
    if mode is Mode.ALL_TOUCHED:
        weight[:] = WHOLE
    return Coverage(
        zone=deltas.zone[change[covered]].astype(_INDEX),
        row=(deltas.row[change[covered]] + window.row).astype(_INDEX),
        start=(start[covered] + window.col).astype(_INDEX),
        stop=(stop[covered] + window.col).astype(_INDEX),
        weight=weight,
    )


def _accumulate(key: Integers, amount: Integers) -> tuple[NDArray[np.intp], Integers]:
    """Sums by distinct key, ascending, where they are not 0.

    Args:
        key: (deltas,), at least one, in any order.
        amount: (deltas,), in units.

    Returns:
        The index of one delta that has the key, and the sum of all; both (keys,).
    """
    # Edges run down, so keys come in runs that ascend: a merge sort, which any order of
    # equal ones would do for, takes a quarter of the default's time.
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(np.diff(key, prepend=key[0] - 1))
    total = np.add.reduceat(amount[order], first)
    changes = np.flatnonzero(total)
    return order[first[changes]], total[changes]


def _running_sum(amount: Integers, group: Integers) -> Integers:
    """Cumulative sums, (n,), that start again wherever ``group``, (n,), changes."""
    if not amount.size:
        return amount
    running = np.cumsum(amount)
    first = np.flatnonzero(np.diff(group, prepend=group[0] - 1))
    before = running[first] - amount[first]
    lengths = np.diff(first, append=len(group))
    return running - np.repeat(before, lengths)
