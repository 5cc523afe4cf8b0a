"""From a merged partial to the figures of a zone, in physical values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.coverage import WHOLE
from raster_core.zonal.stats import Histogram, Moments, combine_moments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.grid import BandInfo
    from raster_core.zonal.stats import Partial


HISTOGRAM_ONLY = frozenset(
    {"median", "majority", "minority", "unique", "histogram", "categories"}
)
"""Figures that only a histogram yields, so only integers of up to 16 bits have."""


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
    median: float | None = None
    majority: float | None = None
    minority: float | None = None
    unique: int | None = None
    histogram: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    """Weights (n,) and edges (n + 1,)."""
    categories: tuple[Category, ...] | None = None
    reason: str | None = None
    """Why figures are missing: ``outside_raster`` or ``no_valid_pixels``."""


def compute_figures(partial: Partial, band: BandInfo, *, bins: int) -> ZoneStatistics:
    """The figures of a zone.

    Args:
        partial: Of the whole zone.
        band: Scale, offset and classes of the values.
        bins: Of the histogram.
    """
    if isinstance(partial, Histogram):
        return _from_histogram(partial, band, bins)
    return _from_moments(partial, band)


def _from_moments(partial: Moments, band: BandInfo) -> ZoneStatistics:
    weight, total, squares = combine_moments(partial)
    if not weight:
        return _without_values(partial.masked)
    count = weight / WHOLE
    low = min(block.minimum for block in partial.blocks)
    high = max(block.maximum for block in partial.blocks)
    ends = sorted(value * band.scale + band.offset for value in (low, high))
    return ZoneStatistics(
        valid_pixels=count,
        masked_pixels=partial.masked / WHOLE,
        count=count,
        valid_percent=_percent(weight, partial.masked),
        min=ends[0],
        max=ends[1],
        mean=total / count * band.scale + band.offset,
        sum=total * band.scale + count * band.offset,
        std=abs(band.scale) * math.sqrt(squares / count),
    )


def _from_histogram(partial: Histogram, band: BandInfo, bins: int) -> ZoneStatistics:
    weights = partial.weights()
    weight = sum(weights)
    if not weight:
        return _without_values(partial.masked)
    stored = partial.values.tolist()
    count = weight / WHOLE
    # Whole numbers throughout: exact, whatever the size of zone and values.
    total = sum(value * share for value, share in zip(stored, weights, strict=True))
    squares = sum(v * v * share for v, share in zip(stored, weights, strict=True))
    variance = (squares * weight - total * total) / (weight * weight)
    physical = [value * band.scale + band.offset for value in stored]
    return ZoneStatistics(
        valid_pixels=count,
        masked_pixels=partial.masked / WHOLE,
        count=count,
        valid_percent=_percent(weight, partial.masked),
        min=min(physical),
        max=max(physical),
        mean=total / weight * band.scale + band.offset,
        sum=total / WHOLE * band.scale + count * band.offset,
        std=abs(band.scale) * math.sqrt(variance),
        median=_median(physical, weights),
        majority=_extreme(physical, weights, max(weights)),
        minority=_extreme(physical, weights, min(weights)),
        unique=len(stored),
        histogram=_bin(physical, weights, bins),
        categories=_categories(stored, weights, band) if band.classes else None,
    )


def _without_values(masked: int) -> ZoneStatistics:
    reason = "no_valid_pixels" if masked else "outside_raster"
    percent = 0.0 if masked else None
    return ZoneStatistics(
        0.0, masked / WHOLE, 0.0, valid_percent=percent, reason=reason
    )


def _percent(weight: int, masked: int) -> float:
    return 100 * weight / (weight + masked)


def _median(values: Sequence[float], weights: Sequence[int]) -> float:
    """Inverted distribution function at one half; a negative scale turns the order."""
    ordered = sorted(zip(values, weights, strict=True))
    total = sum(weights)
    cumulated = accumulate(weight for _, weight in ordered)
    return next(
        value
        for (value, _), below in zip(ordered, cumulated, strict=True)
        if 2 * below >= total
    )


def _extreme(values: Sequence[float], weights: Sequence[int], wanted: int) -> float:
    """The smallest value of that weight."""
    return min(v for v, weight in zip(values, weights, strict=True) if weight == wanted)


def _bin(
    values: Sequence[float], weights: Sequence[int], bins: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    shares = [weight / WHOLE for weight in weights]
    counts, edges = np.histogram(values, bins=bins, weights=shares)
    return tuple(counts.tolist()), tuple(edges.tolist())


def _categories(
    stored: Sequence[int], weights: Sequence[int], band: BandInfo
) -> tuple[Category, ...]:
    names = {entry.value: entry.name for entry in band.classes}
    total = sum(weights)
    return tuple(
        Category(value, names.get(value, str(value)), weight / WHOLE, weight / total)
        for value, weight in zip(stored, weights, strict=True)
    )
