"""How much of a zone lies on the raster at all.

Figures of a zone half off the raster look like any other; this share tells them apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from raster_core.source.crs import (
    LONGITUDE_LATITUDE,
    TURNS,
    apply_affine,
    is_geographic,
    point_transform,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.zonal.geometry import Zone

# Points along each side of the raster, whose image may be curved.
_POINTS = 64

# Degrees between the points at which areas are taken: parallels are curves there.
_STEP = 0.25


def covered_percents(zones: Sequence[Zone], grid: Grid) -> list[float | None]:
    """Share of each zone's ground that lies on the raster, 0 to 100.

    Exactly 100 for a zone inside. The ground is a sphere's here, as good as any for a
    ratio. None for an empty zone, and where the raster's outline has no longitude and
    latitude.
    """
    footprint = outline_grid(grid)
    if footprint is None:
        return [None] * len(zones)
    shapely.prepare(footprint)
    return [_covered_percent(zone.geometry, footprint) for zone in zones]


def outline_grid(grid: Grid) -> shapely.Polygon | None:
    """The raster's outline in longitude and latitude, in one turn of longitudes."""
    side = np.linspace(0.0, 1.0, _POINTS)
    none, every = np.zeros(_POINTS), np.ones(_POINTS)
    cols = np.concatenate([side, every, side[::-1], none]) * grid.width
    rows = np.concatenate([none, side, every, side[::-1]]) * grid.height
    x, y = apply_affine(grid.transform, cols, rows)
    if not is_geographic(grid.crs):
        x, y = point_transform(grid.crs, LONGITUDE_LATITUDE)(x, y)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return None
    if not is_geographic(grid.crs):
        x = np.unwrap(x, period=360.0)
    outline = shapely.Polygon(np.stack([x, np.clip(y, -90.0, 90.0)], axis=1))
    # A pole inside the raster is no ring in longitude and latitude.
    return outline if outline.is_valid else None


def _covered_percent(
    zone: shapely.Polygon | shapely.MultiPolygon, footprint: shapely.Polygon
) -> float | None:
    if zone.is_empty:
        return None
    if shapely.covered_by(zone, footprint):
        return 100.0
    moved = [
        shapely.transform(zone, lambda xy, turn=turn: xy + np.array([turn, 0.0]))
        for turn in TURNS
    ]
    inside = sum(_area(shapely.intersection(shape, footprint)) for shape in moved)
    whole = _area(zone)
    if not whole:  # too small for its ground to be measured
        met = any(shapely.intersects(shape, footprint) for shape in moved)
        return 100.0 if met else 0.0
    return min(100.0, 100.0 * inside / whole)


def _area(shape: shapely.Geometry) -> float:
    """Ground area on the unit sphere, times a constant."""
    if shape.is_empty:
        return 0.0
    dense = shapely.segmentize(shape, _STEP)
    return float(shapely.area(shapely.transform(dense, _equal_area)))


def _equal_area(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lambert's cylindrical projection."""
    return np.stack([points[:, 0], np.sin(np.radians(points[:, 1]))], axis=1)
