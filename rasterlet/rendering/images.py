"""Tiles, previews and parts of a raster, drawn as the service draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.drawing.frame import frame_tile
from raster_core.drawing.part import draw_part, place_part, write_part
from raster_core.drawing.request import MAX_SIZE
from raster_core.drawing.resolve import resolve_drawing
from raster_core.drawing.tile import draw_tile
from raster_core.errors import ParameterError
from raster_core.tile.grids.part import Size, preview_grid
from raster_core.tile.images.encode import ImageFormat
from rasterlet.rendering.drawing import read_drawing
from rasterlet.rendering.image import Image
from rasterlet.rendering.selection import fault, read_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raster_core.drawing.part import GridOf, Part
    from rasterlet.rendering.drawing import Subject
    from rasterlet.rendering.keywords import Rendering

_FORMATS = {form.value: form for form in ImageFormat} | {"jpeg": ImageFormat.JPEG}
_GEOTIFF = "tif"
_WITH_GEOTIFF = {**_FORMATS, _GEOTIFF: None}


def tile_image(
    subject: Subject,
    tile: tuple[int, int, int],
    *,
    size: int,
    form: str,
    rendering: Rendering,
) -> Image:
    """A tile of the web map's matrix; see ``Raster.tile``."""
    known = _read_format(form, _FORMATS)
    z, x, y = map(_read_index, "zxy", tile)
    frame = frame_tile(z, x, y, size=_read_side("size", size), form=known)
    drawing = read_drawing(subject, rendering, _name_values(known))
    resolved = resolve_drawing(subject.dataset, drawing, known)
    return Image(draw_tile(resolved, frame).image, known.value)


def preview_image(
    subject: Subject, *, max_size: int, form: str, rendering: Rendering
) -> Image:
    """The whole raster in its own CRS; see ``Raster.preview``."""
    side = _read_side("max_size", max_size)
    known = _read_format(form, _WITH_GEOTIFF)
    return _draw(subject, rendering, known, lambda native: preview_grid(native, side))


def part_image(
    subject: Subject, part: Part, *, form: str, rendering: Rendering
) -> Image:
    """The part of a raster inside a box; see ``Raster.part``."""
    known = _read_format(form, _WITH_GEOTIFF)
    return _draw(
        subject, rendering, known, lambda native: place_part(native, part, known)
    )


def read_size(max_size: object, width: object, height: object) -> Size:
    """The size of a part; None where a keyword does not say it.

    Raises:
        ParameterError: If a side is not a number of pixels, or two exclude each other.
    """
    named = {"max_size": max_size, "width": width, "height": height}
    size = Size(
        *(
            None if side is None else _read_side(name, side)
            for name, side in named.items()
        )
    )
    if size.max_size and (size.width or size.height):
        why = "max_size and width or height exclude each other"
        raise ParameterError("max_size", why)
    return size


def _draw(
    subject: Subject, rendering: Rendering, form: ImageFormat | None, grid_of: GridOf
) -> Image:
    """An image on a grid; a GeoTIFF if it has no format."""
    drawing = read_drawing(subject, rendering, _name_values(form))
    resolved = resolve_drawing(subject.dataset, drawing, form)
    if form is None:
        return Image(write_part(resolved, grid_of), _GEOTIFF)
    return Image(draw_part(resolved, grid_of, form), form.value)


def _name_values(form: ImageFormat | None) -> str | None:
    """The name of a format that holds values and no colours; None for others."""
    if form is None:
        return _GEOTIFF
    return form.value if form is ImageFormat.NPY else None


def _read_format[Form](name: str, formats: Mapping[str, Form]) -> Form:
    if name not in tuple(formats):
        raise fault("format", name, f"one of {', '.join(formats)}")
    return formats[name]


def _read_side(name: str, side: object) -> int:
    number = read_whole(side)
    if number is None or not 1 <= number <= MAX_SIZE:
        raise fault(name, side, f"a whole number from 1 to {MAX_SIZE}")
    return number


def _read_index(name: str, value: object) -> int:
    number = read_whole(value)
    if number is None:
        raise fault(name, value, "a whole number")
    return number
