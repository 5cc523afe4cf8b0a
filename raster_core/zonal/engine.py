"""Zonal statistics of a layer: plan, read chunk by chunk, summarise, merge."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import ZoneError
from raster_core.zonal.blockplan import MAX_TOUCHED, BlockPlan, expand_runs, plan_blocks
from raster_core.zonal.coverage import cover
from raster_core.zonal.figures import ZoneStatistics, compute_figures
from raster_core.zonal.geometry import Zone, project_zones
from raster_core.zonal.stats import (
    Histogram,
    Moments,
    Partial,
    keeps_histogram,
    merge_histograms,
    summarise_histogram,
    summarise_moments,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from raster_core.grid import BandInfo, Layer, RasterArray, Window
    from raster_core.zonal.coverage import Coverage


@dataclass(frozen=True, slots=True, eq=False)
class BlockSummary:
    """What one block says of one zone on one band."""

    zone: int
    band: int
    """Position in the layer's bands."""
    partial: Partial


def zonal_statistics(
    layer: Layer,
    zones: Sequence[Zone],
    *,
    bins: int = 10,
    max_pixels: int = MAX_TOUCHED,
) -> list[tuple[ZoneStatistics, ...]]:
    """The figures of each zone on each band of a layer.

    The cells counted are those of the layer's native grid. Memory is bounded by one
    chunk of blocks and the zones' perimeter.

    Args:
        layer: What to read.
        zones: Valid polygons in longitude and latitude; they may overlap.
        bins: Of the histograms.
        max_pixels: Budget of touched pixels.

    Returns:
        One tuple a zone, in order; one entry a band. No zones, no entries.

    Raises:
        BudgetError: The zones touch more than ``max_pixels``; nothing was read.
        ZoneError: A zone cannot be brought to the raster's CRS.
        SourceError: The raster cannot be read.
    """
    plan = plan_zones(layer, zones)
    plan.check_budget(max_pixels)
    collected: defaultdict[tuple[int, int], list[Partial]] = defaultdict(list)
    for summary in summarise(layer, plan):
        collected[summary.zone, summary.band].append(summary.partial)
    return [
        tuple(
            compute_figures(merge(collected[zone, number], band), band, bins=bins)
            for number, band in enumerate(layer.info.bands)
        )
        for zone in range(len(zones))
    ]


def find_faults(layer: Layer, zones: Sequence[Zone]) -> dict[int, ZoneError]:
    """Which zones the layer's CRS cannot hold, by position; usually none."""
    try:
        project_zones(zones, layer.info.grid)
    except ZoneError as error:
        if len(zones) == 1:
            return {0: error}
        return {
            place: fault
            for place, zone in enumerate(zones)
            for fault in find_faults(layer, [zone]).values()
        }
    return {}


def plan_zones(layer: Layer, zones: Sequence[Zone]) -> BlockPlan:
    """Which blocks of the layer the zones touch; reads nothing."""
    info = layer.info
    coverage = cover(project_zones(zones, info.grid), info.grid.window)
    return plan_blocks(coverage, info.grid, info.block_shape)


def summarise(layer: Layer, plan: BlockPlan) -> Iterator[BlockSummary]:
    """One summary per zone, block and band, one chunk of blocks in memory at a time."""
    for chunk in plan.chunks():
        array = layer.read(plan.grid.crop(chunk.window))
        for window, runs in chunk.blocks:
            yield from _summarise_block(
                layer.info.bands, _inside(array, chunk.window, window), window, runs
            )


def merge(partials: Sequence[Partial], band: BandInfo) -> Partial:
    """The partials of one zone and band as one; none is the empty one."""
    if keeps_histogram(band.dtype):
        return merge_histograms([p for p in partials if isinstance(p, Histogram)])
    moments = [p for p in partials if isinstance(p, Moments)]
    blocks = tuple(block for partial in moments for block in partial.blocks)
    return Moments(blocks, sum(partial.masked for partial in moments))


def _inside(array: RasterArray, outer: Window, window: Window) -> RasterArray:
    """The part of ``array``, which lies at ``outer``, that lies at ``window``."""
    cols = slice(window.col - outer.col, window.col_stop - outer.col)
    rows = slice(window.row - outer.row, window.row_stop - outer.row)
    part = np.s_[:, rows, cols]
    return type(array)(array.data[part], array.mask[part], array.grid)


def _summarise_block(
    bands: Sequence[BandInfo], array: RasterArray, window: Window, runs: Coverage
) -> Iterator[BlockSummary]:
    """The summaries of a block; ``runs`` are sorted by zone."""
    run, cell = expand_runs(runs, window)
    weights = runs.weight[run]
    zones, first = np.unique(runs.zone[run], return_index=True)
    limits = np.append(first, len(run)).tolist()
    for number, band in enumerate(bands):
        values, valid = array.data[number].ravel(), array.mask[number].ravel()
        summarise_cells = (
            summarise_histogram if keeps_histogram(band.dtype) else summarise_moments
        )
        for zone, start, stop in zip(zones.tolist(), limits, limits[1:], strict=False):
            cells = cell[start:stop]
            partial = summarise_cells(values[cells], weights[start:stop], valid[cells])
            yield BlockSummary(zone, number, partial)
