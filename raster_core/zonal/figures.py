"""From a merged partial to the figures of a zone, in physical values."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from raster_core.zonal.coverage import WHOLE
from raster_core.zonal.moments import combine_moments
from raster_core.zonal.sample import read_sample
from raster_core.zonal.shares import percentile_shares
from raster_core.zonal.stats import Histogram, Moments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.bands import BandInfo
    from raster_core.zonal.counting import Sums
    from raster_core.zonal.ground import ZoneArea
    from raster_core.zonal.sample import Bins, Sample
    from raster_core.zonal.shares import Shares
    from raster_core.zonal.stats import Partial


HISTOGRAM_ONLY = frozenset(
    {"median", "majority", "minority", "unique", "histogram", "categories"}
)
"""Figures that only a histogram yields, so only integers of up to 16 bits have."""


@dataclass(frozen=True, slots=True)
class FigureOptions:
    """Which figures are computed beyond those that one pass yields, and how."""

    wanted: frozenset[str] | None = None
    """Names of figures; the others may be left out. None means all that one pass over
    the pixels yields."""
    bins: int = 10
    """Of the histogram."""
    histogram_range: tuple[float, float] | None = None
    """Its first and last edge, physical; None means min and max."""
    percentiles: tuple[float, ...] = ()
    """From 0 to 100."""
    median: bool = False
    """Whether wide types get a median, unless it is wanted by name; it takes passes."""
    areas: bool = False
    """Whether ground areas are measured, and the mean weighted by them."""
    unscale: bool = True
    """Whether values are physical (scale x stored + offset) or stored."""

    def wants(self, *names: str) -> bool:
        """Whether any of these figures is to be computed."""
        return self.wanted is None or not self.wanted.isdisjoint(names)

    @property
    def brief(self) -> bool:
        """Whether sums of small integers do, without their histogram."""
        return not (self.wants(*HISTOGRAM_ONLY) or self.shares())

    def shares(self) -> Shares:
        """Of the percentiles, then of the median if there is one."""
        has_median = self.median or "median" in (self.wanted or ())
        return percentile_shares(self.percentiles, median=has_median)


@dataclass(frozen=True, slots=True)
class Category:
    """One class that a zone has."""

    value: int
    """The stored value."""
    name: str
    count: float
    """In pixels."""
    fraction: float
    """Of the zone's ``count``."""
    area_m2: float | None = None
    area_fraction: float | None = None
    """Of the zone's ``area_m2``."""


@dataclass(frozen=True, slots=True)
class Approximation:
    """How far an overview stood for pixels; the outline's blocks are exact."""

    level: int
    """Of the overviews, from 1; 0 where every pixel was read."""
    factor: int
    """Native pixels a side for which one of the overview stands."""
    approximated_percent: float
    """Of the touched pixels."""
    error_bound: str = "none: it depends on how the overview was resampled"


@dataclass(frozen=True, slots=True)
class ZoneStatistics:
    """The figures of one zone on one band; None where there is none.

    Those of ``HISTOGRAM_ONLY`` exist for integers of up to 16 bits.
    """

    valid_pixels: float
    masked_pixels: float
    count: float
    valid_percent: float | None = None
    min: float | None = None
    max: float | None = None
    mean: float | None = None
    sum: float | None = None
    std: float | None = None
    variance: float | None = None
    median: float | None = None
    majority: float | None = None
    minority: float | None = None
    unique: int | None = None
    histogram: Bins | None = None
    """Weights in pixels, and edges."""
    categories: tuple[Category, ...] | None = None
    reason: str | None = None
    """Why figures are missing: ``outside_raster`` or ``no_valid_pixels``."""
    percentiles: tuple[float, ...] | None = None
    """As many as were asked for."""
    area_m2: float | None = None
    """Ground of the valid pixels, on the ellipsoid."""
    area_weighted_mean: float | None = None
    covered_percent: float | None = None
    """Of the zone's ground, what lies on the raster; below 100 the other figures are
    those of a part."""
    planar_area: float | None = None
    """Of the valid pixels, in the CRS's own unit squared: square degrees for some."""
    approximation: Approximation | None = None
    """None where every pixel was counted."""


def compute_figures(
    partial: Partial,
    band: BandInfo,
    options: FigureOptions,
    *,
    quantiles: Sequence[float] | None = None,
    pixel_area: float | None = None,
) -> ZoneStatistics:
    """The figures of a zone.

    Args:
        partial: Of the whole zone.
        band: Scale, offset and classes of the values.
        options: Which figures.
        quantiles: Stored values at ``options.shares()``, for wide types.
        pixel_area: Of one pixel, in the CRS's unit squared.
    """
    if not options.unscale:
        band = replace(band, scale=1.0, offset=0.0)
    if isinstance(partial, Histogram):
        figures = _from_histogram(partial, band, options)
    elif isinstance(partial, Moments):
        figures = _from_moments(partial, band)
    elif partial.sums:
        figures = _from_sums(partial.sums, partial.masked, band)
    else:
        figures = _without_values(partial.masked)
    if figures.reason:
        return figures
    planar = None if pixel_area is None else figures.count * pixel_area
    if quantiles is None:
        return figures if planar is None else replace(figures, planar_area=planar)
    physical = tuple(_physical(value, band) for value in quantiles)
    *_, median = (None, *physical[len(options.percentiles) :])
    percentiles = physical[: len(options.percentiles)]
    return replace(  # once, since it takes as long as some of the figures
        figures, planar_area=planar, median=median, percentiles=percentiles
    )


def add_areas(
    figures: ZoneStatistics, area: ZoneArea, band: BandInfo, options: FigureOptions
) -> ZoneStatistics:
    """The figures with the ground that the zone covers."""
    if figures.reason:
        return figures
    scale, offset = (band.scale, band.offset) if options.unscale else (1.0, 0.0)
    return replace(
        figures,
        area_m2=area.total,
        area_weighted_mean=None if area.mean is None else area.mean * scale + offset,
        categories=figures.categories
        and tuple(_add_area(category, area) for category in figures.categories),
    )


def _add_area(category: Category, area: ZoneArea) -> Category:
    """The category with its ground; what is not on Earth has none."""
    own = area.by_class.get(category.value, 0.0)
    share = own / area.total if area.total else None
    # Not dataclasses.replace, which takes four times as long: there may be thousands.
    return Category(
        category.value, category.name, category.count, category.fraction, own, share
    )


def _from_moments(partial: Moments, band: BandInfo) -> ZoneStatistics:
    moments = combine_moments(partial)
    if moments is None:
        return _without_values(partial.masked)
    count = moments.weight / WHOLE
    low = min(block.minimum for block in partial.blocks)
    high = max(block.maximum for block in partial.blocks)
    ends = sorted(_physical(value, band) for value in (low, high))
    return ZoneStatistics(
        valid_pixels=count,
        masked_pixels=partial.masked / WHOLE,
        count=count,
        valid_percent=_percent(moments.weight, partial.masked),
        min=ends[0],
        max=ends[1],
        mean=moments.mean * band.scale + band.offset,
        sum=moments.total * band.scale + count * band.offset,
        std=abs(band.scale) * moments.deviation,
        variance=band.scale**2 * moments.variance,
    )


def _physical(value: float, band: BandInfo) -> float:
    """A stored value in the band's unit; integers of 64 bits keep all digits."""
    if (band.scale, band.offset) == (1.0, 0.0):
        return value
    return value * band.scale + band.offset


def _from_sums(sums: Sums, masked: int, band: BandInfo) -> ZoneStatistics:
    """What follows from sums; whole numbers until the end."""
    weight, total = sums.weight, sums.total
    variance = (sums.squares * weight - total * total) / (weight * weight)
    ends = sorted(
        value * band.scale + band.offset for value in (sums.minimum, sums.maximum)
    )
    return ZoneStatistics(
        valid_pixels=weight / WHOLE,
        masked_pixels=masked / WHOLE,
        count=weight / WHOLE,
        valid_percent=_percent(weight, masked),
        min=ends[0],
        max=ends[1],
        mean=total / weight * band.scale + band.offset,
        sum=total / WHOLE * band.scale + weight / WHOLE * band.offset,
        std=abs(band.scale) * math.sqrt(variance),
        variance=band.scale**2 * variance,
    )


def _from_histogram(
    partial: Histogram, band: BandInfo, options: FigureOptions
) -> ZoneStatistics:
    if not partial.values.size:
        return _without_values(partial.masked)
    sample, wants = read_sample(partial, band), options.wants
    figures = _from_sums(sample.sums(), partial.masked, band)
    has_median, asked = options.median or wants("median"), len(options.percentiles)
    shares = percentile_shares(options.percentiles, median=True)
    quantiles = sample.quantiles(shares) if has_median or asked else ()
    return replace(
        figures,
        median=quantiles[-1] if has_median else None,
        percentiles=quantiles[:asked],
        majority=sample.heaviest() if wants("majority") else None,
        minority=sample.lightest() if wants("minority") else None,
        unique=len(sample.stored),
        histogram=sample.bins(options.bins, options.histogram_range)
        if wants("histogram")
        else None,
        categories=_categories(sample, band)
        if band.classes and wants("categories")
        else None,
    )


def _without_values(masked: int) -> ZoneStatistics:
    reason = "no_valid_pixels" if masked else "outside_raster"
    percent = 0.0 if masked else None
    return ZoneStatistics(
        0.0, masked / WHOLE, 0.0, valid_percent=percent, reason=reason
    )


def _percent(weight: int, masked: int) -> float:
    return 100 * weight / (weight + masked)


def _categories(sample: Sample, band: BandInfo) -> tuple[Category, ...]:
    names = {entry.value: entry.name for entry in band.classes}
    total = sample.weight
    rows = zip(sample.stored.tolist(), sample.weights(), strict=True)
    return tuple(
        Category(value, names.get(value, str(value)), weight / WHOLE, weight / total)
        for value, weight in sorted(rows)
    )
