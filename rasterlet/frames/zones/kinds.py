"""What kind of zones a frame has: polygons, lines or points, and never several."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
import shapely

from raster_core.errors import RequestError

if TYPE_CHECKING:
    from rasterlet.frames.zones.given import Given


class ZoneKind(Enum):
    """What values are taken of: cells in polygons, along lines, or at points."""

    POLYGONS = "polygons"
    LINES = "lines"
    POINTS = "points"


_KINDS = {
    shapely.GeometryType.POLYGON: ZoneKind.POLYGONS,
    shapely.GeometryType.MULTIPOLYGON: ZoneKind.POLYGONS,
    shapely.GeometryType.LINESTRING: ZoneKind.LINES,
    shapely.GeometryType.LINEARRING: ZoneKind.LINES,
    shapely.GeometryType.MULTILINESTRING: ZoneKind.LINES,
    shapely.GeometryType.POINT: ZoneKind.POINTS,
    shapely.GeometryType.MULTIPOINT: ZoneKind.POINTS,
}


def find_kind(given: Given) -> ZoneKind:
    """The kind of all zones but missing and empty ones, which have any.

    Raises:
        RequestError: If one is a GeometryCollection, or they are of several kinds; it
            names the first row that differs.
    """
    shapes = given.shapes
    codes = shapely.get_type_id(shapes)
    there = np.flatnonzero((codes >= 0) & ~shapely.is_empty(shapes))
    _, first = np.unique(codes[there], return_index=True)
    kind = None
    for position in np.sort(there[first]).tolist():
        own = _KINDS.get(shapely.GeometryType(codes[position]))
        if own is None:
            raise RequestError(
                f"{given.name_row(position)} is a GeometryCollection, not a polygon; "
                "take its parts with gdf.explode()"
            )
        if kind is not None and own is not kind:
            raise RequestError(
                f"{given.name_row(position)} is a {shapes[position].geom_type}, and "
                f"rows before it are {kind.value}; select one kind by gdf.geom_type"
            )
        kind = own
    return kind or ZoneKind.POLYGONS
