"""Slope: how steep the ground is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from raster_core.bands import BandInfo
from raster_core.tile.algorithms.heights import HALO, WANTS, measure_relief

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.grid import Grid
    from raster_core.raster import RasterArray
    from raster_core.tile.algorithms.gradient import Heights

_BAND = BandInfo(1, "slope", "float32", unit="degree", minimum=0.0, maximum=90.0)


@dataclass(frozen=True, slots=True)
class Slope:
    """The steepest angle of the ground, in degrees from level."""

    name: ClassVar = "slope"
    inputs: ClassVar = 1
    wants: ClassVar = WANTS
    halo: ClassVar = HALO
    bands: ClassVar = (_BAND,)
    colors: ClassVar = None
    encoding: ClassVar = None
    fills_gaps: ClassVar = False

    def compute(
        self, array: RasterArray, bands: Sequence[BandInfo], grid: Grid
    ) -> RasterArray:
        """Compute the slope on ``grid``, (1, row, col), degrees, float32."""
        relief = measure_relief(array, bands[0], grid)
        return relief.array(slope_degrees(relief.east, relief.north))


def slope_degrees(east: Heights, north: Heights) -> Heights:
    """The steepest angle of the ground from level.

    Args:
        east: (row, col), metres of rise per metre to the east.
        north: (row, col), metres of rise per metre to the north.

    Returns:
        (row, col), degrees from 0 to 90, float32.
    """
    steepest: Heights = np.degrees(np.arctan(np.hypot(east, north)))
    return steepest
