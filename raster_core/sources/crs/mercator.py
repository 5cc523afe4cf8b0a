"""Web Mercator (EPSG:3857) in closed form, as PROJ computes it.

Most rasters and all tiles are in longitude and latitude or in this, so most requests
need no PROJ, which takes a sixth of a cold start to load. Points are (x, y).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from raster_core.earth import EARTH_RADIUS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Floats = NDArray[np.float64]

WEB_MERCATOR = "EPSG:3857"

# Metres from Greenwich within which no rounding leads over the antimeridian.
_INSIDE = EARTH_RADIUS * math.pi - 1

# Metres up to which ``sinh`` has a result: far beyond the map.
_HIGH = 1e9

# Radians by which PROJ lets an angle overshoot (adjlon.cpp, PJ_EPS_LAT).
_OVERSHOOT = 1e-12

# Radians beyond which PROJ takes a longitude for a mistake (fwd.cpp).
_FAR = 10.0


def project(longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    """Project degrees to metres; longitudes of any turn count as in [-180, 180].

    Args:
        longitude: float64 of any shape.
        latitude: In the same shape.

    Returns:
        x and y in that shape; inf for what is not a position.

    Source: PROJ, merc.cpp (webmerc_s_forward) and fwd.cpp.
    """
    across, along = np.radians(longitude), np.radians(latitude)
    good = (np.abs(across) <= _FAR) & (np.abs(along) <= math.pi / 2 + _OVERSHOOT)
    across = _one_turn(np.where(good, across, 0.0))
    along = np.clip(np.where(good, along, 0.0), -math.pi / 2, math.pi / 2)
    return (
        np.where(good, EARTH_RADIUS * across, np.inf),
        np.where(good, EARTH_RADIUS * np.arcsinh(np.tan(along)), np.inf),
    )


def unproject(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Unproject metres to degrees; longitudes continue on the other side beyond 180.

    Args:
        x: float64 of any shape.
        y: In the same shape.

    Returns:
        Longitude and latitude in that shape; inf for what is not finite.

    Source: PROJ, merc.cpp (webmerc_s_inverse) and inv.cpp.
    """
    if (np.abs(x) <= _INSIDE).all() and (np.abs(y) <= _HIGH).all():
        # A tile's own points; a third of the time of what follows, to the same bits.
        latitude = np.degrees(np.arctan(np.sinh(y / EARTH_RADIUS)))
        return np.degrees(x / EARTH_RADIUS), latitude
    good = np.isfinite(x) & np.isfinite(y)
    across = _one_turn(np.where(good, x, 0.0) / EARTH_RADIUS)
    with np.errstate(over="ignore"):  # the pole
        along = np.arctan(np.sinh(np.where(good, y, 0.0) / EARTH_RADIUS))
    return (
        np.where(good, np.degrees(across), np.inf),
        np.where(good, np.degrees(along), np.inf),
    )


def _one_turn(angle: Floats) -> Floats:
    """The same angles in radians, of any shape, in [-pi, pi].

    An angle that exceeds a limit by a rounding error becomes the limit.
    """
    turned = (angle + math.pi) % (2 * math.pi) - math.pi
    near = np.abs(angle) <= math.pi + _OVERSHOOT
    return np.where(near, np.clip(angle, -math.pi, math.pi), turned)
