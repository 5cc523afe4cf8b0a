"""From a merged partial to the figures of a zone, in physical values."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.coverage import WHOLE
from raster_core.zonal.stats import Histogram, Moments, combine_moments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.grid import BandInfo
    from raster_core.zonal.ground import ZoneArea
    from raster_core.zonal.stats import Partial


HISTOGRAM_ONLY = frozenset(
    {"median", "majority", "minority", "unique", "histogram", "categories"}
)
"""Figures that only a histogram yields, so only integers of up to 16 bits have."""


@dataclass(frozen=True, slots=True)
class FigureOptions:
    """Which figures are computed beyond those that one pass yields, and how."""

    brief: bool = False
    """Whether count, min, max, mean, sum and deviation are all that is wanted of small
    integers, as of wide types; it spares sorting out thousands of values."""
    bins: int = 10
    """Of the histogram."""
    histogram_range: tuple[float, float] | None = None
    """Its first and last edge, physical; None means min and max."""
    percentiles: tuple[float, ...] = ()
    """From 0 to 100."""
    median: bool = False
    """Whether wide types get a median too, which takes further passes."""
    areas: bool = False
    """Whether ground areas are measured, and the mean weighted by them."""
    categorical: bool = False
    """Whether values without class names are told apart too."""
    unscale: bool = True
    """Whether values are physical (scale x stored + offset) or stored."""

    def shares(self) -> tuple[Fraction, ...]:
        """What wide types need passes for: percentiles, then the median."""
        shares = tuple(Fraction(str(p)) / 100 for p in self.percentiles)
        return (*shares, Fraction(1, 2)) if self.median else shares


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
    histogram: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    """Weights (n,) and edges (n + 1,)."""
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
    approximation: Approximation | None = None
    """None where every pixel was counted."""


def compute_figures(
    partial: Partial,
    band: BandInfo,
    options: FigureOptions,
    *,
    quantiles: Sequence[float] | None = None,
) -> ZoneStatistics:
    """The figures of a zone.

    Args:
        partial: Of the whole zone.
        band: Scale, offset and classes of the values.
        options: Which figures.
        quantiles: Stored values at ``options.shares()``, for wide types.
    """
    if not options.unscale:
        band = replace(band, scale=1.0, offset=0.0)
    if isinstance(partial, Histogram):
        return _from_histogram(partial, band, options)
    figures = _from_moments(partial, band)
    if quantiles is None or figures.reason:
        return figures
    physical = [value * band.scale + band.offset for value in quantiles]
    return replace(
        figures,
        median=physical[-1] if options.median else None,
        percentiles=tuple(physical[: len(options.percentiles)]),
    )


def add_areas(
    figures: ZoneStatistics, area: ZoneArea, band: BandInfo, options: FigureOptions
) -> ZoneStatistics:
    """The figures with the ground that the zone covers."""
    if figures.reason:
        return figures
    scale, offset = (band.scale, band.offset) if options.unscale else (1.0, 0.0)
    categories = figures.categories
    if categories is not None:
        categories = tuple(
            replace(
                category,
                area_m2=area.by_class.get(category.value, 0.0),
                area_fraction=area.by_class.get(category.value, 0.0) / area.total
                if area.total
                else None,
            )
            for category in categories
        )
    return replace(
        figures,
        area_m2=area.total,
        area_weighted_mean=None if area.mean is None else area.mean * scale + offset,
        categories=categories,
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


def _from_histogram(
    partial: Histogram, band: BandInfo, options: FigureOptions
) -> ZoneStatistics:
    stored, weights = partial.values.tolist(), partial.weights()
    if band.scale < 0:  # then physical values ascend the other way
        stored.reverse()
        weights.reverse()
    cumulated = list(accumulate(weights))
    weight = cumulated[-1] if cumulated else 0
    if not weight:
        return _without_values(partial.masked)
    count = weight / WHOLE
    # Whole numbers throughout: exact, whatever the size of zone and values.
    total = math.sumprod(stored, weights)
    squares = math.sumprod([value * value for value in stored], weights)
    variance = (squares * weight - total * total) / (weight * weight)
    physical = [value * band.scale + band.offset for value in stored]
    figures = ZoneStatistics(
        valid_pixels=count,
        masked_pixels=partial.masked / WHOLE,
        count=count,
        valid_percent=_percent(weight, partial.masked),
        min=physical[0],
        max=physical[-1],
        mean=total / weight * band.scale + band.offset,
        sum=total / WHOLE * band.scale + count * band.offset,
        std=abs(band.scale) * math.sqrt(variance),
        variance=band.scale**2 * variance,
    )
    if options.brief:
        return figures
    sample = _Sample(physical, weights, cumulated)
    return replace(
        figures,
        median=sample.quantile(Fraction(1, 2)),
        # The first of several is the smallest value.
        majority=physical[weights.index(max(weights))],
        minority=physical[weights.index(min(weights))],
        unique=len(stored),
        histogram=_bin(sample, options),
        categories=_categories(stored, weights, band)
        if band.classes or options.categorical
        else None,
        percentiles=tuple(
            sample.quantile(Fraction(str(p)) / 100) for p in options.percentiles
        ),
    )


@dataclass(frozen=True, slots=True)
class _Sample:
    """Physical values, ascending, with their weights in units."""

    values: Sequence[float]
    weights: Sequence[int]
    cumulated: Sequence[int]

    def quantile(self, share: Fraction) -> float:
        """Inverted distribution function."""
        return self.values[bisect_left(self.cumulated, share * self.cumulated[-1])]


def _without_values(masked: int) -> ZoneStatistics:
    reason = "no_valid_pixels" if masked else "outside_raster"
    percent = 0.0 if masked else None
    return ZoneStatistics(
        0.0, masked / WHOLE, 0.0, valid_percent=percent, reason=reason
    )


def _percent(weight: int, masked: int) -> float:
    return 100 * weight / (weight + masked)


def _bin(
    sample: _Sample, options: FigureOptions
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    shares = np.array(sample.weights, np.float64) / WHOLE
    counts, edges = np.histogram(
        sample.values, options.bins, options.histogram_range, weights=shares
    )
    return tuple(counts.tolist()), tuple(edges.tolist())


def _categories(
    stored: Sequence[int], weights: Sequence[int], band: BandInfo
) -> tuple[Category, ...]:
    names = {entry.value: entry.name for entry in band.classes}
    total = sum(weights)
    return tuple(
        Category(value, names.get(value, str(value)), weight / WHOLE, weight / total)
        for value, weight in sorted(zip(stored, weights, strict=True))
    )
