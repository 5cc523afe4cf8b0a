"""The zooms at which a dataset can be drawn, computed from the catalogue."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from raster_core.earth import EQUATOR
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE, wrap_longitudes
from raster_core.sources.crs.operations import point_transform
from raster_core.sources.extent.extent import MAX_BOXES
from raster_core.sources.warp.budget import MAX_PIXELS
from raster_core.tile.grids.tms import CRS, MAX_ZOOM, clamp_bounds, zoom_of_resolution

if TYPE_CHECKING:
    from raster_core.catalogue.dataset import Dataset
    from raster_core.grid import Bounds, Grid

# Web Mercator metres in a degree of longitude.
_DEGREE = EQUATOR / 360

# Zooms by which a tile may be finer than the raster without showing more.
_ROUNDING = 0.1


def zoom_range(dataset: Dataset) -> tuple[int, int]:
    """The first zoom that can be drawn, and the first that shows all pixels.

    A zoom can be drawn if a tile's window on the coarsest overview has at most
    ``budget.MAX_PIXELS``.
    """
    native = zoom_of_resolution(mercator_resolution(dataset))
    maxzoom = min(max(math.ceil(native - _ROUNDING), 0), MAX_ZOOM)
    coarsest = max(dataset.overviews, default=1)
    if dataset.grid.window.pixels <= MAX_PIXELS * coarsest**2:
        return 0, maxzoom
    # At the native zoom a tile is 256 pixels a side; each zoom out doubles that.
    zooms_out = math.log2(math.sqrt(MAX_PIXELS) * coarsest / 256)
    return min(max(math.ceil(native - zooms_out), 0), maxzoom), maxzoom


def mercator_resolution(dataset: Dataset) -> float:
    """The finer side of the middle pixel, in metres of Web Mercator."""
    return _resolution_at(dataset.grid, dataset.bounds)


@lru_cache(maxsize=MAX_BOXES)
def _resolution_at(grid: Grid, bounds: Bounds) -> float:
    """The finer side of a grid's pixel at the middle of a box, in such metres."""
    lon, lat = (np.array([value]) for value in middle(bounds))
    x, y = point_transform(LONGITUDE_LATITUDE, CRS)(lon, lat)
    to_mercator = point_transform(grid, CRS)
    to_own = point_transform(CRS, grid)
    own_x, own_y = to_own(x, y)
    transform = grid.transform
    steps = ((0.0, 0.0), (transform.a, transform.d), (transform.b, transform.e))
    at_x, at_y = to_mercator(
        own_x + np.array([step[0] for step in steps]),
        own_y + np.array([step[1] for step in steps]),
    )
    with np.errstate(invalid="ignore"):
        sides = np.hypot(at_x[1:] - at_x[0], at_y[1:] - at_y[0])
    if np.isfinite(sides).all():
        return float(sides.min())
    # The box's middle may lie outside the raster's projection, as for a full disk.
    return _width(bounds) / grid.width * _DEGREE


def overview_zoom(bounds: Bounds) -> int:
    """The zoom at which a box is about as large as a map of 1024 pixels."""
    _, bottom, _, top = clamp_bounds(bounds)
    side = max(_width(bounds), top - bottom)
    return math.floor(math.log2(4 * 360 / side)) if side else 0


def middle(bounds: Bounds) -> tuple[float, float]:
    """The longitude and latitude of a box's middle, also over the antimeridian."""
    _, bottom, _, top = clamp_bounds(bounds)
    longitude = wrap_longitudes(np.array(bounds.left + _width(bounds) / 2))
    return float(longitude), (bottom + top) / 2


def _width(bounds: Bounds) -> float:
    """The width of a box in degrees of longitude."""
    return bounds.right - bounds.left + 360.0 * (bounds.right < bounds.left)
