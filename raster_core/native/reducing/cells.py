"""Cells of many zones in one block, as kernels take them."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    type Integers = NDArray[np.int64]
    type Indices = NDArray[np.int32]

_POINTER, _NUMBER = ctypes.c_void_p, ctypes.c_int64

WHOLE_BITS, HALF_BITS = 44, 22
"""A whole cell weighs ``2**WHOLE_BITS`` units; sums of weights come in halves,
``high * 2**HALF_BITS + low``."""

# Cells that are flat at a time: what is made of them stays below 50 MB.
_CELLS = 2**18


@dataclass(frozen=True, slots=True, eq=False)
class ZoneRuns:
    """Runs of equally covered cells in one block, sorted by zone, row and column.

    A run is columns [start, stop) of one row.
    """

    table: Indices
    """(4, runs), contiguous: zone, row, start and stop of each run, on the grid."""
    weight: Integers
    """(runs,), contiguous: weight of each cell in the run, above 0, in units: a whole
    cell is 2**44."""
    origin: tuple[int, int]
    """Row and column of the block's first cell."""

    @property
    def zone(self) -> Indices:
        """(runs,), as all that follow."""
        zone: Indices = self.table[0]
        return zone

    @property
    def row(self) -> Indices:
        """Row of each run."""
        row: Indices = self.table[1]
        return row

    @property
    def start(self) -> Indices:
        """First column of each run."""
        start: Indices = self.table[2]
        return start

    @property
    def stop(self) -> Indices:
        """Column behind the last of each run."""
        stop: Indices = self.table[3]
        return stop

    def count_zones(self) -> int:
        """How many different zones there are."""
        zone = self.zone
        return int(np.count_nonzero(zone[1:] != zone[:-1])) + bool(len(zone))

    def count_cells(self) -> int:
        """How many cells all runs have."""
        start, stop = (np.sum(ends, dtype=np.int64) for ends in (self.start, self.stop))
        return int(stop - start)


class Masked(NamedTuple):
    """The zones of a block, and what they have without data; (zones,) each."""

    zone: Integers
    """Their numbers, ascending."""
    high: Integers
    """Weight of the cells without data: ``high * 2**22 + low`` units."""
    low: Integers


class Cells(ctypes.Structure):
    """``Cells`` of ``c/cells.h``; it keeps no array alive."""

    _fields_ = (
        *((name, _POINTER) for name in ("zone", "row", "start", "stop", "weight")),
        ("runs", _NUMBER),
        *((name, _NUMBER) for name in ("window_row", "window_col", "height", "width")),
        ("values", _POINTER),
        ("stride", _NUMBER),
        ("valid", _POINTER),
        ("valid_stride", _NUMBER),
    )


def make_runs(
    columns: tuple[NDArray[np.integer], ...],
    weight: NDArray[np.integer],
    origin: tuple[int, int],
) -> ZoneRuns:
    """Runs of any integers, copied where they are not of the kernels' types.

    Args:
        columns: Zone, row, start and stop of each run, (runs,) each.
        weight: (runs,)
        origin: Row and column of the block's first cell.

    Raises:
        ValueError: If the arrays differ in length.
    """
    if any(column.shape != weight.shape for column in columns) or weight.ndim != 1:
        raise ValueError("Zones, rows, starts, stops and weights differ in length")
    table = np.empty((4, len(weight)), np.int32)
    for row, column in zip(table, columns, strict=True):
        row[:] = column
    return ZoneRuns(table, np.ascontiguousarray(weight, np.int64), origin)


def bind_cells(
    runs: ZoneRuns, values: NDArray[np.generic], valid: NDArray[np.bool_] | None
) -> Cells:
    """The struct that kernels take; it is valid while the three arguments live.

    Args:
        runs: The cells.
        values: (row, col), of ``plane_of``.
        valid: Likewise; True means data. None if all cells have data.

    Raises:
        ValueError: If the mask has another shape, or runs are not of ``make_runs``.
    """
    if valid is not None and valid.shape != values.shape:
        raise ValueError(f"The mask is {valid.shape}, the values are {values.shape}")
    table, weight = runs.table, runs.weight
    plain = is_plain(table, np.int32) and is_plain(weight, np.int64)
    if not plain or weight.ndim != 1 or table.shape != (4, weight.size):
        raise ValueError(f"Runs {table.shape} have weights {weight.shape}")
    return Cells(
        *row_addresses(runs.table),
        runs.weight.ctypes.data,
        len(runs.zone),
        *runs.origin,
        *values.shape,
        values.ctypes.data,
        values.strides[0] // values.itemsize,
        None if valid is None else valid.ctypes.data,
        0 if valid is None else valid.strides[0],
    )


def is_plain(array: NDArray[np.generic], dtype: type[np.generic]) -> bool:
    """Whether kernels may read an array as numbers of a type, one behind the other."""
    return array.dtype == dtype and array.flags.c_contiguous and array.flags.aligned


def pick_zones(runs: ZoneRuns, which: NDArray[np.bool_]) -> ZoneRuns:
    """The runs of some zones.

    Args:
        runs: Of all zones.
        which: (zones,), by number.
    """
    some = which[runs.zone]
    if some.all():
        return runs
    return ZoneRuns(
        np.ascontiguousarray(runs.table[:, some]), runs.weight[some], runs.origin
    )


class FlatCells(NamedTuple):
    """Cells of some zones that have data, zone after zone, row-major within each."""

    zone: NDArray[np.intp]
    """(cells,): position of the zone among all zones of the block, ascending."""
    number: NDArray[np.intp]
    """(cells,): row-major number of the cell in the block."""
    value: NDArray[np.generic]
    """(cells,)"""
    weight: Integers
    """(cells,): in units."""


def flatten_cells(
    runs: ZoneRuns,
    values: NDArray[np.generic],
    valid: NDArray[np.bool_] | None,
    masked: Masked,
) -> Iterator[FlatCells]:
    """The cells with data, those of whole zones at a time; for the references.

    Args:
        runs: The zones' cells.
        values: (row, col): the block.
        valid: Likewise; None if all cells have data.
        masked: Gets the weights without data added.

    Raises:
        ValueError: If a run lies outside of the block, or zones do not ascend.
    """
    row, col, length = place_runs(runs, values.shape)
    start = row.astype(np.int64) * values.shape[1] + col
    zone = np.cumsum(np.diff(runs.zone, prepend=runs.zone[:1]) != 0)
    begins = np.flatnonzero(np.diff(zone, prepend=-1))
    done = np.append(0, np.cumsum(length))[np.append(begins, len(length))]
    first = 0
    while first < len(begins):
        fit = int(np.searchsorted(done, done[first] + _CELLS, side="right"))
        last = max(fit - 1, first + 1)
        part = slice(begins[first], begins[last] if last < len(begins) else None)
        run = np.repeat(np.arange(len(length))[part], length[part])
        before = np.cumsum(length[part]) - length[part]
        number = np.arange(len(run)) - np.repeat(before - start[part], length[part])
        cells = FlatCells(zone[run], number, values.ravel()[number], runs.weight[run])
        yield cells if valid is None else _take_valid(cells, valid, masked)
        first = last


def place_runs(
    runs: ZoneRuns, shape: tuple[int, ...]
) -> tuple[Indices, Indices, Integers]:
    """Row and column in a block of each run's first cell, and their number, (runs,).

    Raises:
        ValueError: If a run lies outside of the block, or zones do not ascend.
    """
    row, col = runs.row - runs.origin[0], runs.start - runs.origin[1]
    length = (runs.stop - runs.start).astype(np.int64)
    inside = (row >= 0) & (row < shape[0]) & (col >= 0) & (length > 0)
    inside &= (col + length <= shape[1]) & (runs.weight > 0)
    check_done(int(not inside.all() or (np.diff(runs.zone) < 0).any()))
    return row, col, length


def no_masked(runs: ZoneRuns) -> Masked:
    """The zones of some runs, without anything masked."""
    zone = runs.zone[np.diff(runs.zone, prepend=-1) != 0].astype(np.int64)
    return Masked(zone, *np.zeros((2, len(zone)), np.int64))


def add_halves(
    zone: NDArray[np.intp], weight: Integers, sums: tuple[Integers, Integers]
) -> None:
    """Add weights (n,) of ascending zones (n,) to sums of halves, (zones,) each."""
    if not zone.size:
        return
    high, low = sums
    first = np.flatnonzero(np.diff(zone, prepend=-1))
    own = zone[first]
    high[own] += np.add.reduceat(weight >> HALF_BITS, first)
    low[own] += np.add.reduceat(weight & (2**HALF_BITS - 1), first)
    high += low >> HALF_BITS
    low &= 2**HALF_BITS - 1


def _take_valid(
    cells: FlatCells, valid: NDArray[np.bool_], masked: Masked
) -> FlatCells:
    shown = valid.ravel()[cells.number]
    add_halves(cells.zone[~shown], cells.weight[~shown], (masked.high, masked.low))
    zone, number, value, weight = cells
    return FlatCells(zone[shown], number[shown], value[shown], weight[shown])


def row_addresses(array: NDArray[np.generic]) -> list[int]:
    """Where each row of an array (rows, …) begins; asking each takes microseconds."""
    first, step = array.ctypes.data, array.strides[0]
    return [first + step * row for row in range(len(array))]


def plane_of[T: np.generic](plane: NDArray[T]) -> NDArray[T]:
    """The plane, (row, col), copied unless its rows are contiguous and aligned."""
    rows, columns = plane.strides
    if (
        plane.dtype.isnative
        and plane.flags.aligned
        and columns == plane.itemsize
        and rows >= 0
        and rows % plane.itemsize == 0
    ):
        return plane
    return np.ascontiguousarray(plane, plane.dtype.newbyteorder("="))


def check_done(result: int) -> None:
    """Raise what a kernel returned.

    Raises:
        ValueError: If a run is off the block or weightless, or zones do not ascend.
    """
    if result:
        raise ValueError("A run lies outside of its block, or zones do not ascend")
