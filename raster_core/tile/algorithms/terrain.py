"""Heights encoded as colours, for clients that draw in three dimensions.

The colours are never transparent: without data, the height is 0 m.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from raster_core.bands import BandInfo
from raster_core.raster import RasterArray
from raster_core.tile.algorithms.heights import WANTS, heights_in_metres
from raster_core.tile.colors.renderings import Composite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.grid import Grid

_BANDS = tuple(
    BandInfo(index, name, "uint8", minimum=0.0, maximum=255.0)
    for index, name in enumerate(("red", "green", "blue"), start=1)
)


@dataclass(frozen=True, slots=True)
class TerrainEncoding:
    """Heights as codes of 24 bits: 65536 red + 256 green + blue."""

    inputs: ClassVar = 1
    wants: ClassVar = WANTS
    halo: ClassVar = 0
    bands: ClassVar = _BANDS
    colors: ClassVar = Composite(((0.0, 255.0),) * 3, exact=True)
    fills_gaps: ClassVar = True

    name: str
    encoding: str
    """The name in MapLibre."""
    lowest: float
    """The height of code 0 in metres."""
    per_metre: float
    """Codes per metre."""

    def compute(
        self, array: RasterArray, bands: Sequence[BandInfo], grid: Grid
    ) -> RasterArray:
        """Compute red, green and blue on ``grid``, (3, row, col), uint8, unmasked."""
        data = self.encode(heights_in_metres(array, bands[0]))
        return RasterArray(data, np.ones(data.shape, bool), grid)

    def encode(self, metres: NDArray[np.float64]) -> NDArray[np.uint8]:
        """Encode heights; those beyond the first or the last code are clipped.

        Args:
            metres: Heights (row, col).

        Returns:
            The bytes of the codes, (3, row, col), the highest byte first.
        """
        codes = np.rint((metres - self.lowest) * self.per_metre)
        whole = np.clip(codes, 0, 2**24 - 1).astype(np.uint32)
        return np.stack([whole >> 16, whole >> 8, whole]).astype(np.uint8)


# Mapbox's: height = -10000 + 0.1 x code.
TERRAIN_RGB = TerrainEncoding("terrainrgb", "mapbox", lowest=-10000.0, per_metre=10.0)

# Mapzen's: height = code / 256 - 32768.
TERRARIUM = TerrainEncoding("terrarium", "terrarium", lowest=-32768.0, per_metre=256.0)
