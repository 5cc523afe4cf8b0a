"""What is drawn from heights: hillshade, slope, and heights written as colours.

An algorithm turns a layer of heights into another layer, so that everything that draws
a layer draws these too. Heights are physical values in metres.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from raster_core.bands import BandInfo
from raster_core.errors import RequestError
from raster_core.grid import Window
from raster_core.raster import RasterArray, Resampling, empty_array
from raster_core.tile.relief import ground_gradient, shade, slope_degrees
from raster_core.tile.units import metres_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.raster import Layer, LayerInfo
    from raster_core.tile.relief import Heights

# Metres from sea level beyond which there are no heights, but values that a file does
# not declare as missing: single floats cannot tell slopes between them.
_FAR = 1e9


@dataclass(frozen=True, slots=True)
class Hillshade:
    """How bright the ground is under one lamp, 1 (in shadow) to 255 (facing it)."""

    azimuth: float = 315.0
    """Degrees clockwise from north: where the light comes from."""
    altitude: float = 45.0
    """Degrees above the horizon."""
    exaggeration: float = 1.0
    """What heights are multiplied by."""


@dataclass(frozen=True, slots=True)
class Slope:
    """The steepest angle of the ground, in degrees from level."""


class TerrainEncoding(StrEnum):
    """Heights as red, green and blue bytes, for clients that draw in three dimensions.

    Never transparent: where there is no data, the height is 0 m.
    """

    TERRAINRGB = "terrainrgb"
    """Mapbox's: -10000 + 0.1 x (65536 red + 256 green + blue)."""
    TERRARIUM = "terrarium"
    """Mapzen's: 256 red + green + blue / 256 - 32768."""


type Algorithm = Hillshade | Slope | TerrainEncoding

PARAMETERS: dict[str, dict[str, tuple[float, float]]] = {
    "hillshade": {
        "azimuth": (0.0, 360.0),
        "altitude": (0.0, 90.0),
        "exaggeration": (0.0, 1000.0),
    },
    "slope": {},
    TerrainEncoding.TERRAINRGB: {},
    TerrainEncoding.TERRARIUM: {},
}
"""Algorithm to its parameters, each with its least and greatest value."""

# Heights of the first code, and codes in a metre.
_CODES = {
    TerrainEncoding.TERRAINRGB: (-10000.0, 10.0),
    TerrainEncoding.TERRARIUM: (-32768.0, 256.0),
}

# Rows and columns around a grid that a 3 x 3 neighbourhood reaches.
_HALO = 1


@dataclass(frozen=True, slots=True, eq=False)
class AlgorithmLayer:
    """An algorithm's values, as a ``Layer``; made by ``apply_algorithm``."""

    info: LayerInfo
    heights: Layer
    algorithm: Algorithm

    def read(
        self, grid: Grid, resampling: Resampling = Resampling.NEAREST
    ) -> RasterArray:
        """The algorithm's values on ``grid``.

        Of slopes and shades, neighbouring grids join without a seam: each reads one
        pixel beyond its edge.

        Args:
            grid: In any CRS; slopes are taken between its pixels.
            resampling: How heights come onto the grid. The nearest pixel makes
                terraces where the grid is finer than the raster.
        """
        if isinstance(self.algorithm, TerrainEncoding):
            array = self.heights.read(grid, resampling)
            data = _encode_heights(self._metres(array), self.algorithm)
            return RasterArray(data, np.ones(data.shape, bool), grid)

        around = Window(-_HALO, -_HALO, grid.width + 2 * _HALO, grid.height + 2 * _HALO)
        array = self.heights.read(grid.crop(around), resampling)
        metres = self._metres(array)
        known = array.mask[0] & (np.abs(metres) <= _FAR)
        mask = known[None, 1:-1, 1:-1]
        if not mask.any():
            return empty_array(grid, 1, self.info.bands[0].dtype)
        heights = np.where(known, metres, 0.0).astype(np.float32)
        east, north = ground_gradient(heights, known, grid)
        values = _draw(self.algorithm, east, north)
        alpha = None if array.alpha is None else array.alpha[1:-1, 1:-1]
        return RasterArray(values[None], mask, grid, alpha)

    def _metres(self, array: RasterArray) -> NDArray[np.float64]:
        """(row, col); 0 where there is no data."""
        band = self.heights.info.bands[0]
        unit = metres_in(band.unit)
        with np.errstate(invalid="ignore", over="ignore"):  # behind the mask
            metres = array.data[0] * np.float64(band.scale * unit) + band.offset * unit
        heights: NDArray[np.float64] = np.where(array.mask[0], metres, 0.0)
        return heights


def apply_algorithm(layer: Layer, algorithm: Algorithm) -> AlgorithmLayer:
    """The layer of an algorithm's values.

    Args:
        layer: Heights, in one band.
        algorithm: What to make of them.

    Raises:
        RequestError: The layer has several bands.
    """
    check_heights(layer.info.bands)
    info = replace(layer.info, bands=result_bands(algorithm))
    return AlgorithmLayer(info, layer, algorithm)


def sea_level(grid: Grid, encoding: TerrainEncoding) -> RasterArray:
    """What a layer without data on ``grid`` is encoded as."""
    data = _encode_heights(np.zeros(grid.shape), encoding)
    return RasterArray(data, np.ones(data.shape, bool), grid)


def check_heights(bands: Sequence[BandInfo]) -> None:
    """Refuse what an algorithm cannot take as heights.

    Raises:
        RequestError: There are several bands.
    """
    if len(bands) != 1:
        raise RequestError(
            f"An algorithm takes one band of heights, not {len(bands)}; give one bidx"
        )


def result_bands(algorithm: Algorithm) -> tuple[BandInfo, ...]:
    """The bands that an algorithm yields."""
    if isinstance(algorithm, TerrainEncoding):
        return tuple(
            BandInfo(index, name, "uint8", minimum=0.0, maximum=255.0)
            for index, name in enumerate(("red", "green", "blue"), start=1)
        )
    if isinstance(algorithm, Slope):
        slope = BandInfo(1, "slope", "float32", minimum=0.0, maximum=90.0)
        return (replace(slope, unit="degree"),)
    return (BandInfo(1, "hillshade", "uint8", minimum=1.0, maximum=255.0),)


def make_algorithm(name: str, values: dict[str, float]) -> Algorithm:
    """The algorithm of a name, with some of its ``PARAMETERS`` set.

    Raises:
        ValueError: The algorithm has no such parameter, or the value is out of range.
    """
    for key, value in values.items():
        low, high = PARAMETERS[name].get(key, (math.inf, -math.inf))
        if not low <= value <= high:
            raise ValueError(f"{key}={value}")
    if name == "hillshade":
        return replace(Hillshade(), **values)
    return Slope() if name == "slope" else TerrainEncoding(name)


def _draw(
    algorithm: Hillshade | Slope, east: Heights, north: Heights
) -> NDArray[np.uint8] | Heights:
    if isinstance(algorithm, Slope):
        return slope_degrees(east, north)
    return shade(
        east,
        north,
        azimuth=algorithm.azimuth,
        altitude=algorithm.altitude,
        height=algorithm.exaggeration,
    )


def _encode_heights(
    metres: NDArray[np.float64], encoding: TerrainEncoding
) -> NDArray[np.uint8]:
    """(3, height, width): the bytes of the codes, the highest first."""
    lowest, per_metre = _CODES[encoding]
    codes = np.clip(np.rint((metres - lowest) * per_metre), 0, 2**24 - 1)
    whole = codes.astype(np.uint32)
    return np.stack([whole >> 16, whole >> 8, whole]).astype(np.uint8)
