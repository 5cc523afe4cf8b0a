"""Exact sums by zone of integers of up to 16 bits."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.native.library import library
from raster_core.native.reducing.cells import (
    HALF_BITS,
    Masked,
    bind_cells,
    check_done,
    no_masked,
    plane_of,
    row_addresses,
)
from raster_core.native.reducing.dense import DenseCells, walk_zones

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.native.reducing.cells import Indices, Integers, ZoneRuns

LIMB_BITS = 32
"""Bits of each part that large sums are taken apart into."""

_POINTER, _NUMBER = ctypes.c_void_p, ctypes.c_int64


class Summed(NamedTuple):
    """Sums of all zones of a block, (zones, …) each."""

    masked: Masked
    sums: Integers
    """(zones, 11): whole numbers in limbs of 32 bits, the lowest first: 3 of the
    weight in units, 4 of weight x value, whose highest has the sign, and 4 of
    weight x value**2."""
    ends: Indices
    """(zones, 2): the least and the largest value; 1 and 0 without values."""


class _Sums(ctypes.Structure):
    """``Sums`` of ``c/summing.c``."""

    _fields_ = (
        ("max_zones", _NUMBER),
        ("zones", _NUMBER),
        *((name, _POINTER) for name in ("zone", "masked_high", "masked_low")),
        ("sums", _POINTER),
        ("ends", _POINTER),
    )


def sum_zones(
    runs: ZoneRuns, values: NDArray[np.generic], valid: NDArray[np.bool_] | None
) -> Summed:
    """The sums of each zone.

    Args:
        runs: The zones' cells.
        values: (row, col): the block; integers of up to 16 bits.
        valid: (row, col): True means data. None if all cells have data.

    Raises:
        ValueError: If a run lies outside of the block, or zones do not ascend.
    """
    native = library()
    if native is None:
        return sum_zones_reference(runs, values, valid)
    values, valid = plane_of(values), None if valid is None else plane_of(valid)
    cells = bind_cells(runs, values, valid)
    kernel = native[f"rasterlet_sum_{values.dtype.kind}{8 * values.itemsize}"]
    zones = runs.count_zones()
    masked = np.empty((3, zones), np.int64)
    sums, ends = np.empty((zones, 11), np.int64), np.empty((zones, 2), np.int32)
    places = *row_addresses(masked), sums.ctypes.data, ends.ctypes.data
    found = _Sums(zones, 0, *places)
    check_done(kernel(ctypes.byref(cells), ctypes.byref(found)))
    return Summed(Masked(*masked), sums, ends)


def sum_zones_reference(
    runs: ZoneRuns, values: NDArray[np.generic], valid: NDArray[np.bool_] | None
) -> Summed:
    """``sum_zones`` with numpy."""
    masked = no_masked(runs)
    zones = len(masked.zone)
    halves = np.zeros((zones, 2, 4), np.int64)
    ends = np.tile(np.array([2**31 - 1, -(2**31)], np.int32), (zones, 1))
    for cells in walk_zones(runs, values, valid, masked):
        if isinstance(cells, DenseCells):
            whole = cells.whole().astype(np.int64)
            position = cells.position
            _widen(ends[position], whole)
            total, square = int(whole.sum()), int(np.square(whole, out=whole).sum())
            # A whole cell weighs 2**HALF_BITS in units of the high half.
            sums = len(whole), total, square & 0xFFFF, square >> 16
            halves[position, 0] += np.array(sums) << HALF_BITS
            cells = cells.partial()  # noqa: PLW2901  the others follow
        if not cells.value.size:
            continue
        value = cells.value.astype(np.int64)
        first = np.flatnonzero(np.diff(cells.zone, prepend=-1))
        own = cells.zone[first]
        squares = value * value
        # Parts of 16 bits: times 24 bits of weights, 2**22 cells have sums in 64 bits.
        parts = np.stack([np.ones_like(value), value, squares & 0xFFFF, squares >> 16])
        for half, units in enumerate(
            (cells.weight >> HALF_BITS, cells.weight & (2**HALF_BITS - 1))
        ):
            halves[own, half] += np.add.reduceat(parts * units, first, axis=1).T
        least, most = (
            np.minimum.reduceat(value, first),
            np.maximum.reduceat(value, first),
        )
        ends[own, 0] = np.minimum(ends[own, 0], least)
        ends[own, 1] = np.maximum(ends[own, 1], most)
    ends[ends[:, 0] > ends[:, 1]] = 1, 0
    limbs = [
        [
            limb
            for number, count in _join_parts(*zone)
            for limb in split_limbs(number, count)
        ]
        for zone in halves.tolist()
    ]
    return Summed(masked, np.array(limbs, np.int64).reshape(-1, 11), ends)


def _widen(ends: Indices, values: Integers) -> None:
    """Make the least and the largest of a zone, (2,), those of more values."""
    if values.size:
        ends[:] = min(ends[0], values.min()), max(ends[1], values.max())


def split_limbs(number: int, count: int) -> list[int]:
    """A whole number in limbs, the lowest first; the highest has its sign."""
    low = [(number >> (LIMB_BITS * k)) & (2**LIMB_BITS - 1) for k in range(count - 1)]
    return [*low, number >> (LIMB_BITS * (count - 1))]


def _join_parts(high: Sequence[int], low: Sequence[int]) -> list[tuple[int, int]]:
    """The three sums of ``Summed`` and their limbs, of sums of halves of each part."""
    pairs = zip(high, low, strict=True)
    weight, total, small, large = [(a << HALF_BITS) + b for a, b in pairs]
    return [(weight, 3), (total, 4), (small + (large << 16), 4)]
