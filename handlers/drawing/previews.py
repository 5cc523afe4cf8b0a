"""Previews and parts of a dataset, as images or GeoTIFF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import routes
from handlers.catalogue.store import find_dataset
from handlers.http.answers import image_answer
from handlers.http.byte_ranges import keep_image
from handlers.http.caching import address_of, answer_tag, conditional
from handlers.http.handles import handles, make_router
from handlers.params.lists.images import MAX_SIZE_OF_PREVIEW
from handlers.params.query import read_query
from handlers.params.requests.drawing import read_drawing
from handlers.params.requests.part import read_part, read_part_format
from handlers.platform.settings import current_settings
from raster_core.drawing.part import draw_part, place_part, write_part
from raster_core.drawing.resolve import resolve_drawing
from raster_core.tile.grids.part import preview_grid
from raster_core.tile.images.encode import MEDIA_TYPES

if TYPE_CHECKING:
    from handlers.platform.powertools import Response
    from raster_core.drawing.part import GridOf
    from raster_core.drawing.resolve import Resolved
    from raster_core.tile.images.encode import ImageFormat

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
    return _answer(resolved, lambda native: place_part(native, part, form), form)


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

        def make() -> Response[bytes]:
            limit = current_settings().max_answer
            image = draw_part(resolved, grid_of, form, max_bytes=limit)
            return image_answer(image, MEDIA_TYPES[form])

        return conditional(event, version, make)

    def make_kept() -> Response[bytes]:
        tag = answer_tag(address_of(event), version)
        image = keep_image(tag, lambda: write_part(resolved, grid_of))
        return image_answer(image, _TIFF_TYPE)

    return conditional(event, version, make_kept)
