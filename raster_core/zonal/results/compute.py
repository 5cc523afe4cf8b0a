"""From all that was kept of a zone on a band to its statistics."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.partials.fractions import percentile_fractions
from raster_core.zonal.partials.partial import Histogram, Moments
from raster_core.zonal.results.declaring import Needs
from raster_core.zonal.results.evidence import (
    Evidence,
    Spread,
    spread_of_moments,
    spread_of_sums,
)
from raster_core.zonal.results.sample import Sample, read_sample
from raster_core.zonal.results.statistics import STATISTICS, ZoneStatistics

if TYPE_CHECKING:
    from raster_core.bands import BandInfo
    from raster_core.zonal.partials.merge import ZonePartial
    from raster_core.zonal.results.declaring import Compute
    from raster_core.zonal.results.options import StatisticOptions


def compute_statistics(
    zone: ZonePartial,
    band: BandInfo,
    options: StatisticOptions,
    *,
    pixel_area: float | None = None,
) -> ZoneStatistics:
    """The statistics of a zone on a band.

    Args:
        zone: All that was kept of it.
        band: Scale, offset and classes of the values.
        options: Which statistics.
        pixel_area: The area of one pixel, in the CRS's unit squared.

    Returns:
        Without valid cells, counts of zero and the reason.
    """
    if not options.unscale:
        band = replace(band, scale=1.0, offset=0.0)
    masked, found = zone.partial.masked, _read_values(zone, band, options)
    if found is None:
        return _without_values(masked)
    percentiles, median = _name_quantiles(found.quantiles, len(options.percentiles))
    evidence = Evidence(
        band,
        found.spread,
        masked,
        histogram=found.histogram,
        median=median,
        percentiles=percentiles,
        ground=zone.area,
        pixel_area=pixel_area,
        bins=options.bins,
        histogram_range=options.histogram_range,
    )
    computed = _select(options.wanted, has_histogram=found.histogram is not None)
    values = {name: compute(evidence) for name, compute in computed}
    return ZoneStatistics(percentiles=percentiles, **values)


class _Values(NamedTuple):
    """What a partial tells of the values of a zone."""

    spread: Spread
    histogram: Sample | None = None
    quantiles: tuple[float, ...] | None = None
    """Physical, those of the percentiles first; None if not known."""


@lru_cache(maxsize=64)
def _select(
    wanted: frozenset[str] | None, *, has_histogram: bool
) -> tuple[tuple[str, Compute], ...]:
    """The statistics that there are and that are wanted, and how they are computed.

    Only those of a histogram take so long that others than the wanted are left out.
    """
    return tuple(
        (each.name, each.compute)
        for each in STATISTICS
        if each.compute is not None
        and (
            Needs.HISTOGRAM not in each.needs
            or (has_histogram and (wanted is None or each.name in wanted))
        )
    )


def _read_values(
    zone: ZonePartial, band: BandInfo, options: StatisticOptions
) -> _Values | None:
    """The values of a zone; None if it has no valid cells."""
    partial = zone.partial
    if isinstance(partial, Histogram):
        return _read_histogram(partial, band, options) if partial.values.size else None
    if isinstance(partial, Moments):
        spread = spread_of_moments(partial, band)
        known = zone.quantiles
        if known is not None:
            known = tuple(map(band.scaling.physical_value, known))
        return spread and _Values(spread, quantiles=known)
    return _Values(spread_of_sums(partial.sums, band)) if partial.sums else None


def _read_histogram(
    partial: Histogram, band: BandInfo, options: StatisticOptions
) -> _Values:
    sample = read_sample(partial, band)
    has_median = options.median or options.wants("median")
    fractions = percentile_fractions(
        options.percentiles, median=has_median, interpolated=options.interpolate
    )
    quantiles = sample.quantiles(fractions) if fractions else ()
    return _Values(spread_of_sums(sample.sums(), band), sample, quantiles)


def _name_quantiles(
    quantiles: tuple[float, ...] | None, count: int
) -> tuple[tuple[float, ...] | None, float | None]:
    """The percentiles, of which there are ``count``, and the median if it is known."""
    if quantiles is None:
        return None, None
    return quantiles[:count], quantiles[count] if len(quantiles) > count else None


def _without_values(masked: int) -> ZoneStatistics:
    return ZoneStatistics(
        masked_pixels=masked / WHOLE,
        valid_percent=0.0 if masked else None,
        reason="no_valid_pixels" if masked else "outside_raster",
    )
