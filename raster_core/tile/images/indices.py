"""Turn stored values into palette indices and bytes; index 0 is not drawn.

Values of at most 16 bits are looked up in a table of all values of their type.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from raster_core.native.images.coloring import look_up
from raster_core.tile.colors.formula import Formula, bend_channel
from raster_core.tile.colors.ramps import RAMP_COLORS, parse_colors, ramp_colors
from raster_core.tile.colors.renderings import ClassColors, Intervals, Ramp
from raster_core.tile.images.encode import MAX_COLORS
from raster_core.tile.images.values import (
    every_value,
    physical_values,
    stretch_values,
    unsigned,
    whole_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.bands import BandInfo, Scaling
    from raster_core.tile.colors.arrays import Colors

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
    small = unsigned(values)
    if small is None:
        return _compute_indices(values, band.scaling, rendering)
    return _index_table(values.dtype.str, band.scaling, rendering).take(small)


def masked_indices(
    values: Values, mask: NDArray[np.bool_], band: BandInfo, rendering: Palettized
) -> Indices:
    """``palette_indices``, 0 where the mask, of the shape of the values, is False."""
    small = unsigned(values)
    if small is not None:
        table = _index_table(values.dtype.str, band.scaling, rendering)
        if table.dtype == np.uint8:
            small, mask = np.ascontiguousarray(small), np.ascontiguousarray(mask)
            return look_up(small, mask, table.astype(np.uint8, copy=False))
    return palette_indices(values, band, rendering) * mask


@lru_cache(maxsize=_TABLES)  # 128 kB each at most
def _index_table(dtype: str, scaling: Scaling, rendering: Palettized) -> Indices:
    """The palette index of every value of a type, (n,)."""
    return _compute_indices(every_value(dtype), scaling, rendering)


def _compute_indices(
    values: Values, scaling: Scaling, rendering: Palettized
) -> Indices:
    """The palette index of each stored value, in their shape; 0 for no colour."""
    if isinstance(rendering, ClassColors):
        return _class_indices(values, rendering)
    physical = physical_values(values, scaling)
    if isinstance(rendering, Intervals):
        return _interval_indices(physical, rendering)
    ends = rendering.minimum, rendering.maximum
    position = stretch_values(physical, ends, RAMP_COLORS)
    position += 1.0
    np.clip(position, 1.0, RAMP_COLORS, out=position)
    return whole_bytes(position)


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
