"""Weight by zone and by some bits of wide values: how quantiles are searched."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.native.library import library
from raster_core.native.reducing.cells import (
    HALF_BITS,
    bind_cells,
    check_done,
    flatten_cells,
    is_plain,
    no_masked,
    plane_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.native.reducing.cells import Integers, ZoneRuns

    type Block = tuple[NDArray[np.generic], NDArray[np.bool_] | None]
    """Values (row, col), and where there is data, likewise; None if everywhere."""

MAX_WIDTH = 16
"""Bits that are counted by at most."""

_POINTER, _NUMBER = ctypes.c_void_p, ctypes.c_int64

_KINDS = np.int64, np.int64, np.uint64, np.int64, np.int64

_TYPES = frozenset(["i4", "u4", "i8", "u8", "f4", "f8"])


@dataclass(frozen=True, slots=True, eq=False)
class DigitBins:
    """Weights of values by zone, by how their bits begin, and by the bits after that.

    Bits are those of ``order_bits``. All arrays are contiguous.
    """

    zone: Integers
    """(zones,): numbers of the zones that are counted, ascending."""
    end: Integers
    """(zones,): where the prefixes of each zone end."""
    prefix: NDArray[np.uint64]
    """(prefixes,): how bits begin, above those that are counted by; different ones of
    each zone."""
    shift: int
    """Number of the lowest bit that is counted by, from 0."""
    width: int
    """How many bits are, of 1 to ``MAX_WIDTH``."""
    high: Integers
    """(prefixes, 2**width): weight, ``high * 2**22 + low`` units; not carried."""
    low: Integers

    @staticmethod
    def of(prefixes: dict[int, list[int]], shift: int, width: int) -> DigitBins:
        """Nothing counted yet.

        Args:
            prefixes: Those of each zone, different ones.
            shift: See above, as ``width``.
            width: See there.
        """
        zones = sorted(prefixes)
        every = [prefix for zone in zones for prefix in prefixes[zone]]
        ends = np.cumsum([len(prefixes[zone]) for zone in zones], dtype=np.int64)
        bins = np.zeros((2, len(every), 1 << width), np.int64)
        number = np.array(zones, np.int64)
        return DigitBins(number, ends, np.array(every, np.uint64), shift, width, *bins)


class _Digits(ctypes.Structure):
    """``Digits`` of ``c/digits.c``."""

    _fields_ = (
        ("zones", _NUMBER),
        *((name, _POINTER) for name in ("zone", "end")),
        ("prefixes", _NUMBER),
        ("prefix", _POINTER),
        *((name, _NUMBER) for name in ("shift", "width", "times")),
        *((name, _POINTER) for name in ("high", "low")),
    )


def count_digits(runs: ZoneRuns, block: Block, bins: DigitBins, times: int = 1) -> None:
    """Add the cells of zones in one block to their bins.

    Args:
        runs: The zones' cells; zones that ``bins`` does not have are left out.
        block: Integers of 32 or 64 bits, or floats.
        bins: What is added to. No two threads may add to the same at a time.
        times: How often each cell counts.

    Raises:
        ValueError: If a run lies outside of the block, zones do not ascend, or arrays
            of the bins do not fit each other.
    """
    values, valid = block
    _check_bins(bins, 8 * values.itemsize)
    native, name = library(), values.dtype.str[1:]
    if native is None or name not in _TYPES:
        count_digits_reference(runs, block, bins, times)
        return
    values, valid = plane_of(values), None if valid is None else plane_of(valid)
    cells = bind_cells(runs, values, valid)
    zone, end, prefix, high, low = (
        array.ctypes.data
        for array in (bins.zone, bins.end, bins.prefix, bins.high, bins.low)
    )
    sizes = bins.shift, bins.width, times
    digits = _Digits(
        len(bins.zone), zone, end, len(bins.prefix), prefix, *sizes, high, low
    )
    kernel = native[f"rasterlet_digits_{values.dtype.kind}{8 * values.itemsize}"]
    check_done(kernel(ctypes.byref(cells), ctypes.byref(digits)))


def count_digits_reference(
    runs: ZoneRuns, block: Block, bins: DigitBins, times: int = 1
) -> None:
    """``count_digits`` with numpy."""
    masked = no_masked(runs)
    place = np.searchsorted(bins.zone, masked.zone)
    known = np.append(bins.zone, -1)[place] == masked.zone
    for cells in flatten_cells(runs, *block, masked):
        some = known[cells.zone]
        zone, value, weight = cells.zone[some], cells.value[some], cells.weight[some]
        _add_cells(place[zone], value, weight, bins, times)


def _add_cells(
    zone: NDArray[np.intp],
    values: NDArray[np.generic],
    weights: Integers,
    bins: DigitBins,
    times: int,
) -> None:
    """Add cells, (n,) each, of the zones at some positions of the bins."""
    bits = order_bits(values)
    width = bits.dtype.type(bins.width)
    bits = bits >> bits.dtype.type(bins.shift)
    digit = (bits & bits.dtype.type((1 << bins.width) - 1)).astype(np.int64)
    begin = bits >> width  # apart: numpy does not shift by all bits that there are
    first = np.append(0, bins.end)[zone]
    count = bins.end[zone] - first
    for number in range(int(count.max(initial=0))):
        met = np.flatnonzero(count > number)
        row = first[met] + number
        same = bins.prefix[row] == begin[met]
        code = (row[same] << bins.width) + digit[met[same]]
        weight = weights[met[same]]
        halves = weight >> HALF_BITS, weight & (2**HALF_BITS - 1)
        for sums, half in zip((bins.high, bins.low), halves, strict=True):
            added = np.bincount(code, half, sums.size).astype(np.int64)
            np.add(sums, added.reshape(sums.shape) * times, out=sums)


def order_bits(values: NDArray[np.generic]) -> NDArray[np.unsignedinteger]:
    """Unsigned numbers of the values' width in their order, (n,); -0 and 0 are one."""
    size = values.dtype.itemsize
    unsigned, top = np.dtype(f"u{size}"), 1 << (8 * size - 1)
    if values.dtype.kind == "u":
        return np.asarray(values, unsigned)
    if values.dtype.kind == "i":
        return np.asarray(values.view(unsigned) ^ unsigned.type(top), unsigned)
    bits = np.where(values == 0, 0, values).astype(values.dtype).view(unsigned)
    return np.where(bits >= top, ~bits, bits | unsigned.type(top))


def _check_bins(bins: DigitBins, bits: int) -> None:
    shape = len(bins.prefix), 1 << bins.width
    arrays = bins.zone, bins.end, bins.prefix, bins.high, bins.low
    inside = 0 < bins.width <= MAX_WIDTH and 0 <= bins.shift <= bits - bins.width
    ends = np.append(bins.end, len(bins.prefix))
    if (
        not inside
        or not all(map(is_plain, arrays, _KINDS))
        or not bins.zone.shape == bins.end.shape == (len(bins.zone),)
        or not bins.high.shape == bins.low.shape == shape
        or (np.diff(ends, prepend=0) < 0).any()
        or (np.diff(bins.zone) <= 0).any()
    ):
        raise ValueError(f"Bins of {shape} do not fit their zones and prefixes")
