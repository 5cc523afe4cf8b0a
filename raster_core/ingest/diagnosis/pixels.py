"""What pixels tell of a file that its header does not: bounded reads, always the same.

A stale overview has values that its pixels do not explain, whatever kernel made it. A
value in all corners that ends a type's range may mean "no data". Doubles that are all
singles take twice the bytes for nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from raster_core.grid import Window
from raster_core.sources.extent.spread import spread_positions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.raster import RasterArray
    from raster_core.sources.crs.crs import Floats
    from raster_core.sources.file.cog import Cog

# Pixels per side of the native window that an overview's is held against.
_SIDE = 128

# Overview pixels that the widest of GDAL's usual kernels reaches, Lanczos'.
_REACH = 3

# Fraction of the range of the pixels that a kernel may go beyond it: cubic convolution
# overshoots by 0.15 along one axis, Lanczos' by 0.35.
_OVERSHOOT = 0.75

# Windows with data that are compared for each level, of so many that are tried.
_COMPARED, _TRIED = 3, 8

# Fraction of an overview's pixels above which it does not belong to its pixels: a few
# may lie beyond at the edge of a mask.
_STALE = 0.1


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found in the pixels that were looked at."""

    stale: float = 0.0
    """The largest fraction of a level's compared pixels that the native ones do not
    explain; 0 if no overview is stale."""
    corner: float | None = None
    """A stored value that fills all four corners and is likely to mean "no data"."""
    narrower: str | None = None
    """GDAL's name of a type of half the bytes that holds all values; None if none."""


def look_at_pixels(cog: Cog, *, has_mask: bool) -> Evidence:
    """What some pixels of band 1 tell.

    Args:
        cog: The file.
        has_mask: Whether it says which pixels have data.

    Raises:
        SourceError: If its blocks cannot be read.
    """
    bands = [cog.effective(cog.bands[0])]
    stale, seen = 0.0, []
    for level in _compared_levels(cog):
        fraction, arrays = _compare_level(cog, level, bands)
        stale = max(stale, fraction)
        seen += arrays
    if not seen:
        seen = [cog.read(0, window, bands) for window in _own_windows(cog)]
    return Evidence(
        stale=stale if stale > _STALE else 0.0,
        corner=None if has_mask else _corner_value(cog, bands, seen),
        narrower=_narrower_type(seen),
    )


def _compared_levels(cog: Cog) -> list[int]:
    """The finest overview, and the coarsest of which enough pixels fit in a window."""
    native = cog.levels[0]
    near = [
        level
        for level, grid in enumerate(cog.levels)
        if level and native.width / grid.width <= _SIDE / 8
    ]
    return sorted({near[0], near[-1]}) if near else []


def _own_windows(cog: Cog) -> Iterator[Window]:
    """A few windows of a file without overviews."""
    native = cog.levels[0]
    for x, y in spread_positions(_COMPARED).tolist():
        yield _around(x * native.width, y * native.height, _SIDE / 2).intersection(
            native.window
        )


def _around(col: float, row: float, side: float) -> Window:
    start = int(col - side / 2), int(row - side / 2)
    return Window(*start, max(1, int(side)), max(1, int(side)))


def _compare_level(
    cog: Cog, level: int, bands: Sequence[BandInfo]
) -> tuple[float, list[RasterArray]]:
    """The fraction of an overview's pixels that differ, and the native windows read."""
    native, grid = cog.levels[0], cog.levels[level]
    factor = native.width / grid.width, native.height / grid.height
    differ = total = 0
    arrays: list[RasterArray] = []
    for x, y in spread_positions(_TRIED).tolist():
        if len(arrays) == _COMPARED:
            break
        centre = x * grid.width, y * grid.height
        window = _around(*centre, _SIDE / max(factor)).intersection(grid.window)
        overview = cog.read(level, window, bands)
        own = cog.read(0, _footprint(window, factor, native.window), bands)
        if not (overview.mask.any() or own.mask.any()):
            continue
        arrays.append(own)
        wrong = _unexplained(overview, window, own, factor)
        differ += int(wrong.sum())
        total += wrong.size
    return (differ / total if total else 0.0), arrays


def _footprint(window: Window, factor: tuple[float, float], whole: Window) -> Window:
    """The native pixels that a kernel takes for an overview's window."""
    spans = []
    for start, stop, scale in (
        (window.col, window.col_stop, factor[0]),
        (window.row, window.row_stop, factor[1]),
    ):
        first = math.floor((start - _REACH) * scale)
        spans.append((first, math.ceil((stop + _REACH) * scale) - first))
    (col, width), (row, height) = spans
    return Window(col, row, width, height).intersection(whole)


def _unexplained(
    overview: RasterArray,
    window: Window,
    own: RasterArray,
    factor: tuple[float, float],
) -> NDArray[np.bool_]:
    """Which overview pixels no kernel makes of the native ones around, (row, col)."""
    native_origin = _footprint(window, factor, Window(0, 0, 2**62, 2**62))
    values = own.data[0].astype(np.float64)
    mask = own.mask[0]
    low = _pool(
        np.where(mask, values, np.inf), np.minimum, window, factor, native_origin
    )
    high = _pool(
        np.where(mask, values, -np.inf), np.maximum, window, factor, native_origin
    )
    full = _pool(mask * 1.0, np.minimum, window, factor, native_origin) > 0
    some = low <= high
    shown, seen = overview.data[0].astype(np.float64), overview.mask[0]
    with np.errstate(invalid="ignore"):  # inf - inf where there is no data at all
        margin = np.where(some, _OVERSHOOT * (high - low) + _rounding(own), 0.0)
        beyond = (shown < low - margin) | (shown > high + margin)
    return np.where(seen, ~some | beyond, full)


def _rounding(array: RasterArray) -> float:
    return 1.0 if array.data.dtype.kind in "iu" else 0.0


def _pool(
    values: Floats,
    reduce: np.ufunc,
    window: Window,
    factor: tuple[float, float],
    origin: Window,
) -> Floats:
    """The least or greatest of each overview pixel's native ones, (row, col)."""
    rows = _spans(window.row, window.row_stop, factor[1], origin.row, values.shape[0])
    cols = _spans(window.col, window.col_stop, factor[0], origin.col, values.shape[1])
    down = np.stack([reduce.reduce(values[slice(*span)], axis=0) for span in rows])
    return np.stack(
        [reduce.reduce(down[:, slice(*span)], axis=1) for span in cols], axis=1
    )


def _spans(
    start: int, stop: int, scale: float, origin: int, size: int
) -> Iterator[tuple[int, int]]:
    """Where the native pixels of each overview pixel begin and end, in the window."""
    for cell in range(start, stop):
        first = math.floor((cell - _REACH) * scale) - origin
        last = math.ceil((cell + 1 + _REACH) * scale) - origin
        first = min(max(0, first), size - 1)
        yield first, max(first + 1, min(last, size))


def _corner_value(
    cog: Cog, bands: Sequence[BandInfo], seen: Sequence[RasterArray]
) -> float | None:
    """A value in all four corners that may mean "no data"."""
    native = cog.levels[0]
    corners = [
        cog.read(0, Window(col, row, 1, 1), bands)
        for col in (0, native.width - 1)
        for row in (0, native.height - 1)
    ]
    if not all(corner.mask.all() for corner in corners):
        return None
    found = {corner.data.item() for corner in corners}
    values = np.concatenate([array.data[array.mask] for array in seen])
    if len(found) != 1 or not values.size:
        return None
    (value,) = found
    ends = value <= values.min() or value >= values.max()
    varied = not (values == value).all()
    return value if ends and varied and _may_be_nodata(value, values.dtype) else None


def _may_be_nodata(value: float, dtype: np.dtype[Any]) -> bool:
    """Whether people use a value for "no data": 0, -9999, an end of the type."""
    if value == 0 or value in (-9999, -32768, -99999):
        return True
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        return value in (limits.min, limits.max)
    return abs(value) > 1e30


def _narrower_type(arrays: Sequence[RasterArray]) -> str | None:
    """A GDAL type of half the bytes for the pixels with data; None if it loses some."""
    values = np.concatenate([array.data[array.mask] for array in arrays])
    if values.dtype.itemsize < 8 or not values.size:
        return None
    if values.dtype.kind == "f":
        with np.errstate(over="ignore"):
            same = values.astype(np.float32) == values
        return "Float32" if same.all() else None
    low, high = int(values.min()), int(values.max())
    if low >= 0:
        return "UInt32" if high < 2**32 else None
    return "Int32" if low >= -(2**31) and high < 2**31 else None
