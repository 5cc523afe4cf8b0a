"""Names and texts of coordinate systems, as OGC, GeoJSON and GIS programs write them.

Texts come from anybody. Those with which PROJ would look elsewhere (pipelines, grids,
files, URLs) are refused by their form, before anything is computed with them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache

from raster_core.sources.crs.crs import KNOWN, LONGITUDE_LATITUDE, read_crs
from raster_core.sources.crs.operations import is_planar
from raster_core.sources.crs.transformers import HUB

MAX_TEXT = 8192
"""Characters of WKT or PROJJSON; the longest of the EPSG registry's has 6,000."""

CRS_RULE = (
    "a coordinate system: EPSG:n or ESRI:n, urn:ogc:def:crs:EPSG::n, "
    "http://www.opengis.net/def/crs/EPSG/0/n, CRS84, or WKT or PROJJSON of up to "
    f"{MAX_TEXT} characters without files"
)
"""Completes "'x' is not …"."""

# With {} for the authority. Any version is the same to us.
_FORMS = (
    r"(?:{0}:|urn:ogc:def:crs:{0}:[0-9.]*:"
    r"|https?://www\.opengis\.net/def/crs/{0}/[0-9.]+/)"
)
_CODES = {
    authority: re.compile(_FORMS.format(authority) + "([0-9]{1,9})", re.IGNORECASE)
    for authority in ("EPSG", "ESRI")
}
_CRS84 = re.compile(f"(?:{_FORMS.format('OGC')})?CRS84", re.IGNORECASE)

# What WKT of a CRS begins with, in versions 1 and 2.
_WKT = re.compile(
    r"\s*(?:PROJCS|GEOGCS|COMPD_CS|PROJCRS|PROJECTEDCRS|GEOGCRS|GEOGRAPHICCRS|GEODCRS"
    r"|GEODETICCRS|BASEGEOGCRS|COMPOUNDCRS|BOUNDCRS)\s*[\[(]",
    re.IGNORECASE,
)

# How PROJ's own notation, which may name files, enters a CRS.
_PROJ = re.compile(
    r"^\s*(?:PROJ\b|custom_proj4)|grids=|\+(?:proj|init)=", re.IGNORECASE
)

# Percent at which PROJ has found the same names, not only the same numbers.
_SURE = 90


@lru_cache(maxsize=256)
def parse_crs(text: str) -> str:
    """The coordinate system of a name or text, as the rest of the code names it.

    Coordinates are x before y, east before north, whatever order the authority gives:
    EPSG:4326 is ``LONGITUDE_LATITUDE``, as in GeoJSON. A CRS with heights gives its
    horizontal part. Law: ``parse_crs(parse_crs(text)) == parse_crs(text)``.

    Raises:
        ValueError: If the text has another form, names a file, or is not a CRS of the
            Earth.
    """
    if _CRS84.fullmatch(text):
        return LONGITUDE_LATITUDE
    name = _read_code(text) or _read_text(text)
    if name == HUB:
        return LONGITUDE_LATITUDE
    if name is None or not is_planar(name):
        raise ValueError(text)
    return name


def name_crs(crs: str) -> str:
    """The URN of a coordinate system that ``parse_crs`` returned, or its PROJJSON."""
    if crs == LONGITUDE_LATITUDE:
        return "urn:ogc:def:crs:OGC:1.3:CRS84"
    return crs if crs.startswith("{") else "urn:ogc:def:crs:" + crs.replace(":", "::")


def short_name(crs: str) -> str:
    """A coordinate system for a message."""
    return read_crs(crs).name[:60] if crs.startswith("{") else crs[:60]


def crs_text(member: object) -> str | None:
    """The name or text in a document's member ``crs``; None if it is in no known form.

    That of 2008, which GIS programs still write, has a name or URN; newer ones are
    PROJJSON.

    Source: the GeoJSON format specification of 2008, 3.
    """
    if isinstance(member, Mapping):
        if str(member.get("type")).endswith("CRS"):  # PROJJSON
            return json.dumps(member)
        properties = member.get("properties")
        if member.get("type") == "name" and isinstance(properties, Mapping):
            return str(properties.get("name"))
    return None


def _read_code(text: str) -> str | None:
    for authority, form in _CODES.items():
        found = form.fullmatch(text)
        if found:
            name = f"{authority}:{int(found[1])}"
            return name if name in KNOWN else _read(name)
    return None


def _read(text: str | Mapping[str, object]) -> str | None:
    """The code or else the PROJJSON of what PROJ understands, without heights."""
    from pyproj import CRS  # noqa: PLC0415  see crs.py
    from pyproj.exceptions import ProjError  # noqa: PLC0415

    try:
        whole = CRS(text)
        found = whole.to_2d()
        if isinstance(text, str) and found == whole and not _WKT.match(text):
            return text
        if found.equals(CRS(HUB), ignore_axis_order=True):
            return LONGITUDE_LATITUDE
        code = None if found.is_bound else found.to_authority(min_confidence=_SURE)
        written = found.to_json_dict()
    except (ProjError, ValueError, TypeError, RecursionError):
        return None
    if code and code[0] in _CODES:
        return ":".join(code)
    return json.dumps(written, separators=(",", ":")) if _is_plain(written) else None


def _read_text(text: str) -> str | None:
    """WKT or PROJJSON as the code that it stands for, else as PROJJSON."""
    if len(text) > MAX_TEXT:
        return None
    if _WKT.match(text):
        return _read(text)
    if not text.lstrip().startswith("{"):
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return _read(document) if isinstance(document, dict) else None


def _is_plain(part: object) -> bool:
    """Whether PROJJSON is complete: no parameter names a file, none is PROJ's own.

    Values of parameters must be numbers.
    """
    if isinstance(part, Mapping):
        value = part.get("value")
        return not isinstance(value, str) and all(map(_is_plain, part.values()))
    if isinstance(part, list):
        return all(map(_is_plain, part))
    return not isinstance(part, str) or not _PROJ.search(part)
