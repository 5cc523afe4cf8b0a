"""Ellipsoids: a CRS as seen from its own, sizes and lengths on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from raster_core.earth import EARTH_RADIUS
from raster_core.errors import SourceError
from raster_core.sources.crs.crs import KNOWN, LONGITUDE_LATITUDE, base_crs, read_crs
from raster_core.sources.crs.mercator import WEB_MERCATOR
from raster_core.sources.crs.operations import point_transform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats, PointTransform

# Metres of WGS 84's ellipsoid.
_SEMI_MAJOR, _SEMI_MINOR = EARTH_RADIUS, 6356752.314245179


@dataclass(frozen=True, slots=True, eq=False)
class Geodetic:
    """A CRS as seen from its own ellipsoid; no datum shift is involved."""

    semi_major: float
    """Metres."""
    semi_minor: float
    """Metres; equal to ``semi_major`` on a sphere."""
    unit: float
    """Metres in a unit of the CRS's coordinates; of an angle, along the equator."""
    to_radians: PointTransform
    """Coordinates to longitude and latitude in radians, of the CRS's own datum."""


@lru_cache(maxsize=64)
def geodetic(crs: str) -> Geodetic:
    """The ellipsoid of a CRS, and the way from its coordinates onto it.

    Raises:
        SourceError: If the CRS has no longitude and latitude.
    """
    return _geodetic_known(crs) if crs in KNOWN else _geodetic_proj(crs)


def _geodetic_known(crs: str) -> Geodetic:
    to_degrees = point_transform(crs, LONGITUDE_LATITUDE)

    def to_radians(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        longitude, latitude = to_degrees(x, y)
        return np.radians(longitude), np.radians(latitude)

    unit = 1.0 if crs == WEB_MERCATOR else np.pi / 180 * _SEMI_MAJOR
    return Geodetic(_SEMI_MAJOR, _SEMI_MINOR, unit, to_radians)


def _geodetic_proj(crs: str) -> Geodetic:
    from pyproj import Transformer  # noqa: PLC0415  see the module's docstring
    from pyproj.exceptions import ProjError  # noqa: PLC0415

    own = read_crs(crs)
    try:
        base = base_crs(own)
        if base is None or base.ellipsoid is None or not base.is_geographic:
            raise SourceError("The raster's coordinate system is not on an ellipsoid")
        to_base = Transformer.from_crs(own, base, always_xy=True)
    except ProjError as error:
        raise SourceError("The raster's coordinate system is not known") from error
    radians = base.axis_info[0].unit_conversion_factor  # degrees, but grads in France
    is_base = own == base

    def to_radians(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        if not is_base:
            x, y = (np.asarray(values) for values in to_base.transform(x, y))
        return x * radians, y * radians

    major = base.ellipsoid.semi_major_metre
    unit = own.axis_info[0].unit_conversion_factor * (
        major if own.is_geographic else 1.0
    )
    return Geodetic(major, base.ellipsoid.semi_minor_metre, unit, to_radians)


def finest_grid(grids: Sequence[Grid]) -> int:
    """The position of the grid with the smallest pixels, the first one of equals.

    Measured where the projection is true, and degrees at the equator.
    """
    if len({grid.crs for grid in grids}) == 1:
        areas = [abs(grid.transform.determinant) for grid in grids]
    else:
        areas = [
            abs(grid.transform.determinant) * geodetic(grid.crs).unit ** 2
            for grid in grids
        ]
    return areas.index(min(areas))


def geodesic_lengths(longitude: Floats, latitude: Floats) -> Floats:
    """Metres on the WGS 84 ellipsoid from each point to the next.

    Args:
        longitude: Degrees, float64 (n,), on any turn.
        latitude: Degrees, float64 (n,).

    Returns:
        float64 (n - 1,), empty for a single point; between points half a turn apart,
        the shortest way.
    """
    from pyproj import Geod  # noqa: PLC0415  see the module's docstring

    _, _, lengths = Geod(ellps="WGS84").inv(
        longitude[:-1], latitude[:-1], longitude[1:], latitude[1:]
    )
    return np.asarray(lengths)
