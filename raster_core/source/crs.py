"""Coordinate systems: transformers, and where pixels of one grid lie on another.

The only module of ``source`` that knows pyproj, and it loads it when first needed:
WGS 84's degrees and Web Mercator do without, which is a sixth of a cold start. Points
are (x, y), longitude before latitude, whatever the CRS' own axis order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from raster_core.errors import SourceError
from raster_core.grid import Bounds
from raster_core.source.mercator import WEB_MERCATOR, project, unproject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from affine import Affine
    from pyproj import CRS, Transformer

    from raster_core.grid import Grid

type Floats = NDArray[np.float64]
type PointTransform = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""Vectorised (x, y) to (x, y); what cannot be transformed comes back as inf."""

LONGITUDE_LATITUDE = "OGC:CRS84"

# Degrees that a position may have: a zone over the antimeridian may be written on
# either side of it.
MAX_LONGITUDE = 540.0
MAX_LATITUDE = 90.0

TURNS = (-720.0, -360.0, 0.0, 360.0, 720.0)
"""Degrees by which any longitude reaches any raster, 0 to 360 ones included."""

_GEOGRAPHIC_TWINS = frozenset({"EPSG:4326", LONGITUDE_LATITUDE})

# What needs no PROJ.
_KNOWN = _GEOGRAPHIC_TWINS | {WEB_MERCATOR}

# Metres of WGS 84's ellipsoid.
_SEMI_MAJOR, _SEMI_MINOR = 6378137.0, 6356752.314245179


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


@lru_cache(maxsize=64)  # a Transformer takes milliseconds to make, 50 kB to keep
def point_transform(src_crs: str, dst_crs: str) -> PointTransform:
    """The function from coordinates of one CRS to those of another.

    Raises:
        SourceError: There is no way from one to the other.
    """
    if same_crs(src_crs, dst_crs):
        return lambda x, y: (x, y)
    if {src_crs, dst_crs} <= _KNOWN:
        return project if dst_crs == WEB_MERCATOR else unproject
    transformer = _transformer(src_crs, dst_crs)

    def transform(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        xs, ys = transformer.transform(x, y)
        return np.asarray(xs), np.asarray(ys)

    return transform


def _transformer(src_crs: str, dst_crs: str) -> Transformer:
    from pyproj import Transformer  # noqa: PLC0415  see the module's docstring
    from pyproj.exceptions import ProjError  # noqa: PLC0415

    try:
        return Transformer.from_crs(src_crs, dst_crs, always_xy=True)
    except ProjError as error:  # of another planet, or not known to PROJ
        raise SourceError(
            "The raster's coordinate system does not lead to longitude and latitude"
        ) from error


def same_crs(first: str, second: str) -> bool:
    """Whether coordinates in x, y order are the same in both."""
    return first == second or {first, second} <= _GEOGRAPHIC_TWINS


@lru_cache(maxsize=64)
def is_geographic(crs: str) -> bool:
    """Whether coordinates are degrees of longitude and latitude, on any datum.

    Grads are not, nor degrees about another pole.
    """
    if crs in _KNOWN:
        return crs in _GEOGRAPHIC_TWINS
    known = _read_crs(crs)
    in_degrees = all(axis.unit_name == "degree" for axis in known.axis_info[:2])
    return bool(known.is_geographic and in_degrees and not known.is_derived)


@lru_cache(maxsize=64)
def is_planar(crs: str) -> bool:
    """Whether a CRS is known, has two axes, and leads to longitude and latitude."""
    if crs in _KNOWN:
        return True
    try:
        known = _read_crs(crs)
        point_transform(crs, LONGITUDE_LATITUDE)
    except SourceError:
        return False
    return len(known.axis_info) == 2 and (known.is_projected or known.is_geographic)


def _read_crs(crs: str) -> CRS:
    from pyproj import CRS  # noqa: PLC0415  see the module's docstring
    from pyproj.exceptions import ProjError  # noqa: PLC0415

    try:
        return CRS.from_user_input(crs)
    except ProjError as error:
        raise SourceError("The raster's coordinate system is not known") from error


@lru_cache(maxsize=64)
def geodetic(crs: str) -> Geodetic:
    """The ellipsoid of a CRS, and the way from its coordinates onto it.

    Raises:
        SourceError: The CRS has no longitude and latitude.
    """
    return _geodetic_known(crs) if crs in _KNOWN else _geodetic_proj(crs)


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

    own = _read_crs(crs)
    try:
        base = _base(own)
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


def _base(crs: CRS) -> CRS | None:
    """The longitudes and latitudes that a CRS is made from, of the same datum.

    A rotated pole counts as geographic, but is made from those of the true one.
    """
    while (crs.is_derived or crs.is_bound) and crs.source_crs is not None:
        crs = crs.source_crs
    return crs.geodetic_crs


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
    """Columns in 360 degrees of longitude; None unless rows are parallels.

    A raster that spans longitudes 0 to 360 or 172 to 188 holds a point of -179 at a
    column that is one period away.
    """
    transform = grid.transform
    if transform.b or transform.d or not is_geographic(grid.crs):
        return None
    return float(abs(360.0 / transform.a))


def geographic_bounds(grid: Grid) -> Bounds:
    """The grid's box in longitude and latitude; left > right over the antimeridian.

    Raises:
        SourceError: The corners have no longitude and latitude.
    """
    box = grid.bounds
    if not same_crs(grid.crs, LONGITUDE_LATITUDE):
        transformer = _transformer(grid.crs, LONGITUDE_LATITUDE)
        # 21 points a side, so that a bulging edge is inside.
        box = Bounds(*transformer.transform_bounds(*box, densify_pts=21))
    if not np.isfinite(box).all():
        raise SourceError("The raster's bounds have no longitude and latitude")
    if box.right - box.left >= 360:
        return Bounds(-180.0, box.bottom, 180.0, box.top)
    left, right = wrap_longitudes(np.array([box.left, box.right])).tolist()
    right = 180.0 if right == -180.0 else right
    return Bounds(left, max(box.bottom, -90.0), right, min(box.top, 90.0))


def wrap_longitudes(longitude: Floats) -> Floats:
    """The same meridians in [-180, 180]; exact for what is there already."""
    wrapped = (longitude + 180.0) % 360.0 - 180.0
    return np.where(np.abs(longitude) <= 180.0, longitude, wrapped)


def geodesic_lengths(longitude: Floats, latitude: Floats) -> Floats:
    """Metres on the WGS 84 ellipsoid from each point to the next.

    Args:
        longitude: Degrees, (n,), on any turn.
        latitude: Degrees, (n,).

    Returns:
        (n - 1,); between points half a turn apart, the shortest way.
    """
    from pyproj import Geod  # noqa: PLC0415  see the module's docstring

    _, _, lengths = Geod(ellps="WGS84").inv(
        longitude[:-1], latitude[:-1], longitude[1:], latitude[1:]
    )
    return np.asarray(lengths)


def pixel_transform(src: Grid, dst: Grid) -> PointTransform:
    """The function from pixel (col, row) of ``dst`` to pixel (col, row) of ``src``."""
    to_src = point_transform(dst.crs, src.crs)
    from_dst, into_src = dst.transform, ~src.transform

    def transform(cols: Floats, rows: Floats) -> tuple[Floats, Floats]:
        x, y = to_src(*apply_affine(from_dst, cols, rows))
        return apply_affine(into_src, x, y)

    return transform


def apply_affine(affine: Affine, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """``affine * (x, y)`` for arrays; inf comes back as inf or nan, silently."""
    # By name: to unpack an affine takes longer than the sums of a small lattice.
    a, b, c = affine.a, affine.b, affine.c
    d, e, f = affine.d, affine.e, affine.f
    with np.errstate(invalid="ignore"):
        return a * x + b * y + c, d * x + e * y + f
