"""The parameters of every operation of the API."""

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

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Operation:
    """The parameters of one route."""

    parameters: Mapping[str, Parameter] | None = None
    """Of the query string."""
    path: Mapping[str, Parameter] | None = None
    """Path parameters that differ from the usual ones."""


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

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/health"): Operation(),
    ("GET", "/openapi.json"): Operation(),
    ("GET", "/datasets/{id}"): Operation(),
    ("GET", "/datasets/{id}/tiles/{z}/{x}/{y}"): Operation(
        parameters={**RENDERING, **TILE, **VERSION}
    ),
    ("GET", "/datasets/{id}/tilejson.json"): Operation(
        parameters={**RENDERING, **TILE, **TILE_URL}
    ),
    ("GET", "/datasets/{id}/legend.json"): Operation(
        parameters={**RENDERING, **VERSION}
    ),
    ("GET", "/datasets/{id}/legend.png"): Operation(
        parameters={**RENDERING, **VERSION}
    ),
    ("GET", "/datasets/{id}/preview.{format}"): Operation(
        parameters={**RENDERING, "max_size": SIZES["max_size"], **VERSION},
        path={"format": PATH["format:part"]},
    ),
    ("GET", "/datasets/{id}/part.{format}"): Operation(
        parameters={**RENDERING, **PART, **VERSION},
        path={"format": PATH["format:part"]},
    ),
    ("GET", "/overlay/tiles/{z}/{x}/{y}"): Operation(
        parameters={**OVERLAY, **RENDERING, **TILE, **VERSION}
    ),
    ("GET", "/overlay/tilejson.json"): Operation(
        parameters={**OVERLAY, **RENDERING, **TILE, **TILE_URL}
    ),
    ("GET", "/overlay/legend.json"): Operation(
        parameters={**OVERLAY, **RENDERING, **VERSION}
    ),
    ("GET", "/overlay/legend.png"): Operation(
        parameters={**OVERLAY, **RENDERING, **VERSION}
    ),
    ("GET", "/overlay/point"): Operation(parameters={**OVERLAY, **POINT}),
    ("POST", "/overlay/statistics"): Operation(
        parameters={**OVERLAY, "grid": GRID, **_STATISTICS, "crs": CRS}
    ),
    ("GET", "/docs"): Operation(),
    ("GET", "/datasets"): Operation(),
    ("GET", "/colormaps"): Operation(),
    ("GET", "/colormaps/{name}.png"): Operation(parameters=COLORMAP),
    ("GET", "/wmts"): Operation(parameters={**WMTS, **RENDERING, **VERSION}),
    ("GET", "/wmts/1.0.0/WMTSCapabilities.xml"): Operation(
        parameters={**WMTS, **RENDERING, **VERSION}
    ),
    ("GET", "/datasets/{id}/point"): Operation(parameters={**POINT, **SOURCE}),
    ("GET", "/datasets/{id}/statistics"): Operation(
        parameters={"bbox": BBOX, **_STATISTICS}
    ),
    ("POST", "/datasets/{id}/statistics"): Operation(
        parameters={**_STATISTICS, "crs": CRS}
    ),
    ("POST", "/datasets/{id}/features"): Operation(parameters=_CLASSES),
    ("POST", "/datasets/{id}/profile"): Operation(parameters=_SAMPLES),
    ("POST", "/crosstab"): Operation(parameters=_CROSSTAB),
}
"""Method and path, as in ``routes.ROUTES``, to what is there; a test compares."""
