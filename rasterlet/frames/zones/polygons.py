"""Polygons of a frame as zones of the engine, all checked at once.

Law: each zone is that of ``raster_core.zonal.zones.zone.read_zone``, as over HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from raster_core.errors import BudgetError, ZoneError
from raster_core.zonal.zones.checking import find_doubtful
from raster_core.zonal.zones.columnar import Zones
from raster_core.zonal.zones.zone import check_shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.zonal.zones.zone import Zone
    from rasterlet.frames.zones.given import Given


@dataclass(frozen=True, slots=True, eq=False)
class PolygonZones:
    """The zones of a frame, by their position in it."""

    zones: Sequence[Zone]
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
    shapes = shapes.copy()
    shapes[shapely.is_missing(shapes)] = shapely.Polygon()
    repaired: dict[int, str] = {}
    remarks: dict[int, str] = {}
    found = PolygonZones(Zones(shapes, crs, repaired, remarks))
    for position in np.flatnonzero(find_doubtful(shapes, crs)).tolist():
        try:
            zone = check_shape(shapes[position], crs)
        except (ZoneError, BudgetError) as error:
            found.faults[position] = ZoneError(str(error), zone=position)
            shapes[position] = shapely.Polygon()
            continue
        shapes[position], words = zone.geometry, []
        if zone.repaired:
            repaired[position] = zone.repaired
            words.append(f"repaired: {zone.repaired}")
        if zone.note:
            remarks[position] = zone.note
            words.append(zone.note)
        if words:
            found.notes[position] = "; ".join(words)
    return found
