"""Zones of any kind, and the cells that they meet: polygons, lines and points.

A polygon weighs a cell by the fraction that it covers, a line by its length there, a
point as one cell. ``zone_units`` says what a weight of one cell stands for.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import BudgetError, RequestError
from raster_core.zonal.coverage.cover import Coverage, Mode, join_runs
from raster_core.zonal.coverage.covering import cover_zones
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.outlines.footprint import covered_percents
from raster_core.zonal.tracks.ground import cell_metres
from raster_core.zonal.tracks.lengths import line_metres
from raster_core.zonal.tracks.lines import project_lines
from raster_core.zonal.tracks.points import weigh_points
from raster_core.zonal.tracks.shapes import (
    LINE,
    POINT,
    POLYGON,
    line_segments,
    point_positions,
    zone_dimensions,
)
from raster_core.zonal.tracks.tracing import join_cells, trace_lines
from raster_core.zonal.zones.columnar import group_by_crs, take_zones, zone_shapes
from raster_core.zonal.zones.valid import repair_zones

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.zones.zone import Zone

# Points of a percentage: pieces cut at cells and pieces cut evenly differ by less.
_ROUNDING = 2e-3


def meet_zones(
    zones: Sequence[Zone],
    grid: Grid,
    mode: Mode = Mode.FRACTION,
    *,
    max_crossings: float = math.inf,
    min_coverage: float = 0.0,
) -> Coverage:
    """The cells that zones meet, and how much each weighs.

    Laws: of polygons, it is what ``cover_zones`` returns; the kinds do not know each
    other, so a zone has the same cells whatever stands beside it.

    Args:
        zones: Polygons, lines and points. Of lines and points a cell may weigh more
            than ``WHOLE``.
        grid: The raster's native grid.
        mode: Which cells count; lines and points take ``fraction`` alone.
        max_crossings: How many rows or columns of cells outlines and lines may cross,
            how many edges they may be bent into, and how many points there may be.
        min_coverage: Cells of which a polygon covers less do not count.

    Raises:
        RequestError: If there are lines or points and another mode.
        ZoneError: If a zone cannot be brought to the grid's CRS, or not be repaired.
        BudgetError: If there are more crossings; they are not computed.
    """
    dimensions = zone_dimensions(zones)
    if (dimensions == POLYGON).all():
        _, runs = cover_zones(
            zones, grid, mode, max_crossings=max_crossings, min_coverage=min_coverage
        )
        return runs
    if mode is not Mode.FRACTION:
        raise RequestError(
            f"coverage={mode.value} is for polygons; lines count by their length and "
            "points by their number (coverage=fraction)"
        )
    zones = repair_zones(zones)
    meet: dict[int, Callable[[Sequence[Zone], Grid, float], Coverage]] = {
        POLYGON: partial(_cover_polygons, min_coverage=min_coverage),
        LINE: _trace_lines,
        POINT: _place_points,
    }
    parts = []
    for dimension in (POLYGON, LINE, POINT):
        own = np.flatnonzero(dimensions == dimension)
        some = take_zones(zones, own.tolist())
        found = meet[dimension](some, grid, max_crossings)
        parts.append(_renumber(found, own))
    return _by_zone(join_runs(parts))


def zone_units(zones: Sequence[Zone], grid: Grid) -> Floats:
    """What a weight of one cell stands for, (n,): 1, or for a line, metres.

    Times it, sums of weights and all that is added up by weight become pixels,
    metres on the ground, and points.
    """
    dimensions = zone_dimensions(zones)
    if not (dimensions == LINE).any():
        return np.ones(len(zones))
    return np.where(dimensions == LINE, cell_metres(grid), 1.0)


def met_percents(
    zones: Sequence[Zone], grid: Grid, runs: Coverage
) -> list[float | None]:
    """Percentage of each zone on the raster, of its area, length or points, (n,).

    Args:
        zones: As for ``meet_zones``.
        grid: The raster's native grid.
        runs: What ``meet_zones`` returned for them.
    """
    dimensions = zone_dimensions(zones)
    own = np.flatnonzero(dimensions == POLYGON)
    if len(own) == len(zones):
        return covered_percents(zones, grid)
    percents: list[float | None] = _part_met(zones, grid, runs)
    polygons = take_zones(zones, own.tolist())
    for position, percent in zip(
        own.tolist(), covered_percents(polygons, grid), strict=True
    ):
        percents[position] = percent
    return percents


def _part_met(zones: Sequence[Zone], grid: Grid, runs: Coverage) -> list[float | None]:
    """The percentages of lines and points; of polygons, anything."""
    weights = (runs.stop - runs.start) * (runs.weight / WHOLE)
    met = np.bincount(runs.zone, weights, len(zones)) * zone_units(zones, grid)
    dimensions, shapes = zone_dimensions(zones), zone_shapes(zones)
    whole = np.zeros(len(zones))
    _, owner = point_positions(shapes)
    points = np.bincount(owner, minlength=len(zones))
    for crs, same in group_by_crs(zones):
        own = same[dimensions[same] == LINE]
        whole += line_metres(line_segments(shapes[own], own), crs, len(zones))
    whole = np.where(dimensions == POINT, points, whole)
    percents = np.full(len(zones), np.nan)
    np.divide(100.0 * met, whole, out=percents, where=whole > 0)
    percents = np.where(percents >= 100.0 - _ROUNDING, 100.0, percents)
    return [None if math.isnan(percent) else percent for percent in percents.tolist()]


def _cover_polygons(
    zones: Sequence[Zone], grid: Grid, max_crossings: float, *, min_coverage: float
) -> Coverage:
    if not zones:
        return join_runs([])
    _, runs = cover_zones(
        zones, grid, max_crossings=max_crossings, min_coverage=min_coverage
    )
    return runs


def _trace_lines(zones: Sequence[Zone], grid: Grid, max_crossings: float) -> Coverage:
    shapes, parts = zone_shapes(zones), []
    for crs, own in group_by_crs(zones):
        segments = line_segments(shapes[own], own)
        bent = project_lines(segments, crs, grid, max_pieces=max_crossings)
        parts.append(trace_lines(bent, grid, max_crossings=max_crossings))
    return join_runs(parts)


def _place_points(zones: Sequence[Zone], grid: Grid, max_crossings: float) -> Coverage:
    shapes, parts = zone_shapes(zones), []
    for crs, own in group_by_crs(zones):
        positions, owner = point_positions(shapes[own])
        if len(positions) > max_crossings:
            raise BudgetError(
                f"There are {len(positions)} points, which exceeds {max_crossings}; "
                "ask for fewer"
            )
        parts.append(weigh_points(positions, own[owner], crs, grid))
    return join_cells(parts)


def _renumber(runs: Coverage, zones: NDArray[np.intp]) -> Coverage:
    """The runs of zones, (n,), under their positions among all of them."""
    number = zones.astype(np.int32)[runs.zone]
    return Coverage(number, runs.row, runs.start, runs.stop, runs.weight)


def _by_zone(runs: Coverage) -> Coverage:
    """The runs sorted by zone, each zone's in the order they have."""
    order = np.argsort(runs.zone, kind="stable")
    return Coverage(
        runs.zone[order],
        runs.row[order],
        runs.start[order],
        runs.stop[order],
        runs.weight[order],
    )
