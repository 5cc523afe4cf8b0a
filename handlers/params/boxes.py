"""Bounding boxes in a query string, in degrees or in units of a projection."""

from __future__ import annotations

from handlers.params.parsers import NUMBER, Rule, number
from raster_core.grid import Bounds
from raster_core.sources.crs.crs import (
    LONGITUDE_LATITUDE,
    MAX_LATITUDE,
    MAX_LONGITUDE,
    is_geographic,
)

_SCHEMA = {"type": "string", "pattern": f"^{NUMBER}(,{NUMBER}){{3}}$"}

_DEGREES_RULE = (
    "of the form west,south,east,north with south < north and both within "
    f"{MAX_LATITUDE:g}"
)
_PLANE_RULE = "of the form left,bottom,right,top with left < right and bottom < top"


def box_in(crs: str) -> Rule[Bounds]:
    """A parser of boxes in a CRS.

    In degrees, west > east is a box across the antimeridian; its right then exceeds
    180 degrees.
    """
    degrees = is_geographic(crs)
    wide, high = (MAX_LONGITUDE, MAX_LATITUDE) if degrees else _far()
    x, y = number(-wide, wide), number(-high, high)

    def parse(text: str) -> Bounds:
        left, bottom, right, top = (
            kind(part) for kind, part in zip((x, y, x, y), text.split(","), strict=True)
        )
        right += 360.0 * (degrees and right < left)
        if not (left < right and bottom < top) or (degrees and right - left > 360):
            raise ValueError(text)
        return Bounds(left, bottom, right, top)

    return Rule(parse, _DEGREES_RULE if degrees else _PLANE_RULE, _SCHEMA)


def _far() -> tuple[float, float]:
    from raster_core.tile.grids.part import FAR  # noqa: PLC0415  degrees do without

    return FAR, FAR


def _parse_zone(text: str) -> Bounds:
    west, south, east, north = map(
        number(-MAX_LONGITUDE, MAX_LONGITUDE), text.split(",")
    )
    east += 360 * (east < west)
    if south >= north or west == east:
        raise ValueError(text)
    return Bounds(west, south, east, north)


degrees_box = box_in(LONGITUDE_LATITUDE)
"""Boxes in longitude and latitude."""

zone_box = Rule(
    _parse_zone, "of the form west,south,east,north with south < north", _SCHEMA
)
"""Boxes used as zones; a latitude beyond a pole is an error of the zone."""
