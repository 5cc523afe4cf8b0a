"""Hillshade: the ground under one light."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from raster_core.bands import BandInfo
from raster_core.tile.algorithms.heights import HALO, WANTS, measure_relief
from raster_core.tile.algorithms.protocol import parameter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.raster import RasterArray
    from raster_core.tile.algorithms.gradient import Heights


@dataclass(frozen=True, slots=True)
class Hillshade:
    """The brightness of the ground under one light, from 1 (in shadow) to 255."""

    name: ClassVar = "hillshade"
    inputs: ClassVar = 1
    wants: ClassVar = WANTS
    halo: ClassVar = HALO
    bands: ClassVar = (BandInfo(1, "hillshade", "uint8", minimum=1.0, maximum=255.0),)
    colors: ClassVar = None
    encoding: ClassVar = None
    fills_gaps: ClassVar = False

    azimuth: float = parameter(315.0, 0.0, 360.0)
    """The direction of the light source, in degrees clockwise from north."""
    altitude: float = parameter(45.0, 0.0, 90.0, aliases=("angle_altitude",))
    """The height of the light source, in degrees above the horizon."""
    exaggeration: float = parameter(
        1.0, 0.0, 1000.0, aliases=("z_exaggeration", "z_factor")
    )
    """The factor by which heights are multiplied."""

    def compute(
        self, array: RasterArray, bands: Sequence[BandInfo], grid: Grid
    ) -> RasterArray:
        """Compute the brightness on ``grid``, (1, row, col), uint8."""
        relief = measure_relief(array, bands[0], grid)
        return relief.array(shade(relief.east, relief.north, self))


def shade(east: Heights, north: Heights, lamp: Hillshade) -> NDArray[np.uint8]:
    """Scale the cosine between the ground's normal and the light to 1..255.

    This is gdaldem's formula; 0 is left for pixels without data.

    Args:
        east: (row, col), metres of rise per metre to the east.
        north: (row, col), metres of rise per metre to the north.
        lamp: The light source and the exaggeration of heights.

    Returns:
        (row, col), uint8.
    """
    height = lamp.exaggeration
    from_north, above = math.radians(lamp.azimuth), math.radians(lamp.altitude)
    flat = height * math.cos(above)
    towards = east * np.float32(flat * math.sin(from_north))
    towards += north * np.float32(flat * math.cos(from_north))
    steep = east * east
    steep += north * north
    steep *= np.float32(height**2)
    steep += 1
    cosine = (np.float32(math.sin(above)) - towards) / np.sqrt(steep)
    return np.rint(np.clip(cosine, 0, 1) * 254 + 1).astype(np.uint8)
