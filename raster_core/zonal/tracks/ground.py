"""Lengths on the ground: on the ellipsoid of the raster's own CRS, as areas are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from raster_core.sources.crs.ellipsoid import geodetic

if TYPE_CHECKING:
    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats


# Diagonals of a cell that weigh as much as the whole cell: a line that winds through it
# a few times weighs less, as the outline of a polygon does, and is counted as quickly.
_DIAGONALS = 8


def cell_metres(grid: Grid) -> float:
    """Metres of line for which a cell weighs as one: diagonals, on a true map."""
    into = grid.transform
    diagonal = math.hypot(abs(into.a) + abs(into.b), abs(into.d) + abs(into.e))
    return _DIAGONALS * diagonal * geodetic(grid.crs).unit


def ground_steps(crs: str, points: Floats) -> Floats:
    """Metres from each point to the next, by the shortest way over the ellipsoid.

    By the straight line through the Earth and the arc above it: to 1e-7 of the length
    for points up to a degree apart, at poles and the antimeridian as elsewhere.

    Args:
        crs: The CRS of the points.
        points: (n, 2): x, y.

    Returns:
        (n - 1,); 0 where a point is not on Earth.
    """
    own = geodetic(crs)
    places = _earth_centred(*own.to_radians(*points.T), own.semi_major, own.semi_minor)
    chords = np.sqrt((np.diff(places, axis=0) ** 2).sum(axis=1))
    diameter = 2 * math.sqrt(own.semi_major * own.semi_minor)
    arcs = diameter * np.arcsin(np.minimum(chords / diameter, 1.0))
    return np.nan_to_num(arcs)


def _earth_centred(
    longitude: Floats, latitude: Floats, semi_major: float, semi_minor: float
) -> Floats:
    """Metres from the centre of an ellipsoid, (n, 3), of positions (n,) in radians."""
    flat = (semi_minor / semi_major) ** 2
    with np.errstate(invalid="ignore"):  # infinite outside of the CRS
        sine, cosine = np.sin(latitude), np.cos(latitude)
        normal = semi_major / np.sqrt(1 - (1 - flat) * sine**2)
        across = normal * cosine
        return np.stack(
            [
                across * np.cos(longitude),
                across * np.sin(longitude),
                flat * normal * sine,
            ],
            axis=1,
        )
