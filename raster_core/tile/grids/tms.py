"""The WebMercatorQuad tile matrix set, on mercantile.

Tile (z, x, y): y counts from the north.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import mercantile
from affine import Affine

from raster_core.earth import EQUATOR
from raster_core.errors import NotFoundError
from raster_core.grid import Bounds, Grid

CRS = "EPSG:3857"

MAX_ZOOM = 30  # TileJSON 3.0.0, section 3.13: values over 30 are not allowed

# Degrees of latitude at which the square matrix ends: 2 atan(e^pi) - 90 degrees.
MAX_LATITUDE = 85.0511287798066

EDGE = EQUATOR / 2
"""Metres from the origin to a side of the square matrix."""


@dataclass(frozen=True, slots=True)
class TileLimits:
    """The tiles of a level that may hold data; both ends are included."""

    zoom: int
    rows: tuple[int, int]
    columns: tuple[int, int]


def tile_grid(z: int, x: int, y: int, *, size: int = 256) -> Grid:
    """The ``size`` x ``size`` pixels of a tile.

    Raises:
        NotFoundError: If the matrix has no such tile.
    """
    if not 0 <= z <= MAX_ZOOM:
        raise NotFoundError(f"Zoom {z} is not one of 0 to {MAX_ZOOM}")
    if not (0 <= x < 2**z and 0 <= y < 2**z):
        raise NotFoundError(f"Tile {x}/{y} is outside 0 to {2**z - 1} of zoom {z}")
    bounds = mercantile.xy_bounds(x, y, z)
    resolution = EQUATOR / 2**z / size
    transform = Affine(resolution, 0.0, bounds.left, 0.0, -resolution, bounds.top)
    return Grid(CRS, transform, size, size)


def tile_bounds(z: int, x: int, y: int) -> Bounds:
    """The bounds of a tile in longitude and latitude."""
    return Bounds(*mercantile.bounds(x, y, z))


def lies_outside(tile: Bounds, bounds: Bounds) -> bool:
    """Whether a tile certainly shows nothing of a raster.

    The raster's bounds are enlarged by a hundredth, since they are computed from points
    along its edge.

    Args:
        tile: The bounds of ``tile_bounds``.
        bounds: The raster's longitudes and latitudes; left > right if they cross the
            antimeridian.
    """
    west, south, east, north = bounds
    east += 360.0 * (west > east)
    wide, high = (east - west) / 100, (north - south) / 100
    if tile.top < south - high or tile.bottom > north + high:
        return True
    return not any(
        tile.left + turn <= east + wide and tile.right + turn >= west - wide
        for turn in (-360.0, 0.0, 360.0)
    )


def zoom_of_resolution(resolution: float, *, size: int = 256) -> float:
    """The zoom, with its fraction, at which a tile's pixels have a resolution.

    Args:
        resolution: Metres of the projection, which are ground metres on the equator.
        size: Pixels of a tile, a side.
    """
    return math.log2(EQUATOR / size / resolution)


def clamp_bounds(bounds: Bounds) -> Bounds:
    """Clamp longitudes and latitudes to what a web map can show.

    A box over the antimeridian (left > right) becomes as wide as the map, since the
    bounds of a TileJSON must not wrap.
    """
    left, right = bounds.left, bounds.right
    if left > right or right - left > 360:
        left, right = -180.0, 180.0
    return Bounds(
        max(-180.0, left),
        min(max(bounds.bottom, -MAX_LATITUDE), MAX_LATITUDE),
        min(180.0, right),
        min(max(bounds.top, -MAX_LATITUDE), MAX_LATITUDE),
    )


def tile_limits(bounds: Bounds, zoom: int) -> TileLimits:
    """The tiles of a level that a box touches.

    Args:
        bounds: Longitudes and latitudes, as ``clamp_bounds`` returns them.
        zoom: The zoom of the level.
    """
    left, bottom, right, top = mercator_bounds(bounds)
    size = EQUATOR / 2**zoom
    return TileLimits(
        zoom,
        rows=_span((EDGE - top) / size, (EDGE - bottom) / size, 2**zoom),
        columns=_span((left + EDGE) / size, (right + EDGE) / size, 2**zoom),
    )


def _span(low: float, high: float, count: int) -> tuple[int, int]:
    """The first and the last of ``count`` cells that [low, high) touches."""
    first = min(max(math.floor(low), 0), count - 1)
    return first, min(max(math.ceil(high) - 1, first), count - 1)


def mercator_bounds(bounds: Bounds) -> tuple[float, float, float, float]:
    """The left, bottom, right and top of a box in metres, clamped to the matrix."""
    left, right = (lon / 180 * EDGE for lon in (bounds.left, bounds.right))
    bottom, top = (
        min(max(math.asinh(math.tan(math.radians(lat))) / math.pi, -1.0), 1.0) * EDGE
        for lat in (bounds.bottom, bounds.top)
    )
    return left, bottom, right, top
