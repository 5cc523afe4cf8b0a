"""Zones projected onto a raster's grid: polygons in, edges out.

The zone is brought to the raster, never the raster to the zone. Longitudes beyond the
antimeridian wrap onto the raster.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import shapely

from raster_core.sources.crs.crs import (
    LONGITUDE_LATITUDE,
    is_geographic,
    keep_turns,
    same_crs,
)
from raster_core.sources.extent.extent import bounds_in_degrees, geographic_bounds
from raster_core.sources.extent.positions import bounds_in
from raster_core.sources.extent.seams import find_seams, from_any_turn
from raster_core.zonal.outlines.bending import project_segments
from raster_core.zonal.outlines.cutting import cut_around, cut_near, wrap_onto
from raster_core.zonal.outlines.degrees import find_misshapen, to_degrees
from raster_core.zonal.outlines.outline import Edges, Segments, orient_edges
from raster_core.zonal.outlines.raster_outline import cut_to_earth
from raster_core.zonal.outlines.shapes import (
    mend_segments,
    split_parts,
    to_segments,
)
from raster_core.zonal.outlines.wrapping import (
    Reprojection,
    join_segments,
    near_meridians,
    turn_segments,
    unroll_segments,
)
from raster_core.zonal.zones.columnar import group_by_crs, zone_shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.zones.turns import Owners, Shapes
    from raster_core.zonal.zones.zone import Zone


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
        grid: The raster's native grid.
        mend: Whether outlines that cross each other because they were bent are mended;
            it takes as long as everything else.
        max_pieces: How many edges they may be bent into.

    Raises:
        ZoneError: If an outline cannot be expressed in the grid's CRS.
        BudgetError: If they would be bent into more than ``max_pieces``.
    """
    segments = project_outlines(zones, grid, max_pieces=max_pieces)
    if mend:
        segments = mend_segments(segments, shapely.is_valid(zone_shapes(zones)))
    return orient_edges(segments, grid)


def project_outlines(
    zones: Sequence[Zone], grid: Grid, *, max_pieces: float = math.inf
) -> Segments:
    """The outlines of zones in a grid's CRS, bent as they are there, near the grid.

    Args:
        zones: Valid polygons.
        grid: The raster's native grid.
        max_pieces: How many segments those of zones in one CRS may be bent into.

    Raises:
        ZoneError: If an outline cannot be expressed in the grid's CRS.
        BudgetError: If there would be more than ``max_pieces``.
    """
    shapes, found = zone_shapes(zones), []
    for crs, own in group_by_crs(zones):
        parts, owners = split_parts(shapes[own])
        onto = Reprojection(crs, grid)
        found.append(_outline(parts, own[owners], onto=onto, max_pieces=max_pieces))
    return join_segments(found)


def _outline(
    parts: Shapes, owners: Owners, *, onto: Reprojection, max_pieces: float
) -> Segments:
    """The outlines of parts that have one CRS, in the grid's."""
    crs, grid = onto.crs, onto.grid
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
            return _split(parts, owners, aside, onto=onto, max_pieces=max_pieces)
        parts, owners = cut_near(parts, owners, own_box)
    segments = to_segments(parts, owners)
    if same_crs(crs, grid.crs):
        return segments
    if geographic and not is_geographic(crs):
        unrolled = unroll_segments(
            segments, onto, about=_meridians(parts, crs), max_pieces=max_pieces
        )
        return turn_segments(unrolled, grid.bounds)
    to_grid = onto.transform()
    if is_geographic(crs):
        to_grid = keep_turns(to_grid) if geographic else from_any_turn(to_grid)
    return project_segments(segments, to_grid, grid, max_pieces=max_pieces)


def _split(
    parts: Shapes,
    owners: Owners,
    aside: NDArray[np.bool_],
    *,
    onto: Reprojection,
    max_pieces: float,
) -> Segments:
    """The outlines of parts, some by way of longitude and latitude and cut as those.

    Args:
        parts: (n,): polygons in the CRS of ``onto``.
        owners: (n,): the zone of each.
        aside: (n,): which of them take the way by longitude and latitude.
        onto: Their CRS and the raster's grid.
        max_pieces: As for ``project_segments``.
    """
    pieces, origin = shapely.get_parts(
        to_degrees(parts[aside], onto.crs, near=onto.grid), return_index=True
    )
    areal = shapely.get_dimensions(pieces) == 2
    direct = _outline(parts[~aside], owners[~aside], onto=onto, max_pieces=max_pieces)
    moved = _outline(
        pieces[areal],
        owners[aside][origin[areal]],
        onto=Reprojection(LONGITUDE_LATITUDE, onto.grid),
        max_pieces=max_pieces,
    )
    return join_segments([direct, moved])


def _meridians(parts: Shapes, crs: str) -> Floats:
    """A meridian near each ring of the parts (n,): (rings,), in degrees."""
    inside = shapely.get_coordinates(shapely.point_on_surface(parts))
    _, part_of_ring = shapely.get_rings(parts, return_index=True)
    meridians: Floats = near_meridians(crs, inside)[part_of_ring]
    return meridians
