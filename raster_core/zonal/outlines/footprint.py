"""How much of a zone lies on the raster at all.

The statistics of a zone half off the raster look like any others; this percentage
tells which they are.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from raster_core.grid import Bounds
from raster_core.sources.crs.crs import (
    LONGITUDE_LATITUDE,
    is_geographic,
    keep_turns,
    same_crs,
)
from raster_core.sources.crs.operations import point_transform
from raster_core.sources.extent.positions import bounds_in, trace_border
from raster_core.zonal.outlines.cutting import wrap_onto
from raster_core.zonal.outlines.degrees import to_degrees
from raster_core.zonal.outlines.raster_outline import outline_raster
from raster_core.zonal.zones.columnar import group_by_crs, zone_shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.zonal.outlines.raster_outline import Outline
    from raster_core.zonal.zones.turns import Shapes
    from raster_core.zonal.zones.zone import Zone

# Points along each side of the raster, whose image may be curved.
_POINTS = 64

# Degrees between the points at which areas are taken: parallels are curves there.
_STEP = 0.25

# Shapes from which on it is worth to look for a box inside of the footprint.
_MANY = 100

# How large that box may be, in parts of the footprint's own.
_PARTS = (1.0, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5)

# Points of a percentage that sums of a thousand pieces may be off, also at a pole.
_ROUNDING = 1e-6


def covered_percents(zones: Sequence[Zone], grid: Grid) -> list[float | None]:
    """Percentage of each zone's ground that lies on the raster, (zones,).

    Exactly 100 for a zone inside. The ground is a sphere's here, as good as any for a
    ratio. None for an empty zone only.
    """
    shapes, percents = zone_shapes(zones), np.full(len(zones), np.nan)
    for crs, own in group_by_crs(zones):
        percents[own] = _cover_shapes(shapes[own], crs, grid)
    return [None if math.isnan(value) else value for value in percents.tolist()]


def _cover_shapes(
    shapes: NDArray[np.object_], crs: str, grid: Grid
) -> NDArray[np.float64]:
    """``covered_percents`` of shapes (n,) in one CRS: float64 (n,); NaN for None."""
    plane = None if is_geographic(crs) else outline_in(grid, crs)
    if plane is None:
        shapes, footprint = _in_degrees(shapes, crs, grid)
    else:
        footprint = plane
    percents = np.where(_are_covered(shapes, footprint), 100.0, np.nan)
    rest = np.flatnonzero(np.isnan(percents))
    if plane is None:
        percents[rest] = _measure(shapes[rest], footprint)
    else:
        met = shapely.intersection(shapes[rest], plane)
        inside, whole = (
            _areas(to_degrees(part, crs, near=grid)) for part in (met, shapes[rest])
        )
        found = _percents(inside, whole, ~shapely.is_empty(met))
        percents[rest] = np.where(shapely.is_empty(shapes[rest]), np.nan, found)
    return percents


def _are_covered(shapes: Shapes, footprint: Outline) -> NDArray[np.bool_]:
    """Which shapes, (n,), a footprint covers.

    Those in a box that it covers need no further look; it is tried for many only.
    """
    shapely.prepare(footprint)
    covered = np.zeros(len(shapes), bool)
    if len(shapes) > _MANY:
        west, south, east, north = shapely.bounds(shapes).T
        left, bottom, right, top = _inner_box(footprint)
        covered = (west >= left) & (south >= bottom) & (east <= right) & (north <= top)
    covered[~covered] = shapely.covers(footprint, shapes[~covered])
    return covered


def _inner_box(footprint: Outline) -> Bounds:
    """The footprint's own box, made smaller about its middle until that covers it."""
    west, south, east, north = footprint.bounds
    for part in _PARTS:
        x, y = (west + east) / 2, (south + north) / 2
        half_width, half_height = part * (east - west) / 2, part * (north - south) / 2
        box = Bounds(x - half_width, y - half_height, x + half_width, y + half_height)
        if shapely.covers(footprint, shapely.box(*box)):
            return box
    return Bounds(np.inf, np.inf, -np.inf, -np.inf)


def _in_degrees(shapes: Shapes, crs: str, grid: Grid) -> tuple[Shapes, Outline]:
    """Shapes and the raster's outline in degrees of one datum.

    WGS 84's, but where both have another one: a zone inside stays inside to the bit.
    """
    if not is_geographic(crs):
        return to_degrees(shapes, crs, near=grid), outline_raster(grid)
    if same_crs(crs, grid.crs):
        return shapes, outline_raster(replace(grid, crs=LONGITUDE_LATITUDE, area=None))
    if same_crs(crs, LONGITUDE_LATITUDE):
        return shapes, outline_raster(grid)
    shift = keep_turns(point_transform(crs, LONGITUDE_LATITUDE, near=grid))
    shifted = shapely.transform(shapes, lambda xy: np.stack(shift(*xy.T), axis=1))
    return shifted, outline_raster(grid)


def outline_in(grid: Grid, crs: str) -> shapely.Polygon | None:
    """The raster's outline in a projection; None where that does not hold all of it."""
    own = same_crs(grid.crs, crs)
    if not own and bounds_in(grid, crs) is None:
        return None
    # In its own CRS, its sides are straight.
    border = point_transform(grid, crs)(*trace_border(grid, 2 if own else _POINTS))
    outline = shapely.Polygon(np.stack(border, axis=1))
    return outline if outline.is_valid else None


def _measure(
    shapes: NDArray[np.object_], footprint: shapely.Polygon
) -> NDArray[np.float64]:
    """Percentage of each shape that the footprint covers, (n,); NaN where empty."""
    parts, owners = shapely.get_parts(shapes, return_index=True)
    moved, moved_owners = wrap_onto(parts, owners, Bounds(*footprint.bounds))
    met = shapely.intersection(moved, footprint)
    inside = np.bincount(moved_owners, _areas(met), len(shapes))
    whole = np.bincount(owners, _areas(parts), len(shapes))
    touched = np.bincount(moved_owners, ~shapely.is_empty(met), len(shapes)) > 0
    found = _percents(inside, whole, touched)
    return np.where(shapely.is_empty(shapes), np.nan, found)


def _percents(
    inside: NDArray[np.float64],
    whole: NDArray[np.float64],
    touched: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Percentage of the ground that is inside, (n,).

    Args:
        inside: (n,): ground on the raster.
        whole: (n,): ground of the shape; 0 for one too small to be measured.
        touched: (n,): whether the raster has any of it, which decides for those.
    """
    percent = np.where(touched, 100.0, 0.0)
    np.divide(100.0 * inside, whole, out=percent, where=whole > 0)
    # Pieces on several turns of longitude do not add up to the last bit.
    return np.where(percent >= 100.0 - _ROUNDING, 100.0, percent)


def _areas(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Ground areas (n,) of shapes (n,) in degrees, times a constant; 0 if empty."""
    dense = shapely.segmentize(shapes, _STEP)
    return np.asarray(shapely.area(shapely.transform(dense, _equal_area)))


def _equal_area(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lambert's cylindrical projection of points (n, 2) in degrees: (n, 2)."""
    return np.stack([points[:, 0], np.sin(np.radians(points[:, 1]))], axis=1)
