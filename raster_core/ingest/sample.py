"""A sample of a file's stored values: spread over it, bounded, the same every time.

Values come from the native level, because overviews may hold values that no pixel has:
a cubic kernel overshoots. What overviews are good for is to tell where data are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.sources.extent.spread import spread_positions, windows_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.raster import RasterArray
    from raster_core.sources.extent.spread import Positions
    from raster_core.sources.file.cog import Cog

# Pixels to look at: a million give three digits.
PIXELS = 2**20

# Values of all bands together: 256 MB as doubles.
VALUES = 2**25

# Pixels per side of one window, fewer where blocks are smaller.
SIDE = 128

# Values to decode in whole blocks of all bands: a second or so.
DECODED = 2**26

# Windows to read however large the blocks are.
FEWEST = 4

# Rounds of windows to try until one holds data.
ROUNDS = 16


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Stored values of a file."""

    values: tuple[NDArray[np.generic], ...]
    """The valid stored values of each band, in its type, (n,), maybe none."""
    pixels: int
    """How many pixels were looked at, valid or not."""
    valid_percent: tuple[float, ...]
    """Estimate of each band's valid pixels in the whole file."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a file that is too large to be read as a whole is sampled."""

    height: int
    """Pixels of a window, as is ``width``."""
    width: int
    count: int
    """Windows per round."""


def sample_pixels(cog: Cog, bands: Sequence[BandInfo]) -> Sample:
    """Stored values of some bands: all of a small file, else those of some windows.

    Args:
        cog: The file.
        bands: At least one, as ``Cog.read`` takes them.

    Raises:
        SourceError: If the file cannot be read.
    """
    whole = cog.levels[0].window
    limit = max(1, min(PIXELS, VALUES // len(bands)))
    if whole.pixels <= limit:
        return _gather([cog.read(0, whole, bands)])
    plan = _plan_windows(cog, len(bands), limit)
    found = _find_data(cog, bands, plan.count)
    if found is not None:
        positions, percent = found
        arrays = _read_windows(cog, bands, plan, positions)
        return _gather(arrays, percent)
    arrays = []
    for turn in range(ROUNDS):
        positions = spread_positions(plan.count, first=turn * plan.count)
        arrays += _read_windows(cog, bands, plan, positions)
        if any(array.mask.any() for array in arrays):
            break
    return _gather(arrays)


def sample_coarsely(cog: Cog, bands: Sequence[BandInfo]) -> Sample:
    """Stored values of the coarsest overview, if it is small: a read or two.

    For bands of classes, whose overviews hold values of pixels.

    Args:
        cog: The file.
        bands: At least one, as ``Cog.read`` takes them.

    Raises:
        SourceError: If the file cannot be read.
    """
    window = cog.levels[-1].window
    if window.pixels * len(bands) > PIXELS:
        return sample_pixels(cog, bands)
    return _gather([cog.read(len(cog.levels) - 1, window, bands)])


def _plan_windows(cog: Cog, bands: int, limit: int) -> _Plan:
    rows, cols = cog.header.block_shape
    pixels = max(1, min(SIDE * SIDE, limit // FEWEST))
    height = min(rows, SIDE, math.isqrt(pixels))
    width = min(cols, pixels // height)
    count = min(limit // (height * width), DECODED // (rows * cols * bands))
    return _Plan(height, width, max(FEWEST, count))


def _find_data(
    cog: Cog, bands: Sequence[BandInfo], count: int
) -> tuple[Positions, tuple[float, ...]] | None:
    """Positions (n, 2) with data in the coarsest overview, and percentages of data.

    None where there is no overview, or it is large or empty.
    """
    grid = cog.levels[-1]
    if len(cog.levels) == 1 or grid.window.pixels * len(bands) > VALUES:
        return None
    mask = cog.read(len(cog.levels) - 1, grid.window, bands).mask
    rows, cols = np.nonzero(mask.any(axis=0))
    if not rows.size:
        return None
    chosen = ((np.arange(count) + 0.5) * rows.size / count).astype(np.intp)
    positions = np.column_stack([cols[chosen] + 0.5, rows[chosen] + 0.5])
    percent = tuple(100 * mask.mean(axis=(1, 2)))
    return positions / (grid.width, grid.height), percent


def _read_windows(
    cog: Cog, bands: Sequence[BandInfo], plan: _Plan, positions: Positions
) -> list[RasterArray]:
    """The windows that hold positions, in the order of the file."""
    windows = windows_at(
        positions,
        cog.levels[0],
        block_shape=cog.header.block_shape,
        shape=(plan.height, plan.width),
    )
    return [cog.read(0, window, bands) for window in windows]


def _gather(
    arrays: Iterable[RasterArray], percent: tuple[float, ...] | None = None
) -> Sample:
    """One sample of what was read."""
    arrays = list(arrays)
    pixels = sum(array.mask[0].size for array in arrays)
    bands = range(len(arrays[0].mask))
    values = tuple(
        np.concatenate([array.data[band][array.mask[band]] for array in arrays])
        for band in bands
    )
    percents = tuple(100 * found.size / pixels for found in values)
    return Sample(values, pixels, percents if percent is None else percent)
