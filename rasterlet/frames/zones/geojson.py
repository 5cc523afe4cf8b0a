"""GeoJSON objects, and what presents itself as such, as frames."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import shapely

from raster_core.errors import RequestError, ZoneError
from raster_core.sources.crs.names import crs_text
from raster_core.zonal.zones.zone import read_shape
from rasterlet.frames.zones.libraries import load_library
from rasterlet.frames.zones.systems import read_user_crs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopandas import GeoDataFrame

    from raster_core.documents import Json

# RFC 7946's only one; frames have x before y.
WORLD = "EPSG:4326"


def as_geojson(value: object) -> Json | None:
    """The GeoJSON of a dict, or of an object that has some; None of other things."""
    if isinstance(value, Mapping):
        return value
    interface = getattr(value, "__geo_interface__", None)
    return interface if isinstance(interface, Mapping) else None


def parse_text(text: str) -> Json:
    """The object that a text of GeoJSON is.

    Raises:
        RequestError: If it is not JSON, or not an object.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise RequestError(f"The zones' text is not GeoJSON: {error}") from error
    if not isinstance(found, dict):
        raise RequestError("The zones' text is not a GeoJSON object")
    return found


def read_geojson(document: Json, crs: object = None) -> GeoDataFrame:
    """The Features of a collection, or the only one; properties are columns.

    An ``id`` becomes a column of that name, unless a property has it.

    Args:
        document: A FeatureCollection, Feature or geometry.
        crs: Of its coordinates, if the document does not name its own; None means
            longitude and latitude.

    Raises:
        RequestError: If it is none of them, or has a geometry that cannot be read.
    """
    kind = document.get("type")
    features: object = [document]
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list | tuple):
            raise RequestError("The FeatureCollection has no array of features")
    return frame_features(cast("Sequence[Json]", features), _own_crs(document) or crs)


def frame_features(features: Sequence[Json], crs: object = None) -> GeoDataFrame:
    """Features or geometries as a frame, in their order.

    Raises:
        RequestError: As ``read_geojson``.
    """
    geopandas, pandas = load_library("geopandas"), load_library("pandas")
    rows, shapes = [], []
    for position, feature in enumerate(features):
        if not isinstance(feature, Mapping):
            raise RequestError(f"Zone {position} is not a GeoJSON object")
        is_feature = feature.get("type") == "Feature"
        geometry = feature.get("geometry") if is_feature else feature
        properties = feature.get("properties") if is_feature else None
        own = {"id": feature["id"]} if is_feature and "id" in feature else {}
        rows.append({**own, **(properties if isinstance(properties, Mapping) else {})})
        shapes.append(_read_geometry(geometry, position))
    table = pandas.DataFrame(rows, index=range(len(rows))).drop(
        columns="geometry", errors="ignore"
    )
    named = read_user_crs(crs or WORLD)
    found: Any = geopandas.GeoDataFrame(table, geometry=shapes, crs=named)
    return found


def _read_geometry(geometry: object, position: int) -> shapely.Geometry | None:
    if geometry is None:
        return None
    document = as_geojson(geometry)
    if document is None or "type" not in document:
        raise RequestError(f"Zone {position} is not a GeoJSON object")
    try:
        # Tuples, which Python's own interface has, become arrays.
        plain = json.loads(json.dumps(document))
        if document["type"] in {"Polygon", "MultiPolygon"}:
            return read_shape(plain)
        return shapely.geometry.shape(plain)
    except (ZoneError, shapely.GEOSException, ValueError, TypeError, KeyError) as error:
        raise RequestError(f"Zone {position} cannot be read: {error}") from error


def _own_crs(document: Json) -> str | None:
    """The name or text of its member ``crs``; None without one."""
    member = document.get("crs")
    text = crs_text(member)
    if member is not None and text is None:
        raise RequestError("The zones' crs is not of the type 'name', nor PROJJSON")
    return text
