"""What bodies look like, as JSON Schema. Further members are ignored or come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.openapi.json_schema import (
    NUMBER,
    array,
    closed,
    described,
    one_of,
    open_ended,
    reference,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raster_core.documents import Json

_OBJECT_OR_NULL: Json = {"type": ["object", "null"]}
_POSITION = array(NUMBER, minItems=2)
_RING = array(_POSITION, minItems=4)
_AREA = one_of("Polygon", "MultiPolygon")

_MODIFIABLE: Json = {
    "modifications": described(
        "What if pixels had other values? In order; zonal statistics alone know them.",
        array(reference("Modification")),
    )
}


def _geometry(kind: str, coordinates: Json, optional: Json | None = None) -> Json:
    return open_ended({"type": {"const": kind}, "coordinates": coordinates}, optional)


def _feature(geometry: Json, optional: Json | None = None) -> Json:
    return open_ended(
        {
            "type": {"const": "Feature"},
            "geometry": geometry,
            "properties": _OBJECT_OR_NULL,
        },
        {"id": {"type": ["string", "number"]}, **(optional or {})},
    )


_SQUARE: Json = {
    "type": "Polygon",
    "coordinates": [
        [[-119.5, 37.7], [-119.3, 37.7], [-119.3, 37.8], [-119.5, 37.8], [-119.5, 37.7]]
    ],
}

_LINE: Json = {"type": "LineString", "coordinates": [[-119.6, 37.7], [-119.3, 37.8]]}

EXAMPLES: Mapping[str, Json] = {
    "ZoneBody": _SQUARE,
    "OneZoneBody": _SQUARE,
    "LineBody": _LINE,
}
"""An example of each schema that a route names as its body's."""

BODIES: Mapping[str, Json] = {
    "Modification": described(
        "Pixels whose centre lies in the geometry get the value, in the band's unit.",
        closed({"geometry": _AREA, "value": NUMBER}),
    ),
    "Polygon": _geometry("Polygon", array(_RING), _MODIFIABLE),
    "MultiPolygon": _geometry("MultiPolygon", array(array(_RING)), _MODIFIABLE),
    "LineString": _geometry("LineString", array(_POSITION, minItems=2)),
    "ZoneFeature": _feature(_AREA, _MODIFIABLE),
    "LineFeature": _feature(reference("LineString")),
    "Zones": open_ended(
        {
            "type": {"const": "FeatureCollection"},
            "features": array(reference("ZoneFeature")),
        },
        _MODIFIABLE,
    ),
    "ZoneBody": one_of("Polygon", "MultiPolygon", "ZoneFeature", "Zones"),
    "OneZoneBody": one_of("Polygon", "MultiPolygon", "ZoneFeature"),
    "LineBody": one_of("LineString", "LineFeature"),
}
