"""Stretch stored values to the brightness of channels.

Values of at most 16 bits are looked up in a table of all values of their type.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from raster_core.native.images.coloring import compose
from raster_core.tile.colors.formula import Formula, bend_channel
from raster_core.tile.images.values import (
    every_value,
    physical_values,
    stretch_values,
    unsigned,
    whole_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.bands import Scaling
    from raster_core.tile.colors.arrays import Pixels
    from raster_core.tile.colors.renderings import Range
    from raster_core.tile.images.values import Bytes, Values

type Bend = tuple[Formula, int]
"""A colour formula and the channel that it is applied to."""

# A few per dataset in use.
_TABLES = 32


@dataclass(frozen=True, slots=True)
class Stretch:
    """How the values of a band become bytes."""

    scaling: Scaling
    """From stored to physical values."""
    ends: Range
    """The physical values that become 0 and 255."""
    bend: Bend | None = None
    """The formula that changes the brightness in between."""


def stretch_bands(
    values: Values, stretches: Sequence[Stretch], channels: int
) -> Pixels:
    """Stretch three bands of stored values to the channels of pixels.

    Args:
        values: (3, row, col), of any numeric type.
        stretches: One per band.
        channels: 3 or 4; the fourth is 255.

    Returns:
        (row, col, channels), rounded; NaN becomes 0.
    """
    small = unsigned(values)
    if small is None:
        every = zip(values, stretches, strict=True)
        planes = np.stack([band_bytes(plane, stretch) for plane, stretch in every])
        return compose(planes, [None] * len(planes), channels)
    tables = [_stretch_table(values.dtype, stretch) for stretch in stretches]
    return compose(np.ascontiguousarray(small), tables, channels)


def band_bytes(values: Values, stretch: Stretch) -> Bytes:
    """Stretch stored values to 0..255, rounded.

    Args:
        values: Stored values of any shape, also empty, and of any numeric type.
        stretch: How.

    Returns:
        Bytes of the same shape; NaN becomes 0.
    """
    small = unsigned(values)
    if small is None:
        return _compute_bytes(values, stretch)
    table = _stretch_table(values.dtype, stretch)
    return np.asarray(small, np.uint8) if table is None else table.take(small)


def _stretch_table(dtype: np.dtype[Any], stretch: Stretch) -> Bytes | None:
    """The table of a type of at most 16 bits; None if bytes stay as they are."""
    whole = tuple(map(stretch.scaling.physical_value, (0.0, 255.0)))
    if dtype == np.uint8 and stretch.ends == whole and stretch.bend is None:
        return None
    return _byte_table(dtype.str, stretch)


@lru_cache(maxsize=_TABLES)  # 64 kB each at most
def _byte_table(dtype: str, stretch: Stretch) -> Bytes:
    """The brightness of every value of a type, (n,)."""
    return _compute_bytes(every_value(dtype), stretch)


def _compute_bytes(values: Values, stretch: Stretch) -> Bytes:
    """The brightness of each stored value, in their shape, from 0 to 255."""
    physical = physical_values(values, stretch.scaling)
    if stretch.bend is None:
        position = stretch_values(physical, stretch.ends, 255)
    else:
        brightness = np.clip(stretch_values(physical, stretch.ends, 1), 0, 1)
        bent = bend_channel(brightness, *stretch.bend)
        position = np.asarray(bent * 255, np.float64)
    position += 0.5
    np.clip(position, 0.0, 255.0, out=position)
    return whole_bytes(position)
