"""Small integers of cells counted: by value, or summed exactly.

All results are whole numbers; weights are taken apart into halves (``weights``), so
that float64 counts them exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.zonal.coverage.sorting import sort_numbers
from raster_core.zonal.coverage.weights import (
    HALF_BITS,
    WHOLE,
    Weights,
    no_weights,
    split_weights,
    sum_weights,
    weights_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from raster_core.zonal.coverage.weights import Integers

# Cells at a time: what is made of them stays in a processor's cache, and the squares of
# as many values of 16 bits, summed, are whole numbers below 2**53.
_PIECE = 65_536

# Bytes from which on counting them in pairs pays for the table of all pairs.
_PAIRED = 65_536

# How long runs of equal bytes must be for counting runs: 8 ns each and 0.1 a byte,
# where pairs take 0.9.
_RUN = 10


# Bins for each cell beyond which sorting the cells takes less time.
_BINS_PER_CELL = 16


class Counts(NamedTuple):
    """Weight of each value that was met, by value."""

    values: Integers
    """(n,), ascending."""
    high: Integers
    """(n,): halves of the weights, see ``weights.Weights``."""
    low: Integers


class Sums(NamedTuple):
    """Exact sums of weighted values; all are whole numbers, however large."""

    weight: int
    """Sum of weight, in units of ``1 / WHOLE``."""
    total: int
    """Sum of weight x value."""
    squares: int
    """Sum of weight x value**2."""
    minimum: int
    maximum: int


def count_values(
    whole: NDArray[np.generic], partial: NDArray[np.generic], units: Integers
) -> Counts:
    """Weights by value; empty without values.

    Args:
        whole: (n,) values of up to 16 bits that count whole.
        partial: (m,) values that count in part.
        units: (m,): weight of each of ``partial``.
    """
    ends = _ends(whole, partial)
    if not ends:
        return Counts(np.zeros(0, np.int64), *no_weights())
    lowest, highest = ends
    if lowest == highest:  # as blocks of sea are
        weight = WHOLE * whole.size + sum_weights(units)
        return Counts(np.array([lowest]), *weights_of([weight]))
    bins = highest - lowest + 1
    if bins > _BINS_PER_CELL * (whole.size + partial.size):
        return _count_sorted(whole, partial, units)
    high = _count_whole(whole, lowest, bins) << HALF_BITS
    low = np.zeros(bins, np.int64)
    if partial.size:
        position, halves = _above(partial, lowest), split_weights(units)
        high += np.bincount(position, halves.high, bins).astype(np.int64)
        low += np.bincount(position, halves.low, bins).astype(np.int64)
    met = (high | low).nonzero()[0]
    return Counts(met + lowest, high[met], low[met])


def sum_by_value(values: Integers, weights: Weights) -> Counts:
    """Weights by value.

    Args:
        values: (n,), at least one, in any order.
        weights: (n,)
    """
    order = sort_numbers(values)
    values, weights = values[order], weights.pick(order)
    first = np.flatnonzero(np.diff(values, prepend=values[0] - 1))
    sums = (np.add.reduceat(half, first) for half in weights)
    return Counts(values[first], *sums)


def sum_values(
    whole: NDArray[np.generic], partial: NDArray[np.generic], units: Integers
) -> Sums | None:
    """What moments are made of, in a third of the time that counting takes.

    Args:
        whole: (n,) values of up to 16 bits that count whole.
        partial: (m,) values that count in part.
        units: (m,): weight of each of ``partial``.

    Returns:
        None without values.
    """
    ends = _ends(whole, partial)
    if not ends:
        return None
    weight, total, squares = _sum_weighted(partial.astype(np.int64), units)
    for piece in _pieces(whole):
        # Whole numbers that float64 holds: added up in any order, they are exact.
        values = piece.astype(np.float64)
        total += int(values.sum()) * WHOLE
        np.square(values, out=values)
        squares += int(values.sum()) * WHOLE
    return Sums(WHOLE * whole.size + weight, total, squares, *ends)


def _sum_weighted(values: Integers, units: Integers) -> tuple[int, int, int]:
    """Exact sums of weight, of weight x value and of weight x value**2.

    Values (n,) are below 2**16 in magnitude, weights (n,) in units; 0 for none.
    """
    squares = values * values
    # Parts of 16 bits, so that 16 million of them times 22 bits do not overflow.
    columns = [np.ones_like(values), values, squares & 0xFFFF, squares >> 16]
    sums = np.stack(columns) @ np.stack(split_weights(units), axis=1)
    weight, total, low, high = [(a << HALF_BITS) + b for a, b in sums.tolist()]
    return weight, total, (high << 16) + low


def _ends(*parts: NDArray[np.generic]) -> tuple[int, int] | None:
    """The least and the largest value; None without values."""
    ends = [(int(part.min()), int(part.max())) for part in parts if part.size]
    if not ends:
        return None
    return min(low for low, _ in ends), max(high for _, high in ends)


def _count_sorted(
    whole: NDArray[np.generic], partial: NDArray[np.generic], units: Integers
) -> Counts:
    """Weights by value, in a time that follows the cells and not their range.

    Args:
        whole: (n,): integers of cells that count whole.
        partial: (m,): those of other cells.
        units: (m,): weights of these.
    """
    values = np.concatenate([whole, partial]).astype(np.int64)
    every = np.concatenate([np.full(whole.size, WHOLE), units])
    return sum_by_value(values, split_weights(every))


def _count_whole(values: NDArray[np.generic], lowest: int, bins: int) -> Integers:
    """How often each value from ``lowest`` on occurs in ``values`` (n,), (bins,)."""
    if values.dtype == np.uint8 and values.size:
        return _count_bytes(values.view(np.uint8))[lowest : lowest + bins]
    return np.bincount(_above(values, lowest), minlength=bins)


def _count_bytes(values: NDArray[np.uint8]) -> Integers:
    """How often each byte occurs in ``values`` (n,), (256,)."""
    changes = values[1:] != values[:-1]
    if np.count_nonzero(changes) > values.size // _RUN:
        return _count_pairs(values)
    # Runs of equal bytes, as classes come in, by their lengths.
    last = np.append(changes.nonzero()[0], values.size - 1)
    lengths = np.diff(last, prepend=-1)
    return np.bincount(values[last], lengths, minlength=256).astype(np.int64)


def _count_pairs(values: NDArray[np.uint8]) -> Integers:
    """``_count_bytes`` by pairs of bytes, (256,): half as many increments."""
    if values.size < _PAIRED:  # not worth the table of all pairs
        return np.bincount(values, minlength=256)
    even = values.size // 2 * 2
    pairs = np.bincount(values[:even].view(np.uint16), minlength=2**16)
    table = pairs.reshape(256, 256)
    counts = table.sum(axis=0) + table.sum(axis=1)
    counts[values[even:].astype(np.intp)] += 1
    return np.asarray(counts, np.int64)


def _pieces[T: np.generic](values: NDArray[T]) -> Iterator[NDArray[T]]:
    """Views of at most ``_PIECE`` of the values (n,) each."""
    for start in range(0, values.size, _PIECE):
        yield values[start : start + _PIECE]


def _above(values: NDArray[np.generic], lowest: int) -> Integers:
    """The values (n,) less the lowest one."""
    above = values.astype(np.int64)
    above -= lowest
    return above
