"""The statistics of one zone from a partial of it, as those of many are computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.native.reducing.summing import LIMB_BITS
from raster_core.zonal.columnar.computing import Recipe, as_stored, compute_columns
from raster_core.zonal.columnar.gathering import Gatherer
from raster_core.zonal.coverage.weights import weights_of
from raster_core.zonal.partials.partial import Histogram, Moments
from raster_core.zonal.partials.rows import (
    LIMBS,
    BandRows,
    MomentRows,
    SumRows,
    ValueRows,
)
from raster_core.zonal.results.columns import ZoneBatch
from raster_core.zonal.results.listing import list_zones

if TYPE_CHECKING:
    from raster_core.bands import BandInfo
    from raster_core.zonal.partials.partial import Partial, Totals
    from raster_core.zonal.partials.rows import Rows
    from raster_core.zonal.results.options import StatisticOptions
    from raster_core.zonal.results.statistics import ZoneStatistics

ZONE = np.zeros(1, np.int64)


def statistics_of(
    partial: Partial, band: BandInfo, options: StatisticOptions, times: int = 1
) -> ZoneStatistics:
    """The statistics of ``times`` as many cells as a partial has."""
    gatherer = Gatherer(1)
    rows = rows_of(partial, band.dtype)
    masked = weights_of([partial.masked])
    gatherer.add(BandRows(ZONE, masked, rows, None, None), times)
    recipe = as_stored(Recipe(band, 0, options, 1.0, {}))
    columns = compute_columns(gatherer.take(ZONE), recipe)
    batch = ZoneBatch(ZONE, (columns,), np.zeros(1, bool))
    ((found,),) = list_zones(batch, [band], options.percentiles)
    return found


def rows_of(partial: Partial, dtype: str) -> Rows:
    """The rows of the only zone of a block."""
    if isinstance(partial, Histogram):
        zone = np.zeros(len(partial.values), np.int64)
        return ValueRows(zone, partial.values, partial.halves.carry())
    if isinstance(partial, Moments):
        blocks = partial.blocks
        return MomentRows(
            np.zeros(len(blocks), np.int64),
            weights_of([each.weight for each in blocks]),
            np.array([each.total for each in blocks], np.float64),
            np.array([each.squares for each in blocks], np.float64),
            np.array([each.minimum for each in blocks], dtype),
            np.array([each.maximum for each in blocks], dtype),
            np.array([each.origin for each in blocks], dtype),
            np.array([each.exponent for each in blocks], np.int64),
        )
    return _sum_rows(partial)


def _sum_rows(partial: Totals) -> SumRows:
    sums = partial.sums
    if sums is None:
        none = np.zeros(0, np.int64)
        return SumRows(none, np.zeros((0, 11), np.int64), none, none)
    limbs = [
        limb
        for name, columns in LIMBS.items()
        for limb in split_limbs(getattr(sums, name), columns.stop - columns.start)
    ]
    ends = (np.array([end]) for end in (sums.minimum, sums.maximum))
    return SumRows(ZONE, np.array([limbs], np.int64), *ends)


def split_limbs(number: int, limbs: int) -> list[int]:
    """A whole number in limbs, the lowest first; the highest has its sign."""
    low = [(number >> (LIMB_BITS * k)) & (2**LIMB_BITS - 1) for k in range(limbs - 1)]
    return [*low, number >> (LIMB_BITS * (limbs - 1))]
