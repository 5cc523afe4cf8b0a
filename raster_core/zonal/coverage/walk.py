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

from raster_core.errors import BudgetError
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.outlines.outline import Edges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from raster_core.grid import Window
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.coverage.weights import Integers

# Cuts of the edges that are walked together: arrays of half a megabyte stay in a
# processor's cache, and larger ones are fresh pages from the system every time.
_CUTS = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class Deltas:
    """Changes of the running sum along rows; arrays are (n,), in any order."""

    zone: NDArray[np.intp]
    row: Integers
    """Within the window, like ``col``."""
    col: Integers
    """First column that changes."""
    amount: Integers
    """In units of ``1 / WHOLE``."""


def split_edges(
    edges: Edges, window: Window, *, max_crossings: float
) -> Iterator[Edges]:
    """The edges that bear on a window, few at a time, by zone; each zone's together.

    Raises:
        BudgetError: If they cross more than ``max_crossings`` rows or columns.
    """
    edges = _near(edges, window)
    if (edges.zone[1:] < edges.zone[:-1]).any():
        edges = pick_edges(edges, np.argsort(edges.zone, kind="stable"))
    crossed = [
        _crossed_rows(edges, window).count,
        _crossed_columns(edges, window).count,
    ]
    most = max(int(count.sum()) for count in crossed)
    if most > max_crossings:
        raise crossings_error(most, max_crossings)
    done = np.cumsum(crossed[0] + crossed[1] + 2)
    ends = np.append(np.flatnonzero(edges.zone[1:] != edges.zone[:-1]) + 1, len(done))
    start = 0
    while start < len(done):
        # As many zones as fit, at least one.
        full = np.searchsorted(done, done[start] + _CUTS)
        later = ends[ends > start]
        stop = int(later[max(0, np.searchsorted(later, full, side="right") - 1)])
        yield pick_edges(edges, slice(start, stop))
        start = stop


def crossings_error(found: int, most: float) -> BudgetError:
    """What to say of outlines that cross too many rows or columns of cells."""
    return BudgetError(
        f"The zones' outlines cross {found} rows or columns of cells, which "
        f"exceeds {most}; ask for fewer or simpler zones"
    )


def walk_cells(edges: Edges, window: Window) -> Deltas:
    """The deltas whose running sums are the covered fractions of cells.

    Args:
        edges: As ``split_edges`` yields them.
        window: The same.
    """
    points = _cut(edges, window)
    row0, row1 = points.row[:-1], points.row[1:]
    # The row of the upper end: the middle of a piece that ends one bit above a whole
    # row rounds up into the next one, and the row above would never close.
    row = np.floor(row0)
    drop = _units(row1 - row) - _units(row0 - row)
    middle = (points.col[:-1] + points.col[1:]) / 2
    used = np.flatnonzero(
        (drop != 0)
        & (points.edge[:-1] == points.edge[1:])
        & (row >= window.row)
        & (row < window.row_stop)
        & (middle < window.col_stop)
    )
    row, middle, edge = row[used], middle[used], points.edge[used]
    drop = drop[used] * edges.sign[edge]
    col = np.floor(middle)
    # Left of the window an edge counts in full from the first column on.
    right = np.where(col < window.col, 0.0, middle - col)
    next_part = np.rint(drop * right).astype(np.int64)
    zone = edges.zone[edge]
    rows = row.astype(np.int64) - window.row
    cols = np.maximum(col.astype(np.int64) - window.col, 0)
    spills = np.flatnonzero((next_part != 0) & (cols + 1 < window.width))
    return Deltas(
        np.concatenate([zone, zone[spills]]),
        np.concatenate([rows, rows[spills]]),
        np.concatenate([cols, cols[spills] + 1]),
        np.concatenate([drop - next_part, next_part[spills]]),
    )


def walk_centres(edges: Edges, window: Window) -> Deltas:
    """The deltas whose running sums are ``WHOLE`` in cells whose centre is in a zone.

    An edge has its upper end and not its lower one, so a vertex on a middle line is
    met once.

    Args:
        edges: As ``split_edges`` yields them.
        window: The same.
    """
    first = np.maximum(np.ceil(edges.row0 - 0.5), window.row)
    last = np.minimum(np.ceil(edges.row1 - 0.5) - 1, window.row_stop - 1)
    middles = _Numbers(first, last)
    edge, number = middles.each()
    row = first[edge] + number
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
class _Points:
    """The ends of edges and their cuts, edge after edge, from top to bottom."""

    edge: NDArray[np.intp]
    col: Floats
    row: Floats


def _cut(edges: Edges, window: Window) -> _Points:
    """The edges cut wherever they cross a row or a column of the window.

    The cuts are computed from the whole edge, so that they fall on the same numbers
    whatever the window. Both kinds come in order along an edge, and a column's row
    tells how many rows were crossed before, so they are merged without sorting.
    """
    rows, cols = _crossed_rows(edges, window), _crossed_columns(edges, window)
    size = rows.count + cols.count + 2
    last = np.cumsum(size) - 1
    first = last + 1 - size
    col, row = np.empty((2, int(size.sum())))
    free = np.ones(len(col), bool)
    col[first], row[first], free[first] = edges.col0, edges.row0, False
    col[last], row[last], free[last] = edges.col1, edges.row1, False

    edge, number, met = _column_cuts(edges, cols)
    above = np.clip(np.floor(met[1]) - rows.first[edge] + 1, 0, rows.count[edge])
    position = first[edge] + 1 + number + above.astype(np.intp)
    col[position], row[position], free[position] = *met, False

    position = np.flatnonzero(free)
    col[position], row[position] = _row_cuts(edges, rows)
    return _Points(np.repeat(np.arange(len(size)), size), col, row)


def _row_cuts(edges: Edges, rows: _Numbers) -> tuple[Floats, Floats]:
    """Col and row wherever an edge meets a whole row, edge after edge, downwards.

    Both (crossings,); (0,) if no edge crosses a row.
    """
    edge, number = rows.each()
    row = rows.first[edge] + number
    slope = (edges.col1 - edges.col0) / (edges.row1 - edges.row0)
    return edges.col0[edge] + (row - edges.row0[edge]) * slope[edge], row


def _column_cuts(
    edges: Edges, cols: _Numbers
) -> tuple[NDArray[np.intp], NDArray[np.intp], tuple[Floats, Floats]]:
    """Where an edge meets a whole column, edge after edge, downwards.

    Returns:
        The edge, the index of the column among those it crosses, and (col, row).
    """
    edge, number = cols.each()
    run = edges.col1[edge] - edges.col0[edge]
    drop = edges.row1[edge] - edges.row0[edge]
    col = np.where(run > 0, cols.first[edge] + number, cols.last[edge] - number)
    row = edges.row0[edge] + (col - edges.col0[edge]) * (drop / run)
    return edge, number, (col, np.clip(row, edges.row0[edge], edges.row1[edge]))


@dataclass(frozen=True, slots=True, eq=False)
class _Numbers:
    """The whole numbers from first to last of each edge, both included; often none."""

    first: Floats
    last: Floats

    @property
    def count(self) -> NDArray[np.intp]:
        """How many there are, (edges,)."""
        return np.maximum(self.last - self.first + 1, 0).astype(np.intp)

    def each(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Every number's edge, and its index among those of the edge, from 0."""
        count = self.count
        edge = np.repeat(np.arange(len(count)), count)
        before = np.cumsum(count) - count
        return edge, np.arange(len(edge)) - before[edge]


def _crossed_rows(edges: Edges, window: Window) -> _Numbers:
    return _inner(edges.row0, edges.row1, (window.row, window.row_stop))


def _crossed_columns(edges: Edges, window: Window) -> _Numbers:
    left, right = np.minimum(edges.col0, edges.col1), np.maximum(edges.col0, edges.col1)
    return _inner(left, right, (window.col, window.col_stop))


def _inner(low: Floats, high: Floats, limits: tuple[int, int]) -> _Numbers:
    """The whole numbers strictly between low and high, (edges,), within the limits."""
    return _Numbers(
        np.maximum(np.floor(low) + 1, limits[0]),
        np.minimum(np.ceil(high) - 1, limits[1]),
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
    return edges if near.all() else pick_edges(edges, near)


def pick_edges(
    edges: Edges, which: slice | NDArray[np.bool_] | NDArray[np.intp]
) -> Edges:
    """Some of the edges, by slice, mask or index."""
    return Edges(
        edges.zone[which],
        edges.sign[which],
        edges.col0[which],
        edges.row0[which],
        edges.col1[which],
        edges.row1[which],
    )


def _units(height: Floats) -> Integers:
    """Heights in rows, from 0 to 1 and of any shape, in whole units."""
    return np.rint(np.clip(height, 0.0, 1.0) * WHOLE).astype(np.int64)
