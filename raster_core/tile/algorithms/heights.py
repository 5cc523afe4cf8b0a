"""Heights as algorithms take them: physical, in metres; and the ground's slope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.raster import RasterArray
from raster_core.tile.algorithms.gradient import ground_gradient
from raster_core.tile.algorithms.units import metres_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.grid import Grid
    from raster_core.tile.algorithms.gradient import Heights

WANTS = "one band of heights"
"""What algorithms of heights say that they take."""

HALO = 1
"""Rows and columns that a 3 x 3 neighbourhood reaches beyond its middle."""

# Metres from sea level beyond which there are no heights, but values that a file does
# not declare as missing: single floats cannot tell slopes between them.
_FAR = 1e9


def heights_in_metres(array: RasterArray, band: BandInfo) -> NDArray[np.float64]:
    """The first band's heights above its datum.

    Args:
        array: (1, row, col), in stored values.
        band: Its unit, scale and offset; without a unit heights are in metres.

    Returns:
        (row, col), metres; 0 where there is no data.
    """
    unit = metres_in(band.unit)
    with np.errstate(invalid="ignore", over="ignore"):  # behind the mask
        metres = array.data[0] * np.float64(band.scale * unit) + band.offset * unit
    heights: NDArray[np.float64] = np.where(array.mask[0], metres, 0.0)
    return heights


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """How the ground rises on a grid."""

    east: Heights
    """(row, col): metres in a metre to the east."""
    north: Heights
    """Likewise to the north."""
    mask: NDArray[np.bool_]
    """(1, row, col); True means data."""
    alpha: NDArray[np.uint8] | None
    """(row, col); as of a ``RasterArray``."""
    grid: Grid

    def array(self, values: NDArray[np.generic]) -> RasterArray:
        """Values (row, col) that were made of the slopes, as pixels."""
        return RasterArray(values[None], self.mask, self.grid, self.alpha)


def measure_relief(array: RasterArray, band: BandInfo, grid: Grid) -> Relief:
    """How the ground rises at each pixel of a grid.

    Args:
        array: Stored heights on ``grid`` and ``HALO`` pixels around it.
        band: As for ``heights_in_metres``.
        grid: In any CRS; slopes are taken between its pixels.
    """
    metres = heights_in_metres(array, band)
    known = array.mask[0] & (np.abs(metres) <= _FAR)
    heights = np.where(known, metres, 0.0).astype(np.float32)
    east, north = ground_gradient(heights, known, grid)
    inner = slice(HALO, -HALO), slice(HALO, -HALO)
    alpha = None if array.alpha is None else array.alpha[inner]
    return Relief(east, north, known[inner][None], alpha, grid)
