"""Positions of GeoJSON geometries: read, and held against their CRS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import ZoneError
from raster_core.sources.crs.crs import MAX_LATITUDE, MAX_LONGITUDE, is_geographic
from raster_core.sources.crs.names import short_name
from raster_core.sources.extent.positions import positions_exist

if TYPE_CHECKING:
    from raster_core.sources.crs.crs import Floats

UNLOCATED = "The Feature has no geometry (null), so it has no location"
"""What is wrong with a Feature that GeoJSON calls unlocated (RFC 7946, 3.2)."""


def read_positions(value: object, *, name: str, least: int) -> Floats:
    """The positions of a ring or line, (n, 2): x, y; heights are left out.

    Args:
        value: An array of arrays of numbers, as JSON has them.
        name: What it is, for messages: ``ring``.
        least: How many positions it must have.

    Raises:
        ZoneError: If it is not an array of positions, or one of them is not finite.
    """
    if not isinstance(value, list):
        raise ZoneError(f"The coordinates of the {name} are not an array of arrays")
    try:
        points = _read_plain(value)
        if points is None:
            points = np.array([_read_position(point) for point in value])
    except OverflowError as error:
        raise ZoneError("A coordinate is not finite") from error
    except (TypeError, ValueError) as error:
        raise ZoneError(
            f"A {name} is not an array of [longitude, latitude] or [x, y]"
        ) from error
    if len(points) < least:
        raise ZoneError(f"A {name} has {len(points)} points; it takes at least {least}")
    if not np.isfinite(points).all():
        raise ZoneError("A coordinate is not finite")
    return points


def check_positions(points: Floats, crs: str) -> None:
    """Refuse positions outside of their CRS.

    Args:
        points: (n, 2): x, y; finite.
        crs: Theirs. Longitudes may go once and a half around the Earth, so that what
            lies over the antimeridian can be written on either side of it.

    Raises:
        ZoneError: If some lie outside of the CRS.
    """
    if not len(points):
        return
    low, high = points.min(axis=0), points.max(axis=0)
    told = (
        f"Coordinates from ({low[0]:g}, {low[1]:g}) to ({high[0]:g}, {high[1]:g}) are"
    )
    if not is_geographic(crs):
        if not positions_exist(crs, *points.T).all():
            raise ZoneError(f"{told} not all within {short_name(crs)}")
    elif max(-low[0], high[0]) > MAX_LONGITUDE or max(-low[1], high[1]) > MAX_LATITUDE:
        raise ZoneError(
            f"{told} not longitudes within {MAX_LONGITUDE:g} and latitudes within "
            f"{MAX_LATITUDE:g}"
        )


def count_vertices(geometry: object) -> int:
    """Number of positions in GeoJSON coordinates, however deep; 0 without any.

    An empty array in the place of some counts as one: it takes as long to read.
    """
    coordinates = geometry.get("coordinates") if isinstance(geometry, Mapping) else ()
    count, pending = 0, [[coordinates]]
    while pending:
        for item in pending.pop():
            if isinstance(item, list) and item and isinstance(item[0], list):
                pending.append(item)
            elif item or isinstance(item, list):
                count += 1
    return count


def _read_plain(value: list[object]) -> Floats | None:
    """Positions that are numbers and all of one length, as most are: (n, 2); else None.

    A tenth of the time that it takes one by one, which is longer than all that comes
    after it for hundreds of small zones.
    """
    try:
        points = np.array(value)
    except ValueError:  # of different lengths
        return None
    plain = points.ndim == 2 and points.shape[1] >= 2 and points.dtype.kind in "if"
    return points[:, :2].astype(np.float64) if plain else None


def _read_position(point: object) -> tuple[float, float]:
    """X and y of a position; a height is ignored."""
    if not isinstance(point, list):
        raise TypeError(point)
    x, y, *_ = point
    if isinstance(x, str) or isinstance(y, str):  # float() would take them
        raise TypeError(point)
    return float(x), float(y)
