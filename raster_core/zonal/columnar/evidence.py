"""What the statistics of many zones on one band are computed from.

The declarations of ``results.statistics`` compute with numbers; here the numbers are
columns, so one declaration serves a zone and many.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.partials.partial import Moments
from raster_core.zonal.results.evidence import Spread, spread_of_moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.columnar.moments import MomentRows
    from raster_core.zonal.columnar.sample import ColumnSample
    from raster_core.zonal.columnar.weighing import ExactSums
    from raster_core.zonal.coverage.weights import Integers


@dataclass(frozen=True, slots=True, eq=False)
class SpreadColumns:
    """``Spread`` of many zones, (zones,) each, to the bit."""

    units: Integers
    """Weight of the valid cells, in units of ``1 / WHOLE``."""
    minimum: Floats
    maximum: Floats
    mean: Floats
    total: Floats
    deviation: Floats
    variance: Floats

    @property
    def weight(self) -> NDArray[np.object_]:
        """The weight as whole numbers of any size, whose ratios are exact."""
        return self.units.astype(object)

    @property
    def variation(self) -> Floats:
        """The deviation over the mean; NaN of a mean of 0."""
        found = np.full(len(self.mean), np.nan)
        np.divide(self.deviation, self.mean, out=found, where=self.mean != 0)
        return found


@dataclass(frozen=True, eq=False)
class ColumnEvidence:
    """``Evidence`` of many zones with valid cells on one band."""

    zones: NDArray[np.integer]
    """(zones,): their numbers."""
    spread: SpreadColumns
    masked: Integers
    """(zones,): weight of the cells without data, in units."""
    sample: ColumnSample | None
    """None where only sums or moments were kept."""
    median: Floats | None
    """(zones,); None if it was not wanted."""
    percentiles: tuple[Floats, ...]
    """(zones,) each; empty if they were not wanted."""
    pixel_area: float | None

    @cached_property
    def count(self) -> Floats:
        """(zones,): summed coverage of the valid cells, in pixels."""
        return np.asarray(self.spread.units / WHOLE)


def spread_of_sum_columns(sums: ExactSums, band: BandInfo) -> SpreadColumns:
    """The spreads of small integers, as ``spread_of_sums`` has each of them."""
    weight, total = sums.weight.astype(object), sums.total
    variance = _ratio(sums.squares * weight - total * total, weight * weight)
    ends = [
        end.astype(np.float64) * band.scale + band.offset
        for end in (sums.minimum, sums.maximum)
    ]
    return SpreadColumns(
        sums.weight,
        np.minimum(*ends),
        np.maximum(*ends),
        _ratio(total, weight) * band.scale + band.offset,
        _ratio(total, WHOLE) * band.scale + sums.weight / WHOLE * band.offset,
        abs(band.scale) * np.sqrt(variance),
        band.scale**2 * variance,
    )


def spread_of_moment_columns(
    rows: MomentRows, first: NDArray[np.intp], band: BandInfo
) -> SpreadColumns:
    """The spreads of wide types, as ``spread_of_moments`` has each of them.

    Args:
        rows: By zone, at least one.
        first: (zones,): where the rows of each zone begin.
        band: Scale and offset.
    """
    count = np.diff(np.append(first, len(rows.zone)))
    found = _single_blocks(rows.pick(first), band)
    alone = (count == 1) & (rows.exponent[first] == 0) & np.isfinite(found.variance)
    for position in np.flatnonzero(~alone).tolist():
        own = np.arange(first[position], first[position] + count[position])
        blocks = tuple(rows.pick(own).blocks())
        spread = spread_of_moments(Moments(blocks, 0), band)
        assert spread is not None  # noqa: S101  each row has a weight
        _write_spread(found, position, spread)
    return found


def _single_blocks(rows: MomentRows, band: BandInfo) -> SpreadColumns:
    """The spreads of zones that lie in one block each, whose moments are theirs."""
    pixels = rows.weight / WHOLE
    origin = rows.origin.astype(np.float64)
    ends = [band.scaling.physical_values(end) for end in (rows.minimum, rows.maximum)]
    variance = rows.squares / pixels
    total = origin * pixels + rows.total
    return SpreadColumns(
        rows.weight,
        np.minimum(*ends),
        np.maximum(*ends),
        (origin + rows.total / pixels) * band.scale + band.offset,
        total * band.scale + pixels * band.offset,
        abs(band.scale) * np.sqrt(variance),
        band.scale**2 * variance,
    )


def _write_spread(columns: SpreadColumns, position: int, spread: Spread) -> None:
    """Write one zone's spread at its position."""
    columns.units[position] = spread.weight
    for name in ("minimum", "maximum", "mean", "total", "deviation", "variance"):
        getattr(columns, name)[position] = getattr(spread, name)


def _ratio(part: NDArray[np.object_], whole: NDArray[np.object_] | int) -> Floats:
    """Ratios of whole numbers of any size, (n,), each exactly rounded."""
    return np.asarray(part / whole, np.float64)
