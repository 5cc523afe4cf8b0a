"""Statistics of many zones as columns: an array for each statistic.

Zones of few cells are counted side by side, all that a block has of them at once. Zones
of many cells, and statistics that are not made of columns, come from the engine.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from raster_core.bands import UNSCALED
from raster_core.errors import RequestError
from raster_core.zonal.columnar.cells import flatten_runs, take_runs
from raster_core.zonal.columnar.collecting import Collector, Lives
from raster_core.zonal.columnar.columns import (
    CATEGORIES,
    Columns,
    class_columns,
    column_names,
    empty_columns,
    write_zone,
)
from raster_core.zonal.columnar.weighing import MAX_CELLS
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.engine import meet, plan_exact, stream_statistics
from raster_core.zonal.finish import finish_zones
from raster_core.zonal.partials.area import planar_area
from raster_core.zonal.partials.partial import keeps_histogram
from raster_core.zonal.reading.quantile_plan import zone_lifetimes
from raster_core.zonal.reading.summarise import (
    read_blocks,
    summarise_block,
)
from raster_core.zonal.results.statistics import HISTOGRAM_ONLY, ON_GROUND
from raster_core.zonal.steps import finished_only
from raster_core.zonal.tracks.meeting import met_percents
from raster_core.zonal.zones.valid import repair_zones

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.raster import Layer
    from raster_core.zonal.columnar.columns import BandColumns
    from raster_core.zonal.engine import Options
    from raster_core.zonal.finish import StatisticsPlan
    from raster_core.zonal.partials.merge import BlockSummary
    from raster_core.zonal.zones.zone import Zone

    type Progress = Callable[[int, int], None]
    """Called with the number of finished zones, and of all."""


def statistics_columns(
    layer: Layer,
    zones: Sequence[Zone],
    options: Options,
    names: Sequence[str],
    progress: Progress | None = None,
) -> Columns:
    """Statistics of zones, a column each.

    Law: the numbers are those of ``zonal_statistics``, to the bit.

    Args:
        layer: What to read.
        zones: As for ``zonal_statistics``; without any, columns are (0,).
        options: How is counted, and which percentiles; which statistics are ``wanted``
            follows from ``names``.
        names: Statistics, each a column; ``categories`` are ``Columns.classes``.
        progress: Called as zones finish.

    Raises:
        RequestError: If a statistic does not exist, or the type of a band lacks it.
        BudgetError, ZoneError, SourceError: As ``zonal_statistics``.
    """
    statistics = options.statistics
    wanted = column_names(names, statistics.percentiles)
    _check_types(layer, names)
    areas = bool((ON_GROUND - {CATEGORIES}).intersection(names))
    options = replace(
        options, statistics=replace(statistics, wanted=frozenset(names), areas=areas)
    )
    bands = layer.info.bands
    columns = [empty_columns(wanted, len(zones)) for _ in bands]
    report = _Report(len(zones), progress)
    if areas or options.approximate or _is_turned(bands, options):
        for zone, found in stream_statistics(layer, zones, options):
            for own, band in zip(found, columns, strict=True):
                write_zone(band, zone, own, statistics.percentiles)
            report.add(1)
    else:
        _fill(layer, zones, options, columns, report=report)
    classes = tuple(
        class_columns(own.classes, len(zones))
        if CATEGORIES in names and band.classes
        else None
        for own, band in zip(columns, bands, strict=True)
    )
    return Columns(
        tuple(own.numbers for own in columns), classes, _find_reasons(columns, zones)
    )


class _Report:
    """Counts the zones that are finished."""

    def __init__(self, zones: int, progress: Progress | None) -> None:
        self.zones, self.done, self.progress = zones, 0, progress

    def add(self, count: int) -> None:
        """So many more are."""
        self.done += count
        if count and self.progress:
            self.progress(self.done, self.zones)


def _fill(
    layer: Layer,
    zones: Sequence[Zone],
    options: Options,
    columns: Sequence[BandColumns],
    *,
    report: _Report,
) -> None:
    """Write the statistics of zones, small ones side by side."""
    zones, grid = repair_zones(zones), layer.info.grid
    runs = meet(zones, grid, options)
    plan = plan_exact(layer, runs, len(zones), options)
    (reading,) = plan.readings
    cells = reading.plan.count_cells(len(zones))
    small = (cells > 0) & (cells <= MAX_CELLS)
    small[runs.zone[runs.weight > WHOLE]] = False
    if plan.quantiles.bands:
        small &= plan.quantiles.kept
    report.add(int(np.count_nonzero(cells == 0)))
    summaries = _walk(layer, plan, small, columns, report=report)
    large = ~small & (cells > 0)
    for zone, found in finished_only(finish_zones(plan, summaries, large)):
        for own, band in zip(found, columns, strict=True):
            write_zone(band, zone, own, options.statistics.percentiles)
        report.add(1)
    for band in columns:
        band.finish_empty(small)
        if "covered_percent" in band.numbers:
            percents = met_percents(zones, grid, runs)
            band.numbers["covered_percent"][:] = np.array(percents, np.float64)


def _walk(
    layer: Layer,
    plan: StatisticsPlan,
    small: NDArray[np.bool_],
    columns: Sequence[BandColumns],
    *,
    report: _Report,
) -> Iterator[BlockSummary]:
    """Read all blocks: small zones go to their columns, of others come summaries."""
    (reading,) = plan.readings
    wanted, info = plan.options, layer.info
    kept = plan.quantiles.kept
    lives = Lives(*zone_lifetimes([reading.plan], len(small)))
    collectors = [
        Collector(
            band if wanted.unscale else replace(band, scale=1.0, offset=0.0),
            wanted,
            own,
            lives=lives,
            pixel_area=planar_area(info.grid),
        )
        for band, own in zip(info.bands, columns, strict=True)
    ]
    ending = np.bincount(lives.end[small], minlength=len(reading.plan.blocks))
    for position, block in enumerate(read_blocks(layer, reading.plan)):
        own = small[block.runs.zone]
        if own.any():
            runs = block.runs if own.all() else take_runs(block.runs, own)
            for cells in flatten_runs(runs, block.window):
                planes = zip(collectors, block.flat(), strict=True)
                for collector, (values, valid) in planes:
                    collector.add(cells, values, valid)
            for collector in collectors:
                collector.close(position)
            report.add(int(ending[position]))
        if own.all():
            continue
        runs = take_runs(block.runs, ~own)
        yield from summarise_block(block, runs, brief=wanted.brief, kept=kept)


def _is_turned(bands: Sequence[BandInfo], options: Options) -> bool:
    """Whether quantiles are wanted of wide values that their scale turns round.

    Or interpolated ones of scaled values: the engine scales what it has interpolated.
    """
    fractions = options.statistics.fractions()
    return bool(fractions) and any(
        band.scale < 0 or (fractions.interpolated and band.scaling != UNSCALED)
        for band in bands
        if not keeps_histogram(band.dtype)
    )


def _find_reasons(
    columns: Sequence[BandColumns], zones: Sequence[Zone]
) -> NDArray[np.object_]:
    """Why zones have no values on any band, (zones,); None for the others."""
    reasons, missing = columns[0].reasons, ~columns[0].has_values
    for own in columns[1:]:
        missing &= ~own.has_values
    reasons[~missing] = None
    for zone in np.flatnonzero(missing).tolist():
        if zones[zone].geometry.is_empty:
            reasons[zone] = "empty_geometry"
    return reasons


def _check_types(layer: Layer, names: Sequence[str]) -> None:
    """Refuse statistics that the type of a band does not have."""
    missing = HISTOGRAM_ONLY.intersection(names)
    for band in layer.info.bands:
        if missing and not keeps_histogram(band.dtype):
            raise RequestError(
                f"Band {band.index} is {band.dtype}; {', '.join(sorted(missing))} take "
                "integers of up to 16 bits"
            )
