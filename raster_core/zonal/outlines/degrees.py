"""Zones of a projection in longitude and latitude, and which have to go that way.

Between two projections, a zone is brought over directly where both hold all of it. One
around a pole that the raster's projection has at infinity would come out as everything
outside of it, and one across the edge of the raster's map would be cut apart.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely

from raster_core.sources.crs.crs import (
    LONGITUDE_LATITUDE,
    MAX_LATITUDE,
    wrap_longitudes,
)
from raster_core.sources.crs.operations import point_transform
from raster_core.sources.extent.positions import turn_about
from raster_core.zonal.outlines.wrapping import near_meridians

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats, PointTransform
    from raster_core.zonal.zones.turns import Shapes

# Points along the longer side of a zone, whose sides may be curved.
_POINTS = 64

# Fraction of a chord that the middle of an edge may lie from the chord's.
_BENT = 0.25

# Relative distance within which a vertex must come back.
_RETURN = 1e-6

_TURN = 360.0


def to_degrees(shapes: Shapes, crs: str, near: Grid | None = None) -> Shapes:
    """Shapes of a projection in longitude and latitude, each in one turn of them.

    Args:
        shapes: Polygons and what is left of them where they were cut, (n,).
        crs: Theirs.
        near: The raster whose datum operation is taken.

    Returns:
        (n,), in degrees.
    """
    left, bottom, right, top = np.nan_to_num(shapely.bounds(shapes)).T
    sides = np.maximum(right - left, top - bottom)
    dense = shapely.segmentize(shapes, np.maximum(sides, 1e-9) / _POINTS)
    transform = point_transform(crs, LONGITUDE_LATITUDE, near=near)
    middle = np.stack([(left + right) / 2, (bottom + top) / 2], axis=1)
    about = near_meridians(crs, middle)
    found: Shapes = np.empty_like(dense)
    for meridian in np.unique(about).tolist():
        own, turned = about == meridian, turn_about(transform, meridian)
        found[own] = shapely.transform(
            dense[own], lambda xy, turned=turned: np.stack(turned(*xy.T), axis=1)
        )
    for pole in (-MAX_LATITUDE, MAX_LATITUDE):
        around = _hold_pole(shapes, crs, pole)
        found[around] = [
            _close_over(shape, transform, pole) for shape in dense[around].tolist()
        ]
    crossed = ~shapely.is_valid(found)
    found[crossed] = shapely.make_valid(found[crossed])
    return found


def find_misshapen(parts: Shapes, crs: str, grid: Grid) -> NDArray[np.bool_]:
    """Which polygons of a projection cannot be brought to a raster's directly, (n,).

    Those whose vertices do not come back, whose edges are torn, and those that are
    turned inside out: the way around them is another one there.
    """
    to_grid = point_transform(crs, grid)
    points, owner = shapely.get_coordinates(parts, return_index=True)
    there = _move(to_grid, points)
    back = _move(point_transform(grid, crs), there)
    with np.errstate(invalid="ignore"):  # inf - inf
        away = np.hypot(*(back - points).T)
        lost = ~(away <= _RETURN * (1 + np.hypot(*points.T)))
        middles = _move(to_grid, (points[1:] + points[:-1]) / 2)
        off = np.hypot(*(middles - (there[1:] + there[:-1]) / 2).T)
        lost[1:] |= off > _BENT * np.hypot(*np.diff(there, axis=0).T)
    # What leads from one ring to the next is no edge.
    found = np.zeros(len(parts), bool)
    found[owner[lost]] = True
    shells = shapely.get_exterior_ring(parts)
    known = ~found
    turned = shapely.transform(shells[known], lambda xy: _move(to_grid, xy))
    same = shapely.is_ccw(turned) == shapely.is_ccw(shells[known])
    found[known] = same != _keeps_hand(crs, grid)
    return found


def _keeps_hand(crs: str, grid: Grid) -> bool:
    """Whether a circle drawn in a CRS runs the same way on a raster's map.

    It does not where an axis points south or west.
    """
    middle = grid.transform @ (grid.width / 2, grid.height / 2)
    step = math.sqrt(abs(grid.transform.determinant))
    corner = np.array(middle) + step * np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    first, right, up = _move(point_transform(grid, crs), corner)
    (a, b), (c, d) = right - first, up - first
    return not a * d - b * c < 0


def _move(transform: PointTransform, points: Floats) -> Floats:
    """Images of points, (n, 2) both."""
    return np.stack(transform(*points.T), axis=1)


def _hold_pole(shapes: Shapes, crs: str, pole: float) -> NDArray[np.bool_]:
    """Which shapes (n,) contain a pole, a point of their CRS: bool (n,)."""
    (x,), (y,) = point_transform(LONGITUDE_LATITUDE, crs)(np.zeros(1), np.array([pole]))
    if not (np.isfinite(x) and np.isfinite(y)):
        return np.zeros(len(shapes), bool)
    return np.asarray(shapely.contains_xy(shapes, x, y))


def _close_over(
    shape: shapely.Geometry, transform: PointTransform, pole: float
) -> shapely.Geometry:
    """A shape around a pole: its rings run all the way round, and close at the pole."""
    found = []
    for polygon in shapely.get_parts(shape):
        shell, *holes = (
            _close_ring(_move(transform, shapely.get_coordinates(ring)), pole)
            for ring in (polygon.exterior, *polygon.interiors)
        )
        for hole in holes:
            for turn in (-_TURN, 0.0, _TURN):
                shift = np.array([turn, 0.0])
                shell -= shapely.transform(hole, lambda xy, by=shift: xy + by)
        found.append(shell)
    return shapely.union_all(found)


def _close_ring(points: Floats, pole: float) -> shapely.Geometry:
    """The polygon of a ring (n, 2) in degrees; a full turn is closed at the pole."""
    steps = wrap_longitudes(np.diff(points[:, 0]))
    longitude = points[0, 0] + np.concatenate([[0.0], np.cumsum(steps)])
    ring = np.stack([longitude, points[:, 1]], axis=1)
    if abs(longitude[-1] - longitude[0]) > _TURN / 2:
        ends = [(longitude[-1], pole), (longitude[0], pole)]
        ring = np.concatenate([ring, ends])
    return shapely.make_valid(shapely.Polygon(ring))
