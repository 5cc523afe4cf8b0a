"""Ground areas of pixels, on the ellipsoid of the raster's own CRS.

Where rows run along parallels (degrees, Mercator, other cylindrical projections), a
pixel's area has a closed form. Elsewhere it is the planar area times the ground that
a square of the CRS has there, measured at some points of a window.

Areas are in square metres. What is not on Earth, such as latitudes beyond 90 degrees,
has area 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from raster_core.source.crs import apply_affine, geodetic

if TYPE_CHECKING:
    from raster_core.grid import Grid, Window
    from raster_core.source.crs import Floats, Geodetic

# Of a pixel: how far a row may leave its parallel. Rounding is 3e-8 at 0.1 m.
STRAIGHT = 1e-6

# Points a side at which a window is measured. Straight lines between them are off by
# 3e-6 in a window of 500 km, by 2e-8 in one of 15 km.
NODES = 9

# Metres to either side over which ground is measured: truncation and rounding are
# both below 2e-10 here, and grow with and against the square.
REACH = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class PixelAreas:
    """Areas of the pixels of a window: ``rows[row] * columns[col]``, in m².

    Exact where rows are parallels. Elsewhere a product of this form is off by less
    than 3e-7 in the corners of windows of 15 km (2e-6 if rotated), and by 3e-4 in the
    worst of 500 km on a polar grid; ``rows`` alone would be off by 1e-4 and 2e-2.
    Arrays are read-only.
    """

    rows: Floats
    """(height,): m² of the pixels in the middle of the window."""
    columns: Floats
    """(width,): relative to the middle; all ones where rows are parallels."""


def planar_area(grid: Grid) -> float:
    """Area of a pixel in the CRS's own unit, squared."""
    return float(abs(grid.transform.determinant))


def row_areas(grid: Grid, window: Window) -> Floats:
    """m² of one pixel in each row of a window, (height,); read-only.

    Where rows are no parallels, of the pixels in the window's middle column.

    Raises:
        SourceError: The CRS is not on an ellipsoid.
    """
    return pixel_areas(grid, window).rows


@lru_cache(maxsize=16)  # 8 kB each: the blocks side by side ask for the same rows
def pixel_areas(grid: Grid, window: Window) -> PixelAreas:
    """Areas of the pixels of a window of a grid.

    Law: where rows are parallels, they do not depend on the window.

    Raises:
        SourceError: The CRS is not on an ellipsoid.
    """
    step = _longitude_step(grid)
    if not window.pixels:
        areas = PixelAreas(np.zeros(window.height), np.ones(window.width))
    elif step is None:
        areas = _measure(grid, window)
    else:
        areas = PixelAreas(_closed_form(grid, window, step), np.ones(window.width))
    areas.rows.flags.writeable = areas.columns.flags.writeable = False
    return areas


@lru_cache(maxsize=64)
def _longitude_step(grid: Grid) -> float | None:
    """Radians of longitude in one pixel; None unless rows are parallels.

    Asked of the numbers, not of the projection's name: latitude must follow from the
    row alone and longitude from the column alone.
    """
    if grid.transform.b or grid.transform.d:
        return None
    cols, rows = np.linspace(0, grid.width, 5), np.linspace(0, grid.height, 5)
    longitude, latitude = _to_radians(grid, *np.meshgrid(cols, rows))
    defined = np.isfinite(longitude + latitude).all(axis=1)
    if np.count_nonzero(defined) < 2:
        return None
    longitude, latitude, rows = longitude[defined], latitude[defined], rows[defined]
    # Over a quarter of the columns, so that a whole turn does not look like none.
    step = float(abs(_unturned(longitude[0, 1] - longitude[0, 0])) / cols[1])
    height = np.abs(latitude[-1, 0] - latitude[0, 0]) / (rows[-1] - rows[0])
    if not height:  # a pole in the middle: the left border is a parallel's mirror
        return None
    drift = np.ptp(latitude, axis=1).max() / height
    shift = np.abs(_unturned(longitude - longitude[0])).max() / step
    return step if max(drift, shift) <= STRAIGHT else None


def _unturned(angle: Floats) -> Floats:
    """The same angle in [-pi, pi]; what is there already stays as it is."""
    return angle - 2 * np.pi * np.round(angle / (2 * np.pi))


def _to_radians(grid: Grid, cols: Floats, rows: Floats) -> tuple[Floats, Floats]:
    x, y = apply_affine(grid.transform, cols, rows)
    return geodetic(grid.crs).to_radians(x, y)


def _closed_form(grid: Grid, window: Window, step: float) -> Floats:
    """Areas between parallels, one a row."""
    rows = np.arange(window.row, window.row_stop + 1, dtype=np.float64)
    edges = _latitudes(grid, rows)
    low, high = np.minimum(edges[:-1], edges[1:]), np.maximum(edges[:-1], edges[1:])
    return step * _zone_area(geodetic(grid.crs), low, high)


def _latitudes(grid: Grid, rows: Floats) -> Floats:
    """Latitude of row edges in radians; a pole where they are beyond it."""
    _, latitude = _to_radians(grid, np.full_like(rows, grid.width / 2), rows)
    defined = np.isfinite(latitude)
    if not defined.any():
        return np.zeros_like(rows)
    if not defined.all():
        # Beyond the last parallel of a projection that ends at the poles.
        y = apply_affine(grid.transform, rows, rows)[1]
        pole = np.where(y > y[defined].max(), np.pi / 2, -np.pi / 2)
        latitude = np.where(defined, latitude, pole)
    return np.clip(latitude, -np.pi / 2, np.pi / 2)


def _zone_area(own: Geodetic, low: Floats, high: Floats) -> Floats:
    """m² between two latitudes, for each radian of longitude.

    Source: Snyder, Map Projections: A Working Manual (USGS 1395), eq. 3-12, with the
    difference of its two values taken apart, so that thin rows lose no digits.
    """
    square = 1 - (own.semi_minor / own.semi_major) ** 2
    south, north = np.sin(low), np.sin(high)
    rise = 2 * np.cos((low + high) / 2) * np.sin((high - low) / 2)
    product = square * south * north
    first = rise * (1 + product)
    first /= (1 - square * south**2) * (1 - square * north**2)
    if square > 0:
        root = math.sqrt(square)
        second = np.arctanh(root * rise / (1 - product)) / root
    else:
        second = rise
    return own.semi_minor**2 / 2 * (first + second)


def _measure(grid: Grid, window: Window) -> PixelAreas:
    """Areas along a cross through the middle of the window.

    Or near the middle, should that not be on Earth; a pixel that is not gets the area
    of the nearest that is, and a window without any gets 0.
    """
    cols = _nodes(window.col, window.width)
    rows = _nodes(window.row, window.height)
    ground = _ground(grid, *np.meshgrid(cols, rows)) * planar_area(grid)
    found = np.argwhere(ground > 0)
    if not len(found):
        return PixelAreas(np.zeros(window.height), np.ones(window.width))
    middle = (np.array(ground.shape) - 1) / 2
    row, col = found[np.argmin(np.square(found - middle).sum(axis=1))]
    return PixelAreas(
        _interpolate(_centres(window.row, window.height), rows, ground[:, col]),
        _interpolate(
            _centres(window.col, window.width), cols, ground[row] / ground[row, col]
        ),
    )


def _centres(start: int, size: int) -> Floats:
    return np.arange(start, start + size, dtype=np.float64) + 0.5


def _nodes(start: int, size: int) -> Floats:
    """Where a side is measured, the centres of its first and last pixel included."""
    return np.linspace(start + 0.5, start + size - 0.5, min(NODES, size))


def _interpolate(places: Floats, nodes: Floats, values: Floats) -> Floats:
    known = values > 0
    return np.interp(places, nodes[known], values[known])


def _ground(grid: Grid, cols: Floats, rows: Floats) -> Floats:
    """m² of ground in a square unit of the CRS at some points; 0 off the Earth.

    The cross product of the two ways that the axes take in space. Measured thus, not
    by PROJ's scale factors: these are of the sphere for projections that know no
    ellipsoid, and off by 7e-4 on Mollweide.
    """
    own = geodetic(grid.crs)
    x, y = apply_affine(grid.transform, cols, rows)
    reach = REACH / own.unit
    along = np.array([reach, -reach, 0.0, 0.0]).reshape(-1, *[1] * x.ndim)
    right, left, top, bottom = _in_space(own, x + along, y + along[::-1])
    ways = np.cross(right - left, top - bottom) / (2 * reach) ** 2
    ground = np.linalg.norm(ways, axis=-1)
    return np.where(np.isfinite(ground), ground, 0.0)


def _in_space(own: Geodetic, x: Floats, y: Floats) -> Floats:
    """Points on the ellipsoid in geocentric metres, (..., 3); nan off the Earth."""
    longitude, latitude = own.to_radians(x, y)
    defined = np.isfinite(longitude) & (np.abs(latitude) <= np.pi / 2)
    longitude = np.where(defined, longitude, np.nan)
    latitude = np.where(defined, latitude, np.nan)
    flat = (own.semi_minor / own.semi_major) ** 2
    radius = own.semi_major / np.sqrt(1 - (1 - flat) * np.sin(latitude) ** 2)
    from_axis = radius * np.cos(latitude)
    return np.stack(
        [
            from_axis * np.cos(longitude),
            from_axis * np.sin(longitude),
            flat * radius * np.sin(latitude),
        ],
        axis=-1,
    )
