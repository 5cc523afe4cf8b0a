"""Coordinate systems: what kind one is, and plain arithmetic on coordinates.

pyproj is loaded when first needed: WGS 84's degrees and Web Mercator do without, which
is a sixth of a cold start. Points are (x, y), longitude before latitude, whatever the
CRS' own axis order.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from raster_core.earth import EQUATOR
from raster_core.errors import SourceError
from raster_core.sources.crs.mercator import WEB_MERCATOR

if TYPE_CHECKING:
    from affine import Affine
    from pyproj import CRS

    from raster_core.grid import Grid

type Floats = NDArray[np.float64]
type PointTransform = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""From (x, y) to (x, y), arrays of one shape; inf for what cannot be transformed."""

LONGITUDE_LATITUDE = "OGC:CRS84"

# Degrees that a position may have: a zone over the antimeridian may be written on
# either side of it.
MAX_LONGITUDE = 540.0
MAX_LATITUDE = 90.0

TURNS = (-720.0, -360.0, 0.0, 360.0, 720.0)
"""Degrees by which any longitude reaches any raster, 0 to 360 ones included."""

_GEOGRAPHIC_TWINS = frozenset({"EPSG:4326", LONGITUDE_LATITUDE})

KNOWN = _GEOGRAPHIC_TWINS | {WEB_MERCATOR}
"""What needs no PROJ."""


def same_crs(first: str, second: str) -> bool:
    """Whether coordinates in x, y order are the same in both."""
    return first == second or {first, second} <= _GEOGRAPHIC_TWINS


@lru_cache(maxsize=64)
def is_geographic(crs: str) -> bool:
    """Whether coordinates are longitude and latitude in degrees, on any datum.

    Grads are not, nor degrees about another pole or from another meridian than
    Greenwich: those are projected as metres are.
    """
    if crs in KNOWN:
        return crs in _GEOGRAPHIC_TWINS
    known = read_crs(crs)
    in_degrees = all(axis.unit_name == "degree" for axis in known.axis_info[:2])
    meridian = known.prime_meridian
    usual = meridian is None or meridian.longitude == 0
    return bool(known.is_geographic and in_degrees and usual and not known.is_derived)


@lru_cache(maxsize=256)
def read_crs(crs: str) -> CRS:
    """A CRS of ours as one of pyproj's, its horizontal part.

    Raises:
        SourceError: If PROJ does not know it, or it is neither projected nor
            geographic.
    """
    from pyproj import CRS  # noqa: PLC0415  see the module's docstring
    from pyproj.exceptions import ProjError  # noqa: PLC0415

    try:
        found = CRS.from_user_input(crs).to_2d()
    except ProjError as error:
        raise SourceError(f"The coordinate system '{crs[:40]}' is not known") from error
    if not (found.is_projected or found.is_geographic) or len(found.axis_info) != 2:
        raise SourceError(
            f"The coordinate system '{found.name[:80]}' is not on an ellipsoid: its "
            f"type is {found.type_name}, not projected or geographic"
        )
    return found


def base_crs(crs: CRS) -> CRS | None:
    """The longitudes and latitudes that a CRS is made from, of the same datum.

    A rotated pole counts as geographic, but is made from those of the true one.
    """
    while (crs.is_derived or crs.is_bound) and crs.source_crs is not None:
        crs = crs.source_crs
    return crs.geodetic_crs


def unbound_crs(crs: CRS) -> CRS:
    """A CRS without its own way to WGS 84."""
    while crs.is_bound and crs.source_crs is not None:
        crs = crs.source_crs
    return crs


def keep_turns(transform: PointTransform) -> PointTransform:
    """A datum shift that leaves longitudes in the turn they are in.

    PROJ wraps 190 to -170, which would fold a zone over the antimeridian.
    """

    def shifted(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        there, latitude = transform(wrap_longitudes(x), y)
        return x + wrap_longitudes(there - x), latitude

    return shifted


@lru_cache(maxsize=64)
def column_period(grid: Grid) -> float | None:
    """Columns in 360 degrees of longitude; None unless columns are meridians.

    That is asked of rasters in degrees and in Web Mercator only. One that spans
    longitudes 0 to 360 or 172 to 188 holds a point of -179 at a column that is one
    period away.
    """
    transform, turn = grid.transform, turn_length(grid.crs)
    if transform.b or transform.d or turn is None:
        return None
    return abs(turn / transform.a)


def turn_length(crs: str) -> float | None:
    """360 degrees of longitude in units of a CRS; None if positions do not repeat."""
    if crs == WEB_MERCATOR:
        return EQUATOR
    return 360.0 if is_geographic(crs) else None


def wrap_longitudes(longitude: Floats) -> Floats:
    """The same meridians in [-180, 180], degrees of any shape; exact within it."""
    wrapped = (longitude + 180.0) % 360.0 - 180.0
    return np.where(np.abs(longitude) <= 180.0, longitude, wrapped)


def apply_affine(affine: Affine, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """``affine * (x, y)``, float64 of the shape that both broadcast to.

    An infinite coordinate becomes infinite or NaN, without a warning.
    """
    # By name: to unpack an affine takes longer than the sums of a small lattice.
    a, b, c = affine.a, affine.b, affine.c
    d, e, f = affine.d, affine.e, affine.f
    with np.errstate(invalid="ignore"):
        return a * x + b * y + c, d * x + e * y + f
