"""Images that are no tiles: previews, and cut-outs, also as GeoTIFF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers import routes
from handlers.answers import image_answer
from handlers.byte_ranges import keep_image
from handlers.caching import address_of, answer_tag, conditional
from handlers.drawing.image import answer_image, open_image
from handlers.drawing.resolve import resolve_drawing
from handlers.pictures import read_format, refuse_colors
from handlers.powertools import handles, make_router
from handlers.rendering import RENDER_PARAMS, read_drawing
from handlers.schema import integer, number, read_query
from handlers.store import find_dataset
from handlers.values import check_geotiff, check_npy
from handlers.versions import VERSION_PARAM
from raster_core.grid import Bounds
from raster_core.source.crs import (
    LONGITUDE_LATITUDE,
    MAX_LATITUDE,
    MAX_LONGITUDE,
    is_geographic,
)
from raster_core.source.crs_names import CRS_RULE, parse_crs
from raster_core.source.geotiff import encode_geotiff
from raster_core.tile.cutout import (
    FAR,
    Size,
    part_grid,
    preview_grid,
    stored_grid,
    transform_box,
)
from raster_core.tile.encode import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.drawing.resolve import Resolved
    from handlers.powertools import Response
    from handlers.schema import Query
    from raster_core.grid import Grid

type GridOf = Callable[[Grid], Grid]
"""From a raster's own grid to that of an image."""

MAX_SIZE = 2048
"""Pixels a side of an image."""

DEFAULT_SIZE = 1024

_PARAMS = (*RENDER_PARAMS, VERSION_PARAM)

_PART_PARAMS = ("bbox", "bbox_crs", "crs", "max_size", "width", "height")

# What GIS programs know longitude and latitude by; their order is that of the pixels.
_WRITTEN_DEGREES = "EPSG:4326"

_DEGREES_RULE = (
    "of the form west,south,east,north with south < north and both within "
    f"{MAX_LATITUDE:g}"
)
_PLANE_RULE = "of the form left,bottom,right,top with left < right and bottom < top"

_GEOTIFF = "tif"

_TIFF_TYPE = "image/tiff; application=geotiff"

router = make_router()


@dataclass(frozen=True, slots=True)
class _Part:
    """What a request says about the place of a cut-out."""

    box: Bounds
    """In ``box_crs``; right beyond 180 degrees over the antimeridian."""
    box_crs: str
    crs: str | None
    """None means the raster's."""
    size: Size

    @property
    def is_stored(self) -> bool:
        """Whether nothing is said but where: the raster's own pixels will do."""
        return self.crs is None and self.size == Size()


@handles(router, routes.PREVIEW)
def get_preview(dataset_id: str, ending: str) -> Response[bytes]:
    """The whole raster, small, in its own CRS."""
    query = read_query(router.current_event, (*_PARAMS, "max_size"))
    asked = read_drawing(query)
    max_size = _read_size(query, "max_size") or DEFAULT_SIZE
    form = _read_form(query, ending)
    query.check()
    resolved = resolve_drawing(find_dataset(dataset_id), asked, form)
    return _answer(resolved, lambda native: preview_grid(native, max_size), form)


@handles(router, routes.PART)
def get_part(dataset_id: str, ending: str) -> Response[bytes]:
    """A cut-out."""
    query = read_query(router.current_event, (*_PARAMS, *_PART_PARAMS))
    asked = read_drawing(query)
    part = _read_part(query)
    form = _read_form(query, ending)
    query.check()
    assert part is not None  # noqa: S101  or it was a fault
    resolved = resolve_drawing(find_dataset(dataset_id), asked, form)
    return _answer(resolved, lambda native: _part_grid(native, part, form), form)


def _read_form(query: Query, ending: str) -> ImageFormat | None:
    """The format of an image; None for a GeoTIFF."""
    if ending != _GEOTIFF:
        return read_format(query, ending)
    refuse_colors(query, ending)
    return None


def _answer(
    resolved: Resolved, grid_of: GridOf, form: ImageFormat | None
) -> Response[bytes]:
    """The image, or that the client has it already.

    A GeoTIFF may be a minute old: clients read it in parts.

    Args:
        resolved: What is drawn.
        grid_of: From the raster's own grid to the image's.
        form: Of the image; None for a GeoTIFF.
    """
    event, version = router.current_event, resolved.version
    if form is not None:
        return conditional(event, version, lambda: _draw(resolved, grid_of, form))

    def make_kept() -> Response[bytes]:
        tag = answer_tag(address_of(event), version)
        image = keep_image(tag, lambda: _write_geotiff(resolved, grid_of))
        return image_answer(image, _TIFF_TYPE)

    return conditional(event, version, make_kept)


def _draw(resolved: Resolved, grid_of: GridOf, form: ImageFormat) -> Response[bytes]:
    opened = open_image(resolved)
    info = opened.layer.info
    grid = grid_of(info.grid)
    if form is ImageFormat.NPY:
        check_npy(info.bands, grid)
    return answer_image(opened.read(grid), opened, form)


def _write_geotiff(resolved: Resolved, grid_of: GridOf) -> bytes:
    opened = open_image(resolved)
    info = opened.layer.info
    grid = grid_of(info.grid)
    check_geotiff(info.bands, grid)
    return encode_geotiff(opened.read(grid), info.bands)


def _part_grid(native: Grid, part: _Part, form: ImageFormat | None) -> Grid:
    """The pixels of a cut-out: of a GeoTIFF the stored ones, if they will do."""
    crs = part.crs or native.crs
    box = transform_box(part.box, part.box_crs, crs, near=native)
    if form is None and part.is_stored:
        return stored_grid(native, box)
    size = part.size
    if form is not None and size == Size():
        size = Size(max_size=DEFAULT_SIZE)
    return part_grid(native, box, crs, size)


def _read_part(query: Query) -> _Part | None:
    """The place and the size; None if they are faulty."""
    box_crs = query.value("bbox_crs", parse_crs, CRS_RULE) or LONGITUDE_LATITUDE
    crs = query.value("crs", parse_crs, CRS_RULE)
    size = Size(*(_read_size(query, name) for name in ("max_size", "width", "height")))
    given = {name for name, _ in query.pairs}
    if "max_size" in given and given & {"width", "height"}:
        query.faults.append(
            ("max_size", "max_size and width or height exclude each other")
        )
    if "bbox" not in given:
        query.faults.append(("bbox", "bbox is missing"))
    rule = _DEGREES_RULE if is_geographic(box_crs) else _PLANE_RULE
    box = query.value("bbox", _box_parser(box_crs), rule)
    written = _WRITTEN_DEGREES if crs == LONGITUDE_LATITUDE else crs
    return _Part(box, box_crs, written, size) if box else None


def _box_parser(crs: str) -> Callable[[str], Bounds]:
    """A parser of a box; in degrees, west > east leads over the antimeridian."""
    degrees = is_geographic(crs)
    wide, high = (MAX_LONGITUDE, MAX_LATITUDE) if degrees else (FAR, FAR)

    def parse(text: str) -> Bounds:
        x, y = number(-wide, wide), number(-high, high)
        parts = text.split(",")
        left, bottom, right, top = (
            kind(part) for kind, part in zip((x, y, x, y), parts, strict=True)
        )
        right += 360.0 * (degrees and right < left)
        if not (left < right and bottom < top) or (degrees and right - left > 360):
            raise ValueError(text)
        return Bounds(left, bottom, right, top)

    return parse


def _read_size(query: Query, name: str) -> int | None:
    return query.value(name, integer(1, MAX_SIZE), f"a number from 1 to {MAX_SIZE}")
