"""Shapes in turns of longitude and near a raster: moved, folded and cut.

All of it before they are projected, while they still are polygons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from raster_core.grid import Bounds
from raster_core.source.crs import MAX_LATITUDE, TURNS

if TYPE_CHECKING:
    from raster_core.source.crs import Floats

type Shapes = NDArray[np.object_]
type Owners = NDArray[np.intp]
"""Which zone each shape belongs to."""

WHOLE_TURN = 360.0

# Degrees beyond the raster at which a zone is cut before it is projected: far enough
# that the cut stays outside, near enough that the projection is still defined.
CUT_MARGIN = 0.1

# The same for zones in a projection, of the longer side of the raster's box there.
CUT_SHARE = 0.05


def fold_turns(shape: shapely.Polygon | shapely.MultiPolygon) -> Shapes:
    """The polygons of a shape wider than a turn of longitude, laid over itself.

    So that a place on Earth is in it once, whatever turns it was drawn in.
    """
    west, bottom, east, top = shape.bounds
    starts = np.arange(west, east, WHOLE_TURN)
    turns = shapely.box(starts, bottom, starts + WHOLE_TURN, top)
    folded = [
        _translate(part, np.array([west - start, 0.0]))
        for part, start in zip(shapely.intersection(shape, turns), starts, strict=True)
    ]
    return polygons_of(shapely.union_all(folded))


def polygons_of(shape: shapely.Geometry) -> Shapes:
    """The polygons among the parts of a shape; those without area are left out."""
    parts = shapely.get_parts(shape)
    flat = (shapely.get_type_id(parts) != shapely.GeometryType.POLYGON) | (
        shapely.area(parts) == 0
    )
    polygons: Shapes = parts[~flat]
    return polygons


def wrap_onto(parts: Shapes, owners: Owners, box: Bounds) -> tuple[Shapes, Owners]:
    """Each part in every turn of longitude in which it meets the box.

    Args:
        parts: Shapes in longitude and latitude.
        owners: A number for each of them, which its images keep.
        box: In degrees; ``left > right`` over the antimeridian.
    """
    right = box.right + WHOLE_TURN * (box.right < box.left)
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


def cut_around(parts: Shapes, owners: Owners, box: Bounds) -> tuple[Shapes, Owners]:
    """The parts near the box in degrees, because a projection ends somewhere beyond."""
    right = box.right + WHOLE_TURN * (box.right < box.left)
    near = Bounds(
        box.left - CUT_MARGIN,
        max(box.bottom - CUT_MARGIN, -MAX_LATITUDE),
        right + CUT_MARGIN,
        min(box.top + CUT_MARGIN, MAX_LATITUDE),
    )
    return _cut(parts, owners, near)


def cut_near(
    parts: Shapes, owners: Owners, box: Bounds | None
) -> tuple[Shapes, Owners]:
    """The parts near the box in their own unit; all without one."""
    if box is None:
        return parts, owners
    left, bottom, right, top = box
    margin = CUT_SHARE * max(right - left, top - bottom)
    near = Bounds(left - margin, bottom - margin, right + margin, top + margin)
    return _cut(parts, owners, near)


def _cut(parts: Shapes, owners: Owners, box: Bounds) -> tuple[Shapes, Owners]:
    pieces, origin = shapely.get_parts(
        shapely.intersection(parts, shapely.box(*box)), return_index=True
    )
    areal = shapely.get_dimensions(pieces) == 2
    return pieces[areal], owners[origin[areal]]


def _translate[T](shapes: T, shift: Floats) -> T:
    """One shape or an array of them, moved."""
    moved: T = shapely.transform(shapes, lambda points: points + shift)
    return moved
