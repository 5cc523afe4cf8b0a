"""Bounding boxes in a query string, in degrees or in units of a projection."""

from __future__ import annotations

from handlers.params.parsers import NUMBER, Rule, number
from raster_core.drawing.boxes import box_rule, check_box
from raster_core.earth import FAR
from raster_core.grid import Bounds
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE, MAX_LONGITUDE

_SCHEMA = {"type": "string", "pattern": f"^{NUMBER}(,{NUMBER}){{3}}$"}

_coordinate = number(-FAR, FAR)


def box_in(crs: str) -> Rule[Bounds]:
    """A parser of boxes in a CRS.

    In degrees, west > east is a box across the antimeridian; its right then exceeds
    180 degrees.
    """

    def parse(text: str) -> Bounds:
        left, bottom, right, top = map(_coordinate, text.split(","))
        return check_box(Bounds(left, bottom, right, top), crs)

    return Rule(parse, box_rule(crs), _SCHEMA)


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
