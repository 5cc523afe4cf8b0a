"""Mean and sum of one raster, weighted with the values of another.

The cells counted are those of the first raster's native grid; the other is sampled
there, see ``aligned``. A cell counts by its coverage times the other raster's value.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from raster_core.bands import UNSCALED
from raster_core.errors import RequestError
from raster_core.zonal.coverage.weights import WHOLE, sum_weights
from raster_core.zonal.engine import Options, plan_zones
from raster_core.zonal.partials.moments import exact_sum
from raster_core.zonal.reading.aligned import check_aligned, read_aligned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.raster import Layer
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.coverage.weights import Integers
    from raster_core.zonal.reading.aligned import AlignedCells
    from raster_core.zonal.zones.zone import Zone


@dataclass(frozen=True, slots=True)
class WeightedStatistics:
    """One zone on one band; values are physical, None where they do not exist."""

    count: float
    """Summed coverage of the cells that have data in both rasters, in pixels."""
    masked_pixels: float
    """Summed coverage of the other cells, in pixels."""
    weight_sum: float | None
    """Sum of coverage x weight."""
    weighted_sum: float | None
    """Sum of coverage x weight x value."""
    weighted_mean: float | None
    """The second over the first."""
    reason: str | None
    """``outside_raster``, ``no_valid_pixels``, ``no_weight``: all weights are 0, or
    ``overflow``: no double holds a sum."""


@dataclass(frozen=True, slots=True)
class _BlockSums:
    """What one block adds to a zone on a band."""

    weight: int
    """Coverage of valid cells, in units."""
    masked: int
    weight_sum: float
    weighted_sum: float


def weighted_statistics(
    layer: Layer,
    weights: Layer,
    zones: Sequence[Zone],
    options: Options | None = None,
) -> list[tuple[WeightedStatistics, ...]]:
    """The weighted mean and sum of each zone on each band of a layer.

    Laws: with one weight everywhere, the mean is that of ``zonal_statistics``; the
    order of blocks changes no bit.

    Args:
        layer: What is averaged; its native pixels are counted.
        weights: One band, of any type. Its values are physical like the layer's,
            unless ``options`` says stored.
        zones: In longitude and latitude; they may overlap.
        options: Coverage, scale and budgets; None means the defaults.

    Returns:
        One tuple per zone, in order, with one entry per band.

    Raises:
        RequestError: If a weight is negative: such a mean may lie anywhere, and mostly
            the value stands for missing data without being declared.
        BudgetError: If there are too many pixels.
        ZoneError: If a zone cannot be brought to the first layer's CRS.
        SourceError: If a raster cannot be read.
    """
    options = options or Options()
    (by,) = weights.info.bands
    plan = plan_zones(layer, zones, options)
    check_aligned([layer, weights], plan, options.budget)
    collected: defaultdict[tuple[int, int], list[_BlockSums]] = defaultdict(list)
    bands = (*layer.info.bands, by)
    for cells in read_aligned([layer, weights], plan):
        for zone, number, sums in _sum_block(
            cells, bands, unscale=options.statistics.unscale
        ):
            collected[zone, number].append(sums)
    return [
        tuple(
            _finish(collected[zone, number]) for number in range(len(layer.info.bands))
        )
        for zone in range(len(zones))
    ]


def _sum_block(
    cells: AlignedCells, bands: Sequence[BandInfo], *, unscale: bool
) -> Iterator[tuple[int, int, _BlockSums]]:
    """Zone, band and sums of a block; the last of ``bands`` holds the weights."""
    planes = [
        np.asarray(
            (band.scaling if unscale else UNSCALED).physical_values(plane), np.float64
        )
        for plane, band in zip(cells.bands, bands, strict=True)
    ]
    _check_weights(planes[-1], cells.valid[-1])
    zones, first = np.unique(cells.zone, return_index=True)
    limits = pairwise([*first.tolist(), len(cells.zone)])
    for zone, (start, stop) in zip(zones.tolist(), limits, strict=True):
        part = slice(start, stop)
        for number in range(len(bands) - 1):
            valid = cells.valid[number][part] & cells.valid[-1][part]
            coverage = cells.weight[part]
            values, weights = (planes[n][part][valid] for n in (number, -1))
            weight_sum, weighted_sum = _sum_cells(coverage[valid], values, weights)
            sums = _BlockSums(
                weight=sum_weights(coverage[valid]),
                masked=sum_weights(coverage[~valid]),
                weight_sum=weight_sum,
                weighted_sum=weighted_sum,
            )
            yield zone, number, sums


def _sum_cells(
    coverage: Integers, values: Floats, weights: Floats
) -> tuple[float, float]:
    """The sums of coverage x weight and of coverage x weight x value of cells, (n,)."""
    with np.errstate(over="ignore", invalid="ignore"):
        weighted = coverage / WHOLE * weights
        return float(weighted.sum()), float((weighted * values).sum())


def _check_weights(weights: Floats, valid: NDArray[np.bool_]) -> None:
    """Refuse negative weights (n,) among the valid ones."""
    least = float(weights.min(where=valid, initial=0.0))
    if least < 0:
        raise RequestError(
            f"A weight is {least:g}, which is below 0; if it stands for missing data, "
            "the raster has to declare it"
        )


def _finish(blocks: Sequence[_BlockSums]) -> WeightedStatistics:
    weight = sum(block.weight for block in blocks)
    masked = sum(block.masked for block in blocks)
    if not weight:
        reason = "no_valid_pixels" if masked else "outside_raster"
        return WeightedStatistics(0.0, masked / WHOLE, None, None, None, reason)
    weight_sum = _finite_sum(block.weight_sum for block in blocks)
    weighted_sum = _finite_sum(block.weighted_sum for block in blocks)
    mean = None
    if weight_sum and weighted_sum is not None:
        mean = _finite_sum([weighted_sum / weight_sum])
    missing = "no_weight" if weight_sum == 0 else "overflow"
    return WeightedStatistics(
        count=weight / WHOLE,
        masked_pixels=masked / WHOLE,
        weight_sum=weight_sum,
        weighted_sum=weighted_sum,
        weighted_mean=mean,
        reason=missing if mean is None else None,
    )


def _finite_sum(parts: Iterable[float]) -> float | None:
    """The exactly rounded sum; None if no double holds it."""
    total = exact_sum(parts)
    return total if math.isfinite(total) else None
