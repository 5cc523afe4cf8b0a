"""Which values are data: not nodata and, of floats, finite."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

import numpy as np

from raster_core.native.library import library

if TYPE_CHECKING:
    from collections.abc import Callable
    from ctypes import _SimpleCData

    from numpy.typing import NDArray

    type Range = tuple[np.generic, np.generic]
    """First and last value that count as nodata, both included."""

# Values compared at a time: a quarter of a megabyte of floats.
_CACHED = 65536

_FLOATS: dict[int, Callable[[float], _SimpleCData[float]]] = {
    4: ctypes.c_float,
    8: ctypes.c_double,
}
_INTEGERS: dict[int, Callable[[int], _SimpleCData[int]]] = {
    1: ctypes.c_uint8,
    2: ctypes.c_uint16,
    4: ctypes.c_uint32,
    8: ctypes.c_uint64,
}


def mark_valid(
    values: NDArray[Any], nodata: Range | None, out: NDArray[np.bool_]
) -> bool:
    """Write where values are finite and not nodata.

    Args:
        values: (row, col), integers or floats.
        nodata: In the values' own type, for half precision in single; of integers both
            ends are the same. One end of a range of floats may be infinite.
        out: (row, col).

    Returns:
        Whether all are; True for none.

    Raises:
        ValueError: If the shapes differ.
    """
    if values.shape != out.shape:
        raise ValueError(f"A mask of {out.shape} for values of {values.shape}")
    native = library()
    floats = values.dtype.kind == "f"
    known = values.itemsize in _FLOATS if floats else nodata is not None
    plain = values.flags.c_contiguous and out.flags.c_contiguous
    if native is None or not known or not plain:
        return mark_valid_reference(values, nodata, out)
    ends: tuple[object, ...]
    if floats:
        number = _FLOATS[values.itemsize]
        low, high = (np.inf, -np.inf) if nodata is None else nodata
        ends = number(float(low)), number(float(high))
    elif nodata is not None:
        whole = int(nodata[0]) % 2 ** (8 * values.itemsize)
        ends = (_INTEGERS[values.itemsize](whole),)
    name = "floats" if floats else "integers"
    kernel = native[f"rasterlet_valid_{name}_{8 * values.itemsize}"]
    place = ctypes.c_void_p(values.ctypes.data), ctypes.c_void_p(out.ctypes.data)
    return not kernel(*place, ctypes.c_size_t(values.size), *ends)


def mark_valid_reference(
    values: NDArray[Any], nodata: Range | None, out: NDArray[np.bool_]
) -> bool:
    """``mark_valid`` with numpy."""
    if values.dtype.kind != "f":
        if nodata is None:
            out[...] = True
        else:
            np.not_equal(values, nodata[0], out=out)
    elif nodata is None:
        np.isfinite(values, out=out)
    else:
        # As many rows at a time as stay in the processor's cache: a third less time.
        rows = max(1, _CACHED // max(1, values.shape[1]))
        for first in range(0, len(values), rows):
            part = slice(first, first + rows)
            _find_outside(values[part], nodata, out[part])
    return bool(out.all())


def _find_outside(values: NDArray[Any], nodata: Range, out: NDArray[np.bool_]) -> None:
    """The same for floats; one end of the range may be infinite."""
    low, high = nodata
    np.isfinite(values, out=out)
    if np.isinf(high):
        out &= values < low
    elif np.isinf(low):
        out &= values > high
    else:
        out &= (values < low) | (values > high)
