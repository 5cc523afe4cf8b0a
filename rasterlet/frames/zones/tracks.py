"""Lines and points of a frame as zones of the engine, all checked at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from raster_core.errors import ZoneError
from raster_core.sources.crs.crs import MAX_LATITUDE, MAX_LONGITUDE, is_geographic
from raster_core.sources.extent.positions import positions_exist
from raster_core.zonal.zones.columnar import Zones
from raster_core.zonal.zones.positions import check_positions
from rasterlet.frames.zones.polygons import PolygonZones

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rasterlet.frames.zones.given import Given


def make_track_zones(given: Given) -> PolygonZones:
    """Zones of lines, or of points; missing and empty ones stay empty."""
    shapes, crs = given.shapes.copy(), given.crs
    shapes[shapely.is_missing(shapes)] = shapely.Polygon()
    found = PolygonZones(Zones(shapes, crs))
    for position in np.flatnonzero(_find_doubtful(shapes, crs)).tolist():
        try:
            _check_shape(shapes[position], crs)
        except ZoneError as error:
            found.faults[position] = ZoneError(str(error), zone=position)
            shapes[position] = shapely.Polygon()
    return found


def _find_doubtful(shapes: NDArray[np.object_], crs: str) -> NDArray[np.bool_]:
    """Which of lines or points (n,) have to be looked at by themselves: (n,)."""
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    lines = shapely.get_dimensions(shapes) == 1
    doubtful: NDArray[np.bool_] = there & lines & ~(shapely.length(shapes) > 0)
    points, owners = shapely.get_coordinates(shapes, return_index=True)
    good = np.isfinite(points).all(axis=1)
    if is_geographic(crs):
        most = np.array([MAX_LONGITUDE, MAX_LATITUDE])
        with np.errstate(invalid="ignore"):
            good &= (np.abs(points) <= most).all(axis=1)
    else:
        good &= positions_exist(crs, *points.T)
    doubtful[owners[~good]] = True
    return doubtful


def _check_shape(shape: shapely.Geometry, crs: str) -> None:
    """Refuse a line or points by itself.

    Raises:
        ZoneError: If a coordinate is not finite, or outside of the CRS; if a line has
            no length.
    """
    points = shapely.get_coordinates(shape)
    if not np.isfinite(points).all():
        raise ZoneError("A coordinate is not finite")
    check_positions(points, crs)
    if shapely.get_dimensions(shape) == 1 and not shapely.length(shape) > 0:
        raise ZoneError("The line has no length")
