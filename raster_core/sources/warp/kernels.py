"""Resampling kernels: how much each of a level's pixels counts for a wanted one.

Every kernel is a function of the distance between centres and of the wanted pixel's
size, along one axis; the product of both axes counts. All lengths are in pixels of the
level that is read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from raster_core.raster import Resampling

if TYPE_CHECKING:
    from collections.abc import Callable

    from raster_core.sources.crs.crs import Floats

type Indices = NDArray[np.int64]
type Plane = NDArray[np.floating]
"""Values to calculate with, (row, col)."""
type Shape = Callable[[Plane], Plane]
"""A kernel's weights by distance, in wanted pixels but at least one of the level's."""

# Fraction of a pixel. Where a grid is twice as fine as another, centres lie on borders
# between pixels; all of them go to the right and down, whichever way rounding leans.
NUDGE = 1e-6

# A wanted pixel up to so many pixels large is interpolated as if it were one, with the
# fewest neighbours; GDAL does so from a scale of 0.95.
UNSCALED = 1.05

AREA_KERNELS = frozenset({Resampling.AVERAGE, Resampling.MODE})
"""Those that look at what a pixel covers, and not at its centre."""

RADIUS = {
    Resampling.BILINEAR: 1.0,
    Resampling.CUBIC: 2.0,
    Resampling.AVERAGE: 0.5,
    Resampling.MODE: 0.5,
}
"""How far a kernel goes on each side, in wanted pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class AxisWeights:
    """Which pixels of an axis count for each of some positions, and how much."""

    first: Indices
    """The first of the pixels; any shape."""
    weights: Plane
    """(taps, ...): of the pixels from there on; their sum is 1."""
    nearest: Indices
    """The pixel that each position lies in."""

    @property
    def taps(self) -> tuple[Indices, Plane]:
        """``first`` and ``weights``."""
        return self.first, self.weights

    def absolute(self) -> AxisWeights:
        """The same with weights of no sign."""
        return replace(self, weights=np.abs(self.weights))


def kernel_reach(kernel: Resampling, size: float) -> int:
    """Pixels on each side of a position that a kernel may touch."""
    if kernel in AREA_KERNELS:
        return int(np.ceil(RADIUS[kernel] * size + 0.5))
    return int(np.ceil(RADIUS[kernel] * (size if size > UNSCALED else 1.0)))


def axis_weights(
    kernel: Resampling,
    positions: Floats,
    sizes: Floats,
    *,
    dtype: np.dtype[np.floating],
) -> AxisWeights:
    """Weights of the pixels around positions along one axis.

    Args:
        kernel: Bilinear, cubic or average.
        positions: Centres of the wanted pixels in pixels of the source, float64 of any
            shape; 0.5 is the middle of the first pixel.
        sizes: How large the wanted pixels are in the same unit, likewise.
        dtype: The type of the weights.

    Returns:
        Weights of shape (taps, ...) with the shape of ``positions``. The positions may
        not be empty.
    """
    reach = kernel_reach(kernel, float(sizes.max()))
    base = np.floor(positions - 0.5)
    # Less than 1, so that nothing is lost in ``dtype``.
    phase, size = (positions - 0.5 - base).astype(dtype), sizes.astype(dtype)
    taps = range(1 - reach, reach + 1)
    weights = np.empty((len(taps), *positions.shape), dtype)
    if kernel in AREA_KERNELS:
        _fill_fractions(weights, taps, phase, size)
    else:
        shape = _catmull_rom if kernel is Resampling.CUBIC else _triangle
        _fill_shape(weights, taps, phase, shape=shape, size=size)
    return AxisWeights(
        base.astype(np.int64) + taps[0],
        weights,
        np.floor(positions + NUDGE).astype(np.int64),
    )


def _fill_shape(
    weights: Plane, taps: range, phase: Plane, *, shape: Shape, size: Plane
) -> None:
    """Weights (taps, ...) of pixels at distances from positions, of sum 1.

    The kernel is as much wider as a wanted pixel is larger than one: whatever is finer
    than the grid can show fades away.
    """
    wide = size > UNSCALED
    stretched = bool(wide.any())
    scale = np.where(wide, size, 1)
    for line, tap in zip(weights, taps, strict=True):
        distance = np.abs(phase - tap)
        line[...] = shape(distance / scale if stretched else distance)
    if stretched:
        weights /= weights.sum(axis=0)


def _fill_fractions(weights: Plane, taps: range, phase: Plane, size: Plane) -> None:
    """Fractions (taps, ...) of boxes about positions in each pixel, of sum 1."""
    low = phase - size / 2
    before = np.zeros_like(low)
    for line, tap in zip(weights, taps, strict=True):
        until = np.clip((tap + 0.5) - low, 0, size)
        line[...] = (until - before) / size
        before = until


def _triangle(distance: Plane) -> Plane:
    return np.maximum(1 - distance, 0)


def _catmull_rom(distance: Plane) -> Plane:
    """Cubic convolution with a = -0.5.

    Source: R. Keys, Cubic convolution interpolation for digital image processing, IEEE
    Transactions ASSP 29 (1981), equation 15.
    """
    # Equation 15 in powers of what is left to 2 and to 1: no branches.
    outer, inner = np.maximum(2 - distance, 0), np.maximum(1 - distance, 0)
    weights: Plane = 0.5 * outer * outer * (outer - 1)
    weights += inner * inner * (1 - 2 * inner)
    return weights
