"""A zone's histogram as a weighted sample: exact sums, quantiles, bins.

Weights stay whole numbers: nothing here rounds before the end, and nothing loops over
values in Python, since a zone of elevations has thousands of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.zonal.coverage.weights import HALF_BITS, split_weights
from raster_core.zonal.partials.counting import Sums
from raster_core.zonal.partials.interpolating import interpolate_quantiles

if TYPE_CHECKING:
    from raster_core.bands import BandInfo
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.coverage.weights import Integers, Weights
    from raster_core.zonal.partials.fractions import Fractions
    from raster_core.zonal.partials.partial import Histogram


class Bins(NamedTuple):
    """A histogram."""

    weights: tuple[float, ...]
    """Summed coverage in each bin, in pixels."""
    edges: tuple[float, ...]
    """One more than there are bins, physical."""


# Values are taken apart at this bit, and weights at HALF_BITS: products of the parts,
# summed over 2**16 values, stay below 2**63 for zones of up to 2**35 cells.
_VALUE_BITS = 16


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Distinct values and their weights, by physical value; arrays are (n,)."""

    stored: Integers
    physical: Floats
    halves: Weights
    """Weight of each value, carried."""

    @property
    def weight(self) -> int:
        """Weight of all values, in units."""
        return self.halves.total()

    @property
    def distinct(self) -> int:
        """How many values there are."""
        return len(self.stored)

    def weights(self) -> list[int]:
        """Weight of each value, in units."""
        return self.halves.to_ints()

    def sums(self) -> Sums:
        """Exact sums of the stored values, of which there is at least one."""
        ends = sorted((int(self.stored[0]), int(self.stored[-1])))
        squares = self._total(self.stored * self.stored)
        return Sums(self.weight, self._total(self.stored), squares, *ends)

    def _total(self, values: Integers) -> int:
        """Sum of weight x value, exact; values (n,) are below 2**32 in magnitude."""
        low, (high, middle) = self.halves.low, split_weights(self.halves.high)
        limbs = (low, 0), (middle, 1), (high, 2)
        parts = (values & (2**_VALUE_BITS - 1), 0), (values >> _VALUE_BITS, 1)
        return sum(
            int(np.dot(part, limb)) << (position * _VALUE_BITS + digit * HALF_BITS)
            for part, position in parts
            for limb, digit in limbs
        )

    def heaviest(self) -> float:
        """The physical value of the largest weight; of several, the smallest value."""
        high, low = self.halves
        among = np.flatnonzero(high == high.max())
        return float(self.physical[among[np.argmax(low[among])]])

    def lightest(self) -> float:
        """The physical value of the smallest weight; of several, the smallest value."""
        high, low = self.halves
        among = np.flatnonzero(high == high.min())
        return float(self.physical[among[np.argmin(low[among])]])

    def quantiles(self, fractions: Fractions) -> tuple[float, ...]:
        """The least values at which the cumulated weight reaches fractions of all.

        The inverted distribution function: physical values that the sample has, one for
        each fraction; or values between them, if the fractions say so.
        """
        cumulated = self.halves.cumulate()
        if fractions.interpolated:
            pixels, reached = self.halves.to_pixels(), cumulated.to_pixels()
            before = np.append(0.0, reached[:-1])
            first = np.zeros(1, np.intp)
            found = interpolate_quantiles(
                self.physical, pixels, before, first, fractions.ratios()
            )
            return tuple(float(each[0]) for each in found)
        positions = cumulated.first_reaching(fractions.of(self.weight))
        return tuple(self.physical[positions].tolist())

    def bins(self, count: int, limits: tuple[float, float] | None) -> Bins:
        """Weights in equal bins, in pixels; a bin holds its left edge, the last both.

        Args:
            count: How many bins.
            limits: First and last edge, physical; None means the ends of the sample.
        """
        pixels = self.halves.to_pixels()
        first, last = limits or (self.physical[0], self.physical[-1])
        if first == last:  # one value: a bin around it
            first, last = first - 0.5, last + 0.5
        edges = np.linspace(first, last, count + 1)
        position = np.searchsorted(edges, self.physical, side="right")
        position[self.physical == last] = count
        # The first and the last count values beyond the edges.
        weights = np.bincount(position, pixels, minlength=count + 2)[1:-1]
        return Bins(tuple(weights.tolist()), tuple(edges.tolist()))


def read_sample(partial: Histogram, band: BandInfo) -> Sample:
    """The sample of a histogram, in the band's unit."""
    # What falls between physical values stays between them, but for the direction.
    order = slice(None, None, -1 if band.scale < 0 else 1)
    stored = partial.values[order]
    return Sample(
        stored=stored,
        physical=stored.astype(np.float64) * band.scale + band.offset,
        halves=partial.halves.carry().pick(order),
    )
