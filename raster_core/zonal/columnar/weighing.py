"""Small integers of many zones: counted by value, or summed exactly.

Whole numbers only, of zones of at most ``MAX_CELLS`` cells, so that 64 bits hold all of
a zone's sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.zonal.columnar.cells import sum_integers
from raster_core.zonal.coverage.weights import HALF_BITS, WHOLE, split_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.zonal.columnar.cells import FlatValues
    from raster_core.zonal.coverage.weights import Integers, Weights

MAX_CELLS = 8192
"""Cells of a zone up to which it is counted side by side with others: a zone by itself
takes 0.1 ms per block, and a cell by its number 10 ns more than in a slice."""

# Bins for each cell beyond which sorting the cells takes less time.
_BINS_PER_CELL = 4

_WHOLE_HIGH = WHOLE >> HALF_BITS

# Squares are taken apart at this bit: with weights of 22 bits and MAX_CELLS of them,
# sums stay below 2**63.
_SQUARE_BITS = 16
_LOW_SQUARE = 2**_SQUARE_BITS - 1


@dataclass(frozen=True, slots=True, eq=False)
class ValueRows:
    """Weight by zone and value; rows are sorted by both, each pair once."""

    zone: NDArray[np.integer]
    """(rows,)"""
    value: NDArray[np.generic]
    """(rows,): stored values."""
    weight: Integers
    """(rows,): in units, above 0."""

    def pick(self, which: NDArray[np.bool_]) -> ValueRows:
        """Some of the rows."""
        return ValueRows(self.zone[which], self.value[which], self.weight[which])


@dataclass(frozen=True, slots=True, eq=False)
class SumRows:
    """Exact sums by zone, of zones that have values; rows are sorted by zone."""

    zone: NDArray[np.integer]
    """(rows,)"""
    sums: Integers
    """(rows, 8): of the high halves of weights and of the low ones, times 1, the value,
    and the low and the high bits of its square."""
    minimum: Integers
    """(rows,)"""
    maximum: Integers
    """(rows,)"""

    def pick(self, which: NDArray[np.bool_]) -> SumRows:
        """Some of the rows."""
        return SumRows(
            self.zone[which],
            self.sums[which],
            self.minimum[which],
            self.maximum[which],
        )


class ExactSums(NamedTuple):
    """Sums of zones, (zones,) each."""

    weight: Integers
    """In units of ``1 / WHOLE``."""
    total: NDArray[np.object_]
    """Sum of weight x value: whole numbers however large, as ``squares``."""
    squares: NDArray[np.object_]
    """Sum of weight x value**2."""
    minimum: Integers
    maximum: Integers


def count_cells(found: FlatValues) -> ValueRows:
    """Weights by zone and value of up to 16 bits; (0,) without values."""
    ends = [part for part in (found.whole, found.partial) if part.size]
    if not ends:
        return ValueRows(found.zones[:0], found.whole[:0], np.zeros(0, np.int64))
    lowest = min(int(part.min()) for part in ends)
    span = max(int(part.max()) for part in ends) - lowest + 1
    whole = _keys(found.whole, found.whole_zone, lowest, span)
    partial = _keys(found.partial, found.partial_zone, lowest, span)
    bins = span * len(found.zones)
    if bins <= _BINS_PER_CELL * (whole.size + partial.size):
        key, weight = _count_bins(whole, partial, found.weights, bins)
    else:
        key, weight = _count_sorted(whole, partial, found.weights)
    zone, value = np.divmod(key, span)
    return ValueRows(found.zones[zone], value + lowest, weight)


def merge_values(parts: Sequence[ValueRows]) -> ValueRows:
    """The rows of all parts, those of one zone and value made one; at least one."""
    zone = np.concatenate([part.zone for part in parts])
    value = np.concatenate([part.value for part in parts])
    weight = np.concatenate([part.weight for part in parts])
    if not zone.size:
        return ValueRows(zone, value, weight)
    order = np.lexsort((value, zone))
    zone, value = zone[order], value[order]
    first = np.append(True, (zone[1:] != zone[:-1]) | (value[1:] != value[:-1]))
    begins = np.flatnonzero(first)
    return ValueRows(
        zone[begins], value[begins], np.add.reduceat(weight[order], begins)
    )


def sum_cells(found: FlatValues) -> SumRows:
    """Sums by zone of values of up to 16 bits."""
    zones = len(found.zones)
    whole, partial = found.whole.astype(np.int64), found.partial.astype(np.int64)
    sums = _weigh(partial, split_weights(found.weights), found.partial_zone, zones)
    # A whole cell's weight has no low half.
    for column, factor in enumerate(_factors(whole)):
        sums[:, 2 * column] += (
            sum_integers(factor, found.whole_zone, zones) * _WHOLE_HIGH
        )
    low, high = zone_extremes(
        [(whole, found.whole_zone), (partial, found.partial_zone)], zones
    )
    some = np.flatnonzero(sums[:, 0] | sums[:, 1])
    return SumRows(found.zones[some], sums[some], low[some], high[some])


def sum_values(rows: ValueRows, first: NDArray[np.intp]) -> SumRows:
    """Sums by zone of values of up to 16 bits.

    Args:
        rows: Weights by zone and value.
        first: (zones,): where the rows of each zone begin.
    """
    value = rows.value.astype(np.int64)
    last = np.append(first[1:], len(value)) - 1
    position = np.repeat(np.arange(len(first)), last + 1 - first)
    sums = _weigh(value, split_weights(rows.weight), position, len(first))
    return SumRows(rows.zone[first], sums, value[first], value[last])


def merge_sums(parts: Sequence[SumRows]) -> SumRows:
    """The rows of all parts, those of a zone made one; there is at least one part."""
    zone = np.concatenate([part.zone for part in parts])
    order = np.argsort(zone, kind="stable")
    zone = zone[order]
    first = np.flatnonzero(np.diff(zone, prepend=-1))
    sums, low, high = (
        np.concatenate([getattr(part, name) for part in parts])[order]
        for name in ("sums", "minimum", "maximum")
    )
    if not len(zone):
        return SumRows(zone, sums, low, high)
    return SumRows(
        zone[first],
        np.add.reduceat(sums, first),
        np.minimum.reduceat(low, first),
        np.maximum.reduceat(high, first),
    )


def exact_sums(rows: SumRows) -> ExactSums:
    """The sums of each row's zone."""
    high, low = rows.sums[:, ::2].astype(object), rows.sums[:, 1::2]
    total, low_squares, high_squares = (
        np.asarray((high[:, column] << HALF_BITS) + low[:, column], object)
        for column in (1, 2, 3)
    )
    return ExactSums(
        (rows.sums[:, 0] << HALF_BITS) + rows.sums[:, 1],
        total,
        low_squares + (high_squares << _SQUARE_BITS),
        rows.minimum,
        rows.maximum,
    )


def zone_extremes[T: np.generic](
    parts: Sequence[tuple[NDArray[T], NDArray[np.intp]]], zones: int
) -> tuple[NDArray[T], NDArray[T]]:
    """The least and the largest value of each zone, (zones,) each.

    Args:
        parts: Values (n,), and the position of the zone of each, ascending.
        zones: How many there are. Of one without values, anything.
    """
    low = np.zeros(zones, parts[0][0].dtype)
    high, known = low.copy(), np.zeros(zones, bool)
    for values, zone in parts:
        if not values.size:
            continue
        first = np.flatnonzero(np.diff(zone, prepend=-1))
        own = zone[first]
        least, most = (
            extreme.reduceat(values, first) for extreme in (np.minimum, np.maximum)
        )
        again = known[own]
        low[own] = np.where(again, np.minimum(least, low[own]), least)
        high[own] = np.where(again, np.maximum(most, high[own]), most)
        known[own] = True
    return low, high


def _factors(values: Integers) -> tuple[Integers, Integers, Integers, Integers]:
    """What weights are multiplied by, (n,) each: see ``SumRows``."""
    squares = values * values
    ones = np.ones_like(values)
    return ones, values, squares & _LOW_SQUARE, squares >> _SQUARE_BITS


def _weigh(
    values: Integers, weights: Weights, zone: NDArray[np.intp], zones: int
) -> Integers:
    """The sums of ``SumRows``, (zones, 8), of values (n,) by ascending zones (n,)."""
    columns = [
        sum_integers(factor * half, zone, zones)
        for factor in _factors(values)
        for half in weights
    ]
    return np.stack(columns, axis=1)


def _keys(
    values: NDArray[np.generic], zone: NDArray[np.intp], lowest: int, span: int
) -> Integers:
    """A number for each zone and value, in their order, (n,)."""
    key = values.astype(np.int64)
    key -= lowest
    key += zone * span
    return key


def _count_bins(
    whole: Integers, partial: Integers, weights: Integers, bins: int
) -> tuple[Integers, Integers]:
    """The keys that there are, ascending, and their weights, (m,) each."""
    weight = np.bincount(whole, minlength=bins) * WHOLE
    if partial.size:
        high, low = (
            np.bincount(partial, half, bins).astype(np.int64)
            for half in split_weights(weights)
        )
        weight += (high << HALF_BITS) + low
    met = np.flatnonzero(weight)
    return met, weight[met]


def _count_sorted(
    whole: Integers, partial: Integers, weights: Integers
) -> tuple[Integers, Integers]:
    """``_count_bins`` in a time that does not follow the number of bins."""
    whole = np.sort(whole)
    first = np.flatnonzero(np.diff(whole, prepend=-1))
    count = np.diff(np.append(first, whole.size))
    key = np.concatenate([whole[first], partial])
    weight = np.concatenate([count * WHOLE, weights])
    order = np.argsort(key, kind="stable")
    key = key[order]
    begins = np.flatnonzero(np.diff(key, prepend=-1))
    return key[begins], np.add.reduceat(weight[order], begins)
