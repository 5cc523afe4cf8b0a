"""Exact quantiles of wide types in bounded memory, by passes over the blocks.

A value's bits are turned into an unsigned number of the same order. Each pass counts
the next 16 bits of the values that begin with what is known of the quantile so far: two
passes for 32-bit types, four for 64-bit ones, whatever the zone's size.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.counting import HALF_BITS
from raster_core.zonal.reduce import walk_blocks
from raster_core.zonal.stats import (
    Histogram,
    Moments,
    Totals,
    merge_histograms,
    summarise_cells,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from fractions import Fraction

    from numpy.typing import NDArray

    from raster_core.grid import Layer
    from raster_core.zonal.blockplan import BlockPlan
    from raster_core.zonal.counting import Sums
    from raster_core.zonal.reduce import BlockCells
    from raster_core.zonal.stats import Partial

_DIGIT = 16  # bits a pass


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Blocks of a layer that are read once a pass."""

    layer: Layer
    plan: BlockPlan
    times: int = 1
    """Native cells for which one cell of the layer stands."""


@dataclass(frozen=True, slots=True)
class _Search:
    """What is known of one quantile of one zone."""

    prefix: int
    """The highest bits of the value, as far as passes have found them."""
    below: int
    """Weight of the values with a lower prefix, in units."""


def find_quantiles(
    readings: Sequence[Reading], band: int, shares: Sequence[Fraction]
) -> dict[int, tuple[float, ...]]:
    """The quantiles of each zone on one band, as stored values.

    Inverted distribution function: the least value at which the cumulated weight
    reaches the share of the whole. Integers come back as such, however large.

    Args:
        readings: The zones' blocks, of layers with the same bands; at least one.
        band: Position in the layers' bands.
        shares: From 0 to 1.

    Returns:
        By zone, in the order of ``shares``; zones without valid cells are left out.
    """
    dtype = np.dtype(readings[0].layer.info.bands[band].dtype)
    searches: dict[tuple[int, int], _Search] = {}
    totals: dict[int, int] = {}
    for digit in range(8 * dtype.itemsize // _DIGIT):
        counts = _count_digit(readings, band, (digit, searches))
        if not digit:
            totals = {zone: sum(h.weights()) for (zone, _), h in counts.items()}
            totals = {zone: total for zone, total in totals.items() if total}
            start = _Search(0, 0)
            searches = {(z, n): start for z in totals for n in range(len(shares))}
        searches = {
            (zone, number): _narrow(
                search, counts[zone, search.prefix], shares[number] * totals[zone]
            )
            for (zone, number), search in searches.items()
        }
    return {
        zone: tuple(
            _value_of(searches[zone, number].prefix, dtype)
            for number in range(len(shares))
        )
        for zone in totals
    }


def order_bits(values: NDArray[np.generic]) -> NDArray[np.unsignedinteger]:
    """Unsigned numbers in the order of the values; -0 and 0 are one."""
    size = values.dtype.itemsize
    unsigned, top = np.dtype(f"u{size}"), 1 << (8 * size - 1)
    if values.dtype.kind == "u":
        return np.asarray(values, unsigned)
    if values.dtype.kind == "i":
        return np.asarray(values.view(unsigned) ^ unsigned.type(top), unsigned)
    bits = np.where(values == 0, 0, values).astype(values.dtype).view(unsigned)
    return np.where(bits >= top, ~bits, bits | unsigned.type(top))


def _value_of(bits: int, dtype: np.dtype[np.generic]) -> float:
    """The value that ``order_bits`` turned into ``bits``."""
    size = dtype.itemsize
    top, every = 1 << (8 * size - 1), (1 << (8 * size)) - 1
    if dtype.kind == "i":
        bits ^= top
    elif dtype.kind == "f":
        bits = bits ^ top if bits & top else bits ^ every
    stored = np.array([bits], f"u{size}").view(dtype)[0]
    number: float = stored.item()
    return number


def _count_digit(
    readings: Sequence[Reading],
    band: int,
    state: tuple[int, Mapping[tuple[int, int], _Search]],
) -> dict[tuple[int, int], Histogram]:
    """Histograms of one digit, by zone and by the prefix that the values begin with."""
    digit, searches = state
    prefixes: defaultdict[int, set[int]] = defaultdict(set)
    for (zone, _), search in searches.items():
        prefixes[zone].add(search.prefix)
    counts: dict[tuple[int, int], Histogram] = {}
    for block, times in _walk(readings):
        bits = order_bits(block.values[band])
        shift = bits.dtype.type(8 * bits.dtype.itemsize - _DIGIT * (digit + 1))
        digits = (bits >> shift).astype(np.uint16)
        begin = bits >> shift >> bits.dtype.type(_DIGIT)
        for prefix in prefixes[block.zone] if digit else (0,):
            valid = begin == prefix
            if (shown := block.valid[band]) is not None:
                valid &= shown
            part = multiply(summarise_cells(digits, valid, block.cells), times)
            known = counts.get((block.zone, prefix))
            found = [part, known] if known else [part]
            counts[block.zone, prefix] = merge_histograms(
                [p for p in found if isinstance(p, Histogram)]
            )
    return counts


def _walk(readings: Sequence[Reading]) -> Iterator[tuple[BlockCells, int]]:
    """The cells of every block, and how many native ones each of them stands for."""
    for reading in readings:
        for block in walk_blocks(reading.layer, reading.plan):
            yield block, reading.times


def multiply(partial: Partial, times: int) -> Partial:
    """The partial of ``times`` as many cells of the same values."""
    if times == 1:
        return partial
    masked = partial.masked * times
    if isinstance(partial, Histogram):
        low = partial.low * times
        high = partial.high * times + (low >> HALF_BITS)
        return Histogram(partial.values, high, low & (2**HALF_BITS - 1), masked)
    if isinstance(partial, Totals):
        return Totals(partial.sums and _multiply_sums(partial.sums, times), masked)
    blocks = tuple(
        replace(
            block,
            weight=block.weight * times,
            total=block.total * times,
            squares=block.squares * times,
        )
        for block in partial.blocks
    )
    return Moments(blocks, masked)


def _multiply_sums(sums: Sums, times: int) -> Sums:
    return sums._replace(
        weight=sums.weight * times,
        total=sums.total * times,
        squares=sums.squares * times,
    )


def _narrow(search: _Search, counts: Histogram, threshold: Fraction) -> _Search:
    """The search with one more digit: the first to reach the threshold."""
    below = search.below
    last = (0, below)
    for value, weight in zip(counts.values.tolist(), counts.weights(), strict=True):
        last = (value, below)
        below += weight
        if below >= threshold:
            break
    return _Search((search.prefix << _DIGIT) | last[0], last[1])
