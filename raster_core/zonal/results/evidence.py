"""What the statistics of one zone on one band are computed from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.partials.moments import combine_moments

if TYPE_CHECKING:
    from raster_core.bands import BandInfo
    from raster_core.zonal.partials.counting import Sums
    from raster_core.zonal.partials.ground import ZoneArea
    from raster_core.zonal.partials.partial import Moments
    from raster_core.zonal.results.sample import Sample


class Spread(NamedTuple):
    """Where the values of a zone lie, and how far apart; in physical values."""

    weight: int
    """Weight of the valid cells, in units of ``1 / WHOLE``."""
    minimum: float
    maximum: float
    mean: float
    total: float
    """Sum of coverage x value, in pixels."""
    deviation: float
    variance: float

    @property
    def variation(self) -> float | None:
        """The deviation over the mean; None of a mean of 0."""
        return self.deviation / self.mean if self.mean else None


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """All that is known of a zone with valid cells on one band."""

    band: BandInfo
    """Scale and offset are 1 and 0 where values are to stay as stored."""
    spread: Spread
    masked: int
    """Weight of the cells without data, in units of ``1 / WHOLE``."""
    histogram: Sample | None = None
    """Each value with its weight; None where only moments or sums were kept."""
    median: float | None = None
    """Physical; None if it was not wanted."""
    percentiles: tuple[float, ...] | None = None
    """Physical, in the order of the request; None if they are not known."""
    ground: ZoneArea | None = None
    """None if areas were not measured."""
    pixel_area: float | None = None
    """Area of one pixel in the CRS's unit squared; None if not known."""
    bins: int = 10
    """Number of bins of the histogram."""
    histogram_range: tuple[float, float] | None = None
    """Its first and last edge, physical; None means minimum and maximum."""

    @property
    def count(self) -> float:
        """Summed coverage of the valid cells, in pixels."""
        return self.spread.weight / WHOLE

    @property
    def sample(self) -> Sample:
        """The histogram, for statistics that are computed only where there is one."""
        assert self.histogram is not None  # noqa: S101  see ``declaring.Needs``
        return self.histogram


def spread_of_moments(partial: Moments, band: BandInfo) -> Spread | None:
    """The spread of values of a wide type; None without values."""
    moments = combine_moments(partial)
    if moments is None:
        return None
    low = min(block.minimum for block in partial.blocks)
    high = max(block.maximum for block in partial.blocks)
    ends = sorted(map(band.scaling.physical_value, (low, high)))
    return Spread(
        weight=moments.weight,
        minimum=ends[0],
        maximum=ends[1],
        mean=moments.mean * band.scale + band.offset,
        total=moments.total * band.scale + moments.weight / WHOLE * band.offset,
        deviation=abs(band.scale) * moments.deviation,
        variance=band.scale**2 * moments.variance,
    )


def spread_of_sums(sums: Sums, band: BandInfo) -> Spread:
    """The spread of small integers: whole numbers until the last step."""
    weight, total = sums.weight, sums.total
    variance = (sums.squares * weight - total * total) / (weight * weight)
    ends = sorted(
        value * band.scale + band.offset for value in (sums.minimum, sums.maximum)
    )
    return Spread(
        weight=weight,
        minimum=ends[0],
        maximum=ends[1],
        mean=total / weight * band.scale + band.offset,
        total=total / WHOLE * band.scale + weight / WHOLE * band.offset,
        deviation=abs(band.scale) * math.sqrt(variance),
        variance=band.scale**2 * variance,
    )
