"""Weighted means of a window's pixels: bilinear, cubic and average.

Pixels without data have no weight, and the weights of the others add up to 1 again, so
what nodata stands for never shows in a value. Pixels also weigh by their alpha, but in
cubic, whose negative weights ask for whole ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from raster_core.raster import RasterArray, Resampling
from raster_core.sources.warp.kernels import AREA_KERNELS
from raster_core.sources.warp.opacity import OPAQUE
from raster_core.sources.warp.weighing import parts_inside, shrink_plane

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from raster_core.sources.warp.kernels import Plane
    from raster_core.sources.warp.plan import Blend
    from raster_core.sources.warp.weighing import Part, Weighing

# Sums of weights below this are rounding errors.
_LEAST = 1e-6

# Sum of the weights, regardless of sign, that a cubic kernel may miss: without more of
# them, the others are no longer a kernel.
_TORN = 0.1

# Pixels of a window whose bands are taken one by one: together, they share what is
# known of their masks, but each has copies in ``float64``.
_MANY = 2_000_000

# Integers of which float32's sums of some dozen weighted values are right to a
# millionth, 0.07 of a step for 16 bits, and are rounded to whole ones after. What stays
# a fraction is summed in float64 and rounded to its type at the end, so that a plateau
# keeps its value to the bit, and ``b1 == 2`` holds all over it.
_SMALL = frozenset({"uint8", "int8", "uint16", "int16"})


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    """One band of a window, ready to be weighed."""

    values: Plane
    """Times ``fractions``; 0 where there is no data."""
    fractions: Plane | None
    """Fraction of each pixel that has data; None: all of each."""
    missing: Plane | None = None
    """How much has none, for a cubic kernel that some data are missing for."""


@dataclass(frozen=True, slots=True, eq=False)
class _Present:
    """What the missing data of a band leave of the weights, for some pixels."""

    total: Plane
    """Weights with data."""
    mask: NDArray[np.bool_]
    torn: NDArray[np.bool_] | None
    """Where the kernel is cubic and misses too much."""


def blend_pixels(
    array: RasterArray, plan: Blend
) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
    """Values and mask of the plan's pixels.

    Args:
        array: The window that the plan asked for, of any type.
        plan: Which pixels are wanted, and where they lie in the window.

    Returns:
        Two arrays (band, row, col) with the rows and columns of ``plan.inside``. Values
        are of the array's type: integers are rounded, halves up, and stay within it; 0
        where the mask is False. It is all False if no wanted pixel lies on the raster.
    """
    bands, *window = array.data.shape
    data = np.zeros((bands, *plan.inside.shape), array.data.dtype)
    mask = np.zeros(data.shape, bool)
    step = bands if math.prod(window) <= _MANY else 1
    for start in range(0, bands, step):
        some = slice(start, start + step)
        source = replace(array, data=array.data[some], mask=array.mask[some])
        _blend_bands(source, plan, data[some], mask[some])
    return data, mask


def _blend_bands(
    array: RasterArray,
    plan: Blend,
    data: NDArray[np.generic],
    mask: NDArray[np.bool_],
) -> None:
    """Fill the values and the mask of some bands, both (band, row, col)."""
    dtype = array.data.dtype
    working = np.dtype(np.float32 if dtype.name in _SMALL else np.float64)
    alike = bool((array.mask == array.mask[:1]).all())
    fractions = _pixel_fractions(array, plan.kernel, working)
    sources = [
        _prepare(values.astype(working), fraction, plan)
        for values, fraction in zip(array.data, fractions, strict=True)
    ]
    for part in parts_inside(plan):
        blended = _blend_part(sources, part, plan.kernel, alike=alike)
        # Values near the end of a float's range: what overflows is no data.
        with np.errstate(over="ignore", invalid="ignore"):
            for band, (values, present) in enumerate(blended):
                finite = np.isfinite(values)
                data[band, *part.index] = _store(np.where(finite, values, 0), dtype)
                mask[band, *part.index] = present & finite


def _blend_part(
    sources: list[_Source], part: Part, kernel: Resampling, *, alike: bool
) -> Iterator[tuple[Plane, NDArray[np.bool_] | bool]]:
    """Values and mask of some pixels, band by band.

    Args:
        sources: The bands of the window.
        part: Which pixels are wanted, and where they lie in the window.
        kernel: How pixels are weighted.
        alike: Whether all bands have the same mask.

    Yields:
        Values in the type of the sources and the mask, in the shape of ``part``:
        (rows, cols) or (n,). True as a mask means that all pixels have data.
    """
    working = sources[0].values.dtype
    weighing = part.weighing(kernel, working)
    smooth = weighing
    if kernel is Resampling.CUBIC and any(s.fractions is not None for s in sources):
        smooth = part.weighing(Resampling.BILINEAR, working)
    present: _Present | None = None
    for source in sources:
        values = weighing.total(source.values)
        if source.fractions is None:
            yield values, True
            continue
        if present is None or not alike:
            present = _find_present(source, weighing, smooth, kernel)
        if present.torn is not None:
            values = np.where(present.torn, smooth.total(source.values), values)
        yield values / present.total, present.mask


def _find_present(
    source: _Source, weighing: Weighing, smooth: Weighing, kernel: Resampling
) -> _Present:
    """What there is of the data that a kernel wants.

    With pixels missing, a cubic kernel's weights may add up to nothing, or less: there
    ``smooth``, which has none below zero, takes its place.
    """
    torn, fractions = None, source.fractions
    assert fractions is not None  # noqa: S101  as the caller has seen
    total = smooth.total(fractions)
    if source.missing is not None:
        torn = weighing.absolute().total(source.missing) > _TORN
        total = np.where(torn, total, weighing.total(fractions))
    mask = total > _LEAST
    if kernel not in AREA_KERNELS:
        mask &= weighing.nearest(fractions) > 0
    return _Present(np.where(mask, total, 1), mask, torn)


def _pixel_fractions(
    array: RasterArray, kernel: Resampling, working: np.dtype[Any]
) -> Iterator[Plane | None]:
    """What each pixel of each band may weigh, from 0 to 1; None: all of them 1.

    One plane (row, col) per band, of the type ``working``.
    """
    alpha = None if kernel is Resampling.CUBIC else array.alpha
    for valid in array.mask:
        if alpha is not None:
            yield np.where(valid, alpha, 0).astype(working) / working.type(OPAQUE)
        else:
            yield None if valid.all() else valid.astype(working)


def _prepare(values: Plane, fractions: Plane | None, plan: Blend) -> _Source:
    if fractions is None:
        return _Source(shrink_plane(values, plan.shrink), None)
    present = np.where(fractions > 0, values, 0) * fractions
    fractions = shrink_plane(fractions, plan.shrink)
    missing = 1 - fractions if plan.kernel is Resampling.CUBIC else None
    return _Source(shrink_plane(present, plan.shrink), fractions, missing)


def _store(values: Plane, dtype: np.dtype[Any]) -> NDArray[np.generic]:
    """Finite values, in their shape, as a type: a cubic kernel may overshoot it."""
    if dtype.kind == "f":
        limit = np.finfo(dtype).max
        return np.asarray(np.clip(values, -limit, limit).astype(dtype))
    limits = np.iinfo(dtype)
    # The largest 64-bit integer is not a float64, and the next one up does not fit.
    high = values.dtype.type(limits.max)
    if int(high) > limits.max:
        high = np.nextafter(high, values.dtype.type(0))
    whole = np.clip(np.floor(values + 0.5), limits.min, high)
    return np.asarray(whole.astype(dtype))
