"""Turn stored values into palette indices and bytes; index 0 is not drawn.

Values of at most 16 bits are looked up in a table of all values of their type.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from raster_core.bands import UNSCALED
from raster_core.tile.colors.formula import Formula, bend_channel
from raster_core.tile.colors.ramps import RAMP_COLORS, parse_colors, ramp_colors
from raster_core.tile.colors.renderings import ClassColors, Intervals, Ramp
from raster_core.tile.images.encode import MAX_COLORS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.bands import BandInfo, Scaling
    from raster_core.tile.colors.arrays import Colors
    from raster_core.tile.colors.renderings import Range

type Values = NDArray[np.generic]

type Bytes = NDArray[np.uint8]

type Indices = NDArray[np.uint8 | np.uint16]
"""0 for a transparent pixel, i > 0 for the palette's colour i - 1."""

type Palettized = ClassColors | Intervals | Ramp

type Bend = tuple[Formula, int]
"""A colour formula and the channel that it is applied to."""

# A few per dataset in use. A rendering from a request, which is part of a table's key,
# may take half a megabyte.
_TABLES = 32


@lru_cache(maxsize=_TABLES)
def palette(rendering: Palettized) -> Colors:
    """The distinct colours of a rendering with alpha, (n, 4); index 1 is the first."""
    if isinstance(rendering, Ramp):
        opaque = np.full((RAMP_COLORS, 1), 255, np.uint8)
        position = bend_channel(np.linspace(0, 1, RAMP_COLORS), rendering.formula, 0)
        number = np.rint(position * (RAMP_COLORS - 1)).astype(np.intp)
        return np.hstack((ramp_colors(rendering.colormap_name).take(number, 0), opaque))
    return parse_colors(dict.fromkeys(rendering.colors))


def palette_indices(values: Values, band: BandInfo, rendering: Palettized) -> Indices:
    """Find the palette index of each stored value.

    Args:
        values: Stored values of any shape, also empty, and of any numeric type.
        band: The scale and offset of the values.
        rendering: The colours.

    Returns:
        Indices of the same shape, 0 for NaN and for values without a colour; uint8, or
        uint16 if the palette has more than ``MAX_COLORS`` colours.
    """
    small = _unsigned(values)
    if small is None:
        return _compute_indices(values, band.scaling, rendering)
    return _index_table(values.dtype.str, band.scaling, rendering).take(small)


def band_bytes(
    values: Values, band: BandInfo, ends: Range, bend: Bend | None = None
) -> Bytes:
    """Stretch stored values between two physical values to 0..255, rounded.

    Args:
        values: Stored values of any shape, also empty, and of any numeric type.
        band: The scale and offset of the values.
        ends: The physical values that become 0 and 255.
        bend: The formula that changes the brightness in between.

    Returns:
        Bytes of the same shape; NaN becomes 0.
    """
    small = _unsigned(values)
    if small is None:
        return _compute_bytes(values, band.scaling, ends, bend)
    whole = tuple(map(band.scaling.physical_value, (0.0, 255.0)))
    if values.dtype == np.uint8 and ends == whole and bend is None:
        return small
    return _byte_table(values.dtype.str, band.scaling, ends, bend).take(small)


def _unsigned(values: Values) -> NDArray[np.unsignedinteger] | None:
    """Integers of at most 16 bits as indices of a table of all values, in their shape.

    None for other types.

    Signed values wrap to the table's upper half; numpy's negative indices would find
    the same entries, but more slowly.
    """
    if values.dtype.kind not in "biu" or values.dtype.itemsize > 2:
        return None
    return values.view(f"u{values.dtype.itemsize}")


def _every_value(dtype: str) -> Values:
    """All values (n,) of a type of at most 16 bits, ordered as if it were unsigned."""
    kind = np.dtype(dtype)
    if kind.kind == "b":
        return np.array([0, 1], np.uint8)
    every = np.arange(2 ** (8 * kind.itemsize)).astype(f"u{kind.itemsize}")
    return every.view(kind)


@lru_cache(maxsize=_TABLES)  # 128 kB each at most
def _index_table(dtype: str, scaling: Scaling, rendering: Palettized) -> Indices:
    """The palette index of every value of a type, (n,)."""
    return _compute_indices(_every_value(dtype), scaling, rendering)


@lru_cache(maxsize=_TABLES)  # 64 kB each at most
def _byte_table(dtype: str, scaling: Scaling, ends: Range, bend: Bend | None) -> Bytes:
    """The brightness of every value of a type, (n,)."""
    return _compute_bytes(_every_value(dtype), scaling, ends, bend)


def _compute_indices(
    values: Values, scaling: Scaling, rendering: Palettized
) -> Indices:
    """The palette index of each stored value, in their shape; 0 for no colour."""
    if isinstance(rendering, ClassColors):
        return _class_indices(values, rendering)
    physical = _physical_values(values, scaling)
    if isinstance(rendering, Intervals):
        return _interval_indices(physical, rendering)
    ends = rendering.minimum, rendering.maximum
    position = _stretch(physical, ends, RAMP_COLORS)
    position += 1.0
    np.clip(position, 1.0, RAMP_COLORS, out=position)
    return _whole(position)


def _compute_bytes(
    values: Values, scaling: Scaling, ends: Range, bend: Bend | None
) -> Bytes:
    """The brightness of each stored value, in their shape, from 0 to 255."""
    physical = _physical_values(values, scaling)
    if bend is None:
        position = _stretch(physical, ends, 255)
    else:
        brightness = np.clip(_stretch(physical, ends, 1), 0, 1)
        position = np.asarray(bend_channel(brightness, *bend) * 255, np.float64)
    position += 0.5
    np.clip(position, 0.0, 255.0, out=position)
    return _whole(position)


def _whole(position: NDArray[np.float64]) -> Bytes:
    """Truncate numbers from 0 to 255, of any shape, to uint8; NaN becomes 0."""
    return np.fmax(position, 0.0, out=position).astype(np.uint8)


def _physical_values(values: Values, scaling: Scaling) -> Values:
    """Values in the band's unit; those of an unscaled band keep their stored type.

    The ends of intervals are compared in that type.
    """
    return values if scaling == UNSCALED else scaling.physical_values(values)


def _stretch(values: Values, ends: Range, length: int) -> NDArray[np.float64]:
    """Map values, in their shape, so that the two ends become 0 and ``length``."""
    low, high = ends
    with np.errstate(over="ignore", invalid="ignore"):
        position = np.subtract(values, low, dtype=np.float64)
        # Not by length / (high - low), which is rounded: 100 of 200 are 127.5 of 255.
        position *= length
        position /= high - low or 1.0  # the range of a raster of one value is empty
    return position


def _class_indices(values: Values, rendering: ClassColors) -> Indices:
    """The palette index of each stored value, in their shape; 0 for other values."""
    keys, numbers = _class_table(values.dtype.str, rendering)
    position = np.searchsorted(keys, values)
    np.minimum(position, len(keys) - 1, out=position)
    indices: Indices = numbers.take(position) * (keys.take(position) == values)
    return indices


@lru_cache(maxsize=_TABLES)
def _class_table(dtype: str, rendering: ClassColors) -> tuple[Values, Indices]:
    """The classes' values that the type can hold, ascending, and their indices.

    Both (n,), n > 0: without such a class, 0 gets the index 0.
    """
    kind = np.dtype(dtype)
    number = _numbers(rendering.colors)
    found = {
        kind.type(value): number[color]
        for value, color in zip(rendering.values, rendering.colors, strict=True)
        if _holds(kind, value)
    }
    found = found or {kind.type(0): 0}
    keys = sorted(found)
    indices = [found[key] for key in keys]
    return np.array(keys, kind), np.array(indices, _index_type(number))


def _holds(kind: np.dtype[Any], value: float) -> bool:
    """Whether a pixel of a type can have a value, up to the type's rounding."""
    if kind.kind == "f":
        return abs(value) <= float(np.finfo(kind).max)
    limits = np.iinfo(kind)
    return value == int(value) and limits.min <= value <= limits.max


def _interval_indices(values: Values, rendering: Intervals) -> Indices:
    """The palette index of each physical value, in their shape; 0 outside of all."""
    edges, numbers = _interval_table(values.dtype.str, rendering)
    indices = numbers.take(np.searchsorted(edges, values, side="right"))
    if values.dtype.kind == "f":
        indices *= ~np.isnan(values)  # NaN sorts after all numbers
    return indices


@lru_cache(maxsize=_TABLES)
def _interval_table(dtype: str, rendering: Intervals) -> tuple[Values, Indices]:
    """The ends (n,) of the intervals, ascending, and the indices (n + 1,) between them.

    The first index is for values before the first end, the last for those after.
    """
    kind = np.dtype(dtype)
    number = _numbers(rendering.colors)
    ends = np.unique([end for pair in rendering.bounds for end in pair])
    indices = np.zeros(len(ends) + 1, _index_type(number))
    for (low, high), color in zip(rendering.bounds, rendering.colors, strict=True):
        first, last = np.searchsorted(ends, (low, high)) + 1
        # An open end includes infinity.
        indices[first : last if math.isfinite(high) else None] = number[color]
    if kind.kind == "f":
        # An end of 0.7 means the float32 nearest to it, which is less than 0.7.
        with np.errstate(over="ignore"):
            return ends.astype(kind), indices
    return ends, indices


def _numbers(colors: Sequence[str]) -> dict[str, int]:
    """The palette index of each colour."""
    return {color: number for number, color in enumerate(dict.fromkeys(colors), 1)}


def _index_type(number: dict[str, int]) -> type[np.uint8 | np.uint16]:
    return np.uint8 if len(number) <= MAX_COLORS else np.uint16
