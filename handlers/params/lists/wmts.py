"""WMTS in key-value pairs.

Keys are read in any case, values as they are.

Source: OGC 07-057r7, tables 20 and 29; OGC 06-121r3, 11.5.2.
"""

from __future__ import annotations

from handlers.params.lists.rendering import RENDERING, VERSION
from handlers.params.lists.tiles import EMPTY, TILESIZE
from handlers.params.param import Param
from handlers.params.parsers import anything


def _key(name: str, text: str, example: str | None = None) -> Param[str, None]:
    return Param(name, anything("a text"), text, default=None, example=example)


_EITHER = (
    _key("SERVICE", "`WMTS`.", "WMTS"),
    _key("REQUEST", "`GetCapabilities` or `GetTile`.", "GetCapabilities"),
)

GET_TILE = (
    _key("VERSION", "`1.0.0`, for GetTile."),
    _key("LAYER", "A dataset's id."),
    _key("STYLE", "`default`."),
    _key("FORMAT", "`image/png`, `image/webp` or `image/jpeg`."),
    _key("TILEMATRIXSET", "`GoogleMapsCompatible`."),
    _key("TILEMATRIX", "The zoom."),
    _key("TILEROW", "The row, counted from the north."),
    _key("TILECOL", "The column, counted from the west."),
)

GET_CAPABILITIES = (
    _key("ACCEPTVERSIONS", "Versions that the client understands."),
    _key("ACCEPTFORMATS", "Has no effect: the answer is XML."),
    _key("SECTIONS", "Has no effect: the document is always complete."),
    _key("UPDATESEQUENCE", "Has no effect: use `If-None-Match`."),
)

KEYS = (*_EITHER, *GET_TILE, *GET_CAPABILITIES)
"""Every key of the two requests, as the standard has them."""

OF_TILES = (TILESIZE, EMPTY)
"""What a GetTile takes beside what may be drawn."""

WMTS = (*KEYS, *RENDERING, *OF_TILES, VERSION)
