"""GeoJSON geometries of a whole body as zones, read and checked together.

Law: each is what ``read_zone`` returns or raises for it. Plain polygons, as most are,
come in as one array of positions; what is odd about a geometry, ``read_zone`` tells.
"""

from __future__ import annotations

from itertools import batched, chain
from typing import TYPE_CHECKING

import numpy as np
import shapely

from raster_core.errors import BudgetError, ZoneError
from raster_core.zonal.zones.checking import find_doubtful
from raster_core.zonal.zones.columnar import Zones, gather_zones
from raster_core.zonal.zones.repair import Repairs
from raster_core.zonal.zones.zone import Zone, check_shape, read_zone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.zones.turns import Shapes

# Polygons whose positions are read as one array. What is odd about one of them, such as
# a height, has all of them read one by one.
_TOGETHER = 512

# Positions of a ring that shapely closes itself where it is open.
_CLOSED = 4


def read_zones(geometries: Sequence[object], crs: str) -> Sequence[Zone | ZoneError]:
    """The zones of GeoJSON geometries, or why one is none; columns if all are good.

    Args:
        geometries: As JSON has them. A ``ZoneError`` stands for a geometry that is
            known to be unusable.
        crs: The CRS of their coordinates.

    Raises:
        BudgetError: If they cross themselves too often to be repaired; it names the
            position of the one that does.
    """
    shapes = np.full(len(geometries), None, object)
    plain = [n for n, geometry in enumerate(geometries) if _is_plain(geometry)]
    for some in batched(plain, _TOGETHER):
        rings = [geometries[n]["coordinates"] for n in some]  # type: ignore[index]
        shapes[list(some)] = _read_polygons(rings)
    doubtful = find_doubtful(shapes, crs, bounded=True) | shapely.is_missing(shapes)
    if not doubtful.any():
        return Zones(shapes, crs)
    return _read_doubtful(geometries, shapes, doubtful.tolist(), crs)


def _read_doubtful(
    geometries: Sequence[object], shapes: Shapes, doubtful: Sequence[bool], crs: str
) -> Sequence[Zone | ZoneError]:
    """As ``read_zones``; doubtful ones are looked at one by one, in their order."""
    repairs, found = Repairs(), list[Zone | ZoneError]()
    for geometry, shape, odd in zip(geometries, shapes, doubtful, strict=True):
        if not odd:
            found.append(Zone(shape, crs=crs, checked=True))
            continue
        try:
            if isinstance(geometry, ZoneError):
                raise geometry
            if shape is None:
                found.append(read_zone(geometry, crs, repairs))
            else:
                found.append(check_shape(shape, crs, repairs))
        except ZoneError as error:
            found.append(error)
        except BudgetError as error:
            raise BudgetError(f"Feature {len(found)}: {error}") from error
    good = [zone for zone in found if isinstance(zone, Zone)]
    return gather_zones(good) if len(good) == len(found) else found


def _is_plain(geometry: object) -> bool:
    """Whether it may be a polygon with nothing odd about it, judged from outside."""
    if not isinstance(geometry, dict) or geometry.get("type") != "Polygon":
        return False
    rings = geometry.get("coordinates")
    return (
        isinstance(rings, list)
        and bool(rings)
        and all(isinstance(ring, list) and len(ring) >= _CLOSED for ring in rings)
    )


def _read_polygons(polygons: Sequence[Sequence[list[object]]]) -> Shapes:
    """Polygons given as rings of positions, (n,); None for all if one is odd."""
    rings = list(chain.from_iterable(polygons))
    points = _read_positions(list(chain.from_iterable(rings)))
    if points is None:
        return np.full(len(polygons), None, object)
    ring = np.repeat(np.arange(len(rings)), list(map(len, rings)))
    closed = shapely.linearrings(points, indices=ring)
    owner = None
    if len(rings) > len(polygons):
        owner = np.repeat(np.arange(len(polygons)), list(map(len, polygons)))
    found: Shapes = shapely.polygons(closed, indices=owner)
    return found


def _read_positions(positions: list[object]) -> Floats | None:
    """Finite positions that are numbers and all of one length, (n, 2); else None."""
    try:
        points = np.array(positions)
    except (ValueError, OverflowError):  # of different lengths
        return None
    if points.ndim != 2 or points.shape[1] < 2 or points.dtype.kind not in "if":
        return None
    found = points[:, :2].astype(np.float64)
    return found if np.isfinite(found).all() else None
