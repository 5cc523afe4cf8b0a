"""Requests that get every answer which the OpenAPI document lists."""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from handlers import routes
from handlers.routes import ROUTES
from testing.client import JSON_TYPE, LambdaContext, event
from testing.geojson import SQUARE, box, collection, feature

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from handlers.contract.route import Route

# Over the corner of which all sparse rasters store something.
_ALL_OF_IT = [[[0, 0], [20, 0], [20, 20], [0, 20], [0, 0]]]
_LINE = {"type": "LineString", "coordinates": [[10.2, 45.2], [10.8, 45.8]]}
_POINT = {"type": "Point", "coordinates": [10, 45]}
_BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[10, 45], [11, 46], [11, 45], [10, 46], [10, 45]]],
}
_FEATURES = (
    feature(SQUARE, id="a", properties={"statistics": 1, "crosstab": 2, "name": None}),
    feature(_BOW_TIE, id=7),
    feature(_POINT),
    feature(box(11.5, 46, 13, 47)),
    feature(box(-9, 3, -8, 4)),
)
_GET_TILE = {
    "SERVICE": "WMTS",
    "REQUEST": "GetTile",
    "VERSION": "1.0.0",
    "STYLE": "default",
    "FORMAT": "image/png",
    "TILEMATRIXSET": "GoogleMapsCompatible",
    "TILEMATRIX": "7",
    "TILEROW": "45",
    "TILECOL": "67",
}

# A range that no statistics of the catalogue are good for.
_SAMPLED = {"rescale": "auto", "nodata": "5"}

_FAR = {"TILECOL": "0", "TILEROW": "0"}


@dataclass(frozen=True, slots=True)
class Hurried(LambdaContext):
    """An invocation that is nearly over."""

    def get_remaining_time_in_millis(self) -> int:
        return 2_001


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with the status of its answer."""

    route: Route
    status: int
    path: Mapping[str, str]
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    context: LambdaContext = field(default_factory=LambdaContext)

    def __str__(self) -> str:
        more = urlencode(self.query)[-30:]
        return f"{self.route.key} {self.status} {self.path.get('id', '')} {more}"

    def event(self) -> dict[str, Any]:
        """As the gateway hands it over."""
        path = self.route.path.format(
            **{name: quote(text) for name, text in self.path.items()}
        )
        body = None if self.body is None else json.dumps(self.body)
        headers = {**(JSON_TYPE if body else {}), **self.headers}
        return event(self.route.method, path, urlencode(self.query), body, headers)

    def invoke(self, request: dict[str, Any]) -> Mapping[str, Any]:
        """What the function answers."""
        module = importlib.import_module(f"handlers.{self.route.function}")
        answer: Mapping[str, Any] = module.handler(request, self.context)
        return answer


def every_documented_answer() -> list[Asked]:
    """At least one request for each status of each route, many for 200."""
    return [asked for route in ROUTES for asked in _ask_all(route)]


def _ask_all(route: Route) -> Iterator[Asked]:
    # Each pixel of ``grid`` is a class of its own, which makes answers long.
    dataset = "flat" if route.function == "statistics" and route.body else "grid"
    for more in _good_queries(route):
        yield _ask(route, 200, dataset, more=more)
    if route.body == "ZoneBody":
        yield _ask(route, 200, dataset, body=collection(*_FEATURES))
    if route.body == "OneZoneBody":
        yield _ask(route, 200, dataset, body=_BOW_TIE)
    if route.answers.may_be_empty:
        yield _ask(route, 204, placed={"x": "0", "y": "0"}, more={"empty": "204"})
    if "{format}" in route.path:
        tif = {"format": "tif"}
        yield _ask(route, 200, placed=tif)
        yield _ask(route, 206, placed=tif, headers={"range": "bytes=0-9"})
        yield _ask(route, 416, placed=tif, headers={"range": "bytes=999999999-"})
    if route.is_tagged:
        yield _ask(route, 304, headers={"if-none-match": "*"})
    for status in route.answers.problems:
        how = _OWN.get((route.key, status), _USUAL[status])
        yield _ask(route, status, **how)


def _for(rows: Sequence[Route], status: int, **how: Any) -> dict[tuple[str, int], Any]:
    return {(route.key, status): how for route in rows}


_TILES = (routes.TILE, routes.OVERLAY_TILE)
_WMTS = (routes.WMTS, routes.CAPABILITIES)
_LEGENDS = (routes.LEGEND, routes.LEGEND_IMAGE)
_CLOSED = (
    *(routes.DATASETS, routes.DATASET, routes.TILEJSON, routes.COLORMAPS, *_LEGENDS),
    *(routes.OVERLAY_TILEJSON, routes.OVERLAY_LEGEND, routes.OVERLAY_LEGEND_IMAGE),
)
"""Routes that answer without opening a raster."""

_WHOLE = {"TILEMATRIX": "0", "TILEROW": "0", "TILECOL": "0"}

_USUAL: Mapping[int, Any] = {
    400: {"more": {"nonsense": "1"}},
    404: {"dataset": "atlantis"},
    413: {"dataset": "vast"},
    415: {"headers": {"content-type": "text/plain"}},
    422: {"body": _POINT},
    501: {"more": {"REQUEST": "GetFeatureInfo"}},
    502: {"dataset": "missing"},
    503: {"dataset": "throttled"},
    504: {"dataset": "huge", "context": Hurried()},
}
"""What leads to a problem on most routes."""

_NO_CATALOGUE = {"RASTERLET_CATALOG": "/nowhere/catalog.json"}

_OWN = {
    **_for(_TILES, 404, placed={"x": "4000"}),
    **_for(_TILES, 413, dataset="huge", placed={"z": "0", "x": "0", "y": "0"}),
    **_for(_WMTS, 404, more={**_GET_TILE, "LAYER": "grid", **_FAR, "empty": "404"}),
    **_for(_WMTS, 413, more={**_GET_TILE, "LAYER": "huge", **_WHOLE}),
    **_for(_WMTS, 502, more={**_GET_TILE, "LAYER": "missing"}),
    **_for(_WMTS, 503, more={**_GET_TILE, "LAYER": "throttled"}),
    **_for(_LEGENDS, 503, dataset="throttled", more=_SAMPLED),
    **_for(_CLOSED, 502, settings=_NO_CATALOGUE),
    **_for([routes.DATASETS], 413, settings={"RASTERLET_MAX_ANSWER": "10"}),
    **_for([routes.COLORMAP], 404, placed={"name": "nothing"}),
    **_for([routes.COLORMAP], 502, placed={"name": "nothing"}, settings=_NO_CATALOGUE),
    **_for([routes.PART], 413, dataset="vast", more={"bbox": "0,0,20,20"}),
    **_for([routes.STATISTICS], 422, more={"bbox": "10,100,11,101"}),
    **_for([routes.PROFILE], 413, settings={"RASTERLET_MAX_BODY": "10"}),
    **_for([routes.OVERLAY_STATISTICS], 404, more={"group_by": "atlantis"}),
}
"""What leads to a problem where that does not."""


def _good_queries(route: Route) -> list[dict[str, str]]:
    """What changes the form of a good answer."""
    match route.path:
        case "/datasets/{id}/legend.json":
            intervals = json.dumps([[[0, 10], "#ff0000"], [[10, 99], "#00ff0080"]])
            bands = {"bidx": "1,2,1", "rescale": "0,1000"}
            classes = json.dumps({"1": "#ff0000", "2": "#00ff00"})
            maps: list[dict[str, str]] = [{"colormap": intervals}]
            return [{}, *maps, {"colormap": classes}, bands, {"rescale": "auto"}]
        case "/datasets/{id}/tilejson.json":
            return [{}, {"algorithm": "terrainrgb"}, {"tilesize": "512"}]
        case "/wmts" | "/wmts/1.0.0/WMTSCapabilities.xml":
            images = ("image/png", "image/webp", "image/jpeg")
            tiles = [{**_GET_TILE, "LAYER": "grid", "FORMAT": name} for name in images]
            return [{}, *tiles]
        case path if path.endswith("statistics"):
            forms = [{"f": name} for name in ("geojson", "json", "ndjson", "csv")]
            everything = {
                "p": "2,98.5",
                "area_weighted": "true",
                "include_geometry": "true",
                "weights": "flat",
                "group_by": "flat",
            }
            of_integers = {
                "categorical": "true",
                "stats": "mean,planar_area,unique,histogram",
            }
            if route.method == "GET":
                everything["bbox"] = "10,45,10.2,45.2"
                of_integers["bbox"] = "10,45,10.2,45.2"
            if "overlay" in path:
                everything.pop("p")
                of_integers = {"stats": "mean,planar_area"}
            return [{}, *forms, everything, of_integers, {"approximate": "true"}]
        case _:
            return [{}]


def _ask(
    route: Route,
    status: int,
    dataset: str = "grid",
    *,
    placed: Mapping[str, str] | None = None,
    more: Mapping[str, str] | None = None,
    **rest: Any,
) -> Asked:
    """A request for a dataset, by what its route needs."""
    path = {"id": dataset, "z": "7", "x": "67", "y": "45", "name": "viridis"}
    query = {**_needed(route, dataset), **(more or {})}
    bodies = {"LineBody": _LINE, "OneZoneBody": SQUARE, "ZoneBody": SQUARE}
    body = bodies.get(route.body or "")
    if dataset in {"vast", "huge"} and body == SQUARE:
        body = {**SQUARE, "coordinates": _ALL_OF_IT}
    pairs = list(query.items())
    if "dataset" in query:  # of a crosstab, which takes two
        pairs.append(("dataset", "landcover"))
    return Asked(
        route,
        status,
        {**path, "format": "png", **(placed or {})},
        tuple(pairs),
        **{"body": body, **rest},
    )


def _needed(route: Route, dataset: str) -> dict[str, str]:
    """Parameters that are required, for a dataset."""
    layers = [{"dataset": dataset, "range": [0, 10_000]}]
    values = {
        "lon": "10.505",
        "lat": "45.505",
        "overlay": json.dumps({"layers": layers}),
        "dataset": dataset,
        "bbox": "10.5,45.2,11,45.5",
    }
    needed = {p.name: values[p.name] for p in route.params if p.required}
    wmts = {"SERVICE": "WMTS", "REQUEST": "GetCapabilities"}
    return needed | (wmts if "wmts" in route.path else {})
