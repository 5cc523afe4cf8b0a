"""Tiles, previews and parts of a raster, drawn as the service draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.drawing.frame import frame_tile
from raster_core.drawing.part import Part, draw_part, place_part, write_part
from raster_core.drawing.request import MAX_SIZE
from raster_core.drawing.resolve import resolve_drawing
from raster_core.drawing.tile import draw_tile
from raster_core.errors import ParameterError
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE
from raster_core.tile.grids.part import Size, preview_grid
from raster_core.tile.images.encode import ImageFormat
from rasterlet.areas import name_crs, read_bounds
from rasterlet.image import Image
from rasterlet.rendering.drawing import read_drawing
from rasterlet.rendering.selection import fault, read_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from raster_core.drawing.part import GridOf
    from rasterlet.areas import AnyCrs
    from rasterlet.rendering.drawing import Subject
    from rasterlet.rendering.keywords import Rendering

_FORMATS = {form.value: form for form in ImageFormat} | {"jpeg": ImageFormat.JPEG}
_GEOTIFF = "tif"
_WITH_GEOTIFF = {**_FORMATS, _GEOTIFF: None}


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a raster, as the keywords say it."""

    bounds: Iterable[float]
    bounds_crs: AnyCrs = LONGITUDE_LATITUDE
    crs: AnyCrs | None = None
    """CRS of the image; None means the raster's."""
    max_size: int | None = None
    width: int | None = None
    height: int | None = None


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
    subject: Subject, crop: Crop, *, form: str, rendering: Rendering
) -> Image:
    """The part of a raster inside bounds; see ``Raster.part``."""
    known = _read_format(form, _WITH_GEOTIFF)
    part = _read_part(subject, crop)
    return _draw(
        subject, rendering, known, lambda native: place_part(native, part, known)
    )


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


def _read_part(subject: Subject, crop: Crop) -> Part:
    native = subject.dataset.grid
    box_crs = name_crs(crop.bounds_crs, native)
    box = read_bounds(crop.bounds, box_crs)
    crs = None if crop.crs is None else name_crs(crop.crs, native)
    size = Size(
        *(
            None if side is None else _read_side(name, side)
            for name, side in (
                ("max_size", crop.max_size),
                ("width", crop.width),
                ("height", crop.height),
            )
        )
    )
    if size.max_size and (size.width or size.height):
        why = "max_size and width or height exclude each other"
        raise ParameterError("max_size", why)
    return Part(box, box_crs, crs, size)


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
