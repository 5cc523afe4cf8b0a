"""What the statistics of many zones on one band are computed from: columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from raster_core.bands import UNSCALED
from raster_core.zonal.coverage.weights import WHOLE, Weights
from raster_core.zonal.partials.moments import combine_moments
from raster_core.zonal.results.sample import to_wholes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.partials.rows import MomentRows
    from raster_core.zonal.results.ground import GroundColumns
    from raster_core.zonal.results.sample import ExactSums, Samples, Wholes


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Where the values of zones lie, and how far apart, (zones,) each; physical."""

    weight: Wholes
    """Weight of the valid cells, in units of ``1 / WHOLE``."""
    minimum: NDArray[np.generic]
    """Float64; integers of wide types that have no scale stay as they are, and so
    ``maximum``."""
    maximum: NDArray[np.generic]
    mean: Floats
    total: Floats
    """Sum of coverage x value, in pixels."""
    deviation: Floats
    variance: Floats

    @property
    def variation(self) -> Floats:
        """The deviation over the mean; NaN of a mean of 0."""
        found = np.full(len(self.mean), np.nan)
        np.divide(self.deviation, self.mean, out=found, where=self.mean != 0)
        return found


@dataclass(frozen=True, eq=False)
class Evidence:
    """All that is known of zones with valid cells on one band."""

    band: BandInfo
    """Scale and offset are 1 and 0 where values are to stay as stored."""
    spread: Spread
    masked: Weights
    """(zones,): weight of the cells without data."""
    samples: Samples | None = None
    """Each value with its weight; None where only moments or sums were kept."""
    median: NDArray[np.generic] | None = None
    """(zones,): physical; None if it was not wanted."""
    ground: GroundColumns | None = None
    """None if areas were not measured."""
    pixel_area: float | None = None
    """Area of one pixel in the CRS's unit squared; None if not known."""

    @cached_property
    def count(self) -> Floats:
        """(zones,): summed coverage of the valid cells, in pixels."""
        return np.asarray(self.spread.weight / WHOLE, np.float64)

    @property
    def masked_pixels(self) -> Floats:
        """(zones,): summed coverage of the cells without data, in pixels."""
        return self.masked.to_pixels()

    @property
    def valid_percent(self) -> Floats:
        """(zones,): of the raster's cells inside the zones."""
        found = np.full(len(self.spread.weight), 100.0)
        some = np.flatnonzero(self.masked.high | self.masked.low)
        weight = self.spread.weight[some].astype(object)
        whole = weight + to_wholes(self.masked.pick(some))
        found[some] = 100 * weight / whole
        return found

    @property
    def sample(self) -> Samples:
        """The histograms, for statistics that are computed only where they are kept."""
        assert self.samples is not None  # noqa: S101  see ``declaring.Needs``
        return self.samples


def spread_of_sums(sums: ExactSums, band: BandInfo) -> Spread:
    """The spread of small integers: whole numbers until the last step."""
    weight, total = (np.asarray(part).astype(object) for part in sums[:2])
    variance = _ratio(sums.squares * weight - total * total, weight * weight)
    ends = [
        end.astype(np.float64) * band.scale + band.offset
        for end in (sums.minimum, sums.maximum)
    ]
    pixels = np.asarray(sums.weight / WHOLE, np.float64)
    return Spread(
        weight=sums.weight,
        minimum=np.minimum(*ends),
        maximum=np.maximum(*ends),
        mean=_ratio(total, weight) * band.scale + band.offset,
        total=_ratio(total, WHOLE) * band.scale + pixels * band.offset,
        deviation=abs(band.scale) * np.sqrt(variance),
        variance=band.scale**2 * variance,
    )


def spread_of_moments(
    rows: MomentRows, first: NDArray[np.intp], band: BandInfo
) -> Spread:
    """The spread of values of a wide type.

    Args:
        rows: By zone, one for each block of a zone.
        first: (zones,): where the rows of each zone begin.
        band: Scale and offset.
    """
    moments = combine_moments(rows, first)
    ends = [
        physical_values(end, band)
        for end in (
            np.minimum.reduceat(rows.minimum, first),
            np.maximum.reduceat(rows.maximum, first),
        )
    ]
    return Spread(
        weight=to_wholes(moments.weight),
        minimum=np.minimum(*ends),
        maximum=np.maximum(*ends),
        mean=moments.mean * band.scale + band.offset,
        total=moments.total * band.scale + moments.weight.to_pixels() * band.offset,
        deviation=abs(band.scale) * moments.deviation,
        variance=band.scale**2 * moments.variance,
    )


def physical_values(stored: NDArray[np.generic], band: BandInfo) -> NDArray[np.generic]:
    """Stored values (n,) in the band's unit; integers without a scale stay such."""
    if band.scaling == UNSCALED and stored.dtype.kind in "iu":
        return stored
    return band.scaling.physical_values(stored)


def _ratio(part: NDArray[np.object_], whole: NDArray[np.object_] | int) -> Floats:
    """Ratios of whole numbers of any size, (n,), each exactly rounded."""
    return np.asarray(part / whole, np.float64)
