"""Polygons of a frame as zones of the engine, all checked at once.

Law: each zone is that of ``raster_core.zonal.zones.zone.read_zone``, as over HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from raster_core.errors import BudgetError, ZoneError
from raster_core.sources.crs.crs import MAX_LATITUDE, MAX_LONGITUDE, is_geographic
from raster_core.sources.extent.positions import positions_exist
from raster_core.zonal.zones.zone import HALF_TURN, Zone, check_shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.sources.crs.crs import Floats
    from rasterlet.frames.zones.given import Given

# Points along each side of a box of zones.
_POINTS = 22


@dataclass(frozen=True, slots=True, eq=False)
class PolygonZones:
    """The zones of a frame, by their position in it."""

    zones: list[Zone]
    """All rows in order; one with a fault is an empty polygon."""
    faults: dict[int, ZoneError] = field(default_factory=dict)
    """Why some cannot be counted."""
    notes: dict[int, str] = field(default_factory=dict)
    """What was done to some before they were counted."""


def make_polygon_zones(given: Given) -> PolygonZones:
    """Zones of polygons; missing and empty ones stay empty.

    Most are told to be good together; the others are looked at one by one.
    """
    shapes, crs = given.shapes, given.crs
    if shapely.has_z(shapes).any():
        shapes = shapely.force_2d(shapes)
    zones = [Zone(shape, crs=crs, checked=True) for shape in shapes.tolist()]
    found = PolygonZones(zones)
    for position in np.flatnonzero(_find_doubtful(shapes, crs)).tolist():
        try:
            zone = check_shape(shapes[position], crs)
        except (ZoneError, BudgetError) as error:
            found.faults[position] = ZoneError(str(error), zone=position)
            zones[position] = Zone(shapely.Polygon(), crs=crs, checked=True)
            continue
        zones[position] = zone
        repaired = zone.repaired and f"repaired: {zone.repaired}"
        words = [text for text in (repaired, zone.note) if text]
        if words:
            found.notes[position] = "; ".join(words)
    return found


def _find_doubtful(shapes: NDArray[np.object_], crs: str) -> NDArray[np.bool_]:
    """Which of polygons (n,) have to be looked at by themselves: (n,)."""
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    doubtful: NDArray[np.bool_] = there & ~shapely.is_valid(shapes)
    points, owners = shapely.get_coordinates(shapes, return_index=True)
    finite = np.isfinite(points)
    if not finite.all():
        doubtful[owners[~finite.all(axis=1)]] = True
    if is_geographic(crs):
        west, south, east, north = shapely.bounds(shapes).T
        doubtful |= (np.maximum(-west, east) > MAX_LONGITUDE) | (
            np.maximum(-south, north) > MAX_LATITUDE
        )
        doubtful |= east - west > HALF_TURN
    elif len(points) and not _box_exists(crs, points):
        doubtful[owners[~positions_exist(crs, *points.T)]] = True
    return doubtful


def _box_exists(crs: str, points: Floats) -> bool:
    """Whether the box around points (n, 2) lies within a CRS as a whole.

    That is judged by a grid of points, as ``positions.bounds_in`` judges a raster, and
    spares most frames a look at each vertex.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    if not (np.isfinite(low) & np.isfinite(high)).all():
        return False
    x, y = np.meshgrid(*np.linspace(low, high, _POINTS).T)
    return bool(positions_exist(crs, x.ravel(), y.ravel()).all())
