"""Partials of many blocks as one per zone and band, whatever the order they come in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.partials.counting import Sums
from raster_core.zonal.partials.ground import BlockArea, ZoneArea, merge_areas
from raster_core.zonal.partials.kept import Kept
from raster_core.zonal.partials.partial import (
    BlockMoments,
    Histogram,
    Moments,
    Partial,
    Totals,
    keeps_histogram,
    merge_histograms,
    merge_moments,
    merge_totals,
)
from raster_core.zonal.partials.rows import LIMBS, MomentRows, SumRows, join_limbs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.zonal.partials.rows import AreaRows, BandRows, KeptRows, ValueRows


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


def split_rows(found: Sequence[BandRows]) -> Iterator[BlockSummary]:
    """The summaries of a block, zone by zone and there band by band.

    Args:
        found: Of each band; all have the same zones.
    """
    partials = [_split_band(band) for band in found]
    areas = [_split_areas(band) for band in found]
    for position, zone in enumerate(found[0].zones.tolist()):
        for number, own in enumerate(partials):
            yield BlockSummary(zone, number, own[position], areas[number][position])


def _split_band(found: BandRows) -> list[Partial]:
    """The partial of each zone."""
    masked, rows = found.masked.to_ints(), found.rows
    if isinstance(rows, MomentRows):
        return _split_moments(found, rows, masked)
    if isinstance(rows, SumRows):
        sums = dict(zip(rows.zone.tolist(), _to_sums(rows), strict=True))
        zones = zip(found.zones.tolist(), masked, strict=True)
        return [Totals(sums.get(zone), weight) for zone, weight in zones]
    return [
        _to_histogram(rows, part, weight)
        for part, weight in zip(_parts(found, rows.zone), masked, strict=True)
    ]


def _to_histogram(rows: ValueRows, part: slice, masked: int) -> Histogram:
    weight = rows.weight.pick(part)
    return Histogram(rows.value[part].astype(np.int64), *weight, masked)


def _to_sums(rows: SumRows) -> list[Sums]:
    sums = (join_limbs(rows.sums[:, columns]).tolist() for columns in LIMBS.values())
    ends = rows.minimum.tolist(), rows.maximum.tolist()
    return [Sums(*each) for each in zip(*sums, *ends, strict=True)]


def _split_moments(
    found: BandRows, rows: MomentRows, masked: Sequence[int]
) -> list[Partial]:
    columns = (
        rows.weight.to_ints(),
        rows.total.tolist(),
        rows.squares.tolist(),
        rows.minimum.tolist(),
        rows.maximum.tolist(),
        rows.origin.tolist(),
        rows.exponent.tolist(),
    )
    blocks = [BlockMoments(*row) for row in zip(*columns, strict=True)]
    own = dict(zip(rows.zone.tolist(), blocks, strict=True))
    kept = _split_kept(found, found.kept)
    return [
        Moments((own[zone],) if zone in own else (), weight, values)
        for zone, weight, values in zip(found.zones.tolist(), masked, kept, strict=True)
    ]


def _split_kept(found: BandRows, kept: KeptRows | None) -> list[tuple[Kept, ...]]:
    if kept is None:
        return [()] * len(found.zones)
    whole, partial = (
        _parts(found, zone) for zone in (kept.whole_zone, kept.partial_zone)
    )
    return [
        (Kept(kept.whole[own], kept.partial[other], kept.weights[other]),)
        for own, other in zip(whole, partial, strict=True)
    ]


def _split_areas(found: BandRows) -> list[BlockArea | None]:
    areas = found.areas
    if areas is None:
        return [None] * len(found.zones)
    return [
        _to_area(areas, position, part)
        for position, part in enumerate(_parts(found, areas.zone))
    ]


def _to_area(areas: AreaRows, position: int, part: slice) -> BlockArea:
    return BlockArea(
        areas.total[position].item(),
        areas.weighted[position].item(),
        tuple(areas.value[part].tolist()),
        tuple(areas.area[part].tolist()),
    )


def _parts(found: BandRows, zone: NDArray[np.integer]) -> list[slice]:
    """Where the rows of each zone of a block lie, by the zones of rows (rows,)."""
    ends = [0, *np.searchsorted(zone, found.zones, side="right").tolist()]
    return [slice(*part) for part in pairwise(ends)]
