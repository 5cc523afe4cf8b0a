"""Which tile is drawn; documents about tiles load no more than this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.tile.grids.tms import tile_bounds, tile_grid

if TYPE_CHECKING:
    from raster_core.grid import Bounds, Grid
    from raster_core.tile.images.encode import ImageFormat


@dataclass(frozen=True, slots=True)
class Frame:
    """A tile's pixels, and the format of its image."""

    grid: Grid
    bounds: Bounds
    """In longitude and latitude."""
    form: ImageFormat


def frame_tile(z: int, x: int, y: int, *, size: int, form: ImageFormat) -> Frame:
    """The frame of a tile of the web-map's matrix, ``size`` pixels a side.

    Raises:
        NotFoundError: If the matrix does not have such a tile.
    """
    return Frame(tile_grid(z, x, y, size=size), tile_bounds(z, x, y), form)
