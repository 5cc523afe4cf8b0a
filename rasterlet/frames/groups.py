"""Statistics of zones by the values of another raster: rows of zones and values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import RequestError
from raster_core.zonal.columnar.columns import CATEGORIES, ClassColumns, Columns
from raster_core.zonal.columns import ColumnsWriter
from raster_core.zonal.grouped import group_columns, name_missing
from raster_core.zonal.reading.classed import class_layer
from raster_core.zonal.results.statistics import ON_GROUND
from raster_core.zonal.tracks.meeting import meet_zones, met_percents
from rasterlet.frames.counting import refuse_all_bad, sound_zones
from rasterlet.frames.extras import check_one_band
from rasterlet.frames.names import CELLS, WEIGHTED, read_statistics
from rasterlet.frames.results import COVERED, Table, check_columns, make_table
from rasterlet.frames.tracks import check_kind, in_units, make_zones, units_of
from rasterlet.frames.zones.kinds import find_kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pandas import DataFrame

    from raster_core.raster import Layer
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.engine import Options
    from raster_core.zonal.grouped import GroupColumns
    from raster_core.zonal.zones.zone import Zone
    from rasterlet.frames.names import Wanted
    from rasterlet.frames.request import Request
    from rasterlet.frames.zones.given import Given


@dataclass(frozen=True, slots=True)
class _Row:
    """A zone, and one group of its cells."""

    zone: int
    """Position of the zone."""
    group: int | None
    """Value of the other raster; None for a zone without any."""
    number: int = -1
    """Position of the group among all."""
    reason: str | None = None
    """Why there is none."""


def tabulate_groups(
    layer: Layer, groups: Layer, given: Given, request: Request
) -> DataFrame:
    """Statistics of a frame's zones per value of another raster.

    Args:
        layer: What is counted.
        groups: One band of integers of up to 16 bits, sampled at the cells of
            ``layer``.
        given: The zones.
        request: Statistics and columns.

    Returns:
        One row per zone and value that it has, by value, under the zone's label in the
        index. ``group`` is the value, or with ``class_names`` its name. A zone without
        values is one row without a group. Cells whose group is not known are in none.

    Raises:
        RequestError: If the request contradicts the zones or the layers.
        ZoneError: If not one of the zones can be counted.
        BudgetError: If there are too many pixels or groups.
        SourceError: If a raster cannot be read.
    """
    check_one_band(groups, "group_by")
    bands, kind = layer.info.bands, find_kind(given)
    wanted = read_statistics(request.stats, bands, categorical=request.categorical)
    _check_request(wanted, request)
    check_kind(kind, wanted.statistics, request.counting)
    if CATEGORIES in wanted.statistics:
        layer = class_layer(layer)
    table = Table(wanted, request.layout, layer.info.bands, groups=())
    check_columns(table, given.frame)
    zones = make_zones(given, kind)
    refuse_all_bad(given, zones)
    options = _with_areas(request.counting.options(wanted))
    sound = sound_zones(layer, zones, options)
    refuse_all_bad(given, zones)
    found = group_columns(layer, groups, sound, options)
    rows = _rows(found, len(sound), zones.faults)
    owners = np.array([row.zone for row in rows], np.intp)
    covered = _covered(sound, layer, options)[owners]
    columns = _columns(found, rows, layer, options, covered=covered)
    return make_table(
        replace(table, groups=_labels(rows, groups, named=request.layout.class_names)),
        in_units(columns, units_of(zones, kind, layer.info.grid)[owners]),
        given.frame.take(owners),
        {n: zones.notes[own] for n, own in enumerate(owners) if own in zones.notes},
    )


def _check_request(wanted: Wanted, request: Request) -> None:
    """Refuse what there is not by group.

    Raises:
        RequestError: If cells, weights or the part on the raster are wanted.
    """
    for name in (*CELLS, *WEIGHTED, COVERED):
        if wanted.has((name,)):
            raise RequestError(f"{name} is not computed by group; leave it out")
    if request.weights is not None:
        raise RequestError("weights= and group_by= cannot be combined; ask twice")
    if request.counting.approximate:
        raise RequestError("approximate= and group_by= cannot be combined")


def _with_areas(options: Options) -> Options:
    """The options with areas, if some statistic needs them."""
    statistics = options.statistics
    areas = bool((ON_GROUND - {CATEGORIES}).intersection(statistics.wanted or ()))
    return replace(options, statistics=replace(statistics, areas=areas))


def _rows(
    found: GroupColumns, zones: int, faults: Mapping[int, Exception]
) -> list[_Row]:
    """The rows of zones, in order; at least one for each."""
    parts: list[list[_Row]] = [[] for _ in range(zones)]
    for zone, value, number in found.entries():
        parts[zone].append(_Row(zone, value, number))
    ungrouped = found.ungrouped(zones)
    for zone, own in enumerate(parts):
        if not own:
            fault = faults.get(zone)
            why = str(fault) if fault else name_missing(ungrouped[zone])
            own.append(_Row(zone, None, reason=why))
    return [row for own in parts for row in own]


def _columns(
    found: GroupColumns,
    rows: Sequence[_Row],
    layer: Layer,
    options: Options,
    *,
    covered: Floats,
) -> Columns:
    """The statistics of rows as columns, and how much of each zone is covered."""
    count = len(rows)
    # Cells without a group go to one more row, which is cut off.
    place = np.full(len(found.keys), count)
    for position, row in enumerate(rows):
        if row.group is not None:
            place[row.number] = position
    writer = ColumnsWriter(layer.info.bands, options, count + 1)
    writer.add(replace(found.batch, zones=place))
    columns = writer.finish()
    reasons = columns.reasons[:count]
    for position, row in enumerate(rows):
        if row.group is None:
            reasons[position] = row.reason
    values = [{n: own[:count] for n, own in band.items()} for band in columns.values]  # noqa: PD011  not of a frame
    values[0][COVERED] = covered
    classes = (
        own and ClassColumns(own.values, own.counts[:count], own.fractions[:count])
        for own in columns.classes
    )
    return Columns(tuple(values), tuple(classes), reasons)


def _covered(zones: Sequence[Zone], layer: Layer, options: Options) -> Floats:
    """How much of each zone lies on the raster, (zones,); NaN for an empty one."""
    grid = layer.info.grid
    runs = meet_zones(zones, grid, options.mode, min_coverage=options.min_coverage)
    return np.array(met_percents(zones, grid, runs), np.float64)


def _labels(rows: Sequence[_Row], groups: Layer, *, named: bool) -> list[object]:
    """What the groups are called: their values, or names."""
    (by,) = groups.info.bands
    names = by.class_names if named else {}
    return [
        None
        if row.group is None
        else names.get(row.group, str(row.group))
        if named
        else row.group
        for row in rows
    ]
