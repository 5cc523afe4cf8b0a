"""The walk along outlines: what each piece of edge adds to the cells of its row.

An edge that drops by ``dy`` within a cell, ``f`` to the right of its left side on
average, adds ``dy * (1 - f)`` to that cell and ``dy * f`` to the next; summed along the
row, that is ``dy`` for every cell to the right. Cuts are computed from the whole edge
and heights rounded to whole units before anything is summed, so that the window cannot
show in the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from raster_core.errors import BudgetError
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


@dataclass(frozen=True, slots=True, eq=False)
class Deltas:
    """Changes of the running sum along rows; arrays are (n,), in any order."""

    zone: NDArray[np.intp]
    row: Integers
    """Within the window, like ``col``."""
    col: Integers
    """From which column on."""
    amount: Integers
    """In units."""


def walk_cells(edges: Edges, window: Window) -> Deltas:
    """The deltas whose running sums are the covered shares of cells.

    Raises:
        BudgetError: The outlines cross more than ``MAX_CROSSINGS`` rows or columns.
    """
    pieces = _pieces(_near(edges, window), window)
    # Of the upper end: the middle of a piece that ends one bit above a whole row rounds
    # up into the next one, and the row above would never close.
    row = np.floor(pieces.row0)
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
    return Deltas(
        np.concatenate([zone, zone[spills]]),
        np.concatenate([rows, rows[spills]]),
        np.concatenate([cols, cols[spills] + 1]),
        np.concatenate([drop - next_part, next_part[spills]]),
    )


def walk_centres(edges: Edges, window: Window) -> Deltas:
    """The deltas whose running sums tell the cells with their centre in a zone.

    An edge has its upper end and not its lower one, so a vertex on a middle line is
    met once.
    """
    edges = _near(edges, window)
    first = np.maximum(np.ceil(edges.row0 - 0.5), window.row)
    last = np.minimum(np.ceil(edges.row1 - 0.5) - 1, window.row_stop - 1)
    edge, row = _enumerate(first, last)
    slope = (edges.col1 - edges.col0) / (edges.row1 - edges.row0)
    met = edges.col0[edge] + (row + 0.5 - edges.row0[edge]) * slope[edge]
    col = np.floor(met + 0.5)
    used = col < window.col_stop
    return Deltas(
        edges.zone[edge][used],
        row[used].astype(np.int64) - window.row,
        np.maximum(col[used].astype(np.int64) - window.col, 0),
        edges.sign[edge][used] * WHOLE,
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
    return _enumerate(first, last)


def _enumerate(first: Floats, last: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Every whole number from first to last, with the index of its pair.

    Raises:
        BudgetError: They are more than ``MAX_CROSSINGS``.
    """
    count = np.maximum(last - first + 1, 0).astype(np.intp)
    if count.sum() > MAX_CROSSINGS:
        raise BudgetError(
            f"The zones' outlines cross {count.sum()} rows or columns of cells, which "
            f"exceeds {MAX_CROSSINGS}; ask for fewer or simpler zones"
        )
    index = np.repeat(np.arange(len(first)), count)
    ends = np.cumsum(count)
    within = np.arange(count.sum()) - np.repeat(ends - count, count)
    return index, first[index] + within


def _units(height: Floats) -> Integers:
    """A height within a row, in whole units."""
    return np.rint(np.clip(height, 0.0, 1.0) * WHOLE).astype(np.int64)
