"""Partials of many blocks as one per zone and band, whatever the order they come in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from raster_core.zonal.partials.ground import BlockArea, ZoneArea, merge_areas
from raster_core.zonal.partials.partial import (
    Histogram,
    Moments,
    Partial,
    Totals,
    keeps_histogram,
    merge_histograms,
    merge_moments,
    merge_totals,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from raster_core.bands import BandInfo


# Partials of a zone that are kept before they are made one: memory must not grow with
# the blocks of a zone, and merging each by itself takes longer.
_WAITING = 32


@dataclass(frozen=True, slots=True, eq=False)
class BlockSummary:
    """What one block says of one zone on one band."""

    zone: int
    band: int
    """Position in the layer's bands."""
    partial: Partial
    area: BlockArea | None = None
    """Ground of the valid cells; None if areas were not measured."""


@dataclass(frozen=True, slots=True, eq=False)
class ZonePartial:
    """All that was kept of one zone on one band."""

    partial: Partial
    area: ZoneArea | None = None
    """None if areas were not measured."""
    quantiles: tuple[float, ...] | None = None
    """Stored values, where they do not follow from the partial; None if not known."""


@dataclass(slots=True, eq=False)
class Gathered:
    """What has come so far of one zone on one band."""

    partials: list[Partial] = field(default_factory=list)
    areas: list[BlockArea] = field(default_factory=list)

    def add(self, summary: BlockSummary, band: BandInfo) -> None:
        """Take one block's summary in."""
        self.partials.append(summary.partial)
        if len(self.partials) >= _WAITING:
            self.partials = [merge(self.partials, band)]
        if summary.area:
            self.areas.append(summary.area)

    def finish(self, band: BandInfo) -> ZonePartial:
        """All that came, as one."""
        area = merge_areas(self.areas) if self.areas else None
        return ZonePartial(merge(self.partials, band), area)


type Partials = dict[tuple[int, int], ZonePartial]
"""Partials by zone and by position of the band; zones without cells have none."""


def merge_summaries(
    summaries: Iterable[BlockSummary], bands: Sequence[BandInfo]
) -> Partials:
    """The summaries of each zone and band as one partial, whatever their order."""
    known: defaultdict[tuple[int, int], Gathered] = defaultdict(Gathered)
    for summary in summaries:
        known[summary.zone, summary.band].add(summary, bands[summary.band])
    return {key: found.finish(bands[key[1]]) for key, found in known.items()}


def merge(partials: Sequence[Partial], band: BandInfo) -> Partial:
    """The partials of one zone and band as one; the empty one without any."""
    if len(partials) == 1:
        return partials[0]
    if not keeps_histogram(band.dtype):
        return merge_moments([p for p in partials if isinstance(p, Moments)])
    totals = [p for p in partials if isinstance(p, Totals)]
    if totals:
        return merge_totals(totals)
    return merge_histograms([p for p in partials if isinstance(p, Histogram)])
