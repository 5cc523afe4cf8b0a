"""Moments by zone of integers of 32 and 64 bits, and of floats."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from raster_core.native.library import library
from raster_core.native.reducing.cells import (
    HALF_BITS,
    WHOLE_BITS,
    Masked,
    add_halves,
    bind_cells,
    check_done,
    no_masked,
    plane_of,
    row_addresses,
)
from raster_core.native.reducing.dense import DenseCells, walk_zones

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.native.reducing.cells import FlatCells, Integers, ZoneRuns

_POINTER, _NUMBER = ctypes.c_void_p, ctypes.c_int64

HARMLESS = 400
"""Powers of two below which squares neither overflow nor vanish, sums included."""

_TYPES: dict[str, type[Any]] = {
    "i32": ctypes.c_int32,
    "u32": ctypes.c_uint32,
    "i64": ctypes.c_int64,
    "u64": ctypes.c_uint64,
    "f32": ctypes.c_float,
    "f64": ctypes.c_double,
}


class Measured(NamedTuple):
    """Moments of all zones of a block, (zones,) each; see ``partials.rows``."""

    masked: Masked
    high: Integers
    """Weight of the valid cells, ``high * 2**22 + low`` units; 0 without any."""
    low: Integers
    total: NDArray[np.float64]
    squares: NDArray[np.float64]
    minimum: NDArray[np.generic]
    """In the type of the values, as ``maximum`` and ``origin``."""
    maximum: NDArray[np.generic]
    origin: NDArray[np.generic]
    exponent: Integers


class _Moments(ctypes.Structure):
    """``Moments`` of ``c/moments.c``."""

    _fields_ = (
        ("max_zones", _NUMBER),
        ("zones", _NUMBER),
        *((name, _POINTER) for name in ("zone", "masked_high", "masked_low")),
        *((name, _POINTER) for name in ("high", "low", "total", "squares")),
        *((name, _POINTER) for name in ("minimum", "maximum", "origin", "exponent")),
    )


def measure_zones(
    runs: ZoneRuns, values: NDArray[np.generic], valid: NDArray[np.bool_] | None
) -> Measured:
    """The moments of each zone.

    The order of sums: the cell of number i in the block, row-major, goes to lane
    i mod 8, where cells are added in their order; lanes are added as
    ((0+1)+(2+3))+((4+5)+(6+7)).

    Args:
        runs: The zones' cells.
        values: (row, col): the block; integers of 32 or 64 bits, or floats.
        valid: (row, col): True means data, and no NaN. None if all cells have data.

    Raises:
        ValueError: If a run lies outside of the block, or zones do not ascend.
    """
    native, name = library(), f"{values.dtype.kind}{8 * values.itemsize}"
    if native is None or name not in _TYPES:
        return measure_zones_reference(runs, values, valid)
    values, valid = plane_of(values), None if valid is None else plane_of(valid)
    cells = bind_cells(runs, values, valid)
    zones = runs.count_zones()
    numbers = np.empty((6, zones), np.int64)
    sums, ends = np.empty((2, zones)), np.empty((3, zones), values.dtype)
    *places, exponent = row_addresses(numbers)
    found = _Moments(
        zones, 0, *places, *row_addresses(sums), *row_addresses(ends), exponent
    )
    limits = map(_TYPES[name], _limits(values.dtype))
    kernel = native[f"rasterlet_measure_{name}"]
    check_done(kernel(ctypes.byref(cells), ctypes.byref(found), *limits))
    return Measured(Masked(*numbers[:3]), *numbers[3:5], *sums, *(*ends, numbers[5]))


def measure_zones_reference(
    runs: ZoneRuns, values: NDArray[np.generic], valid: NDArray[np.bool_] | None
) -> Measured:
    """``measure_zones`` with numpy."""
    masked = no_masked(runs)
    found = Measuring.of(len(masked.zone), values.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        for cells in walk_zones(runs, values, valid, masked):
            if isinstance(cells, DenseCells):
                found.add_large(cells)
            else:
                found.add(cells)
    zero = values.dtype.type(0)  # -0 becomes 0
    return Measured(
        masked,
        found.high,
        found.low,
        found.total,
        found.squares,
        found.minimum + zero,
        found.maximum + zero,
        found.origins(),
        found.exponent,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Measuring:
    """What ``Measured`` has, while cells come in."""

    high: Integers
    low: Integers
    total: NDArray[np.float64]
    squares: NDArray[np.float64]
    minimum: NDArray[Any]
    maximum: NDArray[Any]
    exponent: Integers

    @staticmethod
    def of(zones: int, dtype: np.dtype[Any]) -> Measuring:
        """Nothing yet, of some zones and of values of a type."""
        lowest, highest = _limits(dtype)
        return Measuring(
            np.zeros(zones, np.int64),
            np.zeros(zones, np.int64),
            np.zeros(zones),
            np.zeros(zones),
            np.full(zones, highest, dtype),
            np.full(zones, lowest, dtype),
            np.zeros(zones, np.int64),
        )

    def add(self, cells: FlatCells) -> None:
        """Take all cells of some zones in; NaN is neither least nor largest."""
        zones, zone, value = len(self.high), cells.zone, cells.value
        if not zone.size:
            return
        add_halves(zone, cells.weight, (self.high, self.low))
        first = np.flatnonzero(np.diff(zone, prepend=-1))
        own = zone[first]
        self.minimum[own] = np.fmin(self.minimum[own], np.fmin.reduceat(value, first))
        self.maximum[own] = np.fmax(self.maximum[own], np.fmax.reduceat(value, first))
        origin = self.origins()
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            above = differences(value, origin[zone])
            lane = 8 * zone + (cells.number & 7)
            fraction = cells.weight / 2.0**WHOLE_BITS
            self.total[own] = _sum_lanes(lane, fraction * above, zones)[own]
            pixels = (self.high * 2.0**HALF_BITS + self.low) / 2.0**WHOLE_BITS
            mean = np.divide(self.total, pixels, out=np.zeros(zones), where=pixels > 0)
            ends = (self.minimum, self.maximum)
            least, most = (differences(end, origin) - mean for end in ends)
            self.exponent[own] = _exponents(least, most)[own]
            above -= mean[zone]
            if self.exponent[own].any():
                above = np.ldexp(above, -self.exponent[zone])
            squares = fraction * (above * above)
            self.squares[own] = _sum_lanes(lane, squares, zones)[own]

    def add_large(self, cells: DenseCells) -> None:
        """Take all cells of a large zone in."""
        zone, shown = cells.position, cells.weight != 0
        high, low = cells.halves()
        if not high | low:
            return
        self.high[zone], self.low[zone] = high, low
        value = cells.value[shown]
        self.minimum[zone] = np.fmin(self.minimum[zone], np.fmin.reduce(value))
        self.maximum[zone] = np.fmax(self.maximum[zone], np.fmax.reduce(value))
        origin = self.origins()[zone : zone + 1]
        fraction = cells.weight / 2.0**WHOLE_BITS
        with np.errstate(over="ignore", invalid="ignore"):
            above = differences(np.ascontiguousarray(cells.value), origin)
            total = _join_lanes(cells.sum_lanes(fraction * above))
            mean = total / ((high * 2.0**HALF_BITS + low) / 2.0**WHOLE_BITS)
            ends = self.minimum[zone : zone + 1], self.maximum[zone : zone + 1]
            least, most = (differences(end, origin) - mean for end in ends)
            (exponent,) = _exponents(least, most)
            above -= mean
            if exponent:
                above = np.ldexp(above, -exponent)
            squares = _join_lanes(cells.sum_lanes(fraction * (above * above)))
        self.total[zone], self.squares[zone] = total[0], squares[0]
        self.exponent[zone] = exponent

    def origins(self) -> NDArray[Any]:
        """The least values of integers; 0 of floats and of zones without values."""
        dtype = self.minimum.dtype
        if dtype.kind not in "iu":
            return np.zeros_like(self.minimum)
        return np.where(self.high | self.low, self.minimum, 0).astype(dtype)


def differences(
    values: NDArray[np.generic], origin: NDArray[np.generic]
) -> NDArray[np.float64]:
    """Values (n,) less an origin (n,) or () of the same type that none is below.

    Exact of integers of any width; of floats, the values themselves.
    """
    if values.dtype.kind not in "iu":
        return values.astype(np.float64)
    unsigned = np.dtype(f"u{values.dtype.itemsize}")
    # Modulo the type's range, so that no difference overflows.
    distance = values.view(unsigned) - origin.view(unsigned)
    return np.asarray(distance, np.float64)


def _sum_lanes(
    lane: NDArray[np.intp], terms: NDArray[np.float64], zones: int
) -> NDArray[np.float64]:
    """The sum of each zone's terms, (zones,), of terms (n,) by lane of a zone (n,)."""
    return _join_lanes(np.bincount(lane, terms, 8 * zones))


def _join_lanes(lanes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sum of every eight lanes, (n,), of (8 * n,)."""
    lanes = lanes.reshape(-1, 8)
    pairs = lanes[:, ::2] + lanes[:, 1::2]
    return (pairs[:, 0] + pairs[:, 1]) + (pairs[:, 2] + pairs[:, 3])


def _exponents(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> NDArray[np.int64]:
    """The power of two to divide deviations by before squaring, (n,), mostly 0."""
    largest = np.maximum(np.abs(first), np.abs(second))
    largest[~np.isfinite(largest)] = 0.0
    exponents = np.frexp(largest)[1].astype(np.int64)
    return np.where(np.abs(exponents) < HARMLESS, 0, exponents)


def _limits(dtype: np.dtype[np.generic]) -> tuple[Any, Any]:
    """The lowest and the highest value of a type of numbers."""
    if dtype.kind == "f":
        return -np.inf, np.inf
    limits = np.iinfo(dtype.str)
    return int(limits.min), int(limits.max)
