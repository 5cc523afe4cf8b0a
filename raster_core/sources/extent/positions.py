"""Where coordinates of one CRS lie on Earth, and where a grid lies in another CRS."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from raster_core.grid import ALIGNMENT, Bounds
from raster_core.sources.crs.crs import (
    LONGITUDE_LATITUDE,
    apply_affine,
    wrap_longitudes,
)
from raster_core.sources.crs.ellipsoid import geodetic
from raster_core.sources.crs.operations import point_transform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats, PointTransform
    from raster_core.sources.crs.operations import System

# Fraction of a position's distance from the origin within which it must come back. Far
# from the area it is made for, a projection is inverted only to within some metres.
_RETURN = 1e-6

# Metres within which a position comes back: what a projection folds comes back from
# much further.
_NEAR = 640.0

DEGREE = 111_195.0
"""Metres in a degree along a meridian, about."""

# The same in degrees, for a position that comes back.
_SAME = _NEAR / DEGREE

# Points along each side of a grid, whose image may bulge.
_POINTS = 22


def positions_exist(crs: str, x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Which positions are somewhere on Earth.

    From coordinates in the CRS, float64 (n,), to bool (n,). A position that does not
    come back to itself, by way of longitude and latitude, lies beyond its CRS: Web
    Mercator goes round the Earth once.
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
    """The grid's box in another CRS; None if that does not hold all of the grid.

    That is judged by points on the grid, which have to come back to themselves, and by
    the poles: around one, the border says nothing about the inside.
    """
    if _holds_pole(grid):
        return None
    fraction = np.linspace(0.0, 1.0, _POINTS)
    cols, rows = (axis.ravel() for axis in np.meshgrid(fraction, fraction))
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


def locate_in_degrees(grid: Grid, cols: Floats, rows: Floats) -> Floats:
    """Longitude and latitude of positions on a grid, NaN where these do not lead back.

    Projections go on beyond the Earth, or fold back onto it: a position is on Earth
    if its longitude and latitude lead to it.

    Args:
        grid: The grid.
        cols: float64 of any shape, in pixels.
        rows: In the same shape.

    Returns:
        Degrees, (2, …) with that shape; longitudes as PROJ has them, in [-180, 180].
    """
    x, y = apply_affine(grid.transform, cols.ravel(), rows.ravel())
    degrees = point_transform(grid, LONGITUDE_LATITUDE)(x, y)
    back_x, back_y = point_transform(LONGITUDE_LATITUDE, grid)(*degrees)
    with np.errstate(invalid="ignore"):  # inf - inf
        away = np.hypot(back_x - x, back_y - y)
        there = away <= _near(grid.crs)
    return np.where(there, np.stack(degrees), np.nan).reshape(2, *cols.shape)


def find_graticule(grid: Grid, step: float) -> Floats:
    """Longitudes and latitudes (2, n) of the Earth's that lie on a grid.

    Args:
        grid: The grid.
        step: Degrees between neighbours.
    """
    longitude, latitude = (
        axis.ravel()
        for axis in np.meshgrid(
            np.arange(-180.0, 180.0 + step, step), np.arange(-90.0, 90.0 + step, step)
        )
    )
    found = lie_on(grid, longitude, latitude)
    return np.stack([longitude[found], latitude[found]])


def lie_on(grid: Grid, longitude: Floats, latitude: Floats) -> NDArray[np.bool_]:
    """Which positions on Earth lie on a grid, or within ``ALIGNMENT`` of its sides.

    A position that comes back to another one does not: it is folded onto the grid.

    Args:
        grid: The raster's.
        longitude: Degrees, float64 (n,).
        latitude: Likewise.

    Returns:
        bool, (n,).
    """
    x, y = point_transform(LONGITUDE_LATITUDE, grid)(longitude, latitude)
    cols, rows = apply_affine(~grid.transform, x, y)
    on = (cols >= -ALIGNMENT) & (cols <= grid.width + ALIGNMENT)
    on &= (rows >= -ALIGNMENT) & (rows <= grid.height + ALIGNMENT)
    on[on] = are_held(grid, longitude[on], latitude[on])
    return on


def are_held(grid: Grid, longitude: Floats, latitude: Floats) -> NDArray[np.bool_]:
    """Which positions on Earth have an image of their own in a grid's projection.

    From degrees, float64 (n,), to bool (n,).
    """
    x, y = point_transform(LONGITUDE_LATITUDE, grid)(longitude, latitude)
    back_x, back_y = point_transform(grid, LONGITUDE_LATITUDE)(x, y)
    with np.errstate(invalid="ignore"):  # inf - inf
        across = wrap_longitudes(back_x - longitude) * np.cos(np.radians(latitude))
        return np.asarray(np.hypot(across, back_y - latitude) <= _SAME)


def holds_poles(grid: Grid) -> tuple[bool, bool]:
    """Whether the south pole and the north pole are points inside a grid.

    A pole that is a line, as in Robinson's projection, does not count.
    """
    return _holds_pole_point(grid, -90.0), _holds_pole_point(grid, 90.0)


def _holds_pole_point(grid: Grid, pole: float) -> bool:
    longitude = np.arange(-180.0, 180.0, 60.0)
    latitude = np.full_like(longitude, pole)
    x, y = point_transform(LONGITUDE_LATITUDE, grid)(longitude, latitude)
    cols, rows = apply_affine(~grid.transform, x, y)
    inside = (cols > 0) & (cols < grid.width) & (rows > 0) & (rows < grid.height)
    if not inside.all() or np.hypot(np.ptp(x), np.ptp(y)) > _near(grid.crs):
        return False
    _, back = point_transform(grid, LONGITUDE_LATITUDE)(x, y)
    return bool((np.abs(back - pole) <= _SAME).all())


@lru_cache(maxsize=64)
def _near(crs: str) -> float:
    """``_NEAR`` in units of a CRS."""
    return _NEAR / geodetic(crs).unit


def trace_border(grid: Grid, points: int) -> tuple[Floats, Floats]:
    """Positions around the grid in its own CRS, ``points`` per side, corners twice.

    x and y, (4 * points,).
    """
    side = np.linspace(0.0, 1.0, points)
    none, every = np.zeros(points), np.ones(points)
    cols = np.concatenate([side, every, side[::-1], none]) * grid.width
    rows = np.concatenate([none, side, every, side[::-1]]) * grid.height
    return apply_affine(grid.transform, cols, rows)
