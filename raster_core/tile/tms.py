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

# Degrees; where the square matrix ends: 2 atan(e^pi) - 90 degrees.
MAX_LATITUDE = 85.0511287798066

EDGE = EQUATOR / 2
"""Metres: the north-west corner of the square matrix is (-EDGE, EDGE)."""


@dataclass(frozen=True, slots=True)
class TileLimits:
    """The tiles of a level that may hold data; both ends are included."""

    zoom: int
    rows: tuple[int, int]
    columns: tuple[int, int]


def tile_grid(z: int, x: int, y: int, *, size: int = 256) -> Grid:
    """The ``size`` x ``size`` pixels of a tile.

    Raises:
        NotFoundError: The matrix has no such tile.
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
    """The longitudes and latitudes of a tile."""
    return Bounds(*mercantile.bounds(x, y, z))


def lies_outside(tile: Bounds, bounds: Bounds) -> bool:
    """Whether a tile shows nothing of a raster, by longitudes and latitudes.

    False where it is not certain: the bounds are taken a hundredth larger, since they
    are found from points along the raster's edge.

    Args:
        tile: As ``tile_bounds`` returns it.
        bounds: Of the raster; left > right over the antimeridian.
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
    """The zoom, with its fraction, at which a tile's pixels are so many metres.

    Metres of the projection, which are ground metres on the equator.
    """
    return math.log2(EQUATOR / size / resolution)


def clamp_bounds(bounds: Bounds) -> Bounds:
    """Longitude and latitude that a web map can show.

    A box over the antimeridian (left > right) becomes the whole width, since TileJSON
    bounds must not wrap.
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
    """The tiles that a box in longitude and latitude touches.

    Args:
        bounds: As ``clamp_bounds`` returns them.
        zoom: The level.
    """
    left, bottom, right, top = mercator_bounds(bounds)
    size = EQUATOR / 2**zoom
    return TileLimits(
        zoom,
        rows=_span((EDGE - top) / size, (EDGE - bottom) / size, 2**zoom),
        columns=_span((left + EDGE) / size, (right + EDGE) / size, 2**zoom),
    )


def _span(low: float, high: float, count: int) -> tuple[int, int]:
    """The first and last of ``count`` cells that [low, high) touches."""
    first = min(max(math.floor(low), 0), count - 1)
    return first, min(max(math.ceil(high) - 1, first), count - 1)


def mercator_bounds(bounds: Bounds) -> tuple[float, float, float, float]:
    """Left, bottom, right and top in metres, within the matrix."""
    left, right = (lon / 180 * EDGE for lon in (bounds.left, bounds.right))
    bottom, top = (
        min(max(math.asinh(math.tan(math.radians(lat))) / math.pi, -1.0), 1.0) * EDGE
        for lat in (bounds.bottom, bounds.top)
    )
    return left, bottom, right, top
