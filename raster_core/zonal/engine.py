"""Zonal statistics of a layer: plan, read chunk by chunk, summarise, merge."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from raster_core.errors import RequestError, ZoneError
from raster_core.layer import BandSpec, open_layer
from raster_core.zonal.approximate import plan_approximate, summarise_approximate
from raster_core.zonal.blockplan import MAX_TOUCHED, BlockPlan, plan_blocks
from raster_core.zonal.coverage import Mode, cover
from raster_core.zonal.figures import (
    Approximation,
    FigureOptions,
    ZoneStatistics,
    add_areas,
    compute_figures,
)
from raster_core.zonal.footprint import covered_percents
from raster_core.zonal.geometry import Zone, project_zones
from raster_core.zonal.ground import merge_areas
from raster_core.zonal.merge import ZonePartial, merge, merge_summaries
from raster_core.zonal.outline import whole_grid
from raster_core.zonal.quantiles import find_quantiles
from raster_core.zonal.reduce import summarise
from raster_core.zonal.stats import keeps_histogram
from raster_core.zonal.task import Job, run_tasks, split_plan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from raster_core.grid import BandInfo, Grid, Layer
    from raster_core.zonal.merge import Partials
    from raster_core.zonal.outline import Edges


@dataclass(frozen=True, slots=True)
class Options:
    """What is counted, and what is made of it."""

    mode: Mode = Mode.FRACTION
    figures: FigureOptions = field(default_factory=FigureOptions)
    max_pixels: int = MAX_TOUCHED
    """Budget of touched pixels."""
    max_seconds: float = math.inf
    """Budget of time, held against an estimate from the plan."""
    approximate: bool = False
    """Whether an overview may stand for the insides of zones over the budget."""


def zonal_statistics(
    layer: Layer, zones: Sequence[Zone], options: Options | None = None
) -> list[tuple[ZoneStatistics, ...]]:
    """The figures of each zone on each band of a layer.

    The cells counted are those of the layer's native grid. Memory is bounded by a few
    chunks of blocks and the zones' perimeter.

    Args:
        layer: What to read.
        zones: Valid polygons in longitude and latitude; they may overlap.
        options: Coverage, figures and budget; None means the defaults.

    Returns:
        One tuple a zone, in order; one entry a band. No zones, no entries.

    Raises:
        BudgetError: The zones touch more than ``max_pixels``; nothing was read.
        ZoneError: A zone cannot be brought to the raster's CRS.
        SourceError: The raster cannot be read.
    """
    grid = layer.info.grid
    edges = project_zones(zones, grid)
    found = _edge_statistics(layer, edges, len(zones), options or Options())
    return _add_cover(found, zones, grid)


def raster_statistics(
    layer: Layer, options: Options | None = None
) -> tuple[ZoneStatistics, ...]:
    """The figures of all pixels of a layer, one entry a band.

    Raises:
        BudgetError: It has more than ``max_pixels``; nothing was read.
        SourceError: The raster cannot be read.
    """
    edges = whole_grid(layer.info.grid)
    (found,) = _edge_statistics(layer, edges, 1, options or Options())
    return tuple(replace(figures, covered_percent=100.0) for figures in found)


def distribute_statistics(
    spec: BandSpec,
    zones: Sequence[Zone],
    executor: Executor,
    options: Options | None = None,
    *,
    pieces: int = 16,
) -> list[tuple[ZoneStatistics, ...]]:
    """``zonal_statistics`` of a file, its blocks summarised by an executor.

    Law: the figures are those of ``zonal_statistics``, to the bit, for any number of
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
    options = options or Options()
    layer = open_layer(spec)
    info = layer.info
    edges = project_zones(zones, info.grid)
    plan = _checked_plan(layer, edges, options)
    job = Job(spec, options.mode, areas=options.figures.areas)
    tasks = split_plan(plan, job, edges, pieces=pieces)
    partials = merge_summaries(run_tasks(tasks, executor), info.bands)
    found = finish(layer, plan, partials, len(zones), options.figures)
    return _add_cover(found, zones, info.grid)


def plan_zones(
    layer: Layer, zones: Sequence[Zone], mode: Mode = Mode.FRACTION
) -> BlockPlan:
    """Which blocks of the layer the zones touch; reads nothing."""
    return _plan_edges(layer, project_zones(zones, layer.info.grid), mode)


def finish(
    layer: Layer,
    plan: BlockPlan,
    partials: Partials,
    zones: int,
    options: FigureOptions,
) -> list[tuple[ZoneStatistics, ...]]:
    """The figures of merged partials; reads again where quantiles of floats need it.

    Args:
        layer: For its bands, and for further passes.
        plan: That of the partials.
        partials: By zone and band.
        zones: How many there are.
        options: Which figures.
    """
    bands = layer.info.bands
    quantiles = [
        find_quantiles(layer, plan, number, options.shares())
        if options.shares() and not keeps_histogram(band.dtype)
        else {}
        for number, band in enumerate(bands)
    ]
    return [
        tuple(
            _finish_zone(
                partials.get((zone, number)),
                band,
                options,
                quantiles=quantiles[number].get(zone),
            )
            for number, band in enumerate(bands)
        )
        for zone in range(zones)
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


def _edge_statistics(
    layer: Layer, edges: Edges, zones: int, options: Options
) -> list[tuple[ZoneStatistics, ...]]:
    if options.approximate:
        return _approximate(layer, edges, zones, options)
    plan = _checked_plan(layer, edges, options)
    summaries = summarise(layer, plan, areas=options.figures.areas)
    partials = merge_summaries(summaries, layer.info.bands)
    return finish(layer, plan, partials, zones, options.figures)


def _approximate(
    layer: Layer, edges: Edges, zones: int, options: Options
) -> list[tuple[ZoneStatistics, ...]]:
    """Insides from an overview where that is needed; says so in the figures."""
    figures = options.figures
    wide = any(not keeps_histogram(band.dtype) for band in layer.info.bands)
    if figures.areas or (wide and figures.shares()):
        raise RequestError(
            "approximate=true gives no ground areas, nor quantiles of types wider than "
            "16 bits; name the statistics that are wanted"
        )
    whole = _plan_edges(layer, edges, options.mode)
    plan = plan_approximate(layer, whole, max_pixels=options.max_pixels)
    summaries = summarise_approximate(layer, plan)
    partials = merge_summaries(summaries, layer.info.bands)
    note = Approximation(plan.level, plan.factor, 100 * plan.approximated)
    return [
        tuple(replace(found, approximation=note) for found in figures_of_zone)
        for figures_of_zone in finish(layer, whole, partials, zones, figures)
    ]


def _add_cover(
    found: Sequence[tuple[ZoneStatistics, ...]], zones: Sequence[Zone], grid: Grid
) -> list[tuple[ZoneStatistics, ...]]:
    """The figures with what only the zone itself tells."""
    percents = covered_percents(zones, grid)
    return [
        tuple(
            replace(
                figures,
                covered_percent=percent,
                reason="empty_geometry" if zone.geometry.is_empty else figures.reason,
            )
            for figures in bands
        )
        for bands, zone, percent in zip(found, zones, percents, strict=True)
    ]


def _plan_edges(layer: Layer, edges: Edges, mode: Mode) -> BlockPlan:
    info = layer.info
    runs = cover(edges, info.grid.window, mode)
    return plan_blocks(runs, info.grid, info.block_shape)


def _checked_plan(layer: Layer, edges: Edges, options: Options) -> BlockPlan:
    plan = _plan_edges(layer, edges, options.mode)
    plan.check_budget(options.max_pixels)
    plan.check_time(options.max_seconds)
    return plan


def _finish_zone(
    found: ZonePartial | None,
    band: BandInfo,
    options: FigureOptions,
    *,
    quantiles: Sequence[float] | None,
) -> ZoneStatistics:
    partial = found.partial if found else merge([], band)
    figures = compute_figures(partial, band, options, quantiles=quantiles)
    if not options.areas:
        return figures
    area = (found and found.area) or merge_areas(())
    return add_areas(figures, area, band, options)
