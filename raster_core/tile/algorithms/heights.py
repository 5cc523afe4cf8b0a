"""Convert stored values to heights in metres, and measure the relief."""

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
"""The input of algorithms of heights, in words."""

HALO = 1
"""How far a neighbourhood of 3 x 3 pixels reaches beyond its middle."""

# Metres from sea level beyond which a value is not a height, but an undeclared "no
# data": float32 cannot represent slopes between such values.
_FAR = 1e9


def heights_in_metres(array: RasterArray, band: BandInfo) -> NDArray[np.float64]:
    """Convert the first band to heights in metres.

    Args:
        array: Stored values (1, row, col).
        band: The unit, scale and offset; metres if the unit is missing or unknown.

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
    """The slope of the ground on a grid."""

    east: Heights
    """(row, col): metres of rise per metre to the east."""
    north: Heights
    """(row, col): metres of rise per metre to the north."""
    mask: NDArray[np.bool_]
    """(1, row, col); True means data."""
    alpha: NDArray[np.uint8] | None
    """(row, col): the opacity, as in a ``RasterArray``."""
    grid: Grid

    def array(self, values: NDArray[np.generic]) -> RasterArray:
        """Pixels of values (row, col) that were computed from the slopes."""
        return RasterArray(values[None], self.mask, self.grid, self.alpha)


def measure_relief(array: RasterArray, band: BandInfo, grid: Grid) -> Relief:
    """Measure the slope of the ground at each pixel of a grid.

    Args:
        array: Stored heights (1, row, col) on ``grid`` and ``HALO`` pixels around it.
        band: The unit, scale and offset of the heights.
        grid: A grid in any CRS; slopes are differences between its pixels.
    """
    metres = heights_in_metres(array, band)
    known = array.mask[0] & (np.abs(metres) <= _FAR)
    heights = np.where(known, metres, 0.0).astype(np.float32)
    east, north = ground_gradient(heights, known, grid)
    inner = slice(HALO, -HALO), slice(HALO, -HALO)
    alpha = None if array.alpha is None else array.alpha[inner]
    return Relief(east, north, known[inner][None], alpha, grid)
