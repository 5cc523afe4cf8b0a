"""The values of a layer as numpy has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.bands import UNSCALED
from raster_core.errors import BudgetError, RequestError
from raster_core.layers.stored import read_as_floats
from raster_core.raster import Resampling
from raster_core.sources.file.decoding import MAX_DECODED_VALUES
from raster_core.sources.warp.budget import MAX_PIXELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.grid import Grid
    from raster_core.raster import Layer
    from rasterlet.areas import Area

# Kernels that take a stored value and compute none.
_PICKING = (Resampling.NEAREST, Resampling.MODE)


def read_area(
    layer: Layer, area: Area, *, resampling: str, scaled: bool
) -> np.ma.MaskedArray:
    """The values of an area, (band, row, col); see ``Raster.read``."""
    grid = area.grid_on(layer.info.grid)
    _check_size(grid, len(layer.info.bands))
    kernel = _read_resampling(resampling)
    if kernel not in _PICKING:
        layer = read_as_floats(layer)
    array = layer.read(grid, kernel)
    data = _scale(array.data, layer.info.bands) if scaled else array.data
    return np.ma.MaskedArray(data, mask=~array.mask)


def _read_resampling(name: str) -> Resampling:
    try:
        return Resampling(name)
    except ValueError as error:
        names = ", ".join(Resampling)
        raise RequestError(f"resampling '{name}' is not one of {names}") from error


def _check_size(grid: Grid, bands: int) -> None:
    pixels = grid.window.pixels
    if pixels > MAX_PIXELS or pixels * bands > MAX_DECODED_VALUES:
        raise BudgetError(
            f"Reading {grid.width}x{grid.height} pixels of {bands} bands exceeds "
            f"{MAX_PIXELS} pixels or {MAX_DECODED_VALUES} values; give size, or a "
            "smaller window or bounds, or fewer bands"
        )


def _scale(data: NDArray[np.generic], bands: Sequence[BandInfo]) -> NDArray[np.generic]:
    """Physical values, (band, row, col); the data themselves if no band is scaled."""
    if all(band.scaling == UNSCALED for band in bands):
        return data
    found = np.empty(data.shape)
    for position, band in enumerate(bands):
        found[position] = band.scaling.physical_values(data[position])
    return found
