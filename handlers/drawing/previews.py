"""Previews and parts of a dataset, as images or GeoTIFF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import routes
from handlers.catalogue.store import find_dataset
from handlers.drawing.image import answer_image, open_image
from handlers.drawing.resolve import resolve_drawing
from handlers.drawing.values import check_geotiff, check_npy
from handlers.http.answers import image_answer
from handlers.http.byte_ranges import keep_image
from handlers.http.caching import address_of, answer_tag, conditional
from handlers.http.handles import handles, make_router
from handlers.params.lists.images import DEFAULT_SIZE, MAX_SIZE_OF_PREVIEW
from handlers.params.query import read_query
from handlers.params.requests.drawing import read_drawing
from handlers.params.requests.part import read_part, read_part_format
from raster_core.sources.file.geotiff import encode_geotiff
from raster_core.tile.grids.part import (
    Size,
    part_grid,
    preview_grid,
    stored_grid,
    transform_box,
)
from raster_core.tile.images.encode import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.drawing.resolve import Resolved
    from handlers.params.requests.part import Part
    from handlers.platform.powertools import Response
    from raster_core.grid import Grid

type GridOf = Callable[[Grid], Grid]
"""From a raster's own grid to that of an image."""

_TIFF_TYPE = "image/tiff; application=geotiff"

router = make_router()


@handles(router, routes.PREVIEW)
def get_preview(dataset_id: str, ending: str) -> Response[bytes]:
    """The whole raster, small, in its own CRS."""
    query = read_query(router.current_event, routes.PREVIEW.params)
    drawing = read_drawing(query)
    max_size = query.get(MAX_SIZE_OF_PREVIEW)
    form = read_part_format(query, ending)
    query.check()
    resolved = resolve_drawing(find_dataset(dataset_id), drawing, form)
    return _answer(resolved, lambda native: preview_grid(native, max_size), form)


@handles(router, routes.PART)
def get_part(dataset_id: str, ending: str) -> Response[bytes]:
    """A part of the raster, given by its box."""
    query = read_query(router.current_event, routes.PART.params)
    drawing = read_drawing(query)
    part = read_part(query)
    form = read_part_format(query, ending)
    query.check()
    assert part is not None  # noqa: S101  or it was a fault
    resolved = resolve_drawing(find_dataset(dataset_id), drawing, form)
    return _answer(resolved, lambda native: _part_grid(native, part, form), form)


def _answer(
    resolved: Resolved, grid_of: GridOf, form: ImageFormat | None
) -> Response[bytes]:
    """The image, or 304 if the client has it.

    A GeoTIFF may be a minute old, because clients read it range by range.

    Args:
        resolved: What is drawn.
        grid_of: From the raster's own grid to the image's.
        form: The image's format; None for a GeoTIFF.
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


def _part_grid(native: Grid, part: Part, form: ImageFormat | None) -> Grid:
    """The grid of a part; a GeoTIFF has the stored pixels unless a size is given."""
    crs = part.crs or native.crs
    box = transform_box(part.box, part.box_crs, crs, near=native)
    if form is None and part.is_stored:
        return stored_grid(native, box)
    size = part.size
    if form is not None and size == Size():
        size = Size(max_size=DEFAULT_SIZE)
    return part_grid(native, box, crs, size)
