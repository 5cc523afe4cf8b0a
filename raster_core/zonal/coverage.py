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
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from raster_core.errors import BudgetError, ZoneError
from raster_core.zonal.outline import Edges

if TYPE_CHECKING:
    from raster_core.grid import Window
    from raster_core.source.crs import Floats

type Integers = NDArray[np.int64]

WHOLE = 2**44
"""The weight of a cell that is covered entirely."""

# How often outlines may cross a row of cells, and a column: 500 bytes each. A zone of
# 77 million cells with 2,000 vertices crosses 50,000.
MAX_CROSSINGS = 2_000_000

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


def cover(edges: Edges, window: Window) -> Coverage:
    """The cells of ``window`` that zones cover, and how much of each.

    Law: the weights within a window do not depend on the window.

    Raises:
        ZoneError: The edges are not those of valid polygons.
        BudgetError: The outlines cross more than ``MAX_CROSSINGS`` rows or columns.
    """
    zone, row, col, delta = _deltas(_pieces(edges, window), window)
    keys, total = _accumulate(_key(zone, row, col, window), delta)
    row_key, start = np.divmod(keys, window.width)
    weight = _running_sum(total, row_key)
    stop = np.full_like(start, window.width)
    same_row = row_key[1:] == row_key[:-1]
    stop[:-1][same_row] = start[1:][same_row]

    if weight.size and (weight.min() < -_ROUNDING or weight.max() > WHOLE + _ROUNDING):
        raise ZoneError("The zone's outline crosses itself")
    weight = np.clip(weight, 0, WHOLE)
    covered = weight > 0
    zone_index, row_index = np.divmod(row_key[covered], window.height)
    return Coverage(
        zone=zone_index.astype(np.intp),
        row=row_index + window.row,
        start=start[covered] + window.col,
        stop=stop[covered] + window.col,
        weight=weight[covered],
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Parts of edges that stay within one row, and within one column or outside."""

    col0: Floats
    row0: Floats
    col1: Floats
    row1: Floats
    zone: NDArray[np.intp]
    sign: Integers


def _pieces(edges: Edges, window: Window) -> _Pieces:
    """The edges cut wherever they cross a row or a column of the window.

    The cuts are computed from the whole edge, so that they fall on the same numbers
    whatever the window.
    """
    edges = _near(edges, window)
    crossings = [
        _row_crossings(edges, window),
        _column_crossings(edges, window),
    ]
    every = np.arange(len(edges.zone))
    edge = np.concatenate([every, every, *(c[0] for c in crossings)])
    col = np.concatenate([edges.col0, edges.col1, *(c[1] for c in crossings)])
    row = np.concatenate([edges.row0, edges.row1, *(c[2] for c in crossings)])
    order = np.lexsort((row, edge))
    edge, col, row = edge[order], col[order], row[order]
    joined = edge[1:] == edge[:-1]
    owner = edge[1:][joined]
    return _Pieces(
        col0=col[:-1][joined],
        row0=row[:-1][joined],
        col1=col[1:][joined],
        row1=row[1:][joined],
        zone=edges.zone[owner],
        sign=edges.sign[owner],
    )


def _near(edges: Edges, window: Window) -> Edges:
    """The edges that reach into the rows of the window and not only beyond its right.

    Those to the left stay: what they bound may reach into the window.
    """
    near = (
        (edges.row1 > window.row)
        & (edges.row0 < window.row_stop)
        & (np.minimum(edges.col0, edges.col1) < window.col_stop)
    )
    return Edges(
        edges.zone[near],
        edges.sign[near],
        edges.col0[near],
        edges.row0[near],
        edges.col1[near],
        edges.row1[near],
    )


def _row_crossings(
    edges: Edges, window: Window
) -> tuple[NDArray[np.intp], Floats, Floats]:
    """Edge index, col and row wherever an edge meets a whole row of the window."""
    edge, row = _whole_numbers(edges.row0, edges.row1, (window.row, window.row_stop))
    slope = (edges.col1 - edges.col0) / (edges.row1 - edges.row0)
    return edge, edges.col0[edge] + (row - edges.row0[edge]) * slope[edge], row


def _column_crossings(
    edges: Edges, window: Window
) -> tuple[NDArray[np.intp], Floats, Floats]:
    """Edge index, col and row wherever an edge meets a whole column of the window."""
    low = np.minimum(edges.col0, edges.col1)
    high = np.maximum(edges.col0, edges.col1)
    edge, col = _whole_numbers(low, high, (window.col, window.col_stop))
    run = edges.col1[edge] - edges.col0[edge]
    drop = edges.row1[edge] - edges.row0[edge]
    row = edges.row0[edge] + (col - edges.col0[edge]) * (drop / run)
    return edge, col, np.clip(row, edges.row0[edge], edges.row1[edge])


def _whole_numbers(
    low: Floats, high: Floats, limits: tuple[int, int]
) -> tuple[NDArray[np.intp], Floats]:
    """Every whole number strictly between low and high and within the limits.

    Returns:
        The index of the pair it lies in, and the number.
    """
    first = np.maximum(np.floor(low) + 1, limits[0])
    last = np.minimum(np.ceil(high) - 1, limits[1])
    count = np.maximum(last - first + 1, 0).astype(np.intp)
    if count.sum() > MAX_CROSSINGS:
        raise BudgetError(
            f"The zones' outlines cross {count.sum()} rows or columns of cells, which "
            f"exceeds {MAX_CROSSINGS}; ask for fewer or simpler zones"
        )
    index = np.repeat(np.arange(len(low)), count)
    ends = np.cumsum(count)
    within = np.arange(count.sum()) - np.repeat(ends - count, count)
    return index, first[index] + within


def _deltas(
    pieces: _Pieces, window: Window
) -> tuple[NDArray[np.intp], Integers, Integers, Integers]:
    """What each piece adds to the running sum of its row, and from which column on.

    Returns:
        Zone, row and column within the window, and the amount: arrays of one shape.
    """
    row = np.floor((pieces.row0 + pieces.row1) / 2)
    middle = (pieces.col0 + pieces.col1) / 2
    col = np.floor(middle)
    drop = (_units(pieces.row1 - row) - _units(pieces.row0 - row)) * pieces.sign
    used = (
        (drop != 0)
        & (row >= window.row)
        & (row < window.row_stop)
        & (col < window.col_stop)
    )
    zone, row, middle, col, drop = (
        values[used] for values in (pieces.zone, row, middle, col, drop)
    )
    # Left of the window an edge counts in full from the first column on.
    share = np.where(col < window.col, 0.0, np.clip(middle - col, 0.0, 1.0))
    next_part = np.rint(drop * share).astype(np.int64)
    rows = row.astype(np.int64) - window.row
    cols = np.maximum(col.astype(np.int64) - window.col, 0)
    spills = (next_part != 0) & (cols + 1 < window.width)
    return (
        np.concatenate([zone, zone[spills]]),
        np.concatenate([rows, rows[spills]]),
        np.concatenate([cols, cols[spills] + 1]),
        np.concatenate([drop - next_part, next_part[spills]]),
    )


def _units(height: Floats) -> Integers:
    """A height within a row, in whole units."""
    return np.rint(np.clip(height, 0.0, 1.0) * WHOLE).astype(np.int64)


def _key(
    zone: NDArray[np.intp], row: Integers, col: Integers, window: Window
) -> Integers:
    """Zone, row and column in one sortable number."""
    zones = int(zone.max(initial=0)) + 1
    if zones * window.pixels >= 2**63:
        raise ZoneError(f"{zones} zones over {window.pixels} pixels exceed 2**63")
    return (zone * window.height + row) * window.width + col


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
