"""A zone's histogram as a weighted sample: exact sums, quantiles, bins.

Weights stay two whole numbers, as in ``stats``: nothing here rounds before the end, and
nothing loops over values in Python, since a zone of elevations has thousands of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from raster_core.bands import BandInfo, RasterClass
from raster_core.zonal.counting import HALF_BITS, Sums
from raster_core.zonal.coverage import WHOLE
from raster_core.zonal.shares import accumulate, first_reaching
from raster_core.zonal.stats import keeps_histogram

if TYPE_CHECKING:
    from raster_core.source.crs import Floats
    from raster_core.zonal.coverage import Integers
    from raster_core.zonal.shares import Shares
    from raster_core.zonal.stats import Histogram

type Bins = tuple[tuple[float, ...], tuple[float, ...]]
"""Weights (n,) and edges (n + 1,)."""

_LOW = 2**HALF_BITS - 1

# Values are taken apart at this bit, and weights at HALF_BITS: products of the parts,
# summed over 2**16 values, stay below 2**63 for zones of up to 2**35 cells.
_VALUE_BITS = 16


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Distinct values and their weights, by physical value; arrays are (n,)."""

    stored: Integers
    physical: Floats
    high: Integers
    low: Integers
    """A weight is ``high * 2**HALF_BITS + low`` units, and low below 2**HALF_BITS."""

    @property
    def weight(self) -> int:
        """Of all values, in units."""
        return (int(self.high.sum()) << HALF_BITS) + int(self.low.sum())

    def weights(self) -> list[int]:
        """Of each value, in units."""
        pairs = zip(self.high.tolist(), self.low.tolist(), strict=True)
        return [(high << HALF_BITS) + low for high, low in pairs]

    def sums(self) -> Sums:
        """Of the stored values, exact; there is at least one."""
        ends = sorted((int(self.stored[0]), int(self.stored[-1])))
        squares = self._total(self.stored * self.stored)
        return Sums(self.weight, self._total(self.stored), squares, *ends)

    def _total(self, values: Integers) -> int:
        """Sum of weight x value, exact; values are below 2**32."""
        limbs = (self.low, 0), (self.high & _LOW, 1), (self.high >> HALF_BITS, 2)
        parts = (values & (2**_VALUE_BITS - 1), 0), (values >> _VALUE_BITS, 1)
        return sum(
            int(np.dot(part, limb)) << (place * _VALUE_BITS + digit * HALF_BITS)
            for part, place in parts
            for limb, digit in limbs
        )

    def heaviest(self) -> float:
        """The physical value of the largest weight; of several, the smallest value."""
        among = np.flatnonzero(self.high == self.high.max())
        return float(self.physical[among[np.argmax(self.low[among])]])

    def lightest(self) -> float:
        """The physical value of the smallest weight; of several, the smallest value."""
        among = np.flatnonzero(self.high == self.high.min())
        return float(self.physical[among[np.argmin(self.low[among])]])

    def quantiles(self, shares: Shares) -> tuple[float, ...]:
        """The least values at which the cumulated weight reaches shares of the whole.

        The inverted distribution function: always values that the sample has.
        """
        cumulated = accumulate(self.high, self.low)
        places = first_reaching(cumulated, shares.of(self.weight))
        return tuple(self.physical[places].tolist())

    def bins(self, count: int, limits: tuple[float, float] | None) -> Bins:
        """Weights in equal bins, in pixels; a bin holds its left edge, the last both.

        Args:
            count: How many bins.
            limits: First and last edge, physical; None means the ends of the sample.
        """
        shares = (self.high * 2.0**HALF_BITS + self.low) / WHOLE
        first, last = limits or (self.physical[0], self.physical[-1])
        if first == last:  # one value: a bin around it
            first, last = first - 0.5, last + 0.5
        edges = np.linspace(first, last, count + 1)
        place = np.searchsorted(edges, self.physical, side="right")
        place[self.physical == last] = count
        # Of the first and the last of these, the values beyond the edges.
        weights = np.bincount(place, shares, minlength=count + 2)[1:-1]
        return tuple(weights.tolist()), tuple(edges.tolist())


UNNAMED = (RasterClass(0, "0", None),)
"""Classes of a band whose values are told apart without having names."""


def as_classes(band: BandInfo) -> BandInfo:
    """The band with its values told apart as classes, named by their digits.

    A band that has classes stays as it is, and so does one whose values are too many to
    be told apart.
    """
    if band.classes or not keeps_histogram(band.dtype):
        return band
    return replace(band, classes=UNNAMED)


def read_sample(partial: Histogram, band: BandInfo) -> Sample:
    """The sample of a histogram, in the band's unit."""
    # What falls between physical values stays between them, but for the direction.
    order = slice(None, None, -1 if band.scale < 0 else 1)
    stored = partial.values[order]
    return Sample(
        stored=stored,
        physical=stored.astype(np.float64) * band.scale + band.offset,
        high=(partial.high + (partial.low >> HALF_BITS))[order],
        low=(partial.low & _LOW)[order],
    )
