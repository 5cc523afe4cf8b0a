"""The border of a raster in longitude and latitude, however it curves there.

Numbers only; what a polygon is, ``zonal/outlines/raster_outline`` knows.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from raster_core.sources.crs.crs import wrap_longitudes
from raster_core.sources.crs.ellipsoid import geodetic
from raster_core.sources.extent.positions import DEGREE, locate_in_degrees

if TYPE_CHECKING:
    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats

# Points along each side to begin with.
_POINTS = 16

# Pixels by which the border may leave the true curve.
_TOLERANCE = 0.02

# Degrees of longitude from a point to the next: more may lead around a pole.
_STEP = 30.0

# Halvings of a piece of border, which is then a thousandth of a pixel in most rasters;
# a border through a pole never comes to an end.
_HALVINGS = 16


def follow_border(grid: Grid) -> Floats | None:
    """Longitude and latitude around a grid; None if it is not all on Earth.

    float64 (2, n), degrees. The last point is the first one, whole turns away if a pole
    lies inside. Longitudes run on beyond 180.
    """
    tolerance = pixel_degrees(grid) * _TOLERANCE
    at = np.linspace(0.0, 4.0, 4 * _POINTS + 1)
    positions = _locate(grid, at)
    for _ in range(_HALVINGS):
        between = (at[1:] + at[:-1]) / 2
        middle = _locate(grid, between)
        bent = _is_bent(positions, middle, tolerance)
        if not bent.any():
            break
        added = np.flatnonzero(bent) + 1
        at = np.insert(at, added, between[bent])
        positions = np.insert(positions, added, middle[:, bent], axis=1)
    if not np.isfinite(positions).all():
        return None
    steps = wrap_longitudes(np.diff(positions[0]))
    longitude = positions[0, 0] + np.concatenate([[0.0], np.cumsum(steps)])
    return np.stack([longitude, positions[1]])


def pixel_degrees(grid: Grid) -> float:
    """Degrees of latitude that a pixel is high, about, where lengths are true."""
    metres = math.sqrt(abs(grid.transform.determinant)) * geodetic(grid.crs).unit
    return metres / DEGREE


def _locate(grid: Grid, at: Floats) -> Floats:
    """Positions on the border in longitude and latitude.

    Args:
        grid: The raster's.
        at: How far along it they lie, (n,), a side being 1.

    Returns:
        Degrees, (2, n); NaN where the position is not on Earth.
    """
    fraction = at % 1.0
    side = np.floor(at).astype(int) % 4
    across = np.choose(side, [fraction, 1.0, 1.0 - fraction, 0.0])
    down = np.choose(side, [0.0, fraction, 1.0, 1.0 - fraction])
    return locate_in_degrees(grid, across * grid.width, down * grid.height)


def _is_bent(positions: Floats, middle: Floats, tolerance: float) -> Floats:
    """Which pieces of a line must be halved, bool (n - 1,).

    Args:
        positions: Longitude and latitude of its points in degrees, (2, n).
        middle: Those of the middles of its pieces, (2, n - 1).
        tolerance: Degrees by which a middle may leave its chord.
    """
    step = wrap_longitudes(np.diff(positions[0]))
    across = wrap_longitudes(middle[0] - positions[0, :-1] - step / 2)
    across *= np.cos(np.radians(middle[1]))
    along = middle[1] - (positions[1, 1:] + positions[1, :-1]) / 2
    with np.errstate(invalid="ignore"):
        far = np.hypot(across, along) > tolerance
        return np.asarray(far | (np.abs(step) > _STEP))
