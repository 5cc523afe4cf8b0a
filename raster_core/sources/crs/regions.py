"""Regions: where on Earth a raster lies, for PROJ to choose an operation by.

To some metres, on the raster's own datum: this comes before any datum shift.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from raster_core.sources.crs.crs import base_crs, read_crs, unbound_crs
from raster_core.sources.crs.transformers import convert, make_transformer

if TYPE_CHECKING:
    from raster_core.grid import Bounds
    from raster_core.sources.crs.crs import Floats
    from raster_core.sources.crs.transformers import Region

# Points a side of an area, to find where it lies on Earth.
_POINTS = 21

# Decimals of a degree, 0.1 m: copies of one raster's box differ by rounding.
_DECIMALS = 6


@lru_cache(maxsize=256)
def find_region(crs: str, area: Bounds) -> Region | None:
    """Where a box in a CRS lies on Earth; None if no point of it does."""
    own = read_crs(crs)
    base = base_crs(own)
    if base is None:
        return None
    x, y = np.meshgrid(
        np.linspace(area.left, area.right, _POINTS),
        np.linspace(area.bottom, area.top, _POINTS),
    )
    to_base = make_transformer(unbound_crs(own), base)
    unit = np.degrees(base.axis_info[0].unit_conversion_factor)  # grads in France
    longitude, latitude = (
        axis * unit for axis in convert(to_base, x.ravel(), y.ravel())
    )
    meridian = base.prime_meridian
    if meridian is not None:
        to_radians = float(meridian.unit_conversion_factor)
        longitude += np.degrees(meridian.longitude * to_radians)
    known = np.isfinite(longitude) & np.isfinite(latitude)
    if not known.any():
        return None
    south, north = np.clip([latitude[known].min(), latitude[known].max()], -90, 90)
    west, east = _span_longitudes(longitude[known])
    return (
        round(west, _DECIMALS),
        round(float(south), _DECIMALS),
        round(east, _DECIMALS),
        round(float(north), _DECIMALS),
    )


def common_region(own: Region, other: Region) -> Region:
    """The common part of two regions; the first one if they have none."""
    south, north = max(own[1], other[1]), min(own[3], other[3])
    parts = [
        (max(own[0], other[0] + turn), min(_east(own), _east(other) + turn))
        for turn in (-360.0, 0.0, 360.0)
    ]
    west, east = max(parts, key=lambda part: part[1] - part[0])
    if west > east or south > north:
        return own
    west, east = ((end + 180) % 360 - 180 if end > 180 else end for end in (west, east))
    return west, south, east, north


def _east(region: Region) -> float:
    """The eastern end, above 180 over the antimeridian."""
    return region[2] + 360.0 * (region[0] > region[2])


def _span_longitudes(longitude: Floats) -> tuple[float, float]:
    """The shortest arc that holds longitudes (n,) in degrees, n > 0.

    West > east over the antimeridian.
    """
    # Not by np.unique, which loads masked arrays: 20 ms of a start.
    turned = np.sort((longitude + 180) % 360 - 180)
    gaps = np.diff(turned, append=turned[0] + 360)
    widest = int(gaps.argmax())
    if gaps[widest] < 2 * 360 / _POINTS:
        return -180.0, 180.0
    return float(turned[(widest + 1) % len(turned)]), float(turned[widest])
