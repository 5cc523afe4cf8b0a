"""Stored values as indices of tables, in physical units, and stretched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from raster_core.bands import UNSCALED

if TYPE_CHECKING:
    from raster_core.bands import Scaling
    from raster_core.tile.colors.renderings import Range

type Values = NDArray[np.generic]

type Bytes = NDArray[np.uint8]


def unsigned(values: Values) -> NDArray[np.unsignedinteger] | None:
    """Integers of at most 16 bits as indices of a table of all values, in their shape.

    None for other types.

    Signed values wrap to the table's upper half; numpy's negative indices would find
    the same entries, but more slowly.
    """
    if values.dtype.kind not in "biu" or values.dtype.itemsize > 2:
        return None
    return values.view(f"u{values.dtype.itemsize}")


def every_value(dtype: str) -> Values:
    """All values (n,) of a type of at most 16 bits, ordered as if it were unsigned."""
    kind = np.dtype(dtype)
    if kind.kind == "b":
        return np.minimum(np.arange(256), 1).astype(np.uint8)
    every = np.arange(2 ** (8 * kind.itemsize)).astype(f"u{kind.itemsize}")
    return every.view(kind)


def whole_bytes(position: NDArray[np.float64]) -> Bytes:
    """Truncate numbers from 0 to 255, of any shape, to uint8; NaN becomes 0."""
    return np.fmax(position, 0.0, out=position).astype(np.uint8)


def physical_values(values: Values, scaling: Scaling) -> Values:
    """Values in the band's unit; those of an unscaled band keep their stored type.

    The ends of intervals are compared in that type.
    """
    return values if scaling == UNSCALED else scaling.physical_values(values)


def stretch_values(values: Values, ends: Range, length: int) -> NDArray[np.float64]:
    """Map values, in their shape, so that the two ends become 0 and ``length``."""
    low, high = ends
    with np.errstate(over="ignore", invalid="ignore"):
        position = np.subtract(values, low, dtype=np.float64)
        # Not by length / (high - low), which is rounded: 100 of 200 are 127.5 of 255.
        position *= length
        position /= high - low or 1.0  # the range of a raster of one value is empty
    return position
