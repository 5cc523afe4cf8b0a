"""The JSON documents that are taken and answered: the components of the description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.openapi.bodies import BODIES
from handlers.openapi.figures import FIGURES
from handlers.openapi.json_schema import (
    INTEGER,
    NUMBER,
    NUMBER_OR_NULL,
    TEXT,
    TEXT_OR_NULL,
    array,
    closed,
    collection,
    described,
    one_of,
    open_ended,
    reference,
)
from raster_core.tile.algorithms.table import ENCODINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raster_core.documents import Json

_URL: Json = {"type": "string", "format": "uri"}
_OPEN: Json = {"type": "object"}
_COLOR: Json = {"type": "string", "pattern": "^#[0-9a-f]{6}([0-9a-f]{2})?$"}
_ZOOM: Json = {"type": "integer", "minimum": 0, "maximum": 30}


def _legend(kind: str, members: Json) -> Json:
    note = described("What the range of the values was taken from.", TEXT)
    return closed({"type": {"const": kind}, "title": TEXT, **members}, {"note": note})


_PROBLEMS: Mapping[str, Json] = {
    "Fault": closed(
        {"detail": TEXT},
        {
            "parameter": TEXT,
            "feature": described("Its position in the body, from 0.", INTEGER),
        },
    ),
    "Problem": described(
        "What is wrong, as RFC 9457 has it.",
        closed(
            {
                "type": {"const": "about:blank"},
                "title": TEXT,
                "status": INTEGER,
                "detail": TEXT,
                "instance": described("The path of the request.", TEXT),
            },
            {"errors": array(reference("Fault"))},
        ),
    ),
}

_DOCUMENTS: Mapping[str, Json] = {
    "Health": closed(
        {
            "status": {"const": "ok"},
            "version": TEXT,
            "engine": {"enum": ["native", "numpy"]},
        }
    ),
    "OpenApi": described(
        "OpenAPI 3.1.",
        open_ended({"openapi": TEXT, "info": _OPEN, "paths": _OPEN}),
    ),
    "Link": closed(
        {"rel": TEXT, "href": TEXT, "type": TEXT},
        {"method": {"const": "POST"}, "wmts:layer": TEXT},
    ),
    "Asset": described(
        "As in the catalogue; a GeoTIFF of the asset's bands, small enough to come.",
        open_ended({"href": _URL, "type": TEXT}),
    ),
    "Assets": {
        "description": "By name.",
        "type": "object",
        "additionalProperties": reference("Asset"),
    },
    "Item": described(
        "A STAC 1.1 Item, as in the catalogue but for addresses.",
        open_ended(
            {
                "type": {"const": "Feature"},
                "stac_version": TEXT,
                "id": TEXT,
                "bbox": array(NUMBER, minItems=4),
                "geometry": {"type": ["object", "null"]},
                "properties": _OPEN,
                "assets": reference("Assets"),
                "links": array(reference("Link")),
            },
            {"stac_extensions": array(TEXT)},
        ),
    ),
    "Items": collection(reference("Item")),
    "TileJson": described(
        "TileJSON 3.0.0, with MapLibre's tileSize and encoding.",
        closed(
            {
                "tilejson": {"const": "3.0.0"},
                "name": TEXT,
                "description": TEXT,
                "attribution": TEXT,
                "tiles": array(TEXT, minItems=1),
                "scheme": {"const": "xyz"},
                "minzoom": _ZOOM,
                "maxzoom": _ZOOM,
                "bounds": array(NUMBER, minItems=4, maxItems=4),
                "center": array(NUMBER, minItems=3, maxItems=3),
                "tileSize": {"type": "integer", "enum": [256, 512]},
                "format": {"type": "string", "enum": ["png", "webp", "jpg"]},
            },
            {
                "version": TEXT,
                "encoding": {"type": "string", "enum": list(ENCODINGS)},
            },
        ),
    ),
    "ColorMap": closed(
        {"name": TEXT, "href": _URL},
        {"dataset": described("The dataset that alone knows it.", TEXT)},
    ),
    "ColorMaps": closed({"colormaps": array(reference("ColorMap"))}),
}

_LEGENDS: Mapping[str, Json] = {
    "LegendClass": closed({"value": NUMBER, "label": TEXT, "color": _COLOR}),
    "LegendInterval": closed(
        {
            "min": described("Null is an open end.", NUMBER_OR_NULL),
            "max": NUMBER_OR_NULL,
            "label": TEXT,
            "color": _COLOR,
        }
    ),
    "LegendChannel": closed(
        {
            "color": {"type": "string", "enum": ["red", "green", "blue"]},
            "band": TEXT,
            "unit": TEXT_OR_NULL,
            "min": NUMBER,
            "max": NUMBER,
        }
    ),
    "ClassLegend": _legend("classes", {"entries": array(reference("LegendClass"))}),
    "IntervalLegend": _legend(
        "intervals",
        {"unit": TEXT_OR_NULL, "entries": array(reference("LegendInterval"))},
    ),
    "RampLegend": _legend(
        "continuous",
        {
            "unit": TEXT_OR_NULL,
            "min": NUMBER,
            "max": NUMBER,
            "colors": array(_COLOR),
        },
    ),
    "CompositeLegend": _legend(
        "composite", {"channels": array(reference("LegendChannel"))}
    ),
    "Legend": one_of("ClassLegend", "IntervalLegend", "RampLegend", "CompositeLegend"),
}

SCHEMAS: Mapping[str, Json] = {
    **_PROBLEMS,
    **BODIES,
    **_DOCUMENTS,
    **_LEGENDS,
    **FIGURES,
}
