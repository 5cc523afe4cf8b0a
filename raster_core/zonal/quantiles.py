"""Exact quantiles of wide types in bounded memory, by passes over the blocks.

A value's bits are turned into an unsigned number of the same order. Each pass counts
the next 16 bits of the values that begin with what is known of the quantile so far: two
passes for 32-bit types, four for 64-bit ones, whatever the zone's size.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.reduce import walk_blocks
from raster_core.zonal.stats import Histogram, merge_histograms, summarise_cells

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from numpy.typing import NDArray

    from raster_core.grid import Layer
    from raster_core.zonal.blockplan import BlockPlan

_DIGIT = 16  # bits a pass


@dataclass(frozen=True, slots=True)
class _Search:
    """What is known of one quantile of one zone."""

    prefix: int
    """The highest bits of the value, as far as passes have found them."""
    below: int
    """Weight of the values with a lower prefix, in units."""


def find_quantiles(
    layer: Layer, plan: BlockPlan, band: int, shares: Sequence[Fraction]
) -> dict[int, tuple[float, ...]]:
    """The quantiles of each zone on one band, as stored values.

    Inverted distribution function: the least value at which the cumulated weight
    reaches the share of the whole.

    Args:
        layer: What to read; its blocks are read once a pass.
        plan: The zones' blocks.
        band: Position in the layer's bands.
        shares: From 0 to 1.

    Returns:
        By zone, in the order of ``shares``; zones without valid cells are left out.
    """
    dtype = np.dtype(layer.info.bands[band].dtype)
    searches: dict[tuple[int, int], _Search] = {}
    totals: dict[int, int] = {}
    for digit in range(8 * dtype.itemsize // _DIGIT):
        counts = _count_digit(layer, plan, band, (digit, searches))
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
    layer: Layer,
    plan: BlockPlan,
    band: int,
    state: tuple[int, Mapping[tuple[int, int], _Search]],
) -> dict[tuple[int, int], Histogram]:
    """Histograms of one digit, by zone and by the prefix that the values begin with."""
    digit, searches = state
    prefixes: defaultdict[int, set[int]] = defaultdict(set)
    for (zone, _), search in searches.items():
        prefixes[zone].add(search.prefix)
    counts: dict[tuple[int, int], Histogram] = {}
    for block in walk_blocks(layer, plan):
        bits = order_bits(block.values[band])
        shift = bits.dtype.type(8 * bits.dtype.itemsize - _DIGIT * (digit + 1))
        digits = (bits >> shift).astype(np.uint16)
        begin = bits >> shift >> bits.dtype.type(_DIGIT)
        for prefix in prefixes[block.zone] if digit else (0,):
            valid = begin == prefix
            if (shown := block.valid[band]) is not None:
                valid &= shown
            part = summarise_cells(digits, valid, block.cells)
            known = counts.get((block.zone, prefix))
            found = [part, known] if known else [part]
            counts[block.zone, prefix] = merge_histograms(
                [p for p in found if isinstance(p, Histogram)]
            )
    return counts


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
