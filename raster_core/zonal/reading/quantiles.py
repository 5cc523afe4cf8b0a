"""Exact quantiles of zones that are too large to keep their values, by passes.

A value's bits are turned into an unsigned number of the same order. Each pass counts
the next bits of the values that begin with what is known of a quantile so far, in
bounded memory, whatever the zone's size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.coverage.cells import take_valid
from raster_core.zonal.coverage.weights import (
    HALF_BITS,
    Weights,
    split_weights,
    weights_of,
)
from raster_core.zonal.reading.summarise import walk_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from raster_core.zonal.coverage.weights import Integers
    from raster_core.zonal.reading.planned import Reading
    from raster_core.zonal.reading.quantile_plan import Digit, QuantilePlan
    from raster_core.zonal.reading.summarise import BlockCells

type _Key = tuple[int, int]
"""A zone and the position of a band."""

type _Bits = NDArray[np.unsignedinteger]


@dataclass(slots=True, eq=False)
class _Search:
    """What is known of the quantiles of one zone on one band."""

    prefixes: list[int]
    """For each fraction, the highest bits of its value, as far as passes have found."""
    rest: list[int]
    """For each, the weight that is to be reached among values with this prefix, in
    units."""


@dataclass(slots=True, eq=False)
class _Bins:
    """Weight by prefix and digit; arrays are (prefixes, digits)."""

    prefixes: _Bits
    """Distinct, ascending."""
    high: Integers
    low: Integers


def find_quantiles(plan: QuantilePlan) -> dict[_Key, tuple[float, ...]]:
    """The quantiles of the zones that take passes, as stored values.

    Inverted distribution function: the least value at which the cumulated weight
    reaches a fraction of the whole, in the order of physical values where the fractions
    are of those. Integers come back as such, however large.

    Returns:
        By zone and band, in the order of the plan's fractions; zones without valid
        cells are left out.
    """
    searches: dict[_Key, _Search] | None = None
    for number in range(plan.passes):
        digits = {
            band: digits[number]
            for band, digits in zip(plan.bands, plan.digits, strict=True)
            if number < len(digits)
        }
        bins = _count_digits(plan, digits, searches)
        if searches is None:
            searches = _begin(plan, bins)
        for key, found in bins.items():
            if key in searches:
                _narrow(searches[key], found, digits[key[1]].width)
    bands = plan.readings[0].layer.info.bands if plan.readings else ()
    return {
        (zone, band): _values_of(search.prefixes, np.dtype(bands[band].dtype))
        for (zone, band), search in (searches or {}).items()
    }


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


def _values_of(numbers: list[int], dtype: np.dtype[np.generic]) -> tuple[float, ...]:
    """The values that ``order_bits`` turned into numbers."""
    size = dtype.itemsize
    bits = np.array(numbers, f"u{size}")
    top = bits.dtype.type(1 << (8 * size - 1))
    if dtype.kind == "i":
        bits ^= top
    elif dtype.kind == "f":
        bits = np.where(bits & top, bits ^ top, ~bits)
    return tuple(bits.view(dtype).tolist())


def _count_digits(
    plan: QuantilePlan,
    digits: Mapping[int, Digit],
    searches: Mapping[_Key, _Search] | None,
) -> dict[_Key, _Bins]:
    """The weights of one digit of some bands, by band."""
    bins: dict[_Key, _Bins] = {}
    for block, times in _walk(plan.readings):
        for band, digit in digits.items():
            key = block.zone, band
            if searches is not None and key not in searches:
                continue
            if key not in bins:
                search = searches[key] if searches is not None else None
                bins[key] = _empty_bins(search, digit, block, band)
            _add_cells(bins[key], block, band, digit=digit, times=times)
    return bins


def _empty_bins(
    search: _Search | None, digit: Digit, block: BlockCells, band: int
) -> _Bins:
    """Nothing counted of the prefixes of a search; of all values in the first pass."""
    size = block.values[band].dtype.itemsize
    prefixes = sorted(set(search.prefixes)) if search else [0]
    shape = len(prefixes), 1 << digit.width
    return _Bins(np.array(prefixes, f"u{size}"), *np.zeros((2, *shape), np.int64))


def _add_cells(
    bins: _Bins, block: BlockCells, band: int, *, digit: Digit, times: int
) -> None:
    """Count a zone's valid cells in one block."""
    whole, partial, units = take_valid(
        block.values[band], block.valid[band], block.cells
    )
    size, shape = bins.high.size, bins.high.shape
    codes, _ = _encode(whole, bins.prefixes, digit)
    # Cells that count whole have a weight whose low half is 0.
    counts = np.bincount(codes, minlength=size).reshape(shape)
    bins.high += counts * (times << HALF_BITS)
    if not partial.size:
        return
    codes, met = _encode(partial, bins.prefixes, digit)
    high, low = (
        np.bincount(codes, half, size).astype(np.int64).reshape(shape) * times
        for half in split_weights(units[met])
    )
    bins.high += high
    bins.low += low


def _encode(
    values: NDArray[np.generic], prefixes: _Bits, digit: Digit
) -> tuple[Integers, NDArray[np.bool_]]:
    """The bin of each value that begins with a prefix, (m,), and which do, (n,).

    Values are (n,), prefixes (p,) ascending, p > 0.
    """
    bits = order_bits(values)
    shift, width = (bits.dtype.type(number) for number in digit)
    bits = bits >> shift  # which may be the block's own array
    digits = (bits & bits.dtype.type((1 << digit.width) - 1)).astype(np.int64)
    # In two steps: numpy does not shift by all bits that there are.
    begin = bits >> width
    index = np.searchsorted(prefixes, begin) if len(prefixes) > 1 else np.intp(0)
    met = prefixes[np.minimum(index, len(prefixes) - 1)] == begin
    codes = (index << digit.width) + digits
    return codes[met], met


def _walk(readings: tuple[Reading, ...]) -> Iterator[tuple[BlockCells, int]]:
    """The cells of every block, and how many native ones each of them stands for."""
    for reading in readings:
        for block in walk_blocks(reading.layer, reading.plan):
            yield block, reading.times


def _begin(plan: QuantilePlan, bins: Mapping[_Key, _Bins]) -> dict[_Key, _Search]:
    """Searches of all zones that have a weight, from the bins of the first pass."""
    searches = {}
    for key, found in bins.items():
        total = Weights(found.high, found.low).total()
        if total:
            scale = plan.readings[0].layer.info.bands[key[1]].scale
            bounds = plan.fractions.along(scale).of(total).to_ints()
            # Nothing is reached by the first value.
            rest = [max(1, bound) for bound in bounds]
            searches[key] = _Search([0] * len(rest), rest)
    return searches


def _narrow(search: _Search, bins: _Bins, width: int) -> None:
    """One more digit of every prefix: the first with which a fraction is reached."""
    prefixes = np.array(search.prefixes, bins.prefixes.dtype)
    row_of = np.searchsorted(bins.prefixes, prefixes)
    for row in range(len(bins.prefixes)):
        positions = np.flatnonzero(row_of == row).tolist()
        cumulated = Weights(bins.high[row], bins.low[row]).cumulate()
        bounds = weights_of([search.rest[position] for position in positions])
        digits = cumulated.first_reaching(bounds).tolist()
        for position, digit in zip(positions, digits, strict=True):
            if digit:
                (below,) = cumulated.pick(slice(digit - 1, digit)).to_ints()
                search.rest[position] -= below
            search.prefixes[position] = (search.prefixes[position] << width) | digit
