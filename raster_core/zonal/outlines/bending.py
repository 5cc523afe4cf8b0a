"""Outlines in another CRS: edges halved until their chords follow the curves.

A chord is nowhere further from its curve than 1/500 of a pixel, and all chords of a
zone change its area by a hundred-thousandth at most, so that narrow zones are followed
more closely than wide ones. Short edges, which most are, stay as they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import BudgetError, ZoneError
from raster_core.zonal.outlines.curvature import bound_sagittas
from raster_core.zonal.outlines.outline import Segments, ring_areas
from raster_core.zonal.outlines.ruler import Ruler, join_pieces, transform_ends

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats, PointTransform
    from raster_core.zonal.outlines.ruler import Pieces

TOLERANCE = 2e-3
"""Pixels that a chord may be off its curve."""

AREA_TOLERANCE = 1e-5
"""Part of its area by which a zone may change through all of its chords."""

# Halvings after which an edge counts as discontinuous: a millionth of its length.
MAX_HALVINGS = 20

# Halvings beyond those for ``TOLERANCE``: each makes a chord four times as close.
_FURTHER = 12

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
    ruler = Ruler(transform, grid)
    start, end = transform_ends(transform, segments.start, segments.end)
    moved = Segments(start, end, segments.ring, segments.zone_of_ring, segments.is_hole)
    bent = _find_bent(segments, moved, ruler, closed=closed)
    if not bent.size:
        return moved
    pieces = ruler.begin(segments, moved, bent)
    zones, straight = segments.zone_of_ring, len(start) - len(bent)
    loose = np.full(len(zones), TOLERANCE)
    pieces = _refine(pieces, ruler, _Limits(loose, MAX_HALVINGS, max_pieces, straight))
    if (pieces.sagitta > TOLERANCE).any():
        raise ZoneError("The outline crosses a discontinuity of the raster's CRS")
    for _ in range(_PASSES if closed else 0):
        limit = _zone_limits(pieces, segments, ruler)[zones]
        if not (pieces.sagitta > limit[pieces.ring]).any():
            break
        pieces = _refine(pieces, ruler, _Limits(limit, _FURTHER, max_pieces, straight))
    return _insert(pieces, moved, bent)


def _insert(pieces: Pieces, moved: Segments, bent: NDArray[np.intp]) -> Segments:
    """Segments, some of which are replaced by pieces in their places."""
    straight = np.ones(len(moved.ring), bool)
    straight[bent] = False
    position = np.concatenate([np.flatnonzero(straight), pieces.position])
    order = np.argsort(position, kind="stable")
    start, end, ring = (
        np.concatenate([own[straight], others])[order]
        for own, others in (
            (moved.start, pieces.new_start),
            (moved.end, pieces.new_end),
            (moved.ring, pieces.ring),
        )
    )
    return Segments(start, end, ring, moved.zone_of_ring, moved.is_hole)


def _find_bent(
    segments: Segments, moved: Segments, ruler: Ruler, *, closed: bool
) -> NDArray[np.intp]:
    """The segments, (m,), of zones that are not known to be straight enough.

    Args:
        segments: Before they are moved.
        moved: The same between the images of their ends.
        ruler: Measures them.
        closed: Whether they bound areas.
    """
    sagitta = bound_sagittas(segments.start, segments.end, ruler.to_pixels)
    zone = moved.zone_of_ring[moved.ring]
    bent = np.zeros(int(moved.zone_of_ring.max(initial=-1)) + 1, bool)
    bent[zone[sagitta > TOLERANCE]] = True
    if closed and not bent.all():
        np.minimum(sagitta, TOLERANCE, out=sagitta)
        bent |= np.isfinite(_area_limits(moved, sagitta, ruler))
    return np.flatnonzero(bent[zone])


@dataclass(frozen=True, slots=True, eq=False)
class _Limits:
    """How far and how often pieces are halved."""

    sagitta: Floats
    """(rings,): pixels that each ring's pieces may be off their curves."""
    halvings: int
    """How often a piece is halved at most."""
    pieces: float
    """How many pieces there may be."""
    straight: int
    """How many there are besides."""


def _refine(pieces: Pieces, ruler: Ruler, limits: _Limits) -> Pieces:
    """Pieces halved as long as they are too far from their curves.

    Raises:
        BudgetError: If there would be more pieces than there may be.
    """
    done, count = [], limits.straight
    for _ in range(limits.halvings):
        excess = pieces.sagitta / limits.sagitta[pieces.ring]
        bent = excess > 1
        done.append(pieces.pick(~bent))
        if not bent.any():
            return join_pieces(done)
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
    return join_pieces([*done, pieces])


def _zone_limits(pieces: Pieces, segments: Segments, ruler: Ruler) -> Floats:
    """Pixels that each zone's chords may be off, (zones,); inf where they are near."""
    chords = Segments(
        pieces.new_start,
        pieces.new_end,
        pieces.ring,
        segments.zone_of_ring,
        segments.is_hole,
    )
    return _area_limits(chords, pieces.sagitta, ruler)


def _area_limits(chords: Segments, sagitta: Floats, ruler: Ruler) -> Floats:
    """As ``_zone_limits``, for chords whose sagittas, (n,), are known."""
    rings = len(chords.zone_of_ring)
    zones = int(chords.zone_of_ring.max(initial=-1)) + 1
    zone = chords.zone_of_ring[chords.ring]
    length = ruler.length(chords.start, chords.end)
    error = _ARC * np.bincount(zone, sagitta * length, zones)
    perimeter = np.bincount(zone, length, zones)
    area = np.abs(ring_areas(chords.start, chords.end, chords.ring, rings))
    area *= np.where(chords.is_hole, -1, 1) * ruler.pixels
    change = AREA_TOLERANCE * np.bincount(chords.zone_of_ring, area, zones)
    limit = change / (_ARC * np.maximum(perimeter, np.finfo(float).tiny))
    return np.where(error <= change, np.inf, np.maximum(limit, ruler.finest))
