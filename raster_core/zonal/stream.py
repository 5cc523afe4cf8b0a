"""Zones as they finish: what is kept of each is let go with its last block.

A plan tells how many blocks every zone touches before one is read, so a zone is known
to be complete whoever summarised its blocks, and in whatever order they came.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.area import planar_area
from raster_core.zonal.compute import compute_statistics
from raster_core.zonal.kept import find_kept_quantiles
from raster_core.zonal.merge import Gathered, ZonePartial, merge
from raster_core.zonal.quantiles import find_quantiles
from raster_core.zonal.statistics import ZoneStatistics
from raster_core.zonal.stats import Moments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.zonal.options import StatisticOptions
    from raster_core.zonal.quantile_plan import QuantilePlan, Reading
    from raster_core.zonal.reduce import BlockSummary
    from raster_core.zonal.shares import Shares
    from raster_core.zonal.stats import Partial

type Step[T] = tuple[int, T] | None
"""A zone's position and what was found; None where a step finished no zone."""

type Figures = tuple[ZoneStatistics, ...]
"""Of one zone, one entry a band."""

type BandPartials = tuple[ZonePartial | None, ...]
"""By band; None for a zone without cells."""


def finish_zones(
    readings: Sequence[Reading],
    summaries: Iterable[BlockSummary],
    asked: tuple[int, StatisticOptions],
    quantiles: QuantilePlan,
) -> Iterator[Step[Figures]]:
    """The figures of each zone whose summaries are complete.

    Args:
        readings: What the summaries are of, the layer's own pixels first.
        summaries: One per zone, block and band of the readings, in any order.
        asked: How many zones there are, and which figures are wanted.
        quantiles: Of wide types; its passes are made before the first step.
    """
    zones, options = asked
    info = readings[0].layer.info
    pixel_area = planar_area(info.grid)
    passed = find_quantiles(quantiles)
    blocks = np.sum([each.plan.count_blocks(zones) for each in readings], axis=0)
    for step in gather_zones(summaries, blocks, info.bands):
        if step is None:
            yield None
            continue
        zone, partials = step
        statistics = []
        for number, (found, band) in enumerate(zip(partials, info.bands, strict=True)):
            whole = found or ZonePartial(merge([], band))
            known = passed.get((zone, number))
            if known is None:
                known = _kept_quantiles(whole.partial, quantiles.shares)
            whole = replace(whole, quantiles=known)
            statistics.append(
                compute_statistics(whole, band, options, pixel_area=pixel_area)
            )
        yield zone, tuple(statistics)


def _kept_quantiles(partial: Partial, shares: Shares) -> tuple[float, ...] | None:
    """The quantiles of a partial that has its values; None of another one."""
    if isinstance(partial, Moments) and partial.kept:
        return find_kept_quantiles(partial.kept, shares)
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
        bands: Of the layer.
    """
    summaries = iter(summaries)
    first = list(islice(summaries, 1))
    missing = (blocks * len(bands)).tolist()
    for zone, count in enumerate(missing):
        if not count:
            yield zone, (None,) * len(bands)
    known: defaultdict[int, list[Gathered]] = defaultdict(
        lambda: [Gathered() for _ in bands]
    )
    for summary in chain(first, summaries):
        zone = summary.zone
        known[zone][summary.band].add(summary, bands[summary.band])
        missing[zone] -= 1
        if missing[zone]:
            yield None
        else:
            parts = zip(known.pop(zone), bands, strict=True)
            yield zone, tuple(part.finish(band) for part, band in parts)


def order_steps[T](steps: Iterable[Step[T]]) -> Iterator[tuple[T, ...]]:
    """What each step makes ready, in order of position: often nothing, or several.

    Only what comes before its turn is kept. Every position from 0 on must come once.
    """
    early: dict[int, T] = {}
    turn = 0
    for step in steps:
        ready = []
        if step is not None:
            early[step[0]] = step[1]
            while turn in early:
                ready.append(early.pop(turn))
                turn += 1
        yield tuple(ready)


def in_order[T](found: Iterable[tuple[int, T]]) -> Iterator[T]:
    """What was found, in order of position, as soon as all before it is there."""
    return chain.from_iterable(order_steps(found))
