"""Which statistics are computed, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.zonal.partials.fractions import percentile_fractions
from raster_core.zonal.results.statistics import BEYOND_SUMS

if TYPE_CHECKING:
    from raster_core.zonal.partials.fractions import Fractions


@dataclass(frozen=True, slots=True)
class StatisticOptions:
    """Which statistics are computed beyond those that one pass yields, and how."""

    wanted: frozenset[str] | None = None
    """Names of statistics; the others may be left out. None means all that one pass
    over the pixels yields."""
    bins: int = 10
    """Number of bins of the histogram."""
    histogram_range: tuple[float, float] | None = None
    """First and last edge of the histogram, physical; None means min and max."""
    percentiles: tuple[float, ...] = ()
    """From 0 to 100."""
    median: bool = False
    """Whether types without a histogram get a median that is not wanted by name; it
    takes further passes."""
    interpolate: bool = False
    """Whether medians and percentiles may lie between values, as exactextract's do; of
    wide types, zones have to keep all of their values then."""
    areas: bool = False
    """Whether ground areas are measured, and the mean weighted by them."""
    unscale: bool = True
    """Whether values are physical (scale x stored + offset) or stored."""

    def wants(self, *names: str) -> bool:
        """Whether any of these statistics is to be computed."""
        return self.wanted is None or not self.wanted.isdisjoint(names)

    @property
    def brief(self) -> bool:
        """Whether sums of small integers are enough, without their histogram."""
        return not (self.wants(*BEYOND_SUMS) or self.fractions())

    def fractions(self) -> Fractions:
        """Fractions of the percentiles, then that of the median if there is one."""
        has_median = self.median or "median" in (self.wanted or ())
        return percentile_fractions(
            self.percentiles,
            median=has_median,
            interpolated=self.interpolate,
            scaled=self.unscale,
        )
