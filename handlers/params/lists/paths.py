"""Parameters of paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.params.param import Param
from handlers.params.parsers import Choice, Deferred, Rule, anything, integer, one_of

if TYPE_CHECKING:
    from handlers.params.parsers import Parser
    from raster_core.tile.images.encode import ImageFormat

DOUBLE = "@2x"
"""Follows a tile's row where the image has twice the pixels."""

GEOTIFF = "tif"
"""The ending of stored values as a GeoTIFF."""

_whole = integer(-(2**31), 2**31)


def _index(most: int) -> Rule[int]:
    """Whole numbers; a tile beyond ``most`` parses, but does not exist."""
    return Rule(_whole, "a whole number", integer(0, most).schema)


@Deferred
def _zoom() -> Parser[int]:
    from raster_core.tile.grids.tms import MAX_ZOOM  # noqa: PLC0415  with mercantile

    return _index(MAX_ZOOM)


@Deferred
def _column() -> Parser[int]:
    from raster_core.tile.grids.tms import MAX_ZOOM  # noqa: PLC0415  with mercantile

    return _index(2**MAX_ZOOM - 1)


_row = Rule(
    _whole,
    "a whole number",
    {"type": "string", "pattern": r"^[0-9]+(@2x)?(\.(png|webp|jpe?g|npy))?$"},
)


@Deferred
def _format() -> Parser[ImageFormat]:
    from raster_core.tile.images.encode import ImageFormat  # noqa: PLC0415  needs numpy

    jpeg = ImageFormat.JPEG
    known = (ImageFormat.PNG, ImageFormat.WEBP, jpeg)
    words = {form.value: form for form in known} | {"jpeg": jpeg}
    return Choice({**words, "npy": ImageFormat.NPY})


@Deferred
def _part_format() -> Parser[str]:
    words = _format.schema["enum"]
    assert isinstance(words, list)  # noqa: S101  a choice's
    return one_of((*words, GEOTIFF))


@Deferred
def _colormap() -> Parser[str]:
    from handlers.params.lists.colors import colormap_schema  # noqa: PLC0415

    return Rule(str, "a colormap", colormap_schema())


ID = Param(
    "id",
    anything("a dataset"),
    "The dataset's id in the catalogue.",
    default=None,
    example="elevation",
)

Z = Param("z", _zoom, "The zoom.", default=None, example=10)

X = Param("x", _column, "The tile's column, from the west.", default=None, example=171)

Y = Param(
    "y",
    _row,
    "The tile's row, from the north; `@2x` doubles the pixels, and an extension "
    "names the format: `.png` (default), `.webp`, `.jpg` or `.npy`.",
    default=None,
    example="395.png",
)

NAME = Param(
    "name", _colormap, "The name of a colormap.", default=None, example="viridis"
)

FORMAT = Param(
    "format",
    _format,
    "Format of the image.",
    default=None,
    example="png",
)

PART_FORMAT = Param(
    "format",
    _part_format,
    "Format of the image; `tif` is a GeoTIFF of the stored values.",
    default=None,
    example="png",
)

DATASET = (ID,)

IMAGE = (ID, PART_FORMAT)

COLORMAP = (NAME,)

TILE = (ID, Z, X, Y)

OVERLAY_TILE = (Z, X, Y)
