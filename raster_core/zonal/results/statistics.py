"""The statistics of a zone, each declared once.

A field of ``ZoneStatistics`` that is declared by ``declare`` is a statistic: its name,
type, text, what it needs and how it is computed stand there and nowhere else. What a
request may name, what a type of band yields and the API's schema follow from
``STATISTICS``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from raster_core.zonal.partials.partial import keeps_histogram
from raster_core.zonal.results.declaring import Needs, declare, read_declaration

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.zonal.results.evidence import Evidence
    from raster_core.zonal.results.sample import Bins


@dataclass(frozen=True, slots=True)
class Category:
    """One class that a zone has."""

    value: int
    """The stored value."""
    name: str
    count: float
    """Summed coverage, in pixels."""
    fraction: float
    """``count`` over the zone's."""
    area_m2: float | None = None
    area_fraction: float | None = None
    """``area_m2`` over the zone's."""


@dataclass(frozen=True, slots=True)
class Approximation:
    """How far an overview stood for pixels; the outline's blocks are exact."""

    level: int
    """Number of the overview, from 1; 0 where every pixel was read."""
    factor: int
    """Native pixels along each side of the square that an overview's pixel covers."""
    approximated_percent: float
    """Percentage of the touched pixels that come from the overview."""
    error_bound: str = "none: it depends on how the overview was resampled"


def _weighted_mean(zones: Evidence) -> NDArray[np.generic] | None:
    if zones.ground is None:
        return None
    return zones.band.scaling.physical_values(zones.ground.mean)


@dataclass(frozen=True, slots=True)
class ZoneStatistics:
    """The statistics of one zone on one band; None where one does not exist."""

    valid_pixels: float = field(
        default=0.0,
        metadata=declare(
            "Summed coverage of the cells with data, in pixels.",
            lambda zones: zones.count,
        ),
    )
    masked_pixels: float = field(
        default=0.0,
        metadata=declare(
            "Summed coverage of the raster's cells without data, in pixels.",
            lambda zones: zones.masked_pixels,
        ),
    )
    count: float = field(
        default=0.0,
        metadata=declare(
            "Summed coverage of the cells with data, in pixels.",
            lambda zones: zones.count,
        ),
    )
    valid_percent: float | None = field(
        default=None,
        metadata=declare(
            "Percentage of the raster's cells inside the zone that have data.",
            lambda zones: zones.valid_percent,
        ),
    )
    min: float | None = field(
        default=None,
        metadata=declare("Smallest value.", lambda zones: zones.spread.minimum),
    )
    max: float | None = field(
        default=None,
        metadata=declare("Largest value.", lambda zones: zones.spread.maximum),
    )
    mean: float | None = field(
        default=None,
        metadata=declare(
            "Mean, weighted by coverage.", lambda zones: zones.spread.mean
        ),
    )
    sum: float | None = field(
        default=None,
        metadata=declare("Sum of coverage x value.", lambda zones: zones.spread.total),
    )
    std: float | None = field(
        default=None,
        metadata=declare(
            "Standard deviation of the population, weighted by coverage.",
            lambda zones: zones.spread.deviation,
        ),
    )
    variance: float | None = field(
        default=None,
        metadata=declare(
            "Variance of the population, weighted by coverage.",
            lambda zones: zones.spread.variance,
        ),
    )
    median: float | None = field(
        default=None,
        metadata=declare(
            "Smallest value that at least half of the summed coverage does not exceed.",
            lambda zones: zones.median,
            Needs.QUANTILES,
        ),
    )
    majority: float | None = field(
        default=None,
        metadata=declare(
            "Value with the largest summed coverage; of several, the smallest value.",
            lambda zones: zones.sample.heaviest(),
            Needs.HISTOGRAM,
        ),
    )
    minority: float | None = field(
        default=None,
        metadata=declare(
            "Value with the smallest summed coverage; of several, the smallest value.",
            lambda zones: zones.sample.lightest(),
            Needs.HISTOGRAM,
        ),
    )
    unique: int | None = field(
        default=None,
        metadata=declare(
            "Number of distinct values.",
            lambda zones: zones.sample.distinct,
            Needs.HISTOGRAM,
        ),
    )
    histogram: Bins | None = field(
        default=None,
        metadata=declare(
            "Summed coverage in each bin, and the edges of the bins.",
            None,
            Needs.HISTOGRAM,
        ),
    )
    categories: tuple[Category, ...] | None = field(
        default=None,
        metadata=declare(
            "Classes by stored value, with count, fraction and ground area.",
            None,
            Needs.HISTOGRAM | Needs.GROUND,
        ),
    )
    reason: str | None = None
    """Why there are no values: ``outside_raster``, ``no_valid_pixels`` or
    ``empty_geometry``."""
    percentiles: tuple[float, ...] | None = None
    """Those asked for, in their order."""
    area_m2: float | None = field(
        default=None,
        metadata=declare(
            "Ground area of the cells with data, in m² on the ellipsoid.",
            lambda zones: zones.ground and zones.ground.total,
            Needs.GROUND,
        ),
    )
    area_weighted_mean: float | None = field(
        default=None,
        metadata=declare(
            "Mean, weighted by ground area.",
            _weighted_mean,
            Needs.GROUND,
            by_name_only=True,
        ),
    )
    covered_percent: float | None = field(
        default=None,
        metadata=declare(
            "Percentage of the zone's ground that lies on the raster; below 100, the "
            "other statistics are those of a part.",
            None,
            Needs.FOOTPRINT,
        ),
    )
    planar_area: float | None = field(
        default=None,
        metadata=declare(
            "Area of the cells with data in the plane of the raster's CRS, in its unit "
            "squared.",
            lambda zones: zones.pixel_area and zones.count * zones.pixel_area,
            by_name_only=True,
        ),
    )
    coefficient_of_variation: float | None = field(
        default=None,
        metadata=declare(
            "Standard deviation over the mean; negative with it, none of a mean of 0.",
            lambda zones: zones.spread.variation,
            by_name_only=True,
        ),
    )
    approximation: Approximation | None = None
    """None where every pixel was counted."""


STATISTICS = tuple(read_declaration(f) for f in fields(ZoneStatistics) if f.metadata)
"""In the order in which an answer has them."""

HISTOGRAM_ONLY = frozenset(s.name for s in STATISTICS if Needs.HISTOGRAM in s.needs)
"""Names of those that only integers of up to 16 bits have."""

BEYOND_SUMS = HISTOGRAM_ONLY | {
    s.name for s in STATISTICS if Needs.QUANTILES in s.needs
}
"""Names of those that follow from the values themselves, not from their sums."""

NAMES = tuple(each.name for each in STATISTICS)
"""Everything that a request may name."""

ON_GROUND = frozenset(s.name for s in STATISTICS if Needs.GROUND in s.needs)
"""Names of those for which ground areas have to be measured."""


def percentile_name(percent: float) -> str:
    """The name of a percentile; no two have the same."""
    return f"percentile_{int(percent) if float(percent).is_integer() else percent}"


def default_names(band: BandInfo) -> list[str]:
    """The statistics that a band yields in one pass, but for those that few ask for."""
    hidden = {each.name for each in STATISTICS if each.by_name_only}
    if not keeps_histogram(band.dtype):
        hidden |= BEYOND_SUMS
    if not band.classes:
        hidden.add("categories")
    return [name for name in NAMES if name not in hidden]
