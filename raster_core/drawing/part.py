"""Images of a raster other than tiles: all of it, or a part."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.drawing.image import draw_image, open_image
from raster_core.drawing.request import DEFAULT_SIZE
from raster_core.drawing.values import check_geotiff, check_npy
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE
from raster_core.sources.file.geotiff import encode_geotiff
from raster_core.tile.grids.part import Size, part_grid, stored_grid, transform_box
from raster_core.tile.images.encode import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Callable

    from raster_core.drawing.resolve import Resolved
    from raster_core.grid import Bounds, Grid

    type GridOf = Callable[[Grid], Grid]
    """From a raster's own grid to that of an image."""


# GIS programs know longitude and latitude by this code.
_WRITTEN_DEGREES = "EPSG:4326"


@dataclass(frozen=True, slots=True)
class Part:
    """The box of an image, its CRS and its size."""

    box: Bounds
    """In ``box_crs``; right exceeds 180 degrees across the antimeridian."""
    box_crs: str
    crs: str | None
    """CRS of the image; None means the raster's."""
    size: Size

    @property
    def is_stored(self) -> bool:
        """Whether neither a CRS nor a size is given, so stored pixels are enough."""
        return self.crs is None and self.size == Size()


def place_part(native: Grid, part: Part, form: ImageFormat | None) -> Grid:
    """The grid of a part; a GeoTIFF has the stored pixels unless a size is given.

    Args:
        native: The raster's grid.
        part: What is wanted of it.
        form: The format of the image; None for a GeoTIFF.

    Raises:
        BudgetError: If it has too many pixels.
        RequestError: If the box has no position in the CRS of the image.
    """
    crs = _WRITTEN_DEGREES if part.crs == LONGITUDE_LATITUDE else part.crs or native.crs
    box = transform_box(part.box, part.box_crs, crs, near=native)
    if form is None and part.is_stored:
        return stored_grid(native, box)
    size = part.size
    if form is not None and size == Size():
        size = Size(max_size=DEFAULT_SIZE)
    return part_grid(native, box, crs, size)


def draw_part(
    resolved: Resolved,
    grid_of: GridOf,
    form: ImageFormat,
    *,
    max_bytes: float = math.inf,
) -> bytes:
    """The image of a part.

    Args:
        resolved: What is drawn.
        grid_of: From the raster's own grid to the image's.
        form: The format of the image.
        max_bytes: The size of an npy beyond which it is refused.

    Raises:
        BudgetError: If it would read too much, or be too large.
        SourceError: If the raster cannot be read.
    """
    opened = open_image(resolved)
    info = opened.layer.info
    grid = grid_of(info.grid)
    if form is ImageFormat.NPY:
        check_npy(info.bands, grid, max_bytes)
    return draw_image(opened.read(grid), opened, form)


def write_part(resolved: Resolved, grid_of: GridOf) -> bytes:
    """The stored values of a part, as a GeoTIFF.

    Args:
        resolved: What is read; without a style.
        grid_of: From the raster's own grid to the image's.

    Raises:
        BudgetError: If it would read too much, or be too large.
        SourceError: If the raster cannot be read.
    """
    opened = open_image(resolved)
    info = opened.layer.info
    grid = grid_of(info.grid)
    check_geotiff(info.bands, grid)
    return encode_geotiff(opened.read(grid), info.bands)
