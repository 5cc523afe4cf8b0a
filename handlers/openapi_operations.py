"""Every operation of the API: its parameters, its body, its answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.openapi_kinds import Parameter
from handlers.openapi_parameters import (
    BBOX,
    COLORMAP,
    CRS,
    GRID,
    OVERLAY,
    PART,
    PATH,
    POINT,
    RENDERING,
    SIZES,
    SOURCE,
    TILE,
    TILE_URL,
    VERSION,
    WMTS,
    ZONAL,
)
from raster_core.tile.encode import MEDIA_TYPES
from raster_core.tile.wmts import FORMATS as WMTS_FORMATS

if TYPE_CHECKING:
    from collections.abc import Mapping

_SQUARE = {
    "type": "Polygon",
    "coordinates": [
        [[-119.5, 37.7], [-119.3, 37.7], [-119.3, 37.8], [-119.5, 37.8], [-119.5, 37.7]]
    ],
}

_LINE = {"type": "LineString", "coordinates": [[-119.6, 37.7], [-119.3, 37.8]]}

_IMAGES = tuple(MEDIA_TYPES.values())
_GEOTIFF = "image/tiff; application=geotiff"
_JSON = "application/json"
_GEOJSON = "application/geo+json"
_FIGURES = (_GEOJSON, _JSON, "application/x-ndjson", "text/csv")
_XML = "application/xml"


@dataclass(frozen=True, slots=True)
class Body:
    """What a POST takes."""

    schema: str
    """Of ``SCHEMAS``."""
    example: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path."""

    summary: str
    tag: str
    answers: tuple[str, ...]
    """Media types; the first is the default."""
    schema: str | None = None
    """Of an answer in JSON, of ``SCHEMAS``."""
    parameters: Mapping[str, Parameter] | None = None
    """Of the query string."""
    body: Body | None = None
    path: Mapping[str, Parameter] | None = None
    """Path parameters that differ from the usual ones."""
    may_be_empty: bool = False
    """Whether a good answer may be 204."""
    reports: tuple[str, ...] = ()
    """Media types of what is wrong, beside problem documents."""


_CATALOGUE, _MAPS, _ZONES, _SERVICE = "Catalogue", "Maps", "Statistics", "Service"

_STATISTICS = {**SOURCE, **ZONAL}

_CLASSES = {
    **SOURCE,
    "crs": CRS,
    "classes": Parameter(
        "Stored values; without it, all that are met.",
        {
            "type": "array",
            "items": {"type": "integer", "minimum": -(2**15), "maximum": 2**16 - 1},
        },
    ),
}

_SAMPLES = {
    **SOURCE,
    "crs": CRS,
    "samples": Parameter(
        "How many positions.", {"type": "integer", "minimum": 2, "maximum": 5000}, 100
    ),
}

_CROSSTAB = {
    "dataset": Parameter(
        "Ids of the datasets; the pixels counted are the first one's.",
        {
            "type": "array",
            "items": {"type": "string"},
            "minItems": 2,
            "maxItems": 4,
        },
        ["landcover", "landcover"],
        required=True,
    ),
    "bidx": Parameter(
        "A band of each, by number or name.",
        {**SOURCE["bidx"].schema, "minItems": 2, "maxItems": 4},
    ),
    "crs": CRS,
    "coverage": ZONAL["coverage"],
    "include_geometry": ZONAL["include_geometry"],
}

_TILE_ROUTE = "/datasets/{id}/tiles/{z}/{x}/{y}"

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/health"): Operation(
        "That the service runs", _SERVICE, (_JSON,), schema="Health"
    ),
    ("GET", "/openapi.json"): Operation("This document", _SERVICE, (_JSON,)),
    ("GET", "/docs"): Operation("A page to try it", _SERVICE, ("text/html",)),
    ("GET", "/datasets"): Operation(
        "The catalogue", _CATALOGUE, (_GEOJSON,), schema="Items"
    ),
    ("GET", "/datasets/{id}"): Operation(
        "One dataset", _CATALOGUE, (_GEOJSON,), schema="Item"
    ),
    ("GET", _TILE_ROUTE): Operation(
        "A map tile",
        _MAPS,
        _IMAGES,
        parameters={**RENDERING, **TILE, **VERSION},
        may_be_empty=True,
    ),
    ("GET", "/datasets/{id}/tilejson.json"): Operation(
        "What a map client needs to ask for tiles",
        _MAPS,
        (_JSON,),
        schema="TileJson",
        parameters={**RENDERING, **TILE, **TILE_URL},
    ),
    ("GET", "/datasets/{id}/legend.json"): Operation(
        "What the colours mean",
        _MAPS,
        (_JSON,),
        schema="Legend",
        parameters={**RENDERING, **VERSION},
    ),
    ("GET", "/datasets/{id}/legend.png"): Operation(
        "The legend as a picture",
        _MAPS,
        ("image/png",),
        parameters={**RENDERING, **VERSION},
    ),
    ("GET", "/datasets/{id}/preview.{format}"): Operation(
        "The whole raster, small",
        _MAPS,
        (*_IMAGES, _GEOTIFF),
        parameters={**RENDERING, "max_size": SIZES["max_size"], **VERSION},
        path={"format": PATH["format:part"]},
    ),
    ("GET", "/datasets/{id}/part.{format}"): Operation(
        "A cut-out",
        _MAPS,
        (*_IMAGES, _GEOTIFF),
        parameters={**RENDERING, **PART, **VERSION},
        path={"format": PATH["format:part"]},
    ),
    ("GET", "/overlay/tiles/{z}/{x}/{y}"): Operation(
        "A map tile of a weighted overlay",
        _MAPS,
        _IMAGES,
        parameters={**OVERLAY, **RENDERING, **TILE, **VERSION},
        may_be_empty=True,
    ),
    ("GET", "/overlay/tilejson.json"): Operation(
        "What a map client needs to ask for them",
        _MAPS,
        (_JSON,),
        schema="TileJson",
        parameters={**OVERLAY, **RENDERING, **TILE, **TILE_URL},
    ),
    ("GET", "/overlay/legend.json"): Operation(
        "What an overlay's colours mean",
        _MAPS,
        (_JSON,),
        schema="Legend",
        parameters={**OVERLAY, **RENDERING, **VERSION},
    ),
    ("GET", "/overlay/legend.png"): Operation(
        "An overlay's legend as a picture",
        _MAPS,
        ("image/png",),
        parameters={**OVERLAY, **RENDERING, **VERSION},
    ),
    ("GET", "/overlay/point"): Operation(
        "An overlay's score at a point, and what its layers give to it",
        _ZONES,
        (_JSON,),
        schema="Values",
        parameters={**OVERLAY, **POINT},
    ),
    ("POST", "/overlay/statistics"): Operation(
        "Statistics of an overlay's scores",
        _ZONES,
        _FIGURES,
        schema="StatisticsAnswer",
        parameters={**OVERLAY, "grid": GRID, **_STATISTICS, "crs": CRS},
        body=Body("ZoneBody", _SQUARE),
    ),
    ("GET", "/colormaps"): Operation(
        "The colour maps", _MAPS, (_JSON,), schema="ColorMaps"
    ),
    ("GET", "/colormaps/{name}.png"): Operation(
        "A colour map", _MAPS, ("image/png",), parameters=COLORMAP
    ),
    ("GET", "/wmts"): Operation(
        "WMTS 1.0.0 in key-value pairs: capabilities and tiles",
        _MAPS,
        (_XML, *WMTS_FORMATS),
        parameters={**WMTS, **RENDERING, **VERSION},
        reports=(_XML,),
    ),
    ("GET", "/wmts/1.0.0/WMTSCapabilities.xml"): Operation(
        "WMTS 1.0.0: the capabilities; what `/wmts` takes is taken here too",
        _MAPS,
        (_XML, *WMTS_FORMATS),
        parameters={**WMTS, **RENDERING, **VERSION},
        reports=(_XML,),
    ),
    ("GET", "/datasets/{id}/point"): Operation(
        "The values at a point",
        _ZONES,
        (_JSON,),
        schema="Values",
        parameters={**POINT, **SOURCE},
    ),
    ("GET", "/datasets/{id}/statistics"): Operation(
        "Statistics of a box or of the whole raster",
        _ZONES,
        _FIGURES,
        schema="StatisticsFeature",
        parameters={"bbox": BBOX, **_STATISTICS},
    ),
    ("POST", "/datasets/{id}/statistics"): Operation(
        "Statistics of zones",
        _ZONES,
        _FIGURES,
        schema="StatisticsAnswer",
        parameters={**_STATISTICS, "crs": CRS},
        body=Body("ZoneBody", _SQUARE),
    ),
    ("POST", "/datasets/{id}/features"): Operation(
        "The pixels of classes inside a zone, as polygons",
        _ZONES,
        (_GEOJSON,),
        schema="ClassFeatures",
        parameters=_CLASSES,
        body=Body("OneZoneBody", _SQUARE),
    ),
    ("POST", "/datasets/{id}/profile"): Operation(
        "The values along a line",
        _ZONES,
        (_JSON,),
        schema="Profile",
        parameters=_SAMPLES,
        body=Body("LineBody", _LINE),
    ),
    ("POST", "/crosstab"): Operation(
        "How much of which combination of values zones have",
        _ZONES,
        (_GEOJSON,),
        schema="CrosstabAnswer",
        parameters=_CROSSTAB,
        body=Body("ZoneBody", _SQUARE),
    ),
}
"""Method and path, as in ``routes.ROUTES``, to what is there; a test compares."""
