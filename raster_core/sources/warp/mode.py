"""The most frequent value of the pixels that each wanted one covers, by fraction.

Of equally frequent ones, the one that is complete first in reading order, as GDAL has
it. A wanted pixel larger than ``SAMPLES`` is sampled at that many positions per side,
evenly spread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.sources.warp.weighing import parts_inside

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.raster import RasterArray
    from raster_core.sources.crs.crs import Floats
    from raster_core.sources.warp.kernels import Indices
    from raster_core.sources.warp.plan import Blend
    from raster_core.sources.warp.weighing import Part

# Positions per side at most: the work grows with their fourth power. A tile of a raster
# with overviews needs 3.
SAMPLES = 8

# Fraction of a pixel below which an overlap is a rounding error.
_SLIVER = 1e-10


def vote_pixels(
    array: RasterArray, plan: Blend
) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
    """Values and mask of the plan's pixels.

    Args:
        array: The window that the plan asked for, of any type.
        plan: Which pixels are wanted, and where they lie in the window.

    Returns:
        Two arrays (band, row, col) with the rows and columns of ``plan.inside``: values
        in the type of ``array``, 0 where there is no data, and True where there is. It
        is all False if no wanted pixel lies on the raster.
    """
    shape = array.data.shape[0], *plan.inside.shape
    data, mask = np.zeros(shape, array.data.dtype), np.zeros(shape, bool)
    for part in parts_inside(plan):
        taps, weights, points = _covered(part, array.data.shape[2])
        for band in range(shape[0]):
            values = array.data[band].ravel().take(taps)
            counts = weights * array.mask[band].ravel().take(taps)
            most, present = _vote(values, counts)
            data[band, *part.index] = most.reshape(points)
            mask[band, *part.index] = present.reshape(points)
    return data, mask


def _covered(
    part: Part, width: int
) -> tuple[Indices, NDArray[np.float32], tuple[int, ...]]:
    """The pixels under each point in reading order, and the fractions they cover.

    Args:
        part: Some wanted pixels.
        width: Columns of the window.

    Returns:
        Flat indices into planes (row, col) of that width, (taps, points); areas in
        square pixels, float32, likewise; the shape that the points have.
    """
    rows, heights = _axis_taps(part.rows, part.heights)
    cols, widths = _axis_taps(part.cols, part.widths)
    if part.along:
        rows, heights = rows[:, :, None], heights[:, :, None]
        cols, widths = cols[:, None, :], widths[:, None, :]
    flat = rows[:, None] * width + cols[None, :]
    fractions = (heights[:, None] * widths[None, :]).astype(np.float32)
    taps = flat.shape[0] * flat.shape[1]
    return flat.reshape(taps, -1), fractions.reshape(taps, -1), flat.shape[2:]


def _axis_taps(positions: Floats, sizes: Floats) -> tuple[Indices, Floats]:
    """Pixels under boxes about positions on an axis, and the lengths they cover.

    Args:
        positions: Middles of the boxes in pixels, float64 of any shape.
        sizes: Their sizes in pixels, likewise.

    Returns:
        Indices and lengths in pixels, both (taps, ...) with the shape of ``positions``.
    """
    low, high = positions - sizes / 2, positions + sizes / 2
    first, stop = np.floor(low + _SLIVER), np.ceil(high - _SLIVER)
    large = sizes > SAMPLES
    count = max(1, int(np.where(large, SAMPLES, stop - first).max()))
    taps = np.arange(count).reshape(-1, *(1,) * positions.ndim)
    pixels = first + taps
    fractions = np.minimum(pixels + 1, high) - np.maximum(pixels, low)
    if large.any():
        spread = np.floor(low + (taps + 0.5) / SAMPLES * sizes)
        pixels = np.where(large, spread, pixels)
        fractions = np.where(large, sizes / SAMPLES * (taps < SAMPLES), fractions)
    # A pixel beyond the box has no length; it need not be in the window either.
    within = np.minimum(pixels, np.maximum(stop - 1, first))
    return within.astype(np.intp), np.maximum(fractions, 0.0)


def _vote(
    values: NDArray[np.generic], counts: NDArray[np.float32]
) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
    """The most frequent values, and where there is any, both (points,).

    Args:
        values: (taps, points), of any type.
        counts: What each counts for, float32 likewise; 0 for no data.
    """
    most = values[0].copy()
    present = counts.max(axis=0) > 0
    mixed = np.flatnonzero((values != values[0]).any(axis=0))
    if mixed.size:
        most[mixed] = _count(values.take(mixed, axis=1), counts.take(mixed, axis=1))
    return most, present


def _count(
    values: NDArray[np.generic], counts: NDArray[np.float32]
) -> NDArray[np.generic]:
    """The most frequent of values (taps, points) in reading order, (points,)."""
    most, leading = values[0], counts[0]
    for tap in range(1, len(values)):
        total = counts[tap].copy()
        for earlier in range(tap):
            # A product is a third of the time of ``np.where``.
            total += counts[earlier] * (values[earlier] == values[tap])
        ahead = total > leading
        leading = np.where(ahead, total, leading)
        most = np.where(ahead, values[tap], most)
    return np.asarray(most)
