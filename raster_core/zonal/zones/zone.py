"""Zones: GeoJSON in, valid polygons out.

Coordinates are planar as given, in the zone's own CRS, mostly longitude and latitude
(RFC 7946).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from raster_core.errors import ZoneError
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE, is_geographic
from raster_core.zonal.zones.positions import UNLOCATED, check_positions, read_positions
from raster_core.zonal.zones.repair import Repairs, make_valid
from raster_core.zonal.zones.turns import WHOLE_TURN, fold_turns

if TYPE_CHECKING:
    from raster_core.sources.crs.crs import Floats

# Degrees of longitude beyond which the other way round is the shorter one.
HALF_TURN = 180.0


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """A polygon, a line or points; a polygon that is not valid is repaired first."""

    geometry: shapely.Geometry
    """Of one kind, in one or in several parts. None, which tables of features have for
    a missing one, becomes the empty polygon."""
    repaired: str | None = None
    """Why the geometry as given was invalid; None if it was not."""
    note: str | None = None
    """What else may not be what was meant; None for most."""
    crs: str = LONGITUDE_LATITUDE
    """CRS of the coordinates, which are (x, y); edges are straight in it."""
    checked: bool = False
    """Whether it is known to be valid."""

    def __post_init__(self) -> None:
        """Take a missing geometry for an empty one."""
        if self.geometry is None:
            object.__setattr__(self, "geometry", shapely.Polygon())


def read_zone(
    geometry: object, crs: str = LONGITUDE_LATITUDE, repairs: Repairs | None = None
) -> Zone:
    """A GeoJSON Polygon or MultiPolygon as a valid zone.

    Args:
        geometry: As JSON has it.
        crs: The CRS of its coordinates; x before y, whatever order the authority gives.
        repairs: What may be repaired of this and other zones; None of this one alone.

    Raises:
        ZoneError: If it is of another type, empty, not finite, outside of its CRS, or
            nothing of it is left after repair.
        BudgetError: If it crosses itself too often to be repaired.
    """
    return check_shape(read_shape(geometry), crs, repairs)


def read_shape(geometry: object) -> shapely.Polygon | shapely.MultiPolygon:
    """A GeoJSON Polygon or MultiPolygon, as it is drawn; heights are left out.

    Raises:
        ZoneError: If it is of another type, or its coordinates are not finite numbers.
    """
    if geometry is None:
        raise ZoneError(UNLOCATED)
    if not isinstance(geometry, Mapping):
        raise ZoneError("The geometry is not a GeoJSON object")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Polygon":
        return _read_polygon(coordinates)
    if kind == "MultiPolygon":
        parts = _sequence(coordinates, "MultiPolygon")
        polygons = [_read_polygon(part) for part in parts if part != []]
        return shapely.MultiPolygon(polygons)
    raise ZoneError(f"Geometry type {str(kind)[:40]!r} is not Polygon or MultiPolygon")


def check_shape(
    shape: shapely.Polygon | shapely.MultiPolygon,
    crs: str = LONGITUDE_LATITUDE,
    repairs: Repairs | None = None,
) -> Zone:
    """A polygon as a valid zone.

    Args:
        shape: As it was drawn, without heights.
        crs: The CRS of its coordinates, x before y.
        repairs: As for ``read_zone``.

    Raises:
        ZoneError: If it is empty, not finite, outside of its CRS, or nothing of it is
            left after repair.
        BudgetError: As ``read_zone``.
    """
    if shape.is_empty:
        raise ZoneError("The geometry is empty")
    points = shapely.get_coordinates(shape)
    if not np.isfinite(points).all():
        raise ZoneError("A coordinate is not finite")
    check_positions(points, crs)
    valid, why = make_valid(shape, repairs or Repairs())
    zone = Zone(valid, why, crs=crs, checked=True)
    if not is_geographic(crs):
        return zone
    note = _note_wide_edge(shape)
    west, _, east, _ = shape.bounds
    if east - west <= WHOLE_TURN:
        return zone if note is None else replace(zone, note=note)
    folded = shapely.MultiPolygon(fold_turns(valid).tolist())
    why = (
        f"The zone spans {east - west:g} degrees of longitude; where it lies over "
        "itself, it counts once"
    )
    return replace(zone, geometry=folded, note=f"{note}; {why}" if note else why)


def _read_polygon(coordinates: object) -> shapely.Polygon:
    rings = [_read_ring(ring) for ring in _sequence(coordinates, "Polygon")]
    return shapely.Polygon(rings[0], rings[1:]) if rings else shapely.Polygon()


def _sequence(value: object, name: str) -> Sequence[object]:
    if not isinstance(value, list):
        raise ZoneError(f"The coordinates of the {name} are not an array of arrays")
    return value


def _read_ring(ring: object) -> Floats:
    """The positions (n, 2) of a ring."""
    # An open one is closed, so three points do.
    return read_positions(ring, name="ring", least=3)


def _note_wide_edge(shape: shapely.Polygon | shapely.MultiPolygon) -> str | None:
    """What to say of an edge of more than half a turn: it is never reinterpreted."""
    west, _, east, _ = shape.bounds
    if east - west <= HALF_TURN:
        return None
    rings = shapely.get_rings(shapely.get_parts(shape))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    widest = float(np.abs(np.diff(points[:, 0]))[ring[1:] == ring[:-1]].max())
    if widest <= HALF_TURN:
        return None
    return (
        f"An edge spans {widest:g} degrees of longitude; it is taken as drawn, not as "
        "the short way over the antimeridian"
    )
