"""Meridians along which a projection is discontinuous: both sides lie far apart.

Found by computing with the projection, not by its name: a world map is cut at one
meridian, an interrupted one at several, and a polar one at none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from raster_core.sources.crs.crs import LONGITUDE_LATITUDE, wrap_longitudes
from raster_core.sources.crs.mercator import WEB_MERCATOR
from raster_core.sources.crs.operations import point_transform

if TYPE_CHECKING:
    from raster_core.sources.crs.crs import Floats, PointTransform

# Degrees at which a projection is probed: along parallels of both hemispheres, none of
# which meets the antipode of a projection's own centre, and every degree or so.
_PARALLELS = (-53.17, -11.29, 11.31, 53.13)
_STEPS = 367

# How much longer than the usual step of its parallel one over a seam is at least: the
# gap of a flat cone, which is a narrow wedge, is missed below this.
_LONG = 1.5

# Halvings of a degree down to the spacing of longitudes as numbers: 360 x 2**-53.
_HALVINGS = 46

# Degrees by which what is found may differ from the seam.
_NEAR = 1e-9

# Part of the first length that remains of it at a seam; elsewhere, nothing does.
_STAYS = 0.2


@lru_cache(maxsize=64)
def find_seams(crs: str) -> tuple[float, ...]:
    """Longitudes at which a projection is discontinuous, in [-180, 180), ascending.

    Where that holds for a part of a meridian, the whole meridian counts.

    Raises:
        SourceError: If there is no way from longitude and latitude to the CRS.
    """
    if crs == WEB_MERCATOR:
        return (-180.0,)
    transform = point_transform(LONGITUDE_LATITUDE, crs)
    longitude, latitude = np.meshgrid(
        np.linspace(-180.0, 180.0, _STEPS) + 0.29, _PARALLELS
    )
    points = _project(transform, longitude, latitude)
    jumps = _distance(points[:, :, :-1], points[:, :, 1:])
    usual = np.nanmedian(np.where(np.isfinite(jumps), jumps, np.nan), axis=1)
    row, col = np.nonzero(np.isfinite(jumps) & (jumps > _LONG * usual[:, None]))
    jumping = _Pieces(
        latitude[row, col],
        west=longitude[row, col],
        east=longitude[row, col + 1],
        west_image=points[:, row, col],
        east_image=points[:, row, col + 1],
    )
    return _distinct(_narrow(transform, jumping))


def from_any_turn(transform: PointTransform) -> PointTransform:
    """The transform for longitudes of any turn, -180 being 180.

    So what is drawn on both sides of the antimeridian meets there, to the bit.
    """

    def turned(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        longitude = wrap_longitudes(x)
        return transform(np.where(longitude == -180.0, 180.0, longitude), y)

    return turned


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Pieces of parallels between two meridians."""

    latitude: Floats
    """Degrees, (n,); so are longitudes."""
    west: Floats
    east: Floats
    west_image: Floats
    """The western ends in the projection, x and y, (2, n)."""
    east_image: Floats


def _narrow(transform: PointTransform, pieces: _Pieces) -> Floats:
    """The seams within pieces, by halving them.

    Args:
        transform: From longitude and latitude.
        pieces: What may be torn.

    Returns:
        Longitudes in degrees, (m,), m <= n: none where a projection is only stretched.
    """
    low, high = pieces.west, pieces.east
    left, right = pieces.west_image, pieces.east_image
    before = _distance(left, right)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        image = _project(transform, middle, pieces.latitude)
        in_west = _distance(left, image) > _distance(image, right)
        low, high = np.where(in_west, low, middle), np.where(in_west, middle, high)
        left, right = np.where(in_west, left, image), np.where(in_west, image, right)
    torn = _distance(left, right) > _STAYS * before
    found: Floats = ((low + high) / 2)[torn]
    return found


def _distinct(seams: Floats) -> tuple[float, ...]:
    """Each seam once, ascending in [-180, 180), for longitudes (n,) in degrees.

    One next to a whole millionth of a degree is rounded to it.
    """
    neat = seams.round(6)
    seams = wrap_longitudes(np.where(np.abs(seams - neat) <= _NEAR, neat, seams))
    seams = np.sort(np.where(seams == 180.0, -180.0, seams) + 0.0)
    return tuple(seams[np.diff(seams, prepend=-np.inf) > _NEAR].tolist())


def _project(transform: PointTransform, longitude: Floats, latitude: Floats) -> Floats:
    """Points in the projection, (2, …) with the shape of the degrees: x, then y."""
    return np.stack(transform(wrap_longitudes(longitude), latitude))


def _distance(points: Floats, others: Floats) -> Floats:
    """Distances (n,) in units of the CRS, between points (2, n) each."""
    with np.errstate(invalid="ignore"):  # inf - inf
        return np.asarray(np.hypot(*(others - points)))
