"""What bodies look like, as JSON Schema: the components of the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raster_core.documents import Json


from collections.abc import Mapping


def _object(required: Json, optional: Json | None = None) -> Json:
    properties = {**required, **(optional or {})}
    return {"type": "object", "required": list(required), "properties": properties}


def _array(item: Json, **limits: int) -> Json:
    return {"type": "array", "items": item, **limits}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _one_of(*names: str) -> Json:
    return {"oneOf": [_ref(name) for name in names]}


_TEXT: Json = {"type": "string"}
_NUMBER: Json = {"type": "number"}
_FIGURE: Json = {"type": ["number", "null"]}
_NAME: Json = {"type": ["string", "null"]}
_URL: Json = {"type": "string", "format": "uri"}
_OPEN: Json = {"type": "object"}
_COLOR: Json = {"type": "string", "pattern": "^#[0-9a-f]{6}([0-9a-f]{2})?$"}
_POSITION = _array(_NUMBER, minItems=2)
_RING = _array(_POSITION, minItems=4)
_REASON: Json = {
    "description": "Why there is no figure.",
    "enum": [None, "outside_raster", "no_valid_pixels", "overflow"],
}


def _geometry(kind: str, coordinates: Json) -> Json:
    return _object({"type": {"const": kind}, "coordinates": coordinates})


def _feature(geometry: Json, properties: Json) -> Json:
    return _object(
        {"type": {"const": "Feature"}, "geometry": geometry, "properties": properties},
        {"id": {"type": ["string", "number"]}},
    )


def _answered(properties: Json) -> Json:
    """A Feature of a body with what was found of it."""
    feature = _feature({"type": ["object", "null"]}, properties)
    members = {
        "error": _object({"status": {"type": "integer"}, "detail": _TEXT}),
        "zone": _object({}, {"repaired": _TEXT, "note": _TEXT}),
        "renamed": {
            "description": "New names by old ones, of properties called like ours.",
            "type": "object",
            "additionalProperties": _TEXT,
        },
    }
    known = feature["properties"]
    assert isinstance(known, Mapping)  # noqa: S101  as it is made
    return {**feature, "properties": {**known, **members}}


def _collection(feature: Json) -> Json:
    return _object(
        {"type": {"const": "FeatureCollection"}, "features": _array(feature)}
    )


_ZONE: Json = {
    "oneOf": [_ref("Polygon"), _ref("MultiPolygon")],
}

_LEGEND_ENTRY = _object({"label": _TEXT, "color": _COLOR})

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
"""An example of each schema of a body."""

SCHEMAS: Mapping[str, Json] = {
    "Problem": {
        "description": "RFC 9457.",
        **_object(
            {
                "type": _TEXT,
                "title": _TEXT,
                "status": {"type": "integer"},
                "detail": _TEXT,
                "instance": _TEXT,
            },
            {
                "errors": _array(
                    _object(
                        {"detail": _TEXT},
                        {"parameter": _TEXT, "feature": {"type": "integer"}},
                    )
                )
            },
        ),
    },
    "Polygon": _geometry("Polygon", _array(_RING)),
    "MultiPolygon": _geometry("MultiPolygon", _array(_array(_RING))),
    "LineString": _geometry("LineString", _array(_POSITION, minItems=2)),
    "ZoneFeature": _feature(_ZONE, {"type": ["object", "null"]}),
    "LineFeature": _feature(_ref("LineString"), {"type": ["object", "null"]}),
    "Zones": _collection(_ref("ZoneFeature")),
    "ZoneBody": _one_of("Polygon", "MultiPolygon", "ZoneFeature", "Zones"),
    "OneZoneBody": _one_of("Polygon", "MultiPolygon", "ZoneFeature"),
    "LineBody": _one_of("LineString", "LineFeature"),
    "Health": _object({"status": {"const": "ok"}, "version": _TEXT}),
    "Link": _object(
        {"rel": _TEXT, "href": _TEXT, "type": _TEXT}, {"method": {"const": "POST"}}
    ),
    "Item": {
        "description": "A STAC 1.1 Item; hrefs of its assets are left out.",
        **_object(
            {
                "type": {"const": "Feature"},
                "id": _TEXT,
                "bbox": _array(_NUMBER, minItems=4),
                "geometry": _OPEN,
                "properties": _OPEN,
                "assets": _OPEN,
                "links": _array(_ref("Link")),
            }
        ),
    },
    "Items": _collection(_ref("Item")),
    "TileJson": {
        "description": "TileJSON 3.0.0, with MapLibre's tileSize and encoding.",
        **_object(
            {
                "tilejson": {"const": "3.0.0"},
                "tiles": _array(_TEXT, minItems=1),
                "scheme": {"const": "xyz"},
                "minzoom": {"type": "integer", "minimum": 0, "maximum": 30},
                "maxzoom": {"type": "integer", "minimum": 0, "maximum": 30},
                "bounds": _array(_NUMBER, minItems=4, maxItems=4),
                "center": _array(_NUMBER, minItems=3, maxItems=3),
                "tileSize": {"enum": [256, 512]},
                "format": _TEXT,
            },
            {
                "name": _TEXT,
                "description": _TEXT,
                "attribution": _TEXT,
                "version": _TEXT,
                "encoding": {"enum": ["mapbox", "terrarium"]},
            },
        ),
    },
    "Legend": _object(
        {
            "type": {"enum": ["classes", "intervals", "continuous", "composite"]},
            "title": _TEXT,
        },
        {
            "unit": _NAME,
            "min": _NUMBER,
            "max": _NUMBER,
            "colors": _array(_COLOR),
            "entries": _array(_LEGEND_ENTRY),
            "channels": _array(_OPEN),
            "note": _TEXT,
        },
    ),
    "ColorMaps": _object(
        {
            "colormaps": _array(
                _object({"name": _TEXT, "href": _URL}, {"dataset": _TEXT})
            )
        }
    ),
    "Values": _object(
        {
            "coordinates": _array(_NUMBER, minItems=2, maxItems=2),
            "values": _array(
                _object(
                    {
                        "band": _TEXT,
                        "name": _TEXT,
                        "value": _FIGURE,
                        "label": _NAME,
                        "unit": _NAME,
                        "reason": _REASON,
                    }
                )
            ),
        }
    ),
    "Statistics": {
        "description": "Figures by band, such as `b1`; null where there is none.",
        "type": ["object", "null"],
        "additionalProperties": _object({"reason": _REASON}, {"mean": _FIGURE}),
    },
    "StatisticsFeature": _answered(
        _object({"statistics": _ref("Statistics")}, {"grid": _TEXT})
    ),
    "StatisticsFeatures": _collection(_ref("StatisticsFeature")),
    "StatisticsAnswer": _one_of("StatisticsFeature", "StatisticsFeatures"),
    "ClassFeatures": _collection(
        _feature(
            {"type": ["object", "null"]},
            _object({"value": _NUMBER, "name": _TEXT, "count": {"type": "integer"}}),
        )
    ),
    "Profile": _object(
        {
            "length_m": _NUMBER,
            "resampling": _TEXT,
            "distance_m": _array(_NUMBER),
            "coordinates": _array(_POSITION),
            "bands": _array(
                _object(
                    {
                        "band": _TEXT,
                        "name": _TEXT,
                        "unit": _NAME,
                        "values": _array(_FIGURE),
                        "labels": {"type": ["array", "null"]},
                        "reasons": _array(_REASON),
                    }
                )
            ),
        }
    ),
    "CrosstabFeature": _answered(
        _object(
            {
                "crosstab": {
                    "type": ["object", "null"],
                    "required": ["datasets", "count", "masked_pixels", "rows"],
                }
            }
        )
    ),
    "CrosstabAnswer": {
        "oneOf": [_ref("CrosstabFeature"), _collection(_ref("CrosstabFeature"))]
    },
}
