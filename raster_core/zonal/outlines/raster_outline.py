"""The outline of a raster in longitude and latitude, as a polygon.

Mostly it is the image of the raster's border, closed over the pole if one lies inside.
A raster that reaches beyond the Earth ends where the Earth does: its outline is put
together of small cells of the Earth that lie on it.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

from raster_core.grid import Bounds, Window
from raster_core.sources.crs.crs import (
    LONGITUDE_LATITUDE,
    MAX_LATITUDE,
    TURNS,
    is_geographic,
    keep_turns,
    wrap_longitudes,
)
from raster_core.sources.crs.operations import point_transform
from raster_core.sources.extent.borders import follow_border, pixel_degrees
from raster_core.sources.extent.cells import find_cells
from raster_core.sources.extent.extent import geographic_bounds
from raster_core.sources.extent.positions import are_held, holds_poles, trace_border
from raster_core.sources.extent.seams import find_seams
from raster_core.zonal.outlines.cutting import wrap_onto
from raster_core.zonal.zones.turns import polygons_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats
    from raster_core.sources.extent.cells import Cells
    from raster_core.zonal.zones.turns import Owners, Shapes

    type Outline = shapely.Polygon | shapely.MultiPolygon

# Fraction of a raster's sides that a corner has which is outlined by itself; larger
# than a cell.
_CORNER = 1 / 32

# Points along each side of a box, to see whether a projection has all of it.
_PROBES = 25

# Degrees from the Earth's end to which zones are cut: its outline is less exact.
_WITHIN = 0.003

_TURN = 360.0


@lru_cache(maxsize=64)
def outline_raster(grid: Grid) -> Outline:
    """What a raster covers, in one turn of longitudes, which may lie beyond 180.

    Raises:
        SourceError: If no part of the raster has a longitude and a latitude.
    """
    if is_geographic(grid.crs):
        return _outline_degrees(grid)
    border = follow_border(grid)
    outline = None if border is None else _close(border, holds_poles(grid))
    if outline is not None and outline.is_valid:
        return outline
    return _join_cells(grid)


def cut_to_earth(parts: Shapes, owners: Owners, grid: Grid) -> tuple[Shapes, Owners]:
    """The parts of shapes that a raster's projection has, if it lacks any nearby.

    Args:
        parts: (n,): polygons or lines in longitude and latitude, near the raster.
        owners: (n,): a number for each of them, which its pieces keep.
        grid: The raster's; in a projection.
    """
    if not parts.size or not leaves_earth(grid):
        return parts, owners
    outline = _inner_outline(grid)
    parts, owners = wrap_onto(parts, owners, Bounds(*outline.bounds))
    inside = shapely.covers(outline, parts)
    pieces, origin = shapely.get_parts(
        shapely.intersection(parts[~inside], outline), return_index=True
    )
    kept = (
        shapely.get_dimensions(pieces) == shapely.get_dimensions(parts[~inside])[origin]
    )
    return (
        np.concatenate([parts[inside], pieces[kept]]),
        np.concatenate([owners[inside], owners[~inside][origin[kept]]]),
    )


@lru_cache(maxsize=256)
def leaves_earth(grid: Grid) -> bool:
    """Whether there are places in the raster's box that its projection does not have.

    So it is for a view from space, and far from the meridian of a transverse Mercator.
    """
    left, bottom, right, top = geographic_bounds(grid)
    right += _TURN * (right < left)
    longitude, latitude = np.meshgrid(
        np.linspace(left, right, _PROBES), np.linspace(bottom, top, _PROBES)
    )
    turned = wrap_longitudes(longitude.ravel())
    return not bool(are_held(grid, turned, latitude.ravel()).all())


@lru_cache(maxsize=64)
def _inner_outline(grid: Grid) -> Outline:
    """What is certainly on Earth, on the raster and a little around it."""
    rim = 2 + math.ceil(2 * _WITHIN / pixel_degrees(grid))
    wide = grid.crop(Window(-rim, -rim, grid.width + 2 * rim, grid.height + 2 * rim))
    inner = shapely.buffer(outline_raster(wide), -_WITHIN, join_style="mitre")
    shapely.prepare(inner)
    return inner


def _outline_degrees(grid: Grid) -> Outline:
    """The outline of a raster in degrees, straight but for the datum, cut at poles."""
    x, y = trace_border(grid, 2)
    to_degrees = keep_turns(point_transform(grid, LONGITUDE_LATITUDE))
    inside = np.clip(y, -MAX_LATITUDE, MAX_LATITUDE)
    shift_x, shift_y = to_degrees(x, inside)
    ring = shapely.Polygon(np.stack([shift_x, y + shift_y - inside], axis=1))
    west, _, east, _ = ring.bounds
    return shapely.intersection(
        ring, shapely.box(west, -MAX_LATITUDE, east, MAX_LATITUDE)
    )


def _close(border: Floats, poles: tuple[bool, bool]) -> shapely.Polygon | None:
    """The polygon in a border (2, n) in degrees; None if its inside is ambiguous."""
    turns = round((border[0, -1] - border[0, 0]) / _TURN)
    if abs(turns) != sum(poles):
        return None
    points = border.T
    if turns:
        pole = MAX_LATITUDE if poles[1] else -MAX_LATITUDE
        ends = [(points[-1, 0], pole), (points[0, 0], pole)]
        points = np.concatenate([points, ends])
    return shapely.Polygon(points)


def _join_cells(grid: Grid) -> Outline:
    """The outline of a raster that reaches beyond the Earth."""
    box = _unrolled_box(grid)
    cells = find_cells(grid, box)
    parts = [*_whole_cells(cells), *_cut_cells(cells), *_corner_parts(grid, box)]
    joined = shapely.union_all(parts)
    # Where the end of the raster runs along the sides of cells, nothing may be left.
    return shapely.MultiPolygon(polygons_of(joined).tolist())


def _unrolled_box(grid: Grid) -> Bounds:
    """The grid's box, begun at the end of the world if that lies in it."""
    box = geographic_bounds(grid)
    seams = find_seams(grid.crs)
    width = (box.right - box.left) % _TURN or _TURN
    for seam in seams:
        if 0 < (seam - box.left) % _TURN < width:
            return Bounds(seam, box.bottom, seam + _TURN, box.top)
    return Bounds(box.left, box.bottom, box.left + width, box.top)


def _whole_cells(cells: Cells) -> NDArray[np.object_]:
    """Boxes, (n,), of adjacent cells of a row that lie wholly on the raster."""
    ends = np.diff(np.pad(cells.whole, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    row, first = np.nonzero(ends == 1)
    _, last = np.nonzero(ends == -1)
    boxes: NDArray[np.object_] = shapely.box(
        cells.x[first], cells.y[row], cells.x[last], cells.y[row + 1]
    )
    return boxes


def _cut_cells(cells: Cells) -> list[shapely.Polygon]:
    """What of the cells at an end lies on the raster."""
    found = []
    for row, col in np.argwhere(cells.cut).tolist():
        x, y = cells.x[col : col + 2], cells.y[row : row + 2]
        around = (
            (cells.on[row, col], (x[0], y[0]), (cells.cross_x[row, col], y[0])),
            (cells.on[row, col + 1], (x[1], y[0]), (x[1], cells.cross_y[row, col + 1])),
            (
                cells.on[row + 1, col + 1],
                (x[1], y[1]),
                (cells.cross_x[row + 1, col], y[1]),
            ),
            (cells.on[row + 1, col], (x[0], y[1]), (x[0], cells.cross_y[row, col])),
        )
        ring = []
        for is_on, corner, crossing in around:
            ring += [corner] if is_on else []
            ring += [crossing] if np.isfinite(crossing).all() else []
        if len(ring) > 2:
            found.append(shapely.Polygon(ring))
    return found


def _corner_parts(grid: Grid, box: Bounds) -> list[Outline]:
    """The raster's corners that are on Earth, which cells cut off."""
    width, height = (math.ceil(size * _CORNER) for size in (grid.width, grid.height))
    found = []
    for col in (0, grid.width - width):
        for row in (0, grid.height - height):
            part = grid.crop(Window(col, row, width, height))
            border = follow_border(part)
            corner = None if border is None else _close(border, holds_poles(part))
            if corner is not None and corner.is_valid:
                found += _turn_into(corner, box)
    return found


def _turn_into(outline: shapely.Polygon, box: Bounds) -> list[Outline]:
    """The parts of an outline in the turn of a box."""
    turns = [
        shapely.transform(outline, lambda xy, turn=turn: xy + np.array([turn, 0.0]))
        for turn in TURNS
    ]
    return [shapely.intersection(part, shapely.box(*box)) for part in turns]
