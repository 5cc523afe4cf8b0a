"""Find the range of a layer's values from a sample, if the catalogue has none.

The sample is bounded and always the same, so that every process finds the same range
for every tile. It is a whole overview, else blocks all over the raster.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import BudgetError
from raster_core.sources.extent.spread import spread_positions, windows_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.grid import Grid, Window
    from raster_core.raster import Layer, LayerInfo

PERCENTILES = (0.02, 0.98)
"""The fractions of values below the two ends of a range, as in GDAL and QGIS."""

# The most pixels of a level that is read as a whole: a million give three digits.
MAX_WHOLE = 2**20

# Blocks to sample, each of which is a request to the store.
MAX_BLOCKS = 64

# Pixels of all of those blocks: as many as one tile of a raster without overviews.
MAX_SAMPLED = 2**24

# Pixels to take from each block.
_WINDOW = 2**14


@dataclass(frozen=True, slots=True)
class ValueRange:
    """Two physical values between which most of a band's values lie."""

    low: float
    high: float
    met: bool
    """Whether the sample had data; otherwise the range is a guess."""


def survey_ranges(layer: Layer) -> tuple[ValueRange, ...]:
    """Find the range from the 2nd to the 98th percentile of each band.

    If a band has no data in the sample, its range is that of its type, or 0 to 1 for
    floats.

    Raises:
        SourceError: If the layer cannot be read.
    """
    bands = layer.info.bands
    met: list[list[NDArray[np.generic]]] = [[] for _ in bands]
    whole = _small_level(layer.info)
    if whole is not None:
        _collect(layer, whole, met)
    # Data may be too thin for an overview.
    if whole is not layer.info.grid and not all(met):
        level = (
            layer.info.grid if whole else (layer.info.grid, *layer.info.overviews)[-1]
        )
        for window in _spread_windows(level, layer.info.block_shape):
            _collect(layer, level.crop(window), met)
    return tuple(map(_range_of, bands, met))


def _small_level(info: LayerInfo) -> Grid | None:
    """The finest level that is small enough to be read as a whole; None if none is."""
    levels = (info.grid, *info.overviews)
    return next((g for g in levels if g.window.pixels <= MAX_WHOLE), None)


def _spread_windows(level: Grid, block_shape: tuple[int, int]) -> list[Window]:
    """One window in each of some blocks, spread over the level."""
    rows, cols = (
        min(n, side) for n, side in zip(block_shape, level.shape, strict=True)
    )
    count = max(1, min(MAX_BLOCKS, MAX_SAMPLED // (rows * cols)))
    height = min(rows, int(_WINDOW**0.5))
    width = min(cols, _WINDOW // height)
    return windows_at(
        spread_positions(count), level, block_shape=(rows, cols), shape=(height, width)
    )


def _collect(layer: Layer, grid: Grid, met: list[list[NDArray[np.generic]]]) -> None:
    """Append each band's valid values (n,) on a grid, as stored, to its list."""
    try:
        array = layer.read(grid)
    except BudgetError:  # blocks are too large to be decoded for a sample
        return
    for found, data, mask in zip(met, array.data, array.mask, strict=True):
        if mask.any():
            found.append(data[mask])


def _range_of(band: BandInfo, met: list[NDArray[np.generic]]) -> ValueRange:
    """The physical range of a band, from arrays (n,) of stored values.

    Without any, that of the integer type, and 0 to 1 for floats.
    """
    if met:
        values = np.concatenate(met)
        ends = np.quantile(values, PERCENTILES, method="inverted_cdf").tolist()
        if ends[0] == ends[1]:  # nearly all are one value: show the others
            ends = [values.min().item(), values.max().item()]
    elif np.dtype(band.dtype).kind in "iu":
        limits = np.iinfo(band.dtype)
        ends = [limits.min, limits.max]
    else:
        ends = [0.0, 1.0]
    physical = sorted(band.scaling.physical_value(float(end)) for end in ends)
    if not np.isfinite(physical).all():
        physical = [0.0, 1.0]
    return ValueRange(physical[0], physical[1], bool(met))
