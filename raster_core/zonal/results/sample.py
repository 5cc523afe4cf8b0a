"""Values and weights of many zones as weighted samples, one after the other.

Weights stay whole numbers: nothing here rounds before the end, and nothing loops over
zones or values in Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.zonal.coverage.weights import HALF_BITS, Weights
from raster_core.zonal.partials.interpolating import interpolate_quantiles
from raster_core.zonal.partials.rows import ValueRows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.coverage.weights import Integers
    from raster_core.zonal.partials.fractions import Fractions

# Whole numbers below this, times a denominator, are computed in 64 bits.
_SAFE = 2**62

# Values and squares are taken apart at this bit: products with parts of weights,
# summed over 2**16 values, stay below 2**63 for zones of up to 2**35 cells.
_VALUE_BITS = 16
_LOW_VALUE = 2**_VALUE_BITS - 1

type Wholes = Integers | NDArray[np.object_]
"""Whole numbers, as objects where 64 bits may not hold them."""


class Bins(NamedTuple):
    """A histogram of one zone."""

    weights: tuple[float, ...]
    """Summed coverage in each bin, in pixels."""
    edges: tuple[float, ...]
    """One more than there are bins, physical."""


class BinColumns(NamedTuple):
    """Histograms of zones."""

    weights: Floats
    """(zones, bins): summed coverage in each bin, in pixels."""
    edges: Floats
    """(zones, bins + 1): physical."""


class ExactSums(NamedTuple):
    """Sums of the stored values of zones, (zones,) each; whole numbers of any size."""

    weight: Wholes
    """In units of ``1 / WHOLE``."""
    total: Wholes
    """Sum of weight x value."""
    squares: Wholes
    """Sum of weight x value**2."""
    minimum: NDArray[np.generic]
    maximum: NDArray[np.generic]


@dataclass(frozen=True, eq=False)
class Samples:
    """Distinct values and their weights; rows are by zone, there by physical value."""

    rows: ValueRows
    physical: Floats
    """(rows,)"""
    first: NDArray[np.intp]
    """(zones,): where the rows of each zone begin; each has one at least."""

    @cached_property
    def position(self) -> NDArray[np.intp]:
        """(rows,): position of each row's zone in ``first``."""
        return np.repeat(np.arange(len(self.first)), self.distinct)

    @cached_property
    def distinct(self) -> Integers:
        """How many values each zone has, (zones,)."""
        return np.diff(np.append(self.first, len(self.rows.zone)))

    @cached_property
    def totals(self) -> Weights:
        """Weight of each zone, (zones,)."""
        halves = (np.add.reduceat(half, self.first) for half in self.rows.weight)
        return Weights(*halves).carry()

    @cached_property
    def pixels(self) -> Floats:
        """Weight of each row in pixels, (rows,)."""
        return self.rows.weight.to_pixels()

    def sums(self) -> ExactSums:
        """Exact sums of the stored values."""
        value = self.rows.value.astype(np.int64)
        high, low = self.rows.weight
        limbs = low, high & (2**HALF_BITS - 1), high >> HALF_BITS
        squares = value * value
        total = self._add(value, limbs)
        squared = self._add(squares & _LOW_VALUE, limbs) + (
            self._add(squares >> _VALUE_BITS, limbs) << _VALUE_BITS
        )
        last = self.first + self.distinct - 1
        ends = value[self.first], value[last]
        return ExactSums(
            to_wholes(self.totals), total, squared, np.minimum(*ends), np.maximum(*ends)
        )

    def _add(
        self, factor: Integers, limbs: tuple[Integers, ...]
    ) -> NDArray[np.object_]:
        """Sum of weight x factor of each zone, (zones,), exact."""
        low, middle, high = (
            np.add.reduceat(limb * factor, self.first) for limb in limbs
        )
        found = (high.astype(object) << HALF_BITS) + middle
        return np.asarray((found << HALF_BITS) + low, object)

    def heaviest(self) -> Floats:
        """The value of the largest weight, (zones,); of several, the smallest one."""
        return self._first_of(np.maximum, -1)

    def lightest(self) -> Floats:
        """The value of the smallest weight, (zones,); of several, the smallest one."""
        return self._first_of(np.minimum, 2**HALF_BITS)

    def _first_of(self, extreme: np.ufunc, never: int) -> Floats:
        """The first value of each zone whose weight is extreme, (zones,)."""
        high, low = self.rows.weight
        among = high == extreme.reduceat(high, self.first)[self.position]
        low = np.where(among, low, never)
        met = np.flatnonzero(low == extreme.reduceat(low, self.first)[self.position])
        found: Floats = self.physical[
            met[np.flatnonzero(np.diff(self.position[met], prepend=-1))]
        ]
        return found

    def quantiles(self, fractions: Fractions) -> list[NDArray[np.intp]]:
        """The rows of the least values at which weights reach fractions of all.

        Returns:
            (zones,) for each fraction: positions in the rows.
        """
        cumulated = self._cumulate()
        whole = to_wholes(self.totals, fractions.denominator)
        found = []
        for numerator in fractions.numerators:
            bound = -(-numerator * whole // fractions.denominator)
            if fractions.falling:
                bound = np.minimum(whole, whole - bound + 1)
            high = (bound >> HALF_BITS).astype(np.int64)[self.position]
            low = (bound & (2**HALF_BITS - 1)).astype(np.int64)[self.position]
            below = cumulated.high < high
            below |= (cumulated.high == high) & (cumulated.low < low)
            # Nothing is reached by the first value.
            count = np.add.reduceat(below.astype(np.intp), self.first)
            found.append(self.first + np.minimum(count, self.distinct - 1))
        return found

    def interpolate(self, fractions: Fractions) -> list[Floats]:
        """Quantiles that may lie between physical values, (zones,) each."""
        reached = self._cumulate()
        before = Weights(
            reached.high - self.rows.weight.high, reached.low - self.rows.weight.low
        ).carry()
        return interpolate_quantiles(
            self.physical,
            self.pixels,
            before.to_pixels(),
            self.first,
            fractions.ratios(),
        )

    def _cumulate(self) -> Weights:
        """The sum of each weight and all before it in its zone, (rows,), carried."""
        halves = []
        for half in self.rows.weight:
            # Modulo 2**64, of which nothing is left within a zone.
            reached = np.cumsum(half)
            reached -= (reached[self.first] - half[self.first])[self.position]
            halves.append(reached)
        return Weights(*halves).carry()

    def bins(self, count: int, limits: tuple[float, float] | None) -> BinColumns:
        """Weights in equal bins, in pixels; a bin holds its left edge, the last both.

        Args:
            count: How many bins.
            limits: First and last edge, physical; None means the ends of each sample.
        """
        ends = self.first, self.first + self.distinct - 1
        low, high = (self.physical[end] for end in ends)
        if limits:
            low, high = (np.full(len(self.first), limit) for limit in limits)
        flat = low == high  # one value: a bin around it
        low, high = np.where(flat, low - 0.5, low), np.where(flat, high + 0.5, high)
        # Not ``np.linspace``: what it does with one zone depends on the others.
        edges = np.arange(count + 1) * ((high - low) / count)[:, None] + low[:, None]
        edges[:, -1] = high
        bin_ = _find_bins(self.physical, edges, self.position)
        inside = (bin_ >= 0) & (bin_ < count)
        key = self.position[inside] * count + bin_[inside]
        weights = np.bincount(key, self.pixels[inside], count * len(self.first))
        return BinColumns(weights.reshape(-1, count), edges)


def read_samples(rows: ValueRows, band: BandInfo) -> Samples:
    """The samples of zones, of which each has a row, in the band's unit.

    Args:
        rows: Sorted by zone and stored value, each pair once.
        band: Scale and offset.
    """
    if band.scale < 0:  # physical values the other way round
        order = np.lexsort((-np.arange(len(rows.zone)), rows.zone))
        rows = ValueRows(rows.zone, rows.value[order], rows.weight.pick(order))
    physical = rows.value.astype(np.float64)
    if (band.scale, band.offset) != (1.0, 0.0):
        physical = physical * band.scale + band.offset
    return Samples(rows, physical, np.flatnonzero(np.diff(rows.zone, prepend=-1)))


def to_wholes(weights: Weights, factor: int = 1) -> Wholes:
    """Weights in units, (n,), that may be multiplied by a factor."""
    limit = _SAFE // factor >> HALF_BITS
    if not weights.high.size or int(weights.high.max()) < limit:
        return (weights.high << HALF_BITS) + weights.low
    return np.asarray((weights.high.astype(object) << HALF_BITS) + weights.low)


def _find_bins(
    values: Floats, edges: Floats, position: NDArray[np.intp]
) -> NDArray[np.intp]:
    """The bin of each value (rows,); -1 before the first, ``count`` behind the last.

    Args:
        values: (rows,)
        edges: (zones, count + 1), ascending.
        position: (rows,): which edges are a value's.
    """
    count = edges.shape[1] - 1
    first, last = edges[position, 0], edges[position, count]
    with np.errstate(all="ignore"):
        guess = np.floor((values - first) / (last - first) * count)
        found: NDArray[np.intp] = np.clip(np.nan_to_num(guess), 0, count - 1).astype(
            np.intp
        )
    while True:  # the guess is rounded
        lower = (values < edges[position, found]) & (found > 0)
        upper = (values >= edges[position, found + 1]) & (found < count - 1)
        if not (lower.any() or upper.any()):
            break
        found += upper.astype(np.intp) - lower
    found[values < first] = -1
    found[values > last] = count
    return found
