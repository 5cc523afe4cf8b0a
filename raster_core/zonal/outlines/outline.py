"""The outlines of zones as edges: put on a grid, oriented.

Arrays of coordinates only; polygons are turned into them in ``shapes``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.native.rings import (
    Placing,
    RingSegments,
    measure_areas,
    orient_rings,
)
from raster_core.sources.crs.crs import apply_affine

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats

# Nearer than this to a side or a middle line of pixels, a vertex is put on it: 12
# decimals of a degree on pixels of 10 m, or, on finer ones, the 15th significant digit.
SNAP_PIXELS = 1e-8
SNAP_RELATIVE = 2.0**-47


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Rings as straight pieces, in the coordinates of some CRS."""

    start: Floats
    """(n, 2): x, y."""
    end: Floats
    """(n, 2)"""
    ring: NDArray[np.intp]
    """(n,): which ring each piece belongs to."""
    zone_of_ring: NDArray[np.intp]
    """(rings,)"""
    is_hole: NDArray[np.bool_]
    """(rings,)"""


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Pieces of outline in pixel coordinates (col, row); all arrays are (n,).

    No edge is level, and each runs down: ``row0 < row1``. Where ``sign`` is 1, the
    zone is on the side of the larger columns.
    """

    zone: NDArray[np.intp]
    sign: NDArray[np.int64]
    col0: Floats
    row0: Floats
    col1: Floats
    row1: Floats


def orient_edges(segments: Segments, grid: Grid) -> Edges:
    """The edges of zones on a grid; level ones are left out, since they bound nothing.

    A ring's orientation is read off its signed area, whichever way it was drawn and
    whichever way the grid's rows run. Vertices next to a side or a middle line of
    pixels are put on it: coordinates that are meant to lie there are a rounding off.
    """
    into = ~grid.transform
    placing = Placing(
        into.a, into.b, into.c, into.d, into.e, into.f, *snap_within(grid)
    )
    own = RingSegments(
        segments.start,
        segments.end,
        segments.ring,
        segments.zone_of_ring,
        segments.is_hole,
    )
    found = orient_rings(own, placing)
    return orient_edges_reference(segments, grid) if found is None else Edges(*found)


def orient_edges_reference(segments: Segments, grid: Grid) -> Edges:
    """``orient_edges`` with numpy."""
    snap = snap_within(grid)
    (col0, row0), (col1, row1) = (
        (snap_positions(axis, within) for axis, within in zip(ends, snap, strict=True))
        for ends in (
            apply_affine(~grid.transform, *segments.start.T),
            apply_affine(~grid.transform, *segments.end.T),
        )
    )
    ring = segments.ring
    rings = len(segments.zone_of_ring)

    area = ring_areas_reference(
        np.stack([col0, row0], axis=1), np.stack([col1, row1], axis=1), ring, rings
    )
    # A positive area (clockwise as seen, rows growing downwards) has the inside on the
    # right of a rising edge; the zone is inside a shell and outside a hole.
    ring_sign = np.where((area > 0) == segments.is_hole, 1, -1)

    falls = row1 < row0
    sign = np.where(falls, -ring_sign[ring], ring_sign[ring])
    level = row0 == row1
    swapped = [
        np.where(falls, second, first)[~level]
        for first, second in ((col0, col1), (row0, row1), (col1, col0), (row1, row0))
    ]
    return Edges(segments.zone_of_ring[ring][~level], sign[~level], *swapped)


def ring_areas(
    start: Floats, end: Floats, ring: NDArray[np.intp], rings: int
) -> Floats:
    """The signed area of each ring, (rings,): positive if y turns from x.

    Args:
        start: (n, 2): where its pieces begin, in any order.
        end: (n, 2)
        ring: (n,): whose each piece is.
        rings: How many there are.
    """
    found = measure_areas(start, end, ring, rings)
    return ring_areas_reference(start, end, ring, rings) if found is None else found


def ring_areas_reference(
    start: Floats, end: Floats, ring: NDArray[np.intp], rings: int
) -> Floats:
    """``ring_areas`` with numpy."""
    # About a point of the ring: far from the origin, a small ring's area would drown.
    about = np.zeros((rings, 2))
    about[ring] = start
    x0, y0 = (start - about[ring]).T
    x1, y1 = (end - about[ring]).T
    return np.bincount(ring, weights=x0 * y1 - x1 * y0, minlength=rings) / 2


def whole_grid(grid: Grid) -> Edges:
    """The outline of a grid as zone 0."""
    cols = np.array([0.0, float(grid.width)])
    return Edges(
        zone=np.zeros(2, np.intp),
        sign=np.array([1, -1]),
        col0=cols,
        row0=np.zeros(2),
        col1=cols,
        row1=np.full(2, float(grid.height)),
    )


def snap_within(grid: Grid) -> tuple[float, float]:
    """How far from a line a column, and a row, is taken to lie on it, in pixels."""
    into = ~grid.transform
    left, bottom, right, top = grid.bounds
    x, y = max(abs(left), abs(right)), max(abs(bottom), abs(top))
    largest = (
        abs(into.a) * x + abs(into.b) * y + abs(into.c),
        abs(into.d) * x + abs(into.e) * y + abs(into.f),
    )
    col, row = (max(SNAP_PIXELS, SNAP_RELATIVE * size) for size in largest)
    return col, row


def snap_positions(positions: Floats, within: float) -> Floats:
    """Positions in pixels, of any shape, moved to the nearest half if it is close."""
    halves = np.rint(2 * positions) / 2
    return np.where(np.abs(positions - halves) <= within, halves, positions)
