"""Every route, declared once.

From this table follow what the functions register at their resolver, the methods that
a 405 lists, the operations of the OpenAPI document, the links of Items, and how the
local server dispatches. Tests hold ``serverless.yml`` and the behaviours of the CDN
against it. It consists of names and texts, so that importing it costs nothing.
"""

from __future__ import annotations

from handlers.contract import answers
from handlers.contract.route import Link, Route
from handlers.params.lists import (
    images,
    overlay,
    paths,
    rendering,
    tiles,
    wmts,
    zonal,
)

_SERVICE, _CATALOGUE, _MAPS, _ZONES = "Service", "Catalogue", "Maps", "Statistics"

HEALTH = Route("GET /health", "meta", _SERVICE, "That the service runs", answers.HEALTH)
OPENAPI = Route(
    "GET /openapi.json", "meta", _SERVICE, "This document", answers.DESCRIPTION
)
DOCS = Route("GET /docs", "meta", _SERVICE, "A page to try it", answers.PAGE)
DATASETS = Route("GET /datasets", "meta", _CATALOGUE, "The catalogue", answers.ITEMS)
DATASET = Route(
    "GET /datasets/{id}",
    "meta",
    _CATALOGUE,
    "One dataset",
    answers.ITEM,
    path_params=paths.DATASET,
    link=Link("self"),
)
TILE = Route(
    "GET /datasets/{id}/tiles/{z}/{x}/{y}",
    "tiles",
    _MAPS,
    "A map tile",
    answers.TILES,
    path_params=paths.TILE,
    params=tiles.TILE,
    link=Link("tiles", ending=".png", versioned=True),
)
TILEJSON = Route(
    "GET /datasets/{id}/tilejson.json",
    "meta",
    _MAPS,
    "What a map client needs to ask for tiles",
    answers.TILEJSON,
    path_params=paths.DATASET,
    params=tiles.TILEJSON,
    link=Link("tilejson"),
)
WMTS = Route(
    "GET /wmts",
    "wmts",
    _MAPS,
    "WMTS 1.0.0 in key-value pairs: capabilities and tiles",
    answers.WMTS,
    params=wmts.WMTS,
)
CAPABILITIES = Route(
    "GET /wmts/1.0.0/WMTSCapabilities.xml",
    "wmts",
    _MAPS,
    "WMTS 1.0.0: the capabilities; what `/wmts` takes is taken here too",
    answers.WMTS,
    params=wmts.WMTS,
    link=Link("wmts"),
)
LEGEND = Route(
    "GET /datasets/{id}/legend.json",
    "meta",
    _MAPS,
    "What the colours mean",
    answers.LEGEND,
    path_params=paths.DATASET,
    params=rendering.LEGEND,
    link=Link("legend"),
)
LEGEND_IMAGE = Route(
    "GET /datasets/{id}/legend.png",
    "meta",
    _MAPS,
    "The legend as an image",
    answers.LEGEND_IMAGE,
    path_params=paths.DATASET,
    params=rendering.LEGEND,
)
PREVIEW = Route(
    "GET /datasets/{id}/preview.{format}",
    "tiles",
    _MAPS,
    "The whole raster, small",
    answers.IMAGES,
    path_params=paths.IMAGE,
    params=images.PREVIEW,
    link=Link("preview", versioned=True),
)
PART = Route(
    "GET /datasets/{id}/part.{format}",
    "tiles",
    _MAPS,
    "A part of the raster",
    answers.IMAGES,
    path_params=paths.IMAGE,
    params=images.PART,
    link=Link("part"),
)
OVERLAY_TILE = Route(
    "GET /overlay/tiles/{z}/{x}/{y}",
    "overlay",
    _MAPS,
    "A map tile of a weighted overlay",
    answers.TILES,
    path_params=paths.OVERLAY_TILE,
    params=overlay.TILE,
)
OVERLAY_TILEJSON = Route(
    "GET /overlay/tilejson.json",
    "overlay",
    _MAPS,
    "What a map client needs to ask for them",
    answers.OVERLAY_TILEJSON,
    params=overlay.TILEJSON,
)
OVERLAY_LEGEND = Route(
    "GET /overlay/legend.json",
    "overlay",
    _MAPS,
    "What an overlay's colours mean",
    answers.OVERLAY_LEGEND,
    params=overlay.LEGEND,
)
OVERLAY_LEGEND_IMAGE = Route(
    "GET /overlay/legend.png",
    "overlay",
    _MAPS,
    "An overlay's legend as an image",
    answers.OVERLAY_LEGEND_IMAGE,
    params=overlay.LEGEND,
)
COLORMAPS = Route("GET /colormaps", "meta", _MAPS, "The colormaps", answers.COLORMAPS)
COLORMAP = Route(
    "GET /colormaps/{name}.png",
    "meta",
    _MAPS,
    "A colormap",
    answers.COLORMAP,
    path_params=paths.COLORMAP,
    params=images.COLORMAP,
)
POINT = Route(
    "GET /datasets/{id}/point",
    "tiles",
    _ZONES,
    "The values at a point",
    answers.VALUES,
    path_params=paths.DATASET,
    params=zonal.POINT,
    link=Link("point"),
)
STATISTICS = Route(
    "GET /datasets/{id}/statistics",
    "statistics",
    _ZONES,
    "Statistics of a box or of the whole raster",
    answers.STATISTICS,
    path_params=paths.DATASET,
    params=zonal.STATISTICS,
    link=Link("statistics"),
)
ZONE_STATISTICS = Route(
    "POST /datasets/{id}/statistics",
    "statistics",
    _ZONES,
    "Statistics of zones",
    answers.ZONE_STATISTICS,
    path_params=paths.DATASET,
    params=zonal.ZONE_STATISTICS,
    body="ZoneBody",
)
FEATURES = Route(
    "POST /datasets/{id}/features",
    "statistics",
    _ZONES,
    "The pixels of classes inside a zone, as polygons",
    answers.FEATURES,
    path_params=paths.DATASET,
    params=zonal.FEATURES,
    body="OneZoneBody",
    link=Link("features"),
)
PROFILE = Route(
    "POST /datasets/{id}/profile",
    "statistics",
    _ZONES,
    "The values along a line",
    answers.PROFILE,
    path_params=paths.DATASET,
    params=zonal.PROFILE,
    body="LineBody",
    link=Link("profile"),
)
CROSSTAB = Route(
    "POST /crosstab",
    "statistics",
    _ZONES,
    "How much of which combination of values zones have",
    answers.CROSSTAB,
    params=zonal.CROSSTAB,
    body="ZoneBody",
    link=Link("crosstab", ending="?dataset={id}"),
)
OVERLAY_POINT = Route(
    "GET /overlay/point",
    "overlay",
    _ZONES,
    "An overlay's score at a point, and what its layers give to it",
    answers.OVERLAY_VALUES,
    params=overlay.POINT,
)
OVERLAY_STATISTICS = Route(
    "POST /overlay/statistics",
    "overlay",
    _ZONES,
    "Statistics of an overlay's scores",
    answers.ZONE_STATISTICS,
    params=overlay.STATISTICS,
    body="ZoneBody",
)

ROUTES = tuple(found for found in tuple(globals().values()) if isinstance(found, Route))
"""All of the above, in that order."""

FALLBACK = "meta"
"""Answers what no route matches: 404, 405 and preflights."""

FUNCTIONS = tuple(dict.fromkeys((FALLBACK, *(route.function for route in ROUTES))))
"""The Lambda functions, by the modules of their entry points."""

METHODS = (
    *dict.fromkeys(name for route in ROUTES for name in route.methods),
    "OPTIONS",
)
"""Every method that some path answers."""


def find_function(method: str, path: str) -> str:
    """The function that answers a request, as the gateway would choose it."""
    found = (r.function for r in ROUTES if method in r.methods and r.matches(path))
    return next(found, FALLBACK)


def allowed_methods(path: str) -> list[str]:
    """The methods that a path has; none if it is no route."""
    return [name for r in ROUTES if r.matches(path) for name in r.methods]


def linked_routes() -> list[Route]:
    """The routes that an Item links to."""
    return [route for route in ROUTES if route.link is not None]
