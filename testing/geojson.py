"""GeoJSON (RFC 7946) that tests, scripts and benchmarks send: positions are (x, y)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

type Position = Sequence[float]
type Ring = Sequence[Position]


def polygon(*rings: Ring) -> dict[str, Any]:
    """A Polygon of closed rings: the shell, then the holes."""
    return {"type": "Polygon", "coordinates": list(rings)}


def multipolygon(*polygons: Sequence[Ring]) -> dict[str, Any]:
    """A MultiPolygon: each part as a list of its rings."""
    return {"type": "MultiPolygon", "coordinates": list(polygons)}


def box(left: float, bottom: float, right: float, top: float) -> dict[str, Any]:
    """A Polygon with edges along the axes, counterclockwise from the lower left."""
    corners = [[left, bottom], [right, bottom], [right, top], [left, top]]
    return polygon([*corners, [left, bottom]])


def line_string(*positions: Position) -> dict[str, Any]:
    """A LineString."""
    return {"type": "LineString", "coordinates": list(positions)}


def feature(geometry: object, **members: object) -> dict[str, Any]:
    """A Feature; ``properties`` are null and ``id`` is absent unless given."""
    return {"type": "Feature", "properties": None, "geometry": geometry, **members}


def collection(*features: object, **members: object) -> dict[str, Any]:
    """A FeatureCollection, perhaps with further members."""
    return {"type": "FeatureCollection", "features": list(features), **members}


def numbered(*geometries: object) -> dict[str, Any]:
    """A FeatureCollection; the ``id`` and the property ``n`` of each are its index."""
    return collection(
        *(
            feature(geometry, id=index, properties={"n": index})
            for index, geometry in enumerate(geometries)
        )
    )


def from_shape(shape: shapely.Geometry) -> dict[str, Any]:
    """A shapely geometry as GeoJSON."""
    made: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return made


SQUARE = box(10, 45, 11, 46)
"""One degree north and east of 10 E, 45 N: inside the synthetic rasters."""

BOW_TIE = polygon([[10, 45], [11, 46], [11, 45], [10, 46], [10, 45]])
"""A ring that crosses itself in the middle of ``SQUARE``: half of it, repaired."""
