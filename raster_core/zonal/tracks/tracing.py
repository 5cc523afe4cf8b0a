"""The length of lines in each cell that they run through.

A segment is cut wherever it crosses a row or a column of cells; each piece lies in one
cell, and its length is measured on the ground. A piece along a side belongs to the cell
on its right or below, which holds that side.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.errors import BudgetError
from raster_core.grid import Bounds
from raster_core.sources.crs.crs import apply_affine
from raster_core.zonal.coverage.cover import Coverage, join_runs
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.outlines.outline import Segments, snap_positions, snap_within
from raster_core.zonal.tracks.clipping import clip_segments
from raster_core.zonal.tracks.ground import cell_metres, ground_steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.coverage.weights import Integers

# Pieces that are cut at once: some arrays of 8 MB.
_PIECES = 1_000_000

MAX_WEIGHT = 2**18
"""Cells that one cell of a line or a point may weigh: sums of more overflow 64 bits."""


class CellWeights(NamedTuple):
    """Weights of cells in any order, (n,) each; a cell may come several times."""

    zone: NDArray[np.intp]
    row: Integers
    col: Integers
    weight: Floats
    """In units, or in cells of ``WHOLE`` units each."""


def trace_lines(
    segments: Segments, grid: Grid, *, max_crossings: float = math.inf
) -> Coverage:
    """The cells that lines run through, weighted by the length in each.

    A cell weighs ``WHOLE`` for each ``cell_metres`` of line, so it can weigh more.

    Args:
        segments: In the grid's CRS.
        grid: The raster's native grid.
        max_crossings: How many rows or columns of cells the lines may cross.

    Raises:
        BudgetError: If there are more; they are not computed. And if one line runs
            through one cell thousands of times.
    """
    inner = clip_segments(
        _in_pixels(segments, grid), Bounds(0.0, 0.0, grid.width, grid.height)
    )
    pieces = _count_pieces(inner)
    if pieces.sum() > max_crossings:
        raise BudgetError(
            f"The lines cross {int(pieces.sum())} rows or columns of cells, which "
            f"exceeds {max_crossings}; ask for fewer or shorter lines"
        )
    return join_cells([_trace(part, grid) for part in _parts(inner, pieces)])


def join_cells(parts: list[CellWeights]) -> Coverage:
    """Each cell once for each zone, with the sum of its weights.

    Raises:
        BudgetError: If a cell weighs more than ``MAX_WEIGHT`` cells.
    """
    if not parts:
        return join_runs([])
    zone, row, col, weight = map(np.concatenate, zip(*parts, strict=True))
    order = np.lexsort((col, row, zone))
    zone, row, col = zone[order], row[order], col[order]
    new = np.ones(len(zone), bool)
    new[1:] = np.diff(zone).astype(bool) | (np.diff(row) != 0) | (np.diff(col) != 0)
    first = np.flatnonzero(new)
    if not first.size:
        return join_runs([])
    summed = np.add.reduceat(weight[order], first)
    if summed.max() > MAX_WEIGHT:
        raise BudgetError(
            f"One zone meets one pixel about {summed.max():.0f} times, which exceeds "
            f"{MAX_WEIGHT}; divide it"
        )
    units = np.rint(summed * WHOLE).astype(np.int64)
    kept = first[units > 0]
    index = np.int32
    return Coverage(
        zone=zone[kept].astype(index),
        row=row[kept].astype(index),
        start=col[kept].astype(index),
        stop=(col[kept] + 1).astype(index),
        weight=units[units > 0],
    )


def _in_pixels(segments: Segments, grid: Grid) -> Segments:
    """The segments in columns and rows, (col, row), vertices on lines put there."""
    snap = snap_within(grid)
    start, end = (
        np.stack(
            [
                snap_positions(axis, within)
                for axis, within in zip(
                    apply_affine(~grid.transform, *points.T), snap, strict=True
                )
            ],
            axis=1,
        )
        for points in (segments.start, segments.end)
    )
    return Segments(start, end, segments.ring, segments.zone_of_ring, segments.is_hole)


def _count_pieces(segments: Segments) -> NDArray[np.intp]:
    """Into how many pieces each segment, in pixels, is cut at most, (n,)."""
    return np.asarray(_crossed(segments).sum(axis=1) + 1, np.intp)


def _crossed(segments: Segments) -> NDArray[np.intp]:
    """Whole columns, and whole rows, strictly inside each segment: (n, 2)."""
    low = np.minimum(segments.start, segments.end)
    high = np.maximum(segments.start, segments.end)
    inner: NDArray[np.intp] = (np.ceil(high) - np.floor(low) - 1).astype(np.intp)
    return np.maximum(inner, 0)


def _parts(segments: Segments, pieces: NDArray[np.intp]) -> Iterator[Segments]:
    """The segments, as many at once as make ``_PIECES`` pieces, at least one."""
    done = np.cumsum(pieces)
    start = 0
    while start < len(done):
        before = done[start] - pieces[start]
        stop = max(start + 1, int(np.searchsorted(done, before + _PIECES, "right")))
        part = slice(start, stop)
        yield Segments(
            segments.start[part],
            segments.end[part],
            segments.ring[part],
            segments.zone_of_ring,
            segments.is_hole,
        )
        start = stop


def _trace(segments: Segments, grid: Grid) -> CellWeights:
    """The cells of segments in pixels, piece by piece."""
    segment, at = _cuts(segments)
    run = segments.end - segments.start
    points = segments.start[segment] + at[:, None] * run[segment]
    inside = segment[1:] == segment[:-1]
    metres = ground_steps(
        grid.crs, np.stack(apply_affine(grid.transform, *points.T), axis=1)
    )
    cell = np.floor((points[1:] + points[:-1]) / 2)[inside].astype(np.int64)
    zone = segments.zone_of_ring[segments.ring[segment[1:][inside]]]
    col, row = cell.T
    return CellWeights(zone, row, col, metres[inside] / cell_metres(grid))


def _cuts(segments: Segments) -> tuple[NDArray[np.intp], Floats]:
    """Where segments begin, cross a row or a column, and end, from 0 to 1.

    Returns:
        The segment of each cut, and how far along it lies; (cuts,), in order.
    """
    count = len(segments.ring)
    every = np.arange(count)
    owners, places = [every, every], [np.zeros(count), np.ones(count)]
    crossed = _crossed(segments)
    for axis in (0, 1):
        start, end = segments.start[:, axis], segments.end[:, axis]
        owner = np.repeat(every, crossed[:, axis])
        before = np.cumsum(crossed[:, axis]) - crossed[:, axis]
        first = np.floor(np.minimum(start, end)) + 1
        line = first[owner] + np.arange(len(owner)) - before[owner]
        owners.append(owner)
        places.append((line - start[owner]) / (end - start)[owner])
    segment, at = np.concatenate(owners), np.concatenate(places)
    order = np.lexsort((at, segment))
    return segment[order], at[order]
