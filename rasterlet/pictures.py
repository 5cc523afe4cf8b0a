"""``Raster.tile``, ``preview`` and ``part``: images that a notebook shows.

What draws is imported by the first image.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.drawing.request import DEFAULT_SIZE
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Unpack

    from rasterlet.areas import AnyCrs
    from rasterlet.rendering.drawing import Subject
    from rasterlet.rendering.image import Image
    from rasterlet.rendering.keywords import Rendering


def tile(  # noqa: PLR0913  an address has three numbers
    self: Subject,
    z: int,
    x: int,
    y: int,
    *,
    size: int = 256,
    format: str = "png",  # noqa: A002  as in the service's URLs
    **rendering: Unpack[Rendering],
) -> Image:
    """A tile of a web map (XYZ: rows from the north, in Web Mercator).

    It is transparent where the raster has no data, and all of it beside the raster.

    Args:
        self: The raster.
        z: Zoom.
        x: Column, from the west.
        y: Row, from the north.
        size: Pixels per side.
        format: ``png``, ``webp``, ``jpg``, or ``npy`` for stored values.
        rendering: What is drawn and how; see ``keywords.Rendering``.

    Raises:
        RequestError: If there is no such tile, or a keyword is not valid; a
            ``BudgetError`` if it would read too much.
        SourceError: If the pixels cannot be read.
    """
    from rasterlet.rendering.images import tile_image  # noqa: PLC0415  as it is used

    return tile_image(self, (z, x, y), size=size, form=format, rendering=rendering)


def preview(
    self: Subject,
    *,
    max_size: int = DEFAULT_SIZE,
    format: str = "png",  # noqa: A002  as in the service's URLs
    **rendering: Unpack[Rendering],
) -> Image:
    """The whole raster, north up, in its own CRS.

    Args:
        self: The raster.
        max_size: Pixels of the longer side, at most.
        format: As for ``tile``; also ``tif``, a GeoTIFF of stored values.
        rendering: As for ``tile``.

    Raises:
        RequestError: If a keyword is not valid; a ``BudgetError`` if it would read
            too much.
        SourceError: If the pixels cannot be read.
    """
    from rasterlet.rendering.images import preview_image  # noqa: PLC0415  as it is used

    return preview_image(self, max_size=max_size, form=format, rendering=rendering)


def part(  # noqa: PLR0913  what a call may say; each has its default
    self: Subject,
    bounds: Iterable[float],
    *,
    bounds_crs: AnyCrs = LONGITUDE_LATITUDE,
    crs: AnyCrs | None = None,
    max_size: int | None = None,
    width: int | None = None,
    height: int | None = None,
    format: str = "png",  # noqa: A002  as in the service's URLs
    **rendering: Unpack[Rendering],
) -> Image:
    """A part of the raster, given by its box.

    It is as fine as the raster and, without a size, has at most 1,024 pixels on its
    longer side; a GeoTIFF has the stored pixels.

    Args:
        self: The raster.
        bounds: left, bottom, right, top; over the antimeridian, left > right.
        bounds_crs: CRS of ``bounds``; longitude and latitude by default.
        crs: CRS of the image; None means the raster's.
        max_size: Pixels of the longer side, at most; not with the other two.
        width: Pixels; the height follows from it unless it is given.
        height: Pixels; the width follows from it unless it is given.
        format: As for ``preview``.
        rendering: As for ``tile``.

    Raises:
        RequestError: If an argument is not valid; a ``BudgetError`` if it would
            read too much.
        SourceError: If the pixels cannot be read.
    """
    from raster_core.drawing.part import Part  # noqa: PLC0415  as it is used
    from rasterlet.areas import name_crs, read_bounds  # noqa: PLC0415
    from rasterlet.rendering.images import part_image, read_size  # noqa: PLC0415

    native = self.dataset.grid
    box_crs = name_crs(bounds_crs, native)
    box = read_bounds(bounds, box_crs)
    dst_crs = None if crs is None else name_crs(crs, native)
    part = Part(box, box_crs, dst_crs, read_size(max_size, width, height))
    return part_image(self, part, form=format, rendering=rendering)
