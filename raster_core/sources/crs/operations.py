"""Operations: functions from the coordinates of one CRS to those of another.

PROJ knows several datum shifts between most pairs of CRSs and, left alone, picks one
for every point, and others for other targets and for the way back. Here **one** is
chosen for a raster and used for all that is asked of it: that of its CRS to WGS 84
which PROJ prefers for the raster's area, as in GDAL's warper. Every other CRS is
reached by way of WGS 84, unless it has the raster's own datum, where nothing shifts.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from raster_core.errors import SourceError
from raster_core.grid import Grid
from raster_core.sources.crs.crs import (
    KNOWN,
    LONGITUDE_LATITUDE,
    apply_affine,
    base_crs,
    read_crs,
    same_crs,
    unbound_crs,
)
from raster_core.sources.crs.mercator import WEB_MERCATOR, project, unproject
from raster_core.sources.crs.regions import common_region, find_region
from raster_core.sources.crs.transformers import (
    HUB,
    convert,
    hub_transformer,
    make_transformer,
)

if TYPE_CHECKING:
    from raster_core.sources.crs.crs import Floats, PointTransform
    from raster_core.sources.crs.transformers import Region

type System = str | Grid
"""A CRS by name, or as a raster has it: with the operation chosen for its area."""

type _Shift = tuple[str, Region | None]
"""A CRS and a region, which decide the operation to WGS 84 that is taken."""


def point_transform(
    src: System, dst: System, *, near: Grid | None = None
) -> PointTransform:
    """The function from coordinates of one CRS to those of another.

    Laws: there and back, a point comes to where it was, whatever datums are involved;
    by way of a third CRS, it comes to where it comes directly.

    Args:
        src: Where coordinates come from.
        dst: Where they go.
        near: The raster whose operation a CRS by name takes; None for the one that is
            ``src`` or ``dst``, and without one, PROJ chooses for the area of use.

    Raises:
        SourceError: If PROJ knows no way from one to the other.
    """
    names = _name(src), _name(dst)
    if same_crs(*names):
        return _stay
    if set(names) <= KNOWN:
        return project if names[1] == WEB_MERCATOR else unproject
    rasters = [system for system in (src, dst) if isinstance(system, Grid)]
    near = near or (rasters[0] if rasters else None)
    return _operation(names, (_shift(src, near), _shift(dst, near)))


def pixel_transform(src: Grid, dst: Grid) -> PointTransform:
    """The function from pixel (col, row) of ``dst`` to pixel (col, row) of ``src``.

    Args:
        src: The grid of a raster.
        dst: That of another one, or of an image, which has no operation of its own.

    Returns:
        A function of columns and rows, float64 of one shape, in pixels; NaN or infinite
        where there is no such position.
    """
    to_src = point_transform(dst if dst.area else dst.crs, src)
    from_dst, into_src = dst.transform, ~src.transform

    def transform(cols: Floats, rows: Floats) -> tuple[Floats, Floats]:
        x, y = to_src(*apply_affine(from_dst, cols, rows))
        return apply_affine(into_src, x, y)

    return transform


@lru_cache(maxsize=64)
def is_planar(crs: str) -> bool:
    """Whether a CRS is known, a map of the Earth, and leads to WGS 84."""
    try:
        point_transform(crs, LONGITUDE_LATITUDE)
    except SourceError:
        return False
    return True


def _name(system: System) -> str:
    return system.crs if isinstance(system, Grid) else system


def _stay(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The same positions, for a CRS onto itself."""
    return x, y


def _shift(system: System, near: Grid | None) -> _Shift:
    """What decides a CRS's operation: with the datum of the raster near, that raster.

    That of another CRS is chosen for the part of its area of use where the raster is.
    """
    name = _name(system)
    if _has_hub_datum(name):
        return name, None
    if isinstance(system, Grid):
        return name, _raster_region(system)
    used = read_crs(name).area_of_use
    if near is None:
        return name, used.bounds if used else None
    found = _raster_region(near)
    if _share_datum(name, near.crs):
        return near.crs, found
    return name, common_region(used.bounds, found) if used and found else found


def _raster_region(grid: Grid) -> Region | None:
    return find_region(grid.crs, grid.area or grid.bounds)


@lru_cache(maxsize=64)
def _operation(names: tuple[str, str], shifts: tuple[_Shift, _Shift]) -> PointTransform:
    src, dst = names
    if _share_datum(src, dst):
        return _direct(src, dst)
    into, back = _to_hub(src, shifts[0]), _from_hub(dst, shifts[1])
    return lambda x, y: back(*into(x, y))


def _to_hub(crs: str, shift: _Shift) -> PointTransform:
    """From a CRS to longitude and latitude in WGS 84."""
    if crs in KNOWN:
        return unproject if crs == WEB_MERCATOR else _stay
    transformer = hub_transformer(*shift)
    if crs == shift[0]:
        return lambda x, y: convert(transformer, x, y)
    aside = _direct(crs, shift[0])
    return lambda x, y: convert(transformer, *aside(x, y))


def _from_hub(crs: str, shift: _Shift) -> PointTransform:
    """The way back, by the same operation."""
    if crs in KNOWN:
        return project if crs == WEB_MERCATOR else _stay
    transformer = hub_transformer(*shift)
    if crs == shift[0]:
        return lambda x, y: convert(transformer, x, y, inverse=True)
    aside = _direct(shift[0], crs)
    return lambda x, y: aside(*convert(transformer, x, y, inverse=True))


def _direct(src: str, dst: str) -> PointTransform:
    """Between CRSs of one datum, where nothing shifts."""
    if same_crs(src, dst):
        return _stay
    transformer = make_transformer(
        unbound_crs(read_crs(src)), unbound_crs(read_crs(dst))
    )
    return lambda x, y: convert(transformer, x, y)


@lru_cache(maxsize=256)
def _has_hub_datum(crs: str) -> bool:
    """Whether a CRS is on WGS 84 itself, so that there is nothing to choose."""
    return crs in KNOWN or (not read_crs(crs).is_bound and _share_datum(crs, HUB))


@lru_cache(maxsize=256)
def _share_datum(first: str, second: str) -> bool:
    """Whether two CRSs are made from the same longitudes and latitudes."""
    own, other = read_crs(first), read_crs(second)
    if own.is_bound and other.is_bound:  # to WGS 84, each in its own way
        return own == other
    base, other_base = base_crs(own), base_crs(other)
    if base is None or other_base is None:
        return False
    return bool(base.equals(other_base, ignore_axis_order=True))
