"""The part of a raster that a request wants, and the size of its image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.params.boxes import box_in
from handlers.params.lists.images import (
    BBOX,
    BBOX_CRS,
    CRS,
    HEIGHT,
    MAX_SIZE_OF_PART,
    WIDTH,
)
from handlers.params.lists.paths import GEOTIFF, PART_FORMAT
from handlers.params.requests.tile import read_format, refuse_colors
from raster_core.drawing.part import Part
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE
from raster_core.tile.grids.part import Size

if TYPE_CHECKING:
    from handlers.params.query import Query
    from raster_core.tile.images.encode import ImageFormat


def read_part(query: Query) -> Part | None:
    """The box and the size; None if the box is at fault."""
    box_crs = query.get(BBOX_CRS) or LONGITUDE_LATITUDE
    crs = query.get(CRS)
    size = Size(query.get(MAX_SIZE_OF_PART), query.get(WIDTH), query.get(HEIGHT))
    if query.has(MAX_SIZE_OF_PART) and query.has(WIDTH, HEIGHT):
        why = "max_size and width or height exclude each other"
        query.faults.append((MAX_SIZE_OF_PART.name, why))
    box = query.get(BBOX.parsed_by(box_in(box_crs)))
    return Part(box, box_crs, crs, size) if box else None


def read_part_format(query: Query, ending: str) -> ImageFormat | None:
    """The format of an image; None for a GeoTIFF."""
    known = query.get_path(PART_FORMAT, ending)
    if known is None:
        return None
    if known != GEOTIFF:
        return read_format(query, known)
    refuse_colors(query, ending)
    return None
