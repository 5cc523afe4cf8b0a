"""Where coordinates of one CRS lie on Earth, and where a grid lies in another CRS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import SourceError
from raster_core.grid import Bounds
from raster_core.source.crs import (
    LONGITUDE_LATITUDE,
    apply_affine,
    same_crs,
    wrap_longitudes,
)
from raster_core.source.operations import point_transform, raster_transformer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.source.crs import Floats, PointTransform
    from raster_core.source.operations import System

# Of a position's distance from the origin: how near it must come back. Far from where
# it is made for, a projection is inverted to some metres only.
_RETURN = 1e-6

# Points along each side of a grid, whose image may bulge.
_POINTS = 22


def geographic_bounds(grid: Grid) -> Bounds:
    """The grid's box in longitude and latitude; left > right over the antimeridian.

    Raises:
        SourceError: The corners have no longitude and latitude.
    """
    box = grid.bounds
    if not same_crs(grid.crs, LONGITUDE_LATITUDE):
        transformer = raster_transformer(grid)
        # 21 points a side, so that a bulging edge is inside.
        box = Bounds(*transformer.transform_bounds(*box, densify_pts=21))
    if not np.isfinite(box).all():
        raise SourceError("The raster's bounds have no longitude and latitude")
    if box.right - box.left >= 360:
        return Bounds(-180.0, box.bottom, 180.0, box.top)
    left, right = wrap_longitudes(np.array([box.left, box.right])).tolist()
    right = 180.0 if right == -180.0 else right
    return Bounds(left, max(box.bottom, -90.0), right, min(box.top, 90.0))


def find_places(crs: str, x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Which positions are somewhere on Earth, (n,).

    One that does not come back to itself, by way of longitude and latitude, lies beyond
    its CRS: Web Mercator goes round the Earth once.
    """
    return _come_back(crs, LONGITUDE_LATITUDE, x, y)


def turn_about(transform: PointTransform, longitude: float) -> PointTransform:
    """A transform to longitudes, its results within half a turn of a meridian.

    PROJ's own longitudes end at 180 and go on at -180, which would tear an outline.
    """

    def turned(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        there, latitude = transform(x, y)
        return longitude + wrap_longitudes(there - longitude), latitude

    return turned


def bounds_in(grid: Grid, crs: str) -> Bounds | None:
    """The grid's box in another CRS; None where that does not hold all of the grid.

    That is judged by points on the grid which have to come back to themselves, and by
    the poles: around one, the border says nothing of what is inside.
    """
    if _holds_pole(grid):
        return None
    share = np.linspace(0.0, 1.0, _POINTS)
    cols, rows = (axis.ravel() for axis in np.meshgrid(share, share))
    own = apply_affine(grid.transform, cols * grid.width, rows * grid.height)
    if not _come_back(grid, crs, *own).all():
        return None
    x, y = point_transform(grid, crs)(*own)
    return Bounds(*(float(end) for end in (x.min(), y.min(), x.max(), y.max())))


def _holds_pole(grid: Grid) -> bool:
    poles = np.array([0.0, 0.0]), np.array([-90.0, 90.0])
    x, y = point_transform(LONGITUDE_LATITUDE, grid)(*poles)
    cols, rows = apply_affine(~grid.transform, x, y)
    inside = (cols >= 0) & (cols <= grid.width) & (rows >= 0) & (rows <= grid.height)
    return bool(inside.any())


def _come_back(crs: System, by: str, x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Which positions come back to themselves by way of another CRS, (n,)."""
    back_x, back_y = point_transform(by, crs)(*point_transform(crs, by)(x, y))
    with np.errstate(invalid="ignore"):  # inf - inf
        away = np.hypot(back_x - x, back_y - y)
    return np.asarray(away <= _RETURN * (1 + np.hypot(x, y)))


def has_whole_border(grid: Grid) -> bool:
    """Whether all of the raster's border is somewhere on Earth.

    That of a full disk from space is not, nor are the corners of a world in Mollweide;
    their box in longitude and latitude says nothing of what is inside.
    """
    to_degrees = point_transform(grid, LONGITUDE_LATITUDE)
    return bool(np.isfinite(to_degrees(*trace_border(grid, _POINTS))).all())


def trace_border(grid: Grid, points: int) -> tuple[Floats, Floats]:
    """Positions around the grid in its own CRS, ``points`` a side, corners twice."""
    side = np.linspace(0.0, 1.0, points)
    none, every = np.zeros(points), np.ones(points)
    cols = np.concatenate([side, every, side[::-1], none]) * grid.width
    rows = np.concatenate([none, side, every, side[::-1]]) * grid.height
    return apply_affine(grid.transform, cols, rows)
