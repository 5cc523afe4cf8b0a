"""Polygons in turns of longitude: moved by some, and folded into one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

if TYPE_CHECKING:
    from raster_core.sources.crs.crs import Floats

type Shapes = NDArray[np.object_]
type Owners = NDArray[np.intp]
"""Which zone each shape belongs to."""

WHOLE_TURN = 360.0


def fold_turns(shape: shapely.Polygon | shapely.MultiPolygon) -> Shapes:
    """The polygons of a shape wider than a turn of longitude, laid over itself.

    So that a point on Earth is in it once, whatever turns it was drawn in.
    """
    west, bottom, east, top = shape.bounds
    starts = np.arange(west, east, WHOLE_TURN)
    turns = shapely.box(starts, bottom, starts + WHOLE_TURN, top)
    folded = [
        translate(part, np.array([west - start, 0.0]))
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


def translate[T](shapes: T, shift: Floats) -> T:
    """One shape or an array of them, moved by ``shift``, (2,): x, then y."""
    moved: T = shapely.transform(shapes, lambda points: points + shift)
    return moved
