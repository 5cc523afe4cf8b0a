"""What differs for lines and points: no areas, and metres and numbers for pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import RequestError
from raster_core.zonal.columnar.columns import CATEGORIES
from raster_core.zonal.results.statistics import ON_GROUND
from raster_core.zonal.tracks.meeting import zone_units
from rasterlet.frames.zones.kinds import ZoneKind
from rasterlet.frames.zones.polygons import PolygonZones, make_polygon_zones
from rasterlet.frames.zones.tracks import make_track_zones

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.columnar.columns import ClassColumns, Columns
    from raster_core.zonal.results.columns import Numbers
    from rasterlet.frames.request import Counting
    from rasterlet.frames.zones.given import Given

# Statistics of areas, which lines and points do not have.
_AREAS = (ON_GROUND - {CATEGORIES}) | {"planar_area"}

# Statistics that add up by weight: metres along lines.
_SUMMED = frozenset(
    {"count", "sum", "valid_pixels", "masked_pixels", "weight_sum", "weighted_sum"}
)


def make_zones(given: Given, kind: ZoneKind) -> PolygonZones:
    """Zones of any one kind, those with faults empty."""
    if kind is ZoneKind.POLYGONS:
        return make_polygon_zones(given)
    return make_track_zones(given)


def check_kind(kind: ZoneKind, statistics: Sequence[str], counting: Counting) -> None:
    """Refuse what only polygons have.

    Raises:
        RequestError: If areas are wanted of lines or points, or another coverage, or a
            least one.
    """
    if kind is ZoneKind.POLYGONS:
        return
    areal = [name for name in statistics if name in _AREAS]
    if areal:
        raise RequestError(
            f"{areal[0]} is a statistic of polygons, and the zones are {kind.value}; "
            "leave it out, or make polygons of them with gdf.buffer(…)"
        )
    if counting.min_coverage:
        raise RequestError(
            f"min_coverage= is for polygons, and the zones are {kind.value}; "
            "leave it out"
        )
    if counting.coverage != "fraction":
        raise RequestError(
            f"coverage={counting.coverage!r} is for polygons, and the zones are "
            f"{kind.value}; leave it out: lines count by their length, points by their "
            "number"
        )


def in_units(columns: Columns, units: Floats) -> Columns:
    """The columns of zones in pixels, metres of line or points.

    Args:
        columns: As the engine has them, in cells.
        units: (zones,): as ``units_of`` returns them.
    """
    if (units == 1).all():
        return columns

    def scale(band: Mapping[str, Numbers]) -> Mapping[str, Numbers]:
        return {
            name: values * units if name in _SUMMED else values
            for name, values in band.items()
        }

    def scale_classes(band: ClassColumns | None) -> ClassColumns | None:
        return band and replace(band, counts=band.counts * units[:, None])

    return replace(
        columns,
        values=tuple(map(scale, columns.values)),
        classes=tuple(map(scale_classes, columns.classes)),
    )


def units_of(zones: PolygonZones, kind: ZoneKind, grid: Grid) -> Floats:
    """What a weight of one cell stands for, (zones,)."""
    if kind is not ZoneKind.LINES:
        return np.ones(len(zones.zones))
    return zone_units(zones.zones, grid)
