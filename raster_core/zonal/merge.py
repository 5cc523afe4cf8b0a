"""Partials of many blocks as one a zone and band, whatever the order they come in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.zonal.ground import BlockArea, ZoneArea, merge_areas
from raster_core.zonal.stats import (
    Histogram,
    Moments,
    Partial,
    Totals,
    keeps_histogram,
    merge_histograms,
    merge_totals,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from raster_core.grid import BandInfo
    from raster_core.zonal.reduce import BlockSummary


@dataclass(frozen=True, slots=True, eq=False)
class ZonePartial:
    """All that was kept of one zone on one band."""

    partial: Partial
    area: ZoneArea | None
    """None if areas were not asked for."""


# Partials of a zone that are kept before they are made one: memory must not grow with
# the blocks of a zone, and merging each by itself takes longer.
_WAITING = 32

type Partials = dict[tuple[int, int], ZonePartial]
"""By zone and by position of the band; zones without cells have none."""


def merge_summaries(
    summaries: Iterable[BlockSummary], bands: Sequence[BandInfo]
) -> Partials:
    """The summaries of each zone and band as one partial, whatever their order."""
    waiting: defaultdict[tuple[int, int], list[Partial]] = defaultdict(list)
    areas: defaultdict[tuple[int, int], list[BlockArea]] = defaultdict(list)
    for summary in summaries:
        key = summary.zone, summary.band
        waiting[key].append(summary.partial)
        if len(waiting[key]) >= _WAITING:
            waiting[key] = [merge(waiting[key], bands[summary.band])]
        if summary.area:
            areas[key].append(summary.area)
    return {
        key: ZonePartial(
            merge(parts, bands[key[1]]),
            merge_areas(areas[key]) if key in areas else None,
        )
        for key, parts in waiting.items()
    }


def merge(partials: Sequence[Partial], band: BandInfo) -> Partial:
    """The partials of one zone and band as one; none is the empty one."""
    if len(partials) == 1:
        return partials[0]
    if not keeps_histogram(band.dtype):
        moments = [p for p in partials if isinstance(p, Moments)]
        blocks = tuple(block for partial in moments for block in partial.blocks)
        return Moments(blocks, sum(partial.masked for partial in moments))
    totals = [p for p in partials if isinstance(p, Totals)]
    if totals:
        return merge_totals(totals)
    return merge_histograms([p for p in partials if isinstance(p, Histogram)])
