"""Zones: GeoJSON in, repaired, projected onto a grid, out as edges.

The zone is brought to the raster, never the raster to the zone. Coordinates are
longitude and latitude, planar as given (RFC 7946); those beyond the antimeridian
wrap onto the raster. The only module that knows shapely.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from raster_core.errors import ZoneError
from raster_core.grid import Bounds
from raster_core.source.crs import (
    LONGITUDE_LATITUDE,
    MAX_LATITUDE,
    MAX_LONGITUDE,
    TURNS,
    Floats,
    geographic_bounds,
    has_whole_border,
    is_geographic,
    keep_turns,
    point_transform,
    same_crs,
)
from raster_core.zonal.outline import Edges, Segments, orient_edges, project_segments

if TYPE_CHECKING:
    from raster_core.grid import Grid

type Shapes = NDArray[np.object_]
type Owners = NDArray[np.intp]
"""Which zone each shape belongs to."""

# Of a pixel: how far the outline of a projected zone may run from the true curve.
TOLERANCE = 0.1

# Degrees beyond the raster at which a zone is cut before it is projected: far enough
# that the cut stays outside, near enough that the projection is still defined.
CUT_MARGIN = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """A valid polygon in longitude and latitude."""

    geometry: shapely.Polygon | shapely.MultiPolygon
    repaired: str | None = None
    """Why the geometry as given was invalid; None if it was not."""


def read_zone(geometry: object) -> Zone:
    """A GeoJSON Polygon or MultiPolygon as a valid zone.

    Raises:
        ZoneError: It is of another type, empty, not finite, out of range, or nothing
            of it is left after repair.
    """
    if not isinstance(geometry, Mapping):
        raise ZoneError("The geometry is not a GeoJSON object")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Polygon":
        shape = _read_polygon(coordinates)
    elif kind == "MultiPolygon":
        shape = shapely.MultiPolygon(
            [_read_polygon(part) for part in _sequence(coordinates, "MultiPolygon")]
        )
    else:
        raise ZoneError(
            f"Geometry type {str(kind)[:40]!r} is not Polygon or MultiPolygon"
        )
    if shape.is_empty:
        raise ZoneError("The geometry is empty")
    return _repair(shape)


def count_vertices(geometry: object) -> int:
    """Positions in GeoJSON coordinates, however deep; 0 for what has none."""
    coordinates = geometry.get("coordinates") if isinstance(geometry, Mapping) else ()
    count, pending = 0, [coordinates]
    while pending:
        item = pending.pop()
        if isinstance(item, list) and item and isinstance(item[0], list):
            pending.extend(item)
        elif item:
            count += 1
    return count


def project_zones(zones: Sequence[Zone], grid: Grid) -> Edges:
    """The outlines of zones on a grid; what lies off the grid may be left out.

    Zone i of the result is ``zones[i]``.

    Raises:
        ZoneError: An outline cannot be expressed in the grid's CRS.
    """
    shapes = np.array([zone.geometry for zone in zones], dtype=object)
    parts, owners = shapely.get_parts(shapes, return_index=True)
    geographic = is_geographic(grid.crs)
    box = grid.bounds if geographic else _bounds_or_world(grid)
    parts, owners = _wrap_onto(parts, owners, box)
    if not geographic:
        parts, owners = _cut_around(parts, owners, box)

    segments = _segments(parts, owners)
    if not same_crs(grid.crs, LONGITUDE_LATITUDE):
        to_grid = point_transform(LONGITUDE_LATITUDE, grid.crs)
        pixel_size = math.sqrt(abs(grid.transform.determinant))
        segments = project_segments(
            segments,
            keep_turns(to_grid) if geographic else to_grid,
            tolerance=TOLERANCE * pixel_size,
        )
    return orient_edges(segments, grid)


def _bounds_or_world(grid: Grid) -> Bounds:
    """Around the raster, where its border tells; else everything."""
    if has_whole_border(grid):
        return geographic_bounds(grid)
    return Bounds(-180.0, -90.0, 180.0, 90.0)


def _read_polygon(coordinates: object) -> shapely.Polygon:
    rings = [_read_ring(ring) for ring in _sequence(coordinates, "Polygon")]
    return shapely.Polygon(rings[0], rings[1:]) if rings else shapely.Polygon()


def _sequence(value: object, name: str) -> Sequence[object]:
    if not isinstance(value, list):
        raise ZoneError(f"The coordinates of the {name} are not an array of arrays")
    return value


def _read_ring(ring: object) -> Floats:
    try:
        points = np.array([_position(point) for point in _sequence(ring, "ring")])
    except OverflowError as error:
        raise ZoneError("A coordinate is not finite") from error
    except (TypeError, ValueError) as error:
        raise ZoneError("A ring is not an array of [longitude, latitude]") from error
    if points.ndim != 2 or points.shape[1] != 2 or len(points) < 3:
        raise ZoneError(f"A ring has {len(points)} points; it takes at least 4")
    if not np.isfinite(points).all():
        raise ZoneError("A coordinate is not finite")
    low, high = points.min(axis=0), points.max(axis=0)
    if max(-low[0], high[0]) > MAX_LONGITUDE or max(-low[1], high[1]) > MAX_LATITUDE:
        raise ZoneError(
            f"Coordinates from ({low[0]:g}, {low[1]:g}) to ({high[0]:g}, {high[1]:g}) "
            f"are not longitudes within {MAX_LONGITUDE:g} and latitudes within "
            f"{MAX_LATITUDE:g}"
        )
    return points


def _position(point: object) -> tuple[float, float]:
    """Longitude and latitude; a height is ignored."""
    if not isinstance(point, list):
        raise TypeError(point)
    longitude, latitude, *_ = point
    if isinstance(longitude, str) or isinstance(latitude, str):
        raise TypeError(point)
    return float(longitude), float(latitude)


def _repair(shape: shapely.Polygon | shapely.MultiPolygon) -> Zone:
    if shapely.is_valid(shape):
        return Zone(shape)
    why = str(shapely.is_valid_reason(shape))
    # "structure" keeps what overlapping parts enclose; the default drops it.
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = shapely.get_parts(mended)
    polygons = [part for part in parts if part.geom_type == "Polygon" and part.area]
    if not polygons:
        raise ZoneError(f"The geometry is invalid and has no area: {why}")
    return Zone(shapely.MultiPolygon(polygons), repaired=why)


def _wrap_onto(parts: Shapes, owners: Owners, box: Bounds) -> tuple[Shapes, Owners]:
    """Each part in every turn of longitude in which it meets the box."""
    right = box.right + 360.0 * (box.right < box.left)
    wrapped, wrapped_owners = [], []
    for turn in TURNS:
        bounds = shapely.bounds(parts) + np.array([turn, 0.0, turn, 0.0])
        meets = (
            (bounds[:, 0] < right)
            & (bounds[:, 2] > box.left)
            & (bounds[:, 1] < box.top)
            & (bounds[:, 3] > box.bottom)
        )
        shift = np.array([turn, 0.0])
        wrapped.append(_translate(parts[meets], shift) if turn else parts[meets])
        wrapped_owners.append(owners[meets])
    return np.concatenate(wrapped), np.concatenate(wrapped_owners)


def _translate(parts: Shapes, shift: Floats) -> Shapes:
    return np.asarray(shapely.transform(parts, lambda points: points + shift))


def _cut_around(parts: Shapes, owners: Owners, box: Bounds) -> tuple[Shapes, Owners]:
    """The parts near the box, because a projection ends somewhere beyond it."""
    right = box.right + 360.0 * (box.right < box.left)
    near = shapely.box(
        box.left - CUT_MARGIN,
        max(box.bottom - CUT_MARGIN, -MAX_LATITUDE),
        right + CUT_MARGIN,
        min(box.top + CUT_MARGIN, MAX_LATITUDE),
    )
    pieces, origin = shapely.get_parts(
        shapely.intersection(parts, near), return_index=True
    )
    areal = shapely.get_dimensions(pieces) == 2
    return pieces[areal], owners[origin[areal]]


def _segments(parts: Shapes, owners: Owners) -> Segments:
    """The rings of polygons, edge by edge."""
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    points, ring_of_point = shapely.get_coordinates(rings, return_index=True)
    joined = ring_of_point[1:] == ring_of_point[:-1]
    return Segments(
        start=points[:-1][joined],
        end=points[1:][joined],
        ring=ring_of_point[1:][joined],
        zone_of_ring=owners[part_of_ring],
        # A polygon's first ring is its shell.
        is_hole=np.diff(part_of_ring, prepend=-1) == 0,
    )
