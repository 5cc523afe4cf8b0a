"""The outlines of zones as edges: bent to another CRS, put on a grid, oriented.

Numbers only; what a polygon is, ``geometry`` knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import ZoneError
from raster_core.source.crs import apply_affine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.source.crs import Floats, PointTransform

# Halvings of an edge before its curve counts as endless: a millionth of its length.
MAX_HALVINGS = 20

# Nearer than this to a side or a middle line of pixels, a vertex is put on it: 12
# decimals of a degree on pixels of 10 m, or, on finer ones, the 15th significant digit.
SNAP_PIXELS = 1e-8
SNAP_RELATIVE = 2.0**-47

# Where an edge is compared with its chord. The middle alone would pass an S-curve.
_PROBES = (0.25, 0.5, 0.75)


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


def project_segments(
    segments: Segments, transform: PointTransform, *, tolerance: float
) -> Segments:
    """Segments in another CRS, halved until chords follow the curves.

    Args:
        segments: In the CRS that ``transform`` starts from.
        transform: Vectorised (x, y) to (x, y).
        tolerance: In units of the CRS that it leads to.

    Raises:
        ZoneError: A point has no image there.
    """
    ends, ring = (segments.start, segments.end), segments.ring
    new_ends = _transform_ends(transform, *ends)
    done: list[tuple[Floats, Floats, NDArray[np.intp]]] = []
    for _ in range(MAX_HALVINGS):
        probes = [_transform(transform, _between(*ends, share)) for share in _PROBES]
        bent = _sagitta(new_ends, probes) > tolerance
        done.append((new_ends[0][~bent], new_ends[1][~bent], ring[~bent]))
        if not bent.any():
            break
        ends = _halve(*(points[bent] for points in (*ends, _between(*ends, 0.5))))
        new_ends = _halve(*(points[bent] for points in (*new_ends, probes[1])))
        ring = np.concatenate([ring[bent], ring[bent]])
    else:
        raise ZoneError("The outline tears in the raster's coordinate system")
    starts, stops, rings = (
        np.concatenate(column) for column in zip(*done, strict=True)
    )
    return Segments(starts, stops, rings, segments.zone_of_ring, segments.is_hole)


def orient_edges(segments: Segments, grid: Grid) -> Edges:
    """The edges of zones on a grid; level ones are left out, since they bound nothing.

    A ring's orientation is read off its signed area, whichever way it was drawn and
    whichever way the grid's rows run. Vertices next to a side or a middle line of
    pixels are put on it: coordinates that are meant to lie there are a rounding off.
    """
    snap = _snap_within(grid)
    (col0, row0), (col1, row1) = (
        (_snap(axis, within) for axis, within in zip(ends, snap, strict=True))
        for ends in (
            apply_affine(~grid.transform, *segments.start.T),
            apply_affine(~grid.transform, *segments.end.T),
        )
    )
    ring = segments.ring
    rings = len(segments.zone_of_ring)

    # About a point of the ring: far from the origin, a small ring's area would drown.
    about_col, about_row = np.zeros(rings), np.zeros(rings)
    about_col[ring], about_row[ring] = col0, row0
    cross = (col0 - about_col[ring]) * (row1 - about_row[ring])
    cross -= (col1 - about_col[ring]) * (row0 - about_row[ring])
    area = np.bincount(ring, weights=cross, minlength=rings)
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


def _snap_within(grid: Grid) -> tuple[float, float]:
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


def _snap(places: Floats, within: float) -> Floats:
    """Places on the nearest half where that is near enough."""
    halves = np.rint(2 * places) / 2
    return np.where(np.abs(places - halves) <= within, halves, places)


def _transform(transform: PointTransform, points: Floats) -> Floats:
    moved = np.stack(transform(points[:, 0], points[:, 1]), axis=1)
    if not np.isfinite(moved).all():
        raise ZoneError("The zone leaves the raster's coordinate system")
    return moved


def _transform_ends(
    transform: PointTransform, start: Floats, end: Floats
) -> tuple[Floats, Floats]:
    """Both ends elsewhere; where a piece begins at the end of another, only once."""
    new_start = _transform(transform, start)
    met = np.zeros(len(start), bool)
    met[:-1] = (end[:-1] == start[1:]).all(axis=1)
    new_end = np.empty_like(new_start)
    new_end[met] = new_start[met.nonzero()[0] + 1]
    new_end[~met] = _transform(transform, end[~met])
    return new_start, new_end


def _halve(start: Floats, end: Floats, middle: Floats) -> tuple[Floats, Floats]:
    """The ends of the first halves, then of the second ones."""
    return np.concatenate([start, middle]), np.concatenate([middle, end])


def _sagitta(ends: tuple[Floats, Floats], probes: Sequence[Floats]) -> Floats:
    """Largest distance of each curve from its chord at the probes, (n,)."""
    distances = [
        np.hypot(*(probe - _between(*ends, share)).T)
        for share, probe in zip(_PROBES, probes, strict=True)
    ]
    return np.max(distances, axis=0)


def _between(start: Floats, end: Floats, share: float) -> Floats:
    return start * (1 - share) + end * share
