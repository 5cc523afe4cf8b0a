"""Ground areas of pixels, on the ellipsoid of the raster's own CRS.

Where rows run along parallels (degrees, Mercator, other cylindrical projections), a
pixel's area has a closed form. Elsewhere it is the planar area times the ground that
a square of the CRS has there, measured at some points of a window: as many as it takes.

Areas are in square metres. What is not on Earth, such as latitudes beyond 90 degrees,
has area 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from raster_core.grid import Window
from raster_core.native.reducing.ground import GroundPlane
from raster_core.sources.crs.crs import apply_affine
from raster_core.sources.crs.ellipsoid import geodetic

if TYPE_CHECKING:
    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats
    from raster_core.sources.crs.ellipsoid import Geodetic

# Pixels that a row may deviate from its parallel. Rounding is 3e-8 at 0.1 m.
STRAIGHT = 1e-6

# Points per side at which a window is measured: at first, and at most. Straight lines
# between 9 are off by 2e-8 in a window of 15 km, by 3e-6 in one of 500 km; between 65
# by 4e-5 in one of 5,000 km.
NODES = (9, 17, 33, 65)

# Metres of ground that are measured together, in whichever of their blocks: 33 points a
# side suffice, and are not measured again for each block.
SHARED = 250_000.0

# Relative error between two points above which the window is measured at more.
BEND = 1e-6

# Metres to either side over which ground is measured: truncation and rounding are
# both below 2e-10 here, and grow with and against the square.
REACH = 100.0


def planar_area(grid: Grid) -> float:
    """Area of a pixel in the CRS's own unit, squared."""
    return float(abs(grid.transform.determinant))


def pixel_areas(grid: Grid, window: Window) -> Floats:
    """m² of each pixel of a window of a grid, (height, width) of float64; read-only.

    Law: where rows are parallels, it does not depend on the window. Elsewhere it is
    within 1e-6, and in windows of 5,000 km within 4e-5; a pixel that is not on Earth
    has the area of a near one that is, and a window without any, 0.

    Raises:
        SourceError: If the CRS has no ellipsoid.
    """
    areas = ground_plane(grid, window).areas()
    areas = np.broadcast_to(areas, (window.height, window.width))
    areas.flags.writeable = False
    return areas


def ground_plane(grid: Grid, window: Window) -> GroundPlane:
    """What ``pixel_areas`` follows from."""
    step = _longitude_step(grid)
    if not window.pixels:
        lines = np.zeros((1, 1))
    elif step is None:
        return _measure(grid, _around(grid, window)).cut(window)
    else:
        lines = _closed_form(grid, window.row, window.height, step)[:, None]
    return plane_of_lines(lines, window.height)


def plane_of_lines(lines: Floats, height: int) -> GroundPlane:
    """Areas (height, columns) as they are; (1, columns) stands for all rows."""
    line = np.arange(height) if len(lines) > 1 else np.zeros(height, np.int64)
    return GroundPlane(np.ascontiguousarray(lines), line, np.zeros(height))


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
    """The same angles in radians, of any shape, in [-pi, pi]."""
    return angle - 2 * np.pi * np.round(angle / (2 * np.pi))


def _to_radians(grid: Grid, cols: Floats, rows: Floats) -> tuple[Floats, Floats]:
    """Longitudes and latitudes of pixel positions of one shape."""
    x, y = apply_affine(grid.transform, cols, rows)
    return geodetic(grid.crs).to_radians(x, y)


@lru_cache(maxsize=16)  # 4 kB each: the blocks side by side ask for the same rows
def _closed_form(grid: Grid, row: int, height: int, step: float) -> Floats:
    """Areas of pixels between parallels in m², one per row, (height,)."""
    rows = np.arange(row, row + height + 1, dtype=np.float64)
    edges = _latitudes(grid, rows)
    low, high = np.minimum(edges[:-1], edges[1:]), np.maximum(edges[:-1], edges[1:])
    return step * _zone_area(geodetic(grid.crs), low, high)


def _latitudes(grid: Grid, rows: Floats) -> Floats:
    """Latitudes of row edges in radians, both (n,); a pole where they are beyond it."""
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


@dataclass(frozen=True, slots=True, eq=False)
class _Lattice:
    """Areas of pixels at points of a window, straight lines between which suffice."""

    cols: Floats
    """(cols,): ascending, as ``rows``."""
    rows: Floats
    """(rows,)"""
    areas: Floats
    """(rows, cols), in m²; zeros off the Earth replaced by a near area, if there is
    one."""

    def cut(self, window: Window) -> GroundPlane:
        """The areas of a window inside."""
        centres, rows = _centres(window.row, window.height), self.rows
        above = np.searchsorted(rows, centres, side="right") - 1
        above = np.clip(above, 0, len(rows) - 1)
        lines = slice(above[0], above[-1] + 2)
        cols = _centres(window.col, window.width)
        return GroundPlane(
            np.array([np.interp(cols, self.cols, row) for row in self.areas[lines]]),
            above - above[0],
            (centres - rows[above]) / np.diff(rows, append=np.inf)[above],
        )


@lru_cache(maxsize=64)  # 35 kB each at most
def _measure(grid: Grid, window: Window) -> _Lattice:
    """Areas of a window's pixels at as many points as it takes."""
    for count in NODES:
        cols = _nodes(window.col, window.width, count)
        rows = _nodes(window.row, window.height, count)
        ground = _ground(grid, *np.meshgrid(cols, rows)) * planar_area(grid)
        if _bend(ground) <= BEND:
            break
    return _Lattice(cols, rows, _fill(ground) if ground.any() else ground)


def _around(grid: Grid, window: Window) -> Window:
    """The window that is measured for one: its neighbours have the same."""
    reach = SHARED / (math.sqrt(planar_area(grid)) * geodetic(grid.crs).unit)
    side = 2 ** math.floor(math.log2(max(reach, 1.0)))
    inside = window.intersection(grid.window) == window
    if not inside or max(window.width, window.height) > side:
        return window
    col, row = window.col // side * side, window.row // side * side
    width = -(-window.col_stop // side) * side - col
    height = -(-window.row_stop // side) * side - row
    return Window(col, row, width, height).intersection(grid.window)


def _bend(ground: Floats) -> float:
    """The largest relative error of interpolating areas (rows, cols) linearly."""
    bends = [np.abs(np.diff(ground, 2, axis=axis)).max(initial=0.0) for axis in (0, 1)]
    # Half a step from either point, a parabola is an eighth of this off; each of the
    # two axes adds its own.
    return float(sum(bends) / 8 / max(ground.max(), np.finfo(float).tiny))


def _fill(ground: Floats) -> Floats:
    """The same areas (rows, cols), zeros off the Earth replaced by the nearest area."""
    if (ground > 0).all():
        return ground
    cols, rows = np.arange(ground.shape[1]), np.arange(ground.shape[0])
    met = np.flatnonzero((ground > 0).any(axis=1))
    known = [np.interp(cols, cols[row > 0], row[row > 0]) for row in ground[met]]
    nearest = np.abs(rows[:, None] - met).argmin(axis=1)
    return np.array(known)[nearest]


def _centres(start: int, size: int) -> Floats:
    """Centres of ``size`` pixels from ``start`` on, (size,), in pixels."""
    return np.arange(start, start + size, dtype=np.float64) + 0.5


def _nodes(start: int, size: int, count: int) -> Floats:
    """Positions (n,) in pixels, from the first pixel's centre to the last one's."""
    return np.linspace(start + 0.5, start + size - 0.5, min(count, size))


def _ground(grid: Grid, cols: Floats, rows: Floats) -> Floats:
    """m² of ground in a square unit of the CRS at points; 0 off the Earth.

    Columns, rows and result have one shape.

    The cross product of the two ways that the axes take in space. Measured so, not
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
