"""Polygons as segments, and segments as polygons again.

The way back is for outlines that cross each other only because they were bent: two
chords may, where the curves between their ends do not. Narrow tips and slits show it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from raster_core.zonal.outlines.outline import Segments
from raster_core.zonal.zones.turns import polygons_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.zonal.zones.turns import Owners, Shapes


def split_parts(shapes: Shapes) -> tuple[Shapes, Owners]:
    """The polygons that shapes (n,) are made of, and the position of each one's shape.

    Empty polygons have none.
    """
    single = (shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON).all()
    if single and not shapely.is_empty(shapes).any():  # as most; no objects are made
        return shapes, np.arange(len(shapes))
    parts, owners = shapely.get_parts(shapes, return_index=True)
    # An empty polygon is a part of itself.
    kept = ~shapely.is_empty(parts)
    return parts[kept], owners[kept]


def to_segments(parts: Shapes, owners: Owners) -> Segments:
    """The rings of polygons, edge by edge.

    Args:
        parts: (n,): polygons; may be empty.
        owners: (n,): position of the zone of each.
    """
    rings, part_of_ring = parts, np.arange(len(parts))
    if shapely.get_num_interior_rings(parts).any():
        rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    points, ring_of_point = shapely.get_coordinates(rings, return_index=True)
    inner = np.flatnonzero(ring_of_point[1:] == ring_of_point[:-1])
    return Segments(
        start=points[inner],
        end=points[inner + 1],
        ring=ring_of_point[inner],
        zone_of_ring=owners[part_of_ring],
        # A polygon's first ring is its shell.
        is_hole=np.diff(part_of_ring, prepend=-1) == 0,
    )


def mend_segments(segments: Segments, valid: NDArray[np.bool_]) -> Segments:
    """The same outlines, each zone's made a valid polygon if it may be.

    Args:
        segments: Each ring's in order, its shell before a polygon's holes.
        valid: (zones,): which zones were valid polygons before they were bent. What of
            the others crosses itself stays as it is.
    """
    parts, owners = _to_shapes(segments)
    for zone in np.unique(owners):
        own = owners == zone
        whole = shapely.MultiPolygon(parts[own].tolist())
        if valid[zone] and not shapely.is_valid(whole):
            whole = shapely.make_valid(whole, method="structure", keep_collapsed=False)
            mended = polygons_of(whole)
            parts = np.concatenate([parts[~own], mended])
            owners = np.concatenate([owners[~own], np.full(len(mended), zone)])
    return to_segments(parts, owners)


def _to_shapes(segments: Segments) -> tuple[Shapes, Owners]:
    """The polygons that segments are of, and the zone of each."""
    rings = shapely.linearrings(segments.start, indices=segments.ring)
    polygon = np.cumsum(~segments.is_hole) - 1
    shapes: Shapes = shapely.polygons(rings, indices=polygon)
    return shapes, segments.zone_of_ring[~segments.is_hole]
