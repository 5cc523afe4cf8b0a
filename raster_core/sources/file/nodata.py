"""Which stored values stand for "no data", by the rules of GDAL's masks.

A band of whole numbers has one such value, compared as a whole number, so that 64-bit
values beyond 2⁵³ count. Of floats, a few beside the value count as well: writers print
it with fewer digits than the type has.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from raster_core.native.validity import mark_valid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.native.validity import Range

# GDAL compares doubles with the precision of floats too, "for backward compatibility".
# Source: ARE_REAL_EQUAL in gcore/gdal_priv.h and gcore/gdalnodatamaskband.cpp,
# https://github.com/OSGeo/gdal/tree/06a99ca6b8e62037d7d056be75205abe898991b8
_EPSILON = np.finfo(np.float32).eps
_TOLERANCE = 4 * float(_EPSILON)


def find_valid(
    data: NDArray[np.generic], bands: Sequence[BandInfo]
) -> NDArray[np.bool_]:
    """True where a stored value is finite and not nodata.

    Args:
        data: (band, row, col) in the file's own type.
        bands: As many; their nodata counts.

    Returns:
        bool, (band, row, col); empty for empty data.
    """
    valid = np.empty(data.shape, bool)
    for number, band in enumerate(bands):
        nodata = nodata_range(band.nodata, data.dtype)
        mark_valid(data[number], nodata, valid[number])
    return valid


def is_nodata(value: np.generic, nodata: float | None) -> bool:
    """Whether a stored value, in its file's own type, stands for missing data."""
    valid = np.empty((1, 1), bool)
    mark_valid(np.atleast_2d(value), nodata_range(nodata, value.dtype), valid)
    return not valid.item()


@lru_cache(maxsize=256, typed=True)
def nodata_range(nodata: float | None, dtype: np.dtype[Any]) -> Range | None:
    """The values that count as nodata; None if no finite pixel can have one.

    Of whole numbers both ends are the same, and no pixel is a fraction: GDAL leaves out
    the digits after the point, and hides 1 for a nodata of 1.5.

    Args:
        nodata: As written in a file's tag, an Item or a request; an ``int`` is exact.
        dtype: The file's own.
    """
    if nodata is None or not math.isfinite(nodata):
        return None
    if dtype.kind == "f":
        return _float_range(abs(nodata), dtype, negative=nodata < 0)
    limits = np.iinfo(dtype)
    if nodata != int(nodata) or not limits.min <= nodata <= limits.max:
        return None
    whole: np.generic = dtype.type(int(nodata))
    return whole, whole


def _float_range(size: float, dtype: np.dtype[Any], *, negative: bool) -> Range | None:
    # Half precision is compared in single, as GDAL does.
    kind = np.float64 if dtype.itemsize > 4 else np.float32
    with np.errstate(over="ignore"):
        middle: np.floating[Any] = kind(size)
        if not np.isfinite(middle):
            return None
        low, high = _first_equal(middle), _last_equal(middle)
    return (-high, -low) if negative else (low, high)


def _first_equal(middle: np.floating[Any]) -> np.floating[Any]:
    """The smallest value that GDAL takes for ``middle``, which is not negative."""
    zero = type(middle)(0)
    return middle if middle == zero else _bisect(middle, zero, middle)


def _last_equal(middle: np.floating[Any]) -> np.floating[Any]:
    """The largest; infinity where GDAL's sums overflow, which makes all equal."""
    kind = type(middle)
    beyond = middle * kind(1 + 1.5 * _TOLERANCE)
    if np.isinf(middle + beyond):
        return kind(np.inf)
    return _bisect(middle, beyond, middle)


def _bisect(
    same: np.floating[Any], apart: np.floating[Any], middle: np.floating[Any]
) -> np.floating[Any]:
    """The last value on the way from ``same`` to ``apart`` that equals ``middle``."""
    half = type(middle)(0.5)
    while (between := same + (apart - same) * half) not in (same, apart):
        if _equal(between, middle):
            same = between
        else:
            apart = between
    return same


def _equal(value: np.floating[Any], nodata: np.floating[Any]) -> bool:
    """GDAL's own comparison, in the type's own arithmetic."""
    kind = type(nodata)
    tolerance = kind(_EPSILON) * abs(value + nodata) * kind(2)
    return bool(value == nodata or abs(value - nodata) < tolerance)
