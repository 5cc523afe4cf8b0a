"""Zonal statistics of a layer: plan, read chunk by chunk, summarise, merge.

Everything here is a stream of zones as they finish, in columns; lists are gathered
from it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from raster_core.layers.kinds import open_layer
from raster_core.zonal.coverage.blockplan import BlockPlan, plan_blocks
from raster_core.zonal.coverage.cover import Mode, cover
from raster_core.zonal.coverage.covering import cover_zones
from raster_core.zonal.finish import (
    Footprints,
    Reduced,
    StatisticsPlan,
    finish_zones,
    plan_approximate_statistics,
    reduce_readings,
)
from raster_core.zonal.outlines.footprint import covered_percents
from raster_core.zonal.outlines.outline import whole_grid
from raster_core.zonal.reading.cost import Budget, estimate_cost
from raster_core.zonal.reading.planned import Reading
from raster_core.zonal.reading.quantile_plan import plan_quantiles
from raster_core.zonal.reading.task import Job, run_tasks, split_plan
from raster_core.zonal.results.listing import list_zones
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.steps import order_pieces
from raster_core.zonal.tracks.meeting import meet_zones, met_percents
from raster_core.zonal.tracks.shapes import check_polygons, empty_zones
from raster_core.zonal.zones.valid import repair_zones

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from concurrent.futures import Executor

    from raster_core.bands import BandInfo
    from raster_core.grid import Grid
    from raster_core.layers.spec import LayerSpec
    from raster_core.raster import Layer
    from raster_core.zonal.coverage.cover import Coverage
    from raster_core.zonal.results.columns import ZoneBatch
    from raster_core.zonal.results.listing import BandStatistics
    from raster_core.zonal.zones.zone import Zone


# What to do about a plan over its budget, for the message.
_REMEDY = ", or let an overview stand for their insides (approximate)"


@dataclass(frozen=True, slots=True)
class Options:
    """What is counted, and what is made of it."""

    mode: Mode = Mode.FRACTION
    statistics: StatisticOptions = field(default_factory=StatisticOptions)
    max_pixels: float = math.inf
    """Budget of pixels of the touched blocks, in all bands and passes, and likewise of
    cells that are counted, in all zones."""
    max_seconds: float = math.inf
    """Budget of time, compared with an estimate from the plan."""
    max_partials: float = math.inf
    """Budget of summaries of one zone, block and band."""
    max_crossings: float = math.inf
    """Budget of rows or columns of cells that outlines cross, and likewise of the edges
    that they are bent into."""
    approximate: bool = False
    """Whether an overview may stand for the insides of zones over the budget."""
    min_coverage: float = 0.0
    """Cells of which a zone covers less than this fraction do not count."""

    @property
    def budget(self) -> Budget:
        """What may be spent."""
        return Budget(self.max_pixels, self.max_seconds, self.max_partials)


def zonal_statistics(
    layer: Layer, zones: Sequence[Zone], options: Options | None = None
) -> list[BandStatistics]:
    """The statistics of each zone on each band of a layer.

    The cells counted are those of the layer's native grid. Memory is bounded by a few
    chunks of blocks and the zones' perimeter.

    Args:
        layer: What to read.
        zones: Valid polygons in longitude and latitude; they may overlap.
        options: Coverage, statistics and budget; None means the defaults.

    Returns:
        One tuple per zone, in order, with one entry per band. No zones, no entries.

    Raises:
        BudgetError: If the zones touch more than ``max_pixels``; nothing was read.
        ZoneError: If a zone cannot be brought to the raster's CRS.
        SourceError: If the raster cannot be read.
    """
    options = options or Options()
    batches = stream_statistics(layer, zones, options)
    return _list_zones(batches, layer.info.bands, options)


def stream_statistics(
    layer: Layer, zones: Sequence[Zone], options: Options | None = None
) -> Iterator[ZoneBatch]:
    """The statistics of zones as columns, soon after their last block has been read.

    Law: in order of position, they are those of ``zonal_statistics``, to the bit. Zones
    without cells come first, the others in the order in which the file's blocks
    complete them. Quantiles of wide types take passes over all blocks, which come
    before the first zone.

    There is a batch for every block, most of which have no zone: a server can look
    after its clients between them. Closing the iterator ends the reading.

    Args:
        layer: What to read.
        zones: As for ``zonal_statistics``.
        options: Likewise.

    Raises:
        BudgetError, DeadlineError, ZoneError: At once, before anything is read.
        RequestError, SourceError: While zones are taken, as ``zonal_statistics``.
    """
    zones, grid = repair_zones(zones), layer.info.grid
    options = options or Options()
    runs = meet(zones, grid, options)
    footprints = _read_footprints(zones, met_percents(zones, grid, runs))
    return _stream(layer, runs, footprints, options)


def raster_statistics(layer: Layer, options: Options | None = None) -> BandStatistics:
    """The statistics of all pixels of a layer, one entry per band.

    Raises:
        BudgetError: If it has more than ``max_pixels``; nothing was read.
        SourceError: If the raster cannot be read.
    """
    options = options or Options()
    batches = stream_raster(layer, options)
    (found,) = _list_zones(batches, layer.info.bands, options)
    return found


def stream_raster(layer: Layer, options: Options) -> Iterator[ZoneBatch]:
    """``raster_statistics`` as columns: batches, one of which has a zone."""
    grid = layer.info.grid
    runs = cover(whole_grid(grid), grid.window, options.mode)
    whole = Footprints(np.array([100.0]), np.zeros(1, bool))
    return _stream(layer, runs, whole, options)


def distribute_statistics(
    spec: LayerSpec,
    zones: Sequence[Zone],
    executor: Executor,
    options: Options | None = None,
    *,
    pieces: int = 16,
) -> list[BandStatistics]:
    """``zonal_statistics`` of a file, its blocks summarised by an executor.

    Law: the statistics are those of ``zonal_statistics``, to the bit, for any number of
    pieces and any order in which they come back.

    Args:
        spec: What to read; it travels to the workers.
        zones: As for ``zonal_statistics``.
        executor: Threads, processes, or anything with the same ``map``.
        options: As for ``zonal_statistics``.
        pieces: Into how many tasks the blocks are split at most.

    Raises:
        BudgetError, ZoneError, SourceError: As ``zonal_statistics``.
    """
    check_polygons(zones)
    options, zones = options or Options(), repair_zones(zones)
    layer = open_layer(spec)
    info, wanted = layer.info, options.statistics
    edges, runs = cover_zones(
        zones,
        info.grid,
        options.mode,
        max_crossings=options.max_crossings,
        min_coverage=options.min_coverage,
    )
    footprints = _read_footprints(zones, covered_percents(zones, info.grid))
    plan = _plan_exact(layer, runs, footprints, options, spread=True)
    job = Job(
        spec,
        options.mode,
        options.min_coverage,
        areas=wanted.areas,
        brief=wanted.brief,
        kept=tuple(np.flatnonzero(plan.quantiles.kept).tolist()),
    )
    (reading,) = plan.readings
    tasks = split_plan(reading.plan, job, edges, pieces=pieces)
    blocks = map(Reduced, run_tasks(tasks, executor))
    return _list_zones(finish_zones(plan, blocks), info.bands, options)


def plan_zones(
    layer: Layer, zones: Sequence[Zone], options: Options | None = None
) -> BlockPlan:
    """Which blocks of the layer the zones touch; reads nothing.

    Raises:
        BudgetError: If outlines cross more than ``max_crossings``.
        ZoneError: If a zone cannot be brought to the raster's CRS.
    """
    runs = meet(zones, layer.info.grid, options or Options())
    return _plan_runs(layer, runs)


def _stream(
    layer: Layer, runs: Coverage, footprints: Footprints, options: Options
) -> Iterator[ZoneBatch]:
    """Plans at once, reads as batches are taken."""
    if options.approximate:
        plan = plan_approximate_statistics(
            layer,
            _plan_runs(layer, runs),
            footprints,
            options.statistics,
            options.budget,
        )
    else:
        plan = _plan_exact(layer, runs, footprints, options)
    return finish_zones(plan, reduce_readings(plan))


def _plan_exact(
    layer: Layer,
    runs: Coverage,
    footprints: Footprints,
    options: Options,
    *,
    spread: bool = False,
) -> StatisticsPlan:
    """The plan to read every block in full, if all of it is within the budget.

    Raises:
        BudgetError: If it is not.
    """
    reading = Reading(layer, _plan_runs(layer, runs))
    quantiles = plan_quantiles(
        [reading],
        options.statistics.fractions(),
        zones=len(footprints.is_empty),
        spread=spread,
    )
    estimate_cost([reading], quantiles).check(options.budget, remedy=_REMEDY)
    return StatisticsPlan((reading,), quantiles, options.statistics, footprints)


def _read_footprints(
    zones: Sequence[Zone], percents: Sequence[float | None]
) -> Footprints:
    return Footprints(np.array(percents, np.float64), empty_zones(zones))


def _list_zones(
    batches: Iterable[ZoneBatch], bands: Sequence[BandInfo], options: Options
) -> list[BandStatistics]:
    """The statistics of all zones, in order."""
    percentiles = options.statistics.percentiles
    pieces = (
        (batch.zones.tolist(), list_zones(batch, bands, percentiles))
        for batch in batches
    )
    return [zone for ready in order_pieces(pieces) for zone in ready]


def meet(zones: Sequence[Zone], grid: Grid, options: Options) -> Coverage:
    """``meet_zones`` as the options say."""
    return meet_zones(
        zones,
        grid,
        options.mode,
        max_crossings=options.max_crossings,
        min_coverage=options.min_coverage,
    )


def _plan_runs(layer: Layer, runs: Coverage) -> BlockPlan:
    return plan_blocks(runs, layer.info.grid, layer.info.block_shape)
