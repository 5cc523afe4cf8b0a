"""How opaque pixels are, where a raster's alpha band grades it.

Alpha is one plane for all bands, uint8 (row, col): 0 is no data, 255 opaque. A plane of
these two alone says no more than the mask, so it is left out (None).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.raster import Resampling
from raster_core.sources.warp.weighing import parts_inside, shrink_plane

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.raster import RasterArray
    from raster_core.sources.warp.plan import Blend

    type Alpha = NDArray[np.uint8]

OPAQUE = 255

# Values of 16 bits for each of 8: 65535 is 255.
_STEP = 257

# Kernels without a mean of their own, or whose mean may overshoot, take another one's.
_KERNELS = {
    Resampling.CUBIC: Resampling.BILINEAR,
    Resampling.MODE: Resampling.AVERAGE,
}


def opacity(stored: NDArray[np.generic]) -> Alpha:
    """Values of an alpha band, (row, col) of any type, as bytes of the same shape.

    What is not 0 does not become 0. Types other than 8 and 16 unsigned bits have no
    agreed opaque value: there, all that is above 0 is opaque.
    """
    if stored.dtype == np.uint8:
        return np.asarray(stored, np.uint8)
    if stored.dtype == np.uint16:
        # Some files hold 0 to 255 in 16 bits: hardly seen, but data.
        scaled = (stored.astype(np.uint32) + _STEP // 2) // _STEP
        seen: NDArray[np.bool_] = np.greater(stored, 0)
        return np.maximum(scaled, seen).astype(np.uint8)
    return np.asarray(np.greater(stored, 0) * np.uint8(OPAQUE))


def keep_graded(alpha: Alpha | None) -> Alpha | None:
    """The plane (row, col), or None if it says no more than a mask."""
    if alpha is None:
        return None
    # Bytes wrap: 0 becomes 255, 255 becomes 254, all others less.
    graded = bool((alpha - np.uint8(1) < OPAQUE - 1).any())
    return alpha if graded else None


def join_alpha(arrays: list[RasterArray], axis: int) -> Alpha | None:
    """The alpha of arrays side by side, along -1 (columns) or -2 (rows)."""
    if all(array.alpha is None for array in arrays):
        return None
    return np.concatenate([full_alpha(array) for array in arrays], axis=axis)


def full_alpha(array: RasterArray) -> Alpha:
    """An array's alpha, (row, col); opaque if it has none."""
    if array.alpha is not None:
        return array.alpha
    return np.full(array.data.shape[1:], OPAQUE, np.uint8)


def blend_alpha(array: RasterArray, plan: Blend) -> Alpha | None:
    """Alpha of the plan's pixels: the mean of the pixels with data that each one takes.

    (row, col) with the shape of ``plan.inside``; None if ``array`` has none. Pixels
    without data have no weight, as with values, so an edge without a gradient stays
    sharp: masks say where data end.
    """
    if array.alpha is None:
        return None
    shown = array.mask.any(axis=0)
    weights = shrink_plane(shown.astype(np.float32), plan.shrink)
    opaque = shrink_plane(np.where(shown, array.alpha, 0.0), plan.shrink)
    opaque = opaque.astype(np.float32)
    kernel = _KERNELS.get(plan.kernel, plan.kernel)
    alpha = np.full(plan.inside.shape, OPAQUE, np.uint8)
    for part in parts_inside(plan):
        weighing = part.weighing(kernel, np.dtype(np.float32))
        total = weighing.total(weights)
        mean = weighing.total(opaque) / np.where(total > 0, total, 1)
        alpha[part.index] = np.clip(np.floor(mean + 0.5), 1, OPAQUE)
    return keep_graded(alpha)
