"""Outlines along the sides of pixels, brought to longitude and latitude.

Only corners are moved; what lies between two of them is a straight line afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import ZoneError
from raster_core.sources.crs.crs import (
    LONGITUDE_LATITUDE,
    apply_affine,
    is_geographic,
    keep_turns,
    wrap_longitudes,
)
from raster_core.sources.crs.operations import point_transform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats

type Ring = Floats
"""(n, 2): longitudes and latitudes; the last point is the first one."""

# Decimals of a degree that are kept: 0.1 mm.
DECIMALS = 9

# Degrees between two corners above which the way between them is followed, in so many
# steps: a side of pixels may span the world or cross the antimeridian.
_FAR, _STEPS = 90.0, 8


def place_rings(grid: Grid, rings: Sequence[Floats]) -> list[Ring]:
    """Rings of pixel corners in longitude and latitude, without jumps.

    Args:
        grid: The grid that the positions are on.
        rings: At least one; (n, 2) each, as (col, row), closed.

    Raises:
        ZoneError: If a corner has no longitude and latitude, or a ring encloses a
            pole.
    """
    corners = np.concatenate(rings)
    starts = np.cumsum([0, *map(len, rings)])
    points = _to_degrees(grid, corners)
    if not is_geographic(grid.crs):
        points[:, 0] = _follow(grid, corners, points[:, 0], starts)
    return np.split(points, starts[1:-1])


def arrange_polygon(rings: Sequence[Ring], *, wrap: bool) -> tuple[Ring, ...]:
    """A polygon as RFC 7946 wants it: shell counterclockwise, holes clockwise.

    Args:
        rings: The shell first.
        wrap: Whether to bring its middle to longitudes from -180 to 180.
    """
    shell, *holes = rings
    west, east = shell[:, 0].min(), shell[:, 0].max()
    turns = -np.floor((west + east) / 2 / 360.0 + 0.5) if wrap else 0.0
    placed = [_shift(shell, turns)]
    for hole in holes:  # each in the turn in which the shell is
        own = np.ceil((placed[0][:, 0].min() - hole[:, 0].min()) / 360.0 - 1e-9)
        placed.append(_shift(hole, own))
    return tuple(
        ring[::-1] if _is_clockwise(ring) != (number > 0) else ring
        for number, ring in enumerate(placed)
    )


def _shift(ring: Ring, turns: float) -> Ring:
    moved: Ring = (ring + np.array([360.0 * turns, 0.0])).round(DECIMALS)
    return moved


def _to_degrees(grid: Grid, corners: Floats) -> Floats:
    """Longitude and latitude (n, 2) of positions (n, 2): columns and rows of a grid.

    Raises:
        ZoneError: If one of them has none.
    """
    transform = point_transform(grid, LONGITUDE_LATITUDE)
    if is_geographic(grid.crs):
        transform = keep_turns(transform)
    x, y = transform(*apply_affine(grid.transform, *corners.T))
    points = np.stack([x, y], axis=1)
    if not np.isfinite(points).all():
        raise ZoneError("The pixels' outlines leave longitude and latitude")
    return points


def _follow(
    grid: Grid, corners: Floats, longitude: Floats, starts: NDArray[np.intp]
) -> Floats:
    """Longitudes that run on beyond 180 where a ring does.

    Args:
        grid: The grid that the positions are on.
        corners: (n, 2): of all rings, one after the other.
        longitude: (n,): theirs.
        starts: Where each ring begins, and the end of the last.
    """
    step = np.diff(longitude, prepend=longitude[0])
    step[starts[:-1]] = 0.0
    far = np.flatnonzero(np.abs(step) > _FAR)
    part = np.linspace(0.0, 1.0, _STEPS + 1)[:, None]
    between = corners[far - 1, None] + (corners[far] - corners[far - 1])[:, None] * part
    path = _to_degrees(grid, between.reshape(-1, 2))[:, 0].reshape(-1, _STEPS + 1)
    step[far] = wrap_longitudes(np.diff(path)).sum(axis=1)

    run = np.cumsum(step)
    lengths = np.diff(starts)
    begin = np.repeat(starts[:-1], lengths)
    turns = np.rint((run - run[begin] + longitude[begin] - longitude) / 360.0)
    if turns[starts[1:] - 1].any():
        raise ZoneError(
            "Pixels around a pole have no outline in longitude and latitude"
        )
    followed: Floats = longitude + 360.0 * turns
    return followed


def _is_clockwise(ring: Ring) -> bool:
    x, y = (ring - ring[0]).T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) < 0
