"""What is in a geometry: polygons, lines or points, as arrays of coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from raster_core.errors import ZoneError
from raster_core.zonal.outlines.outline import Segments
from raster_core.zonal.zones.columnar import zone_shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.zones.turns import Owners, Shapes
    from raster_core.zonal.zones.zone import Zone

POLYGON, LINE, POINT = 2, 1, 0
"""The dimensions of geometries."""


def empty_zones(zones: Sequence[Zone]) -> NDArray[np.bool_]:
    """Which zones have an empty geometry, (n,)."""
    return np.asarray(shapely.is_empty(zone_shapes(zones)), bool)


def zone_dimensions(zones: Sequence[Zone]) -> NDArray[np.intp]:
    """``POLYGON``, ``LINE`` or ``POINT`` for each zone, (n,).

    Raises:
        ZoneError: If a zone is a collection, in which no pixel has one weight.
    """
    shapes = zone_shapes(zones)
    mixed = np.flatnonzero(
        shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION
    ).tolist()
    if mixed:
        raise ZoneError(
            f"Zone {mixed[0]} is a GeometryCollection; give each of its parts as a "
            "zone, or only those of one kind",
            zone=mixed[0],
        )
    return np.asarray(shapely.get_dimensions(shapes), np.intp)


def check_polygons(zones: Sequence[Zone]) -> None:
    """Refuse zones whose outlines bound no area.

    Raises:
        ZoneError: If there is a line or a point among them.
    """
    others = np.flatnonzero(zone_dimensions(zones) != POLYGON).tolist()
    if others:
        raise ZoneError(f"Zone {others[0]} is not a polygon", zone=others[0])


def line_segments(lines: Shapes, owners: Owners) -> Segments:
    """The pieces of lines, each line a "ring" that is not closed.

    Args:
        lines: (n,): lines of one or of several parts; may be empty.
        owners: (n,): position of the zone of each.
    """
    parts, line = shapely.get_parts(lines, return_index=True)
    points, part = shapely.get_coordinates(parts, return_index=True)
    joined = (part[1:] == part[:-1]) & (points[1:] != points[:-1]).any(axis=1)
    return Segments(
        start=points[:-1][joined],
        end=points[1:][joined],
        ring=part[1:][joined],
        zone_of_ring=owners[line],
        is_hole=np.zeros(len(parts), bool),
    )


def segment_lines(segments: Segments) -> tuple[Shapes, Owners]:
    """A line of two points for each segment, and the zone of each, (n,)."""
    lines = shapely.linestrings(np.stack([segments.start, segments.end], axis=1))
    return lines, segments.zone_of_ring[segments.ring]


def point_positions(points: Shapes) -> tuple[Floats, Owners]:
    """The positions (m, 2) of points (n,), and which of them each belongs to, (m,)."""
    positions, owner = shapely.get_coordinates(points, return_index=True)
    return positions, owner
