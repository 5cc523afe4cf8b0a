"""Names of coordinate systems, as OGC, GeoJSON and GIS programs write them."""

from __future__ import annotations

import re

from raster_core.source.crs import LONGITUDE_LATITUDE
from raster_core.source.operations import is_planar

CRS_RULE = (
    "a coordinate system: EPSG:n, urn:ogc:def:crs:EPSG::n, "
    "http://www.opengis.net/def/crs/EPSG/0/n or CRS84"
)
"""Completes "'x' is not …"."""

# With {} for the authority. Any version is the same to us.
_FORMS = (
    r"(?:{0}:|urn:ogc:def:crs:{0}:[0-9.]*:"
    r"|https?://www\.opengis\.net/def/crs/{0}/[0-9.]+/)"
)
_EPSG = re.compile(_FORMS.format("EPSG") + "([0-9]{1,9})", re.IGNORECASE)
_CRS84 = re.compile(f"(?:{_FORMS.format('OGC')})?CRS84", re.IGNORECASE)


def parse_crs(text: str) -> str:
    """The coordinate system of a name, as the rest of the code names it.

    Coordinates are x before y, east before north, whatever order the authority gives:
    EPSG:4326 is ``LONGITUDE_LATITUDE``, as in GeoJSON.

    Raises:
        ValueError: The name has another form, or is none of a map of the Earth in two
            axes.
    """
    if _CRS84.fullmatch(text):
        return LONGITUDE_LATITUDE
    found = _EPSG.fullmatch(text)
    if not found:
        raise ValueError(text)
    name = f"EPSG:{int(found[1])}"
    if not is_planar(name):
        raise ValueError(text)
    return LONGITUDE_LATITUDE if name == "EPSG:4326" else name


def name_crs(crs: str) -> str:
    """The URN of a coordinate system that ``parse_crs`` returned."""
    if crs == LONGITUDE_LATITUDE:
        return "urn:ogc:def:crs:OGC:1.3:CRS84"
    return "urn:ogc:def:crs:" + crs.replace(":", "::")
