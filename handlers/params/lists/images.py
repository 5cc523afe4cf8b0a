"""Images other than tiles: previews, parts, colormaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.params.boxes import degrees_box
from handlers.params.lists.rendering import RENDERING, VERSION
from handlers.params.param import Param
from handlers.params.parsers import Deferred, Rule, integer
from raster_core.drawing.request import DEFAULT_SIZE, MAX_SIZE

if TYPE_CHECKING:
    from handlers.params.parsers import Parser

BOX_TEXT = (
    "`west,south,east,north` in degrees; west is greater than east across "
    "the antimeridian."
)

_side = integer(1, MAX_SIZE)


def crs_rule(**schema: object) -> Deferred[str]:
    """A parser of coordinate reference systems.

    Args:
        schema: Further members of the schema.
    """

    def make() -> Parser[str]:
        from raster_core.sources.crs.names import CRS_RULE, parse_crs  # noqa: PLC0415

        return Rule(parse_crs, CRS_RULE, {"type": "string", **schema})

    return Deferred(make)


MAX_SIZE_OF_PART = Param(
    "max_size", _side, "Pixels of the longer side, at most.", default=None
)

MAX_SIZE_OF_PREVIEW = Param(
    "max_size",
    _side,
    "Pixels of the longer side, at most.",
    default=DEFAULT_SIZE,
)

WIDTH = Param("width", _side, "Pixels.", default=None)

HEIGHT = Param("height", _side, "Pixels.", default=None)

BBOX = Param(
    "bbox",
    degrees_box,
    BOX_TEXT,
    default=None,
    example="-119.6,37.6,-119.2,37.9",
    required=True,
)

BBOX_CRS = Param(
    "bbox_crs",
    crs_rule(),
    "CRS of `bbox`; defaults to longitude and latitude.",
    default=None,
    example="EPSG:4326",
)

CRS = Param(
    "crs", crs_rule(), "CRS of the image; defaults to the raster's.", default=None
)

COLORMAP_WIDTH = Param("width", integer(1, MAX_SIZE), "Pixels.", default=255)

COLORMAP_HEIGHT = Param("height", integer(1, 512), "Pixels.", default=16)

PREVIEW = (*RENDERING, MAX_SIZE_OF_PREVIEW, VERSION)

PART = (
    *RENDERING,
    BBOX,
    BBOX_CRS,
    CRS,
    MAX_SIZE_OF_PART,
    WIDTH,
    HEIGHT,
    VERSION,
)

COLORMAP = (COLORMAP_WIDTH, COLORMAP_HEIGHT)
"""As wide as the ramp in a legend, unless the request says otherwise."""
