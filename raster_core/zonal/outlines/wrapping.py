"""Outlines that come from a projection onto a raster in degrees.

A projection has no turns of longitude, and PROJ's own longitudes end at 180. Outlines
are unrolled about a meridian near them, and then put into every turn that meets the
raster. Numbers only, as in ``outline``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.sources.crs.crs import LONGITUDE_LATITUDE, TURNS
from raster_core.sources.crs.operations import point_transform
from raster_core.sources.extent.positions import turn_about
from raster_core.zonal.outlines.bending import project_segments
from raster_core.zonal.outlines.outline import Segments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.grid import Bounds, Grid
    from raster_core.sources.crs.crs import Floats, PointTransform

# Degrees between the meridians to unroll about: an outline may be 300 degrees wide, and
# all the outlines of a request take few passes.
_MERIDIANS = 60.0


@dataclass(frozen=True, slots=True)
class Reprojection:
    """From a CRS onto a raster's grid."""

    crs: str
    grid: Grid

    def transform(self) -> PointTransform:
        """Vectorised (x, y) to (x, y)."""
        return point_transform(self.crs, self.grid)


def near_meridians(crs: str, points: Floats) -> Floats:
    """The meridian to unroll about, (n,), for points (n, 2) of a projection."""
    longitude, _ = point_transform(crs, LONGITUDE_LATITUDE)(*points.T)
    known = np.where(np.isfinite(longitude), longitude, 0.0)
    return np.asarray(np.round(known / _MERIDIANS) * _MERIDIANS)


def unroll_segments(
    segments: Segments,
    reprojection: Reprojection,
    *,
    about: Floats,
    max_pieces: float = math.inf,
    closed: bool = True,
) -> Segments:
    """Segments of a projection in degrees, unrolled.

    Args:
        segments: Segments in the CRS of ``reprojection``.
        reprojection: From a projection to a raster in degrees.
        about: (rings,): the meridian of each ring, in degrees.
        max_pieces: As for ``project_segments``, of all rings near one meridian.
        closed: As for ``project_segments``.

    Raises:
        ZoneError: If an outline goes around a pole, or a point lies outside of the CRS.
    """
    transform = reprojection.transform()
    return join_segments(
        [
            project_segments(
                take_rings(segments, about == meridian),
                turn_about(transform, meridian),
                reprojection.grid,
                max_pieces=max_pieces,
                closed=closed,
            )
            for meridian in np.unique(about).tolist()
        ]
    )


def turn_segments(segments: Segments, box: Bounds) -> Segments:
    """Each ring in every turn of longitude in which it meets the box."""
    rings = len(segments.zone_of_ring)
    low, high = np.full((rings, 2), np.inf), np.full((rings, 2), -np.inf)
    np.minimum.at(low, segments.ring, segments.start)
    np.maximum.at(high, segments.ring, segments.start)
    found = []
    for turn in TURNS:
        meets = (
            (low[:, 0] + turn < box.right)
            & (high[:, 0] + turn > box.left)
            & (low[:, 1] < box.top)
            & (high[:, 1] > box.bottom)
        )
        kept, shift = take_rings(segments, meets), np.array([turn, 0.0])
        found.append(
            Segments(
                kept.start + shift,
                kept.end + shift,
                kept.ring,
                kept.zone_of_ring,
                kept.is_hole,
            )
        )
    return join_segments(found)


def take_rings(segments: Segments, chosen: NDArray[np.bool_]) -> Segments:
    """The rings for which ``chosen``, (rings,), is True; none make empty segments."""
    kept = chosen[segments.ring]
    number = np.cumsum(chosen) - 1
    return Segments(
        start=segments.start[kept],
        end=segments.end[kept],
        ring=number[segments.ring[kept]],
        zone_of_ring=segments.zone_of_ring[chosen],
        is_hole=segments.is_hole[chosen],
    )


def join_segments(parts: Sequence[Segments]) -> Segments:
    """The rings of all parts."""
    if len(parts) == 1:
        return parts[0]
    counts = [len(part.zone_of_ring) for part in parts]
    before = np.cumsum([0, *counts]).tolist()
    none = np.zeros((0, 2))
    return Segments(
        start=np.concatenate([none, *(part.start for part in parts)]),
        end=np.concatenate([none, *(part.end for part in parts)]),
        ring=np.concatenate(
            [
                np.zeros(0, np.intp),
                *(p.ring + first for p, first in zip(parts, before, strict=False)),
            ]
        ),
        zone_of_ring=np.concatenate(
            [np.zeros(0, np.intp), *(part.zone_of_ring for part in parts)]
        ),
        is_hole=np.concatenate([np.zeros(0, bool), *(part.is_hole for part in parts)]),
    )
