"""Lines on a raster's grid: wrapped, cut and bent as its projection needs.

What ``outlines.projecting`` does for polygons. A line's pieces need not close, so they
are cut one by one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from raster_core.grid import Bounds
from raster_core.sources.crs.crs import TURNS, is_geographic, keep_turns, same_crs
from raster_core.sources.extent.extent import bounds_in_degrees, geographic_bounds
from raster_core.sources.extent.positions import bounds_in
from raster_core.sources.extent.seams import find_seams, from_any_turn
from raster_core.zonal.outlines.bending import project_segments
from raster_core.zonal.outlines.cutting import CUT_MARGIN, strips_around
from raster_core.zonal.outlines.raster_outline import cut_to_earth, leaves_earth
from raster_core.zonal.outlines.wrapping import (
    Reprojection,
    join_segments,
    near_meridians,
    turn_segments,
    unroll_segments,
)
from raster_core.zonal.tracks.clipping import clip_segments, shift_segments
from raster_core.zonal.tracks.shapes import line_segments, segment_lines
from raster_core.zonal.zones.turns import WHOLE_TURN

if TYPE_CHECKING:
    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.outlines.outline import Segments


def project_lines(
    segments: Segments, crs: str, grid: Grid, *, max_pieces: float = math.inf
) -> Segments:
    """The segments of lines in a grid's CRS; what lies off the grid may be left out.

    Args:
        segments: Straight in ``crs``.
        crs: A geographic one, or a projection.
        grid: The raster's native grid.
        max_pieces: How many segments they may be bent into.

    Raises:
        ZoneError: If a line cannot be expressed in the grid's CRS.
        BudgetError: If there would be more than ``max_pieces``.
    """
    near = _cut_near(segments, crs, grid)
    if same_crs(crs, grid.crs):
        return near
    onto, geographic = Reprojection(crs, grid), is_geographic(grid.crs)
    if geographic and not is_geographic(crs):
        about = near_meridians(crs, _first_points(near))
        unrolled = unroll_segments(
            near, onto, about=about, max_pieces=max_pieces, closed=False
        )
        return turn_segments(unrolled, grid.bounds)
    to_grid = onto.transform()
    if is_geographic(crs):
        to_grid = keep_turns(to_grid) if geographic else from_any_turn(to_grid)
    return project_segments(near, to_grid, grid, max_pieces=max_pieces, closed=False)


def _cut_near(segments: Segments, crs: str, grid: Grid) -> Segments:
    """The segments near a grid, in the turns of longitude in which they meet it."""
    if is_geographic(crs) and is_geographic(grid.crs):
        left, bottom, right, top = bounds_in_degrees(grid, crs)
        right += WHOLE_TURN * (right < left)
        near = Bounds(
            left - CUT_MARGIN, bottom - CUT_MARGIN, right + CUT_MARGIN, top + CUT_MARGIN
        )
        return _wrap(segments, [near])
    if is_geographic(crs):
        strips = strips_around(geographic_bounds(grid), find_seams(grid.crs))
        return _cut_to_earth(_wrap(segments, strips), grid)
    if is_geographic(grid.crs) or same_crs(crs, grid.crs):
        return segments
    own_box = bounds_in(grid, crs)
    return segments if own_box is None else clip_segments(segments, own_box)


def _wrap(segments: Segments, strips: list[Bounds]) -> Segments:
    """What of the segments lies in each strip, in whatever turn of longitude."""
    return join_segments(
        [
            clip_segments(shift_segments(segments, turn), strip)
            for strip in strips
            for turn in TURNS
        ]
    )


def _cut_to_earth(segments: Segments, grid: Grid) -> Segments:
    """What of the segments the raster's projection has."""
    if not len(segments.ring) or not leaves_earth(grid):
        return segments
    return line_segments(*cut_to_earth(*segment_lines(segments), grid))


def _first_points(segments: Segments) -> Floats:
    """A point of each ring, (rings, 2); 0, 0 for one without segments."""
    points = np.zeros((len(segments.zone_of_ring), 2))
    points[segments.ring[::-1]] = segments.start[::-1]
    return points
