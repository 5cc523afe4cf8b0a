"""Weight by zone and value of integers of up to 16 bits."""

from __future__ import annotations

import ctypes
import threading
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

    from raster_core.native.reducing.cells import Integers, ZoneRuns

    type _Rows = tuple[Integers, Integers, Integers, NDArray[np.generic]]

_POINTER, _NUMBER = ctypes.c_void_p, ctypes.c_int64

_VALUES = 2**16

# Rows of a call at most: zones that may need more are counted in several.
_MAX_ROWS = 2**18

# Bins for each cell beyond which sorting the cells takes less time.
_BINS_PER_CELL = 4


class Counted(NamedTuple):
    """Weight by zone and value, sorted by both; (rows,) each."""

    masked: Masked
    zone: Integers
    value: NDArray[np.generic]
    high: Integers
    """The weight is ``high * 2**22 + low`` units, above 0."""
    low: Integers


class _Counts(ctypes.Structure):
    """``Counts`` of ``c/counting.c``."""

    _fields_ = (
        *((name, _NUMBER) for name in ("next", "zones", "rows")),
        *((name, _NUMBER) for name in ("max_zones", "max_rows")),
        *((name, _POINTER) for name in ("zone", "masked_high", "masked_low")),
        *((name, _POINTER) for name in ("row_zone", "value", "high", "low")),
        *((name, _POINTER) for name in ("count", "met", "units_low", "units_high")),
    )


class _Scratch(threading.local):
    """Tables of a thread, all 0 between two calls."""

    def __init__(self) -> None:
        self.tables = (
            np.zeros(_VALUES, np.uint32),
            np.zeros(_VALUES // 64, np.uint64),
            np.zeros(_VALUES, np.uint64),
            np.zeros(_VALUES, np.uint64),
        )
        self.addresses = [table.ctypes.data for table in self.tables]


_scratch = _Scratch()


def count_zones(
    runs: ZoneRuns, values: NDArray[np.generic], valid: NDArray[np.bool_] | None
) -> Counted:
    """The weight of each value of each zone.

    Args:
        runs: The zones' cells.
        values: (row, col): the block; integers of up to 16 bits.
        valid: (row, col): True means data. None if all cells have data.

    Raises:
        ValueError: If a run lies outside of the block, or zones do not ascend.
    """
    native = library()
    if native is None:
        return count_zones_reference(runs, values, valid)
    values, valid = plane_of(values), None if valid is None else plane_of(valid)
    cells = bind_cells(runs, values, valid)
    kernel = native[f"rasterlet_count_{8 * values.itemsize}"]
    signed = ctypes.c_int(values.dtype.kind == "i")
    zones = runs.count_zones()
    masked = np.empty((3, zones), np.int64)
    distinct = zones << (8 * values.itemsize)
    most = min(_MAX_ROWS, distinct, max(runs.count_cells(), 1))
    counts = _Counts(0, 0, 0, zones, most, *row_addresses(masked))
    tables = _scratch.addresses
    counts.count, counts.met, counts.units_low, counts.units_high = tables
    found: list[_Rows] = []
    while counts.next < cells.runs or not found:
        numbers, value = np.empty((3, most), np.int64), np.empty(most, values.dtype)
        counts.rows = 0
        counts.row_zone, counts.high, counts.low = row_addresses(numbers)
        counts.value = value.ctypes.data
        check_done(kernel(ctypes.byref(cells), ctypes.byref(counts), signed))
        rows = slice(counts.rows)
        zone, high, low = numbers[:, rows].copy()
        found.append((zone, high, low, value[rows].copy()))
    return _join(Masked(*masked), found)


def count_zones_reference(
    runs: ZoneRuns, values: NDArray[np.generic], valid: NDArray[np.bool_] | None
) -> Counted:
    """``count_zones`` with numpy."""
    masked = no_masked(runs)
    none = np.zeros(0, np.int64)
    found: list[_Rows] = [(none, none, none, np.zeros(0, values.dtype))]
    for cells in walk_zones(runs, values, valid, masked):
        if isinstance(cells, DenseCells):
            met, high, low = _count_large(cells)
            zone = np.full(len(met), masked.zone[cells.position])
            found.append((zone, high, low, met.astype(values.dtype)))
            continue
        if not cells.value.size:
            continue
        lowest = int(cells.value.min())
        span = int(cells.value.max()) - lowest + 1
        first = int(cells.zone[0])
        code = (cells.zone - first) * span + (cells.value.astype(np.int64) - lowest)
        met, high, low = _count_codes(code, cells.weight)
        zone, value = np.divmod(met, span)
        value = (value + lowest).astype(values.dtype)
        found.append((masked.zone[zone + first], high, low, value))
    return _join(masked, found)


def _count_large(cells: DenseCells) -> tuple[Integers, ...]:
    """The values of a large zone, ascending, and halves of their weights."""
    whole, partial = cells.whole().astype(np.intp), cells.partial()
    outer = partial.value.astype(np.intp)
    lowest = min(int(part.min(initial=_VALUES)) for part in (whole, outer))
    size = 1 + max(int(part.max(initial=lowest)) for part in (whole, outer)) - lowest
    high = np.bincount(whole - lowest, minlength=size) << HALF_BITS
    halves = partial.weight >> HALF_BITS, partial.weight & (2**HALF_BITS - 1)
    upper, low = (
        np.bincount(outer - lowest, half, size).astype(np.int64) for half in halves
    )
    high += upper + (low >> HALF_BITS)
    low &= 2**HALF_BITS - 1
    met = np.flatnonzero(high | low)
    return met + lowest, high[met], low[met]


def _count_codes(code: Integers, weight: Integers) -> tuple[Integers, ...]:
    """The distinct codes (n,), ascending, and halves of the weights (n,) of each."""
    if int(code.max()) < _VALUES + _BINS_PER_CELL * code.size:
        # Float64 counts halves of 2**31 weights exactly.
        high, low = (
            np.bincount(code, half).astype(np.int64)
            for half in (weight >> HALF_BITS, weight & (2**HALF_BITS - 1))
        )
        met = np.flatnonzero(high | low)
        high, low = high[met], low[met]
    else:
        order = np.argsort(code, kind="stable")
        ordered = code[order]
        first = np.flatnonzero(np.diff(ordered, prepend=ordered[0] - 1))
        met, weight = ordered[first], weight[order]
        high = np.add.reduceat(weight >> HALF_BITS, first)
        low = np.add.reduceat(weight & (2**HALF_BITS - 1), first)
    return met, high + (low >> HALF_BITS), low & (2**HALF_BITS - 1)


def _join(
    masked: Masked,
    found: Sequence[_Rows],
) -> Counted:
    """Parts of rows as one; there is at least one."""
    zone, high, low, value = (
        parts[0] if len(parts) == 1 else np.concatenate(parts)
        for parts in zip(*found, strict=True)
    )
    return Counted(masked, zone, value, high, low)
