"""Zones as they finish: what is kept of each is let go with its last block.

A plan tells how many blocks every zone touches before one is read, so a zone is known
to be complete in whatever order, and from whatever worker, its blocks come.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.partials.area import planar_area
from raster_core.zonal.partials.kept import find_kept_quantiles
from raster_core.zonal.partials.merge import Gathered, ZonePartial, merge
from raster_core.zonal.partials.partial import Moments
from raster_core.zonal.reading.approximate import (
    plan_approximate,
    summarise_approximate,
)
from raster_core.zonal.reading.quantiles import find_quantiles
from raster_core.zonal.results.compute import compute_statistics
from raster_core.zonal.results.statistics import Approximation, ZoneStatistics
from raster_core.zonal.steps import PROGRESS, Finished, map_steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.raster import Layer
    from raster_core.zonal.coverage.blockplan import BlockPlan
    from raster_core.zonal.partials.fractions import Fractions
    from raster_core.zonal.partials.merge import BlockSummary
    from raster_core.zonal.reading.cost import Budget
    from raster_core.zonal.reading.planned import Reading
    from raster_core.zonal.reading.quantile_plan import QuantilePlan
    from raster_core.zonal.results.options import StatisticOptions
    from raster_core.zonal.steps import Step

type BandStatistics = tuple[ZoneStatistics, ...]
"""The statistics of one zone, one entry per band."""

type BandPartials = tuple[ZonePartial | None, ...]
"""One entry per band; None for a zone without cells."""


@dataclass(frozen=True, slots=True, eq=False)
class StatisticsPlan:
    """All that is decided before a block is read."""

    readings: tuple[Reading, ...]
    """What the zones' blocks are read from, the layer's own pixels first."""
    quantiles: QuantilePlan
    """How the quantiles of types without a histogram are found."""
    options: StatisticOptions

    def count_blocks(self) -> NDArray[np.intp]:
        """How many blocks of all readings each zone touches, (zones,)."""
        zones = len(self.quantiles.kept)
        counts = [reading.plan.count_blocks(zones) for reading in self.readings]
        return np.asarray(np.sum(counts, axis=0), np.intp)


def finish_zones(
    plan: StatisticsPlan,
    summaries: Iterable[BlockSummary],
    only: NDArray[np.bool_] | None = None,
) -> Iterator[Step[BandStatistics]]:
    """The statistics of each zone whose summaries are complete.

    Args:
        plan: Passes for quantiles are made before the first step.
        summaries: One per zone, block and band of the readings, in any order.
        only: (zones,): which zones there are summaries of, and are finished; None means
            all of them.
    """
    info = plan.readings[0].layer.info
    pixel_area = planar_area(info.grid)
    passed = find_quantiles(plan.quantiles)

    def compute(zone: int, partials: BandPartials) -> BandStatistics:
        found = []
        for number, (part, band) in enumerate(zip(partials, info.bands, strict=True)):
            whole = part or ZonePartial(merge([], band))
            known = passed.get((zone, number))
            if known is None:
                fractions = plan.quantiles.fractions.along(band.scale)
                known = _kept_quantiles(whole, fractions)
            whole = replace(whole, quantiles=known)
            found.append(
                compute_statistics(whole, band, plan.options, pixel_area=pixel_area)
            )
        return tuple(found)

    blocks = plan.count_blocks()
    if only is not None:
        blocks[~only] = -1  # which none of them ever has left
    steps = gather_zones(summaries, blocks, info.bands)
    yield from map_steps(steps, compute)


def approximate_zones(
    layer: Layer,
    plan: BlockPlan,
    *,
    zones: int,
    wanted: StatisticOptions,
    budget: Budget,
) -> Iterator[Step[BandStatistics]]:
    """``finish_zones`` with insides from an overview where the budget asks for it.

    What was approximated is said in the statistics.
    """
    approximate = plan_approximate(
        layer, plan, zones=zones, fractions=wanted.fractions(), budget=budget
    )
    summaries = summarise_approximate(
        approximate, areas=wanted.areas, brief=wanted.brief
    )
    note = Approximation(
        approximate.level, approximate.factor, 100 * approximate.approximated
    )
    whole = StatisticsPlan(approximate.readings, approximate.quantiles, wanted)
    return map_steps(
        finish_zones(whole, summaries),
        lambda _, found: tuple(replace(each, approximation=note) for each in found),
    )


def _kept_quantiles(
    zone: ZonePartial, fractions: Fractions
) -> tuple[float, ...] | None:
    """The quantiles of a zone that has kept its values; None of another one."""
    partial = zone.partial
    if isinstance(partial, Moments) and partial.kept:
        return find_kept_quantiles(partial.kept, fractions)
    return None


def gather_zones(
    summaries: Iterable[BlockSummary],
    blocks: NDArray[np.intp],
    bands: Sequence[BandInfo],
) -> Iterator[Step[BandPartials]]:
    """The partials of each zone, as soon as all of its blocks are summarised.

    Zones without cells come first, then one step for each summary; but none before
    there is a summary, so that a raster that cannot be read is known at once.

    Args:
        summaries: One per zone, block and band, in any order.
        blocks: (zones,): how many blocks each touches.
        bands: Bands of the layer.
    """
    summaries = iter(summaries)
    first = list(islice(summaries, 1))
    missing = (blocks * len(bands)).tolist()
    for zone, count in enumerate(missing):
        if not count:
            yield Finished(zone, (None,) * len(bands))
    known: defaultdict[int, list[Gathered]] = defaultdict(
        lambda: [Gathered() for _ in bands]
    )
    for summary in chain(first, summaries):
        zone = summary.zone
        known[zone][summary.band].add(summary, bands[summary.band])
        missing[zone] -= 1
        if missing[zone]:
            yield PROGRESS
        else:
            parts = zip(known.pop(zone), bands, strict=True)
            yield Finished(zone, tuple(part.finish(band) for part, band in parts))
