"""Which of many polygons have to be looked at one by one; mostly none."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely

from raster_core.native.rings import find_simple
from raster_core.sources.crs.crs import MAX_LATITUDE, MAX_LONGITUDE, is_geographic
from raster_core.sources.extent.positions import positions_exist
from raster_core.zonal.zones.repair import MAX_UNCOUNTED
from raster_core.zonal.zones.zone import HALF_TURN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.zones.turns import Shapes

# Points along each side of a box of zones.
_POINTS = 22


def find_doubtful(
    shapes: Shapes, crs: str, *, bounded: bool = False
) -> NDArray[np.bool_]:
    """Which polygons ``check_shape`` may refuse or change, (n,).

    Args:
        shapes: (n,): polygons without heights; empty and missing ones are not doubtful.
        crs: Theirs.
        bounded: Whether those that may take GEOS long are doubtful unasked.
    """
    doubtful = find_invalid(shapes, most=MAX_UNCOUNTED if bounded else math.inf)
    if is_geographic(crs):
        west, south, east, north = shapely.bounds(shapes).T
        doubtful |= (np.maximum(-west, east) > MAX_LONGITUDE) | (
            np.maximum(-south, north) > MAX_LATITUDE
        )
        doubtful |= east - west > HALF_TURN
        return doubtful
    points, owners = shapely.get_coordinates(shapes, return_index=True)
    if len(points) and not _box_exists(crs, points):
        doubtful[owners[~positions_exist(crs, *points.T)]] = True
    return doubtful


def find_invalid(shapes: Shapes, *, most: float = math.inf) -> NDArray[np.bool_]:
    """Which polygons, (n,), are not valid; lines and points need no repair.

    GEOS is asked for those only that are not told at first sight to be one ring that
    does not meet itself.

    Args:
        shapes: Polygons and others, (n,).
        most: Vertices beyond which GEOS is not asked; it may be valid then.
    """
    doubtful: NDArray[np.bool_] = ~_are_simple(shapes)
    large = doubtful & (shapely.get_num_coordinates(shapes) > most)
    doubtful &= ~large
    rest = shapes[doubtful]
    if rest.size:
        invalid = ~(shapely.is_valid(rest) & _are_finite(rest))
        doubtful[doubtful] = (
            invalid & ~shapely.is_empty(rest) & (shapely.get_dimensions(rest) == 2)
        )
    doubtful |= large
    return doubtful


def _are_simple(shapes: Shapes) -> NDArray[np.bool_]:
    """Which shapes, (n,), are certainly polygons of one simple ring."""
    one = (
        (shapely.get_num_geometries(shapes) == 1)
        & (shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON)
        & (shapely.get_num_interior_rings(shapes) == 0)
    )
    first = np.append(0, np.cumsum(shapely.get_num_coordinates(shapes)))
    simple: NDArray[np.bool_] = one & find_simple(
        shapely.get_coordinates(shapes), first
    )
    return simple


def _are_finite(shapes: Shapes) -> NDArray[np.bool_]:
    points, owners = shapely.get_coordinates(shapes, return_index=True)
    finite = np.ones(len(shapes), bool)
    finite[owners[~np.isfinite(points).all(axis=1)]] = False
    return finite


def _box_exists(crs: str, points: Floats) -> bool:
    """Whether the box around points (n, 2) lies within a CRS as a whole.

    That is judged by a grid of points, as ``positions.bounds_in`` judges a raster, and
    spares most frames a look at each vertex.
    """
    axes = points.T  # ten times as fast as along axis 0
    low = np.array([axis.min() for axis in axes])
    high = np.array([axis.max() for axis in axes])
    if not (np.isfinite(low) & np.isfinite(high)).all():
        return False
    x, y = np.meshgrid(*np.linspace(low, high, _POINTS).T)
    return bool(positions_exist(crs, x.ravel(), y.ravel()).all())
