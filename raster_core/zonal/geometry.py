"""Zones: GeoJSON in, repaired, projected onto a grid, out as edges.

The zone is brought to the raster, never the raster to the zone. Coordinates are planar
as given, in the zone's own CRS, mostly longitude and latitude (RFC 7946); longitudes
beyond the antimeridian wrap onto the raster.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from raster_core.errors import ZoneError
from raster_core.source.crs import (
    LONGITUDE_LATITUDE,
    Floats,
    is_geographic,
    keep_turns,
    same_crs,
)
from raster_core.source.extent import bounds_in_degrees, geographic_bounds
from raster_core.source.operations import point_transform
from raster_core.source.places import bounds_in
from raster_core.source.seams import find_seams, from_any_turn
from raster_core.zonal.bending import project_segments
from raster_core.zonal.cutting import (
    WHOLE_TURN,
    Owners,
    Shapes,
    cut_around,
    cut_near,
    fold_turns,
    wrap_onto,
)
from raster_core.zonal.degrees import find_misshapen, to_degrees
from raster_core.zonal.outline import Edges, Segments, orient_edges
from raster_core.zonal.positions import UNLOCATED, check_places, read_positions
from raster_core.zonal.raster_outline import cut_to_earth
from raster_core.zonal.repair import Repairs, make_valid
from raster_core.zonal.shapes import mend_segments, to_segments
from raster_core.zonal.wrapping import (
    join_segments,
    near_meridians,
    turn_segments,
    unroll_segments,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.grid import Grid

# Degrees of longitude beyond which the other way round is the shorter one.
HALF_TURN = 180.0


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """A polygon; one that is not valid is repaired before it is counted."""

    geometry: shapely.Polygon | shapely.MultiPolygon
    """None, which tables of features have for a missing one, becomes the empty
    polygon."""
    repaired: str | None = None
    """Why the geometry as given was invalid; None if it was not."""
    note: str | None = None
    """What else may not be what was meant; None for most."""
    crs: str = LONGITUDE_LATITUDE
    """Of the coordinates, which are (x, y); edges are straight in it."""
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
        crs: Of its coordinates; x before y, whatever order the authority gives.
        repairs: What may be repaired of this and other zones; None of this one alone.

    Raises:
        ZoneError: It is of another type, empty, not finite, beyond its CRS, or nothing
            of it is left after repair.
        BudgetError: It crosses itself too often to be repaired.
    """
    if geometry is None:
        raise ZoneError(UNLOCATED)
    if not isinstance(geometry, Mapping):
        raise ZoneError("The geometry is not a GeoJSON object")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Polygon":
        shape = _read_polygon(coordinates)
    elif kind == "MultiPolygon":
        shape = shapely.MultiPolygon(
            [
                _read_polygon(part)
                for part in _sequence(coordinates, "MultiPolygon")
                if part != []
            ]
        )
    else:
        raise ZoneError(
            f"Geometry type {str(kind)[:40]!r} is not Polygon or MultiPolygon"
        )
    if shape.is_empty:
        raise ZoneError("The geometry is empty")
    check_places(shapely.get_coordinates(shape), crs)
    valid, why = make_valid(shape, repairs or Repairs())
    zone = Zone(valid, why, crs=crs, checked=True)
    if not is_geographic(crs):
        return zone
    note = _note_wide_edge(shape)
    west, _, east, _ = shape.bounds
    if east - west <= WHOLE_TURN:
        return zone if note is None else replace(zone, note=note)
    folded = shapely.MultiPolygon(fold_turns(zone.geometry).tolist())
    why = (
        f"The zone spans {east - west:g} degrees of longitude; where it lies over "
        "itself, it counts once"
    )
    return replace(zone, geometry=folded, note=f"{note}; {why}" if note else why)


def project_zones(
    zones: Sequence[Zone],
    grid: Grid,
    *,
    mend: bool = False,
    max_pieces: float = math.inf,
) -> Edges:
    """The outlines of zones on a grid; what lies off the grid may be left out.

    Zone i of the result is ``zones[i]``.

    Args:
        zones: Valid polygons.
        grid: Of the raster.
        mend: Whether outlines that cross each other because they were bent are mended;
            it takes as long as everything else.
        max_pieces: How many edges they may be bent into.

    Raises:
        ZoneError: An outline cannot be expressed in the grid's CRS.
        BudgetError: They would be bent into more than ``max_pieces``.
    """
    segments = project_outlines(zones, grid, max_pieces=max_pieces)
    if mend:
        shapes = np.array([zone.geometry for zone in zones], dtype=object)
        segments = mend_segments(segments, shapely.is_valid(shapes))
    return orient_edges(segments, grid)


def project_outlines(
    zones: Sequence[Zone], grid: Grid, *, max_pieces: float = math.inf
) -> Segments:
    """The outlines of zones in a grid's CRS, bent as they are there, near the grid.

    Args:
        zones: Valid polygons.
        grid: Of the raster.
        max_pieces: How many segments those of zones in one CRS may be bent into.

    Raises:
        ZoneError: An outline cannot be expressed in the grid's CRS.
        BudgetError: There would be more than ``max_pieces``.
    """
    shapes = np.array([zone.geometry for zone in zones], dtype=object)
    parts, owners = shapely.get_parts(shapes, return_index=True)
    crs_of_part = np.array([zone.crs for zone in zones], dtype=object)[owners]
    return join_segments(
        [
            _outline(
                parts[crs_of_part == crs],
                owners[crs_of_part == crs],
                path=(crs, grid),
                max_pieces=max_pieces,
            )
            for crs in sorted({zone.crs for zone in zones})
        ]
    )


def _outline(
    parts: Shapes, owners: Owners, *, path: tuple[str, Grid], max_pieces: float
) -> Segments:
    """The outlines of parts that have one CRS, in the grid's."""
    crs, grid = path
    geographic = is_geographic(grid.crs)
    if is_geographic(crs):
        if geographic:
            parts, owners = wrap_onto(parts, owners, bounds_in_degrees(grid, crs))
        else:
            box, seams = geographic_bounds(grid), find_seams(grid.crs)
            parts, owners = cut_around(parts, owners, box, seams)
            parts, owners = cut_to_earth(parts, owners, grid)
    elif not geographic and not same_crs(crs, grid.crs):
        own_box = bounds_in(grid, crs)
        if own_box is None and (aside := find_misshapen(parts, crs, grid)).any():
            return _split(parts, owners, aside, path=path, max_pieces=max_pieces)
        parts, owners = cut_near(parts, owners, own_box)
    segments = to_segments(parts, owners)
    if same_crs(crs, grid.crs):
        return segments
    if geographic and not is_geographic(crs):
        unrolled = unroll_segments(
            segments, path, about=_meridians(parts, crs), max_pieces=max_pieces
        )
        return turn_segments(unrolled, grid.bounds)
    to_grid = point_transform(crs, grid)
    if is_geographic(crs):
        to_grid = keep_turns(to_grid) if geographic else from_any_turn(to_grid)
    return project_segments(segments, to_grid, grid, max_pieces=max_pieces)


def _split(
    parts: Shapes,
    owners: Owners,
    aside: NDArray[np.bool_],
    *,
    path: tuple[str, Grid],
    max_pieces: float,
) -> Segments:
    """The outlines of parts, some by way of longitude and latitude and cut as those."""
    crs, grid = path
    pieces, origin = shapely.get_parts(
        to_degrees(parts[aside], crs, near=grid), return_index=True
    )
    areal = shapely.get_dimensions(pieces) == 2
    direct = _outline(parts[~aside], owners[~aside], path=path, max_pieces=max_pieces)
    moved = _outline(
        pieces[areal],
        owners[aside][origin[areal]],
        path=(LONGITUDE_LATITUDE, grid),
        max_pieces=max_pieces,
    )
    return join_segments([direct, moved])


def _meridians(parts: Shapes, crs: str) -> Floats:
    """For each ring of the parts, a meridian near it."""
    inside = shapely.get_coordinates(shapely.point_on_surface(parts))
    _, part_of_ring = shapely.get_rings(parts, return_index=True)
    meridians: Floats = near_meridians(crs, inside)[part_of_ring]
    return meridians


def _read_polygon(coordinates: object) -> shapely.Polygon:
    rings = [_read_ring(ring) for ring in _sequence(coordinates, "Polygon")]
    return shapely.Polygon(rings[0], rings[1:]) if rings else shapely.Polygon()


def _sequence(value: object, name: str) -> Sequence[object]:
    if not isinstance(value, list):
        raise ZoneError(f"The coordinates of the {name} are not an array of arrays")
    return value


def _read_ring(ring: object) -> Floats:
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
