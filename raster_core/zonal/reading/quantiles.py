"""Exact quantiles of zones that are too large to keep their values, by passes.

A value's bits are turned into an unsigned number of the same order. Each pass counts
the next bits of the values that begin with what is known of a quantile so far, in
bounded memory, whatever the zone's size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.native.reducing.digits import DigitBins, count_digits
from raster_core.zonal.coverage.weights import Weights, weights_of
from raster_core.zonal.reading.summarise import read_blocks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from raster_core.zonal.coverage.weights import Integers
    from raster_core.zonal.reading.quantile_plan import Digit, QuantilePlan

type _Key = tuple[int, int]
"""A zone and the position of a band."""


@dataclass(slots=True, eq=False)
class _Search:
    """What is known of the quantiles of one zone on one band."""

    prefixes: list[int]
    """For each fraction, the highest bits of its value, as far as passes have found."""
    rest: list[int]
    """For each, the weight that is to be reached among values with this prefix, in
    units."""


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
        for (zone, band), search in searches.items():
            if band in bins:
                _narrow(search, _bins_of(bins[band], zone))
    bands = plan.readings[0].layer.info.bands if plan.readings else ()
    return {
        (zone, band): _values_of(search.prefixes, np.dtype(bands[band].dtype))
        for (zone, band), search in (searches or {}).items()
    }


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
) -> dict[int, DigitBins]:
    """The weights of one digit of some bands, by band."""
    bins = {
        band: DigitBins.of(_prefixes(plan, band, searches), *digit)
        for band, digit in digits.items()
    }
    for reading in plan.readings:
        for block in read_blocks(reading.layer, reading.plan):
            runs = block.zone_runs()
            for band, found in bins.items():
                count_digits(runs, block.planes[band], found, reading.times)
    return bins


def _prefixes(
    plan: QuantilePlan, band: int, searches: Mapping[_Key, _Search] | None
) -> dict[int, list[int]]:
    """How values begin that are counted, by zone: all of them in the first pass."""
    if searches is None:
        counts = (np.bincount(part.plan.zones) for part in plan.readings)
        met = {zone for count in counts for zone in np.flatnonzero(count).tolist()}
        return {zone: [0] for zone in met}
    return {
        zone: sorted(set(search.prefixes))
        for (zone, number), search in searches.items()
        if number == band
    }


class _Bins(NamedTuple):
    """Weight by prefix and digit of one zone; arrays are (prefixes, digits)."""

    prefixes: NDArray[np.uint64]
    """Distinct, ascending."""
    high: Integers
    low: Integers
    width: int


def _bins_of(bins: DigitBins, zone: int) -> _Bins:
    position = int(np.searchsorted(bins.zone, zone))
    first = int(bins.end[position - 1]) if position else 0
    own = slice(first, int(bins.end[position]))
    return _Bins(bins.prefix[own], bins.high[own], bins.low[own], bins.width)


def _begin(plan: QuantilePlan, bins: Mapping[int, DigitBins]) -> dict[_Key, _Search]:
    """Searches of all zones that have a weight, from the bins of the first pass."""
    searches = {}
    for band, counted in bins.items():
        scale = plan.readings[0].layer.info.bands[band].scale
        fractions = plan.fractions.along(scale)
        for zone in counted.zone.tolist():
            found = _bins_of(counted, zone)
            total = Weights(found.high, found.low).total()
            if total:
                # Nothing is reached by the first value.
                rest = [max(1, bound) for bound in fractions.of(total).to_ints()]
                searches[zone, band] = _Search([0] * len(rest), rest)
    return searches


def _narrow(search: _Search, bins: _Bins) -> None:
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
            begin = search.prefixes[position]
            search.prefixes[position] = (begin << bins.width) | digit
