"""Outlines in another CRS: edges halved until their chords follow the curves.

A chord is nowhere further from its curve than 1/500 of a pixel, and all chords of a
zone change its area by a hundred-thousandth at most, so that narrow zones are followed
more closely than wide ones. Short edges, which most are, stay as they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.errors import BudgetError, ZoneError
from raster_core.zonal.outlines.outline import Segments, ring_areas, snap_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats, PointTransform

TOLERANCE = 2e-3
"""Pixels that a chord may be off its curve."""

AREA_TOLERANCE = 1e-5
"""Part of its area by which a zone may change through all of its chords."""

# Halvings after which an edge counts as discontinuous: a millionth of its length.
MAX_HALVINGS = 20

# Halvings beyond those for ``TOLERANCE``: each makes a chord four times as close.
_FURTHER = 12

# Where an edge is compared with its chord. The middle alone would pass an S-curve.
_PROBES = (0.25, 0.5, 0.75)

# Area between a parabola and its chord, of chord times sagitta.
_ARC = 2 / 3

# Part of the pieces that a smooth curve takes which any curve does, bent in one place.
_SURE = 4

# How often limits are drawn from the area found so far: that of a needle is known only
# when its sides are followed closely.
_PASSES = 3


def project_segments(
    segments: Segments,
    transform: PointTransform,
    grid: Grid,
    *,
    max_pieces: float = math.inf,
    closed: bool = True,
) -> Segments:
    """Segments in a grid's CRS, halved until chords follow the curves.

    Law: further vertices on straight edges change a zone's area by ``AREA_TOLERANCE``
    of it at most, but for rounding.

    Args:
        segments: In the CRS that ``transform`` starts from; each ring's in order.
        transform: Vectorised (x, y) to (x, y), to the grid's CRS.
        grid: The grid in whose pixels tolerances are given.
        max_pieces: How many segments there may be.
        closed: Whether they bound areas, which those of lines do not.

    Returns:
        Each ring's segments in order.

    Raises:
        ZoneError: If a point has no image there, or the outline crosses a discontinuity
            of the grid's CRS.
        BudgetError: If there are more than ``max_pieces``; they are not made.
    """
    ruler = _Ruler(transform, grid)
    pieces = ruler.begin(segments)
    zones = segments.zone_of_ring
    loose = np.full(len(zones), TOLERANCE)
    pieces = _refine(pieces, ruler, _Limits(loose, MAX_HALVINGS, max_pieces))
    if (pieces.sagitta > TOLERANCE).any():
        raise ZoneError("The outline crosses a discontinuity of the raster's CRS")
    for _ in range(_PASSES if closed else 0):
        limit = _zone_limits(pieces, segments, ruler)[zones]
        if not (pieces.sagitta > limit[pieces.ring]).any():
            break
        pieces = _refine(pieces, ruler, _Limits(limit, _FURTHER, max_pieces))
    if len(pieces.ring) > len(segments.ring):
        pieces = pieces.pick(np.argsort(pieces.position, kind="stable"))
    return Segments(
        pieces.new_start, pieces.new_end, pieces.ring, zones, segments.is_hole
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Pieces of edges, here and in the grid's CRS; points are (n, 2), the rest (n,)."""

    start: Floats
    end: Floats
    new_start: Floats
    new_end: Floats
    new_middle: Floats
    """Image of the middle, which is not between those of the ends."""
    sagitta: Floats
    """Pixels between curve and chord, at most."""
    ring: NDArray[np.intp]
    position: Floats
    """Where the piece begins: the number of its edge, and from 0 to 1 on the edge."""
    fraction: Floats
    """How much of its edge it is."""

    def pick(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> _Pieces:
        """Some of them, by mask or index, (m,)."""
        return _Pieces(*(getattr(self, name)[which] for name in self.__slots__))


class _Positions(NamedTuple):
    """Where pieces lie on the outlines, (n,) each: as in ``_Pieces``."""

    ring: NDArray[np.intp]
    position: Floats
    fraction: Floats


def _join(parts: Sequence[_Pieces]) -> _Pieces:
    columns = zip(
        *([getattr(part, name) for name in part.__slots__] for part in parts),
        strict=True,
    )
    return _Pieces(*map(np.concatenate, columns))


class _Ruler:
    """Projects pieces, and measures them in pixels of a grid."""

    def __init__(self, transform: PointTransform, grid: Grid) -> None:
        self.transform = transform
        into = ~grid.transform
        self.into = np.array([[into.a, into.d], [into.b, into.e]])
        """Differences of positions times this are differences of pixels."""
        self.pixels = abs(into.determinant)
        """Pixels in a square unit of the CRS."""
        self.finest = max(snap_within(grid))
        """Pixels that rounding may move a vertex by."""

    def begin(self, segments: Segments) -> _Pieces:
        """The edges as one piece each."""
        start, end = segments.start, segments.end
        edge = np.arange(len(start), dtype=np.float64)
        at = _Positions(segments.ring, edge, np.ones(len(start)))
        new = _transform_ends(self.transform, start, end)
        return self._measure((start, end), new, at)

    def halve(self, pieces: _Pieces) -> _Pieces:
        """The first halves, then the second ones."""
        half = pieces.fraction / 2
        return self._measure(
            _halves(pieces.start, pieces.end, _between(pieces.start, pieces.end, 0.5)),
            _halves(pieces.new_start, pieces.new_end, pieces.new_middle),
            _Positions(
                np.tile(pieces.ring, 2),
                np.concatenate([pieces.position, pieces.position + half]),
                np.tile(half, 2),
            ),
        )

    def length(self, pieces: _Pieces) -> Floats:
        """Length of each chord in pixels, (n,)."""
        chord: Floats = (pieces.new_end - pieces.new_start) @ self.into
        return np.hypot(chord[:, 0], chord[:, 1])

    def _measure(
        self, ends: tuple[Floats, Floats], new: tuple[Floats, Floats], at: _Positions
    ) -> _Pieces:
        """Pieces between ``ends``, whose images are ``new``: pairs of points (n, 2)."""
        probes = [_project(self.transform, _between(*ends, part)) for part in _PROBES]
        sagitta = self._sagitta(new, probes)
        ring, position, fraction = at
        return _Pieces(*ends, *new, probes[1], sagitta, ring, position, fraction)

    def _sagitta(self, ends: tuple[Floats, Floats], probes: Sequence[Floats]) -> Floats:
        """Largest distance of each curve from its chord at the probes, in pixels, (n,).

        Where the probes are not one after the other along the chord, as on both sides
        of a discontinuity, their distance from where they would be on it.
        """
        chord = (ends[1] - ends[0]) @ self.into
        square = (chord**2).sum(axis=1)
        away = [(probe - ends[0]) @ self.into for probe in probes]
        along = [(chord * offset).sum(axis=1) for offset in away]
        ordered = (
            (along[0] > 0)
            & (along[0] < along[1])
            & (along[1] < along[2])
            & (along[2] < square)
        )
        across = [
            np.abs(chord[:, 0] * offset[:, 1] - chord[:, 1] * offset[:, 0])
            for offset in away
        ]
        beside = [
            np.hypot(*(offset - chord * part).T)
            for part, offset in zip(_PROBES, away, strict=True)
        ]
        length = np.where(ordered, np.sqrt(square), 1.0)
        return np.where(
            ordered, np.max(across, axis=0) / length, np.max(beside, axis=0)
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Limits:
    """How far and how often pieces are halved."""

    sagitta: Floats
    """(rings,): pixels that each ring's pieces may be off their curves."""
    halvings: int
    """How often a piece is halved at most."""
    pieces: float
    """How many pieces there may be."""


def _refine(pieces: _Pieces, ruler: _Ruler, limits: _Limits) -> _Pieces:
    """Pieces halved as long as they are too far from their curves.

    Raises:
        BudgetError: If there would be more pieces than there may be.
    """
    done, count = [], 0
    for _ in range(limits.halvings):
        excess = pieces.sagitta / limits.sagitta[pieces.ring]
        bent = excess > 1
        done.append(pieces.pick(~bent))
        if not bent.any():
            return _join(done)
        count += len(done[-1].ring)
        # Twice as many pieces are four times as close, along a smooth curve.
        expected = np.maximum(2.0, np.sqrt(excess[bent]) / _SURE).sum()
        if count + expected > limits.pieces:
            raise BudgetError(
                "Outlines that follow the zones' edges in the raster's coordinate "
                f"system have more than {limits.pieces} vertices; ask for fewer or "
                "simpler zones"
            )
        pieces = ruler.halve(pieces.pick(bent))
    return _join([*done, pieces])


def _zone_limits(pieces: _Pieces, segments: Segments, ruler: _Ruler) -> Floats:
    """Pixels that each zone's chords may be off, (zones,); inf where they are near."""
    rings = len(segments.zone_of_ring)
    zone = segments.zone_of_ring[pieces.ring]
    length = ruler.length(pieces)
    error = _ARC * np.bincount(zone, pieces.sagitta * length)
    perimeter = np.bincount(zone, length)
    area = np.abs(ring_areas(pieces.new_start, pieces.new_end, pieces.ring, rings))
    area *= np.where(segments.is_hole, -1, 1) * ruler.pixels
    change = AREA_TOLERANCE * np.bincount(segments.zone_of_ring, area, len(perimeter))
    limit = change / (_ARC * np.maximum(perimeter, np.finfo(float).tiny))
    return np.where(error <= change, np.inf, np.maximum(limit, ruler.finest))


def _project(transform: PointTransform, points: Floats) -> Floats:
    """Images of points, (n, 2) both; a ``ZoneError`` if one does not exist."""
    moved = np.stack(transform(points[:, 0], points[:, 1]), axis=1)
    if not np.isfinite(moved).all():
        raise ZoneError("The zone leaves the area in which the raster's CRS is defined")
    return moved


def _transform_ends(
    transform: PointTransform, start: Floats, end: Floats
) -> tuple[Floats, Floats]:
    """Images of both ends, (n, 2) each; points that two pieces share are moved once."""
    new_start = _project(transform, start)
    met = np.zeros(len(start), bool)
    met[:-1] = (end[:-1] == start[1:]).all(axis=1)
    new_end = np.empty_like(new_start)
    new_end[met] = new_start[met.nonzero()[0] + 1]
    new_end[~met] = _project(transform, end[~met])
    return new_start, new_end


def _halves(start: Floats, end: Floats, middle: Floats) -> tuple[Floats, Floats]:
    """Starts and ends (2n, 2) of the first halves, then of the second ones."""
    return np.concatenate([start, middle]), np.concatenate([middle, end])


def _between(start: Floats, end: Floats, fraction: float) -> Floats:
    """Points (n, 2) from start to end; exactly the same from either end."""
    return start * (1 - fraction) + end * fraction
