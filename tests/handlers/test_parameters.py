"""Every parameter changes the answer of every route that takes it, or is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, quote, unquote

import pytest

from handlers.params.lists.wmts import KEYS
from handlers.params.param import names_of
from handlers.routes import ROUTES
from testing.client import JSON_TYPE, Answer, event, invoke
from testing.geojson import line_string, polygon

OVERLAY = "overlay=" + quote('{"layers": [{"dataset": "grid", "range": [5000, 9000]}]}')

TWO_GRIDS = "overlay=" + quote(
    '{"layers": [{"dataset": "grid", "range": [5000, 9000]},'
    ' {"dataset": "landcover", "scores": {"1": 1}, "default": 0}]}'
)

LINE = line_string([10.205, 45.205], [11.8, 46.2])

# Not on the borders of pixels, so that ``coverage`` counts.
ZONE = polygon([[10.203, 45.203], [11.007, 45.203], [11.007, 45.997], [10.203, 45.203]])
BOX = "bbox=10.203,45.203,11.007,45.997"

TILE = "/datasets/{id}/tiles/{z}/{x}/{y}"
PREVIEW = "/datasets/{id}/preview.{format}"
PART = "/datasets/{id}/part.{format}"
STATISTICS = "/datasets/{id}/statistics"
GET_TILE = (
    "SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=grid&STYLE=default"
    "&FORMAT=image/png&TILEMATRIXSET=GoogleMapsCompatible"
    "&TILEMATRIX=7&TILECOL=67&TILEROW=45"
)
RGB = "bidx=1&bidx=2&bidx=1"
ENCODED = "algorithm=terrainrgb"


@dataclass(frozen=True, slots=True)
class Request:
    """One that is answered."""

    route: tuple[str, str]
    path: str
    query: str = ""
    body: object = None

    def __str__(self) -> str:
        return (
            f"{self.route[0]} {self.path} {unquote(self.query).partition('{')[0][-20:]}"
        )

    def moved(self) -> Request:
        """The same for a tile far from any data."""
        path = self.path.replace("/67/", "/3/")
        return replace(self, path=path, query=self.query.replace("COL=67", "COL=3"))

    def send(self, more: str = "") -> Answer:
        query = "&".join(filter(None, (self.query, more)))
        text = json.dumps(self.body) if self.body else None
        headers = JSON_TYPE if self.body else {}
        return invoke(event(self.route[0], self.path, query, text, headers))


def reading(route: str, path: str, *queries: str) -> list[Request]:
    return [Request(("GET", route), path, query) for query in queries or ("",)]


def posting(route: str, path: str, body: object, *queries: str) -> list[Request]:
    return [Request(("POST", route), path, query, body) for query in queries or ("",)]


REQUESTS = [
    *(
        request
        for path in ("/health", "/openapi.json", "/docs", "/datasets", "/colormaps")
        for request in reading(path, path)
    ),
    *reading("/datasets/{id}", "/datasets/grid"),
    *(
        request
        for form in ("png", "webp", "jpg", "npy")
        for request in reading(TILE, f"/datasets/grid/tiles/7/67/45.{form}")
    ),
    *reading(
        TILE,
        "/datasets/grid/tiles/7/67/45",
        RGB,
        ENCODED,
        "expression=b1*2-b2&rescale=0,255",
    ),
    *reading(TILE, "/datasets/grid/tiles/7/67/45.npy", ENCODED),
    *reading("/datasets/{id}/tilejson.json", "/datasets/grid/tilejson.json"),
    *reading("/datasets/{id}/tilejson.json", "/datasets/grid/tilejson.json", ENCODED),
    *reading("/datasets/{id}/legend.json", "/datasets/grid/legend.json"),
    *reading("/datasets/{id}/legend.png", "/datasets/grid/legend.png"),
    *reading(PREVIEW, "/datasets/grid/preview.png", "max_size=70"),
    *reading(PREVIEW, "/datasets/grid/preview.npy", "max_size=70"),
    *reading(PART, "/datasets/grid/part.png", f"{BOX}&width=37"),
    *reading(PART, "/datasets/grid/part.npy", f"{BOX}&width=37"),
    *reading(PART, "/datasets/grid/part.tif", f"{BOX}&width=37"),
    *reading("/datasets/{id}/point", "/datasets/grid/point", "lon=11.505&lat=45.995"),
    *reading(
        STATISTICS,
        "/datasets/scaled/statistics",
        BOX,
        f"{BOX}&stats=mean",
        f"{BOX}&f=csv",
        f"{BOX}&f=ndjson",
        "",
    ),
    *reading(STATISTICS, "/datasets/float/statistics", BOX),
    *posting(
        STATISTICS,
        "/datasets/scaled/statistics",
        ZONE,
        "",
        "stats=mean",
        "f=csv",
        "f=ndjson",
        "group_by=flat",
        "expression=b1*2-b2",
    ),
    *posting(STATISTICS, "/datasets/float/statistics", ZONE, "", "group_by=flat"),
    *posting("/datasets/{id}/features", "/datasets/flat/features", ZONE),
    *posting("/datasets/{id}/profile", "/datasets/grid/profile", LINE),
    *posting("/crosstab", "/crosstab", ZONE, "dataset=grid&dataset=flat"),
    *reading(
        "/overlay/tiles/{z}/{x}/{y}",
        "/overlay/tiles/7/67/45",
        OVERLAY,
        f"{OVERLAY}&{ENCODED}",
    ),
    *reading("/overlay/tiles/{z}/{x}/{y}", "/overlay/tiles/7/67/45.npy", OVERLAY),
    *reading("/overlay/tilejson.json", "/overlay/tilejson.json", OVERLAY),
    *reading("/overlay/legend.json", "/overlay/legend.json", OVERLAY),
    *reading("/overlay/legend.png", "/overlay/legend.png", OVERLAY),
    *reading("/overlay/point", "/overlay/point", f"{OVERLAY}&lon=10.505&lat=45.995"),
    *posting("/overlay/statistics", "/overlay/statistics", ZONE, TWO_GRIDS),
    *reading("/colormaps/{name}.png", "/colormaps/viridis.png"),
    *reading("/wmts", "/wmts", "", GET_TILE),
    *reading("/wmts/1.0.0/WMTSCapabilities.xml", "/wmts/1.0.0/WMTSCapabilities.xml"),
]

# Values that are not what would be taken without them. Where a parameter needs another
# one, that comes first; the answer is compared with what is answered to it alone.
VALUES: dict[str, tuple[str, str]] = {
    "algorithm": ("", "slope"),
    "algorithm_params": (
        "algorithm=hillshade",
        '{"azimuth": 10, "exaggeration": 1000}',
    ),
    "approximate": ("", "true"),
    "area_weighted": ("", "true"),
    "bbox": ("", "10.203,45.203,11.007,45.997"),
    "bbox_crs": ("", "EPSG:3857"),
    "bidx": ("", "2"),
    "categorical": ("", "true"),
    "classes": ("", "8"),
    "colormap": ("", '[[[0, 5000], "#ff0000"], [[5000, null], "#0000ff"]]'),
    "color_formula": ("", "gamma R 3, sigmoidal G 5 0.2"),
    "colormap_name": ("", "viridis_r"),
    "coverage": ("", "all_touched"),
    "crs": ("", "EPSG:3857"),
    "dataset": ("", "flat"),
    "empty": ("", "204"),
    "expression": ("rescale=0,9000", "b1*0"),
    "f": ("", "json"),
    "grid": ("", "landcover"),
    "group_by": ("", "flat"),
    "height": ("", "20"),
    "histogram_bins": ("", "3"),
    "histogram_range": ("", "0,9000"),
    "include_geometry": ("", "true"),
    "max_pixels": ("", "1"),
    "max_size": ("", "30"),
    "nodata": ("", "5150"),
    "p": ("", "33"),
    "resampling": ("", "average"),
    "rescale": ("", "0,5000"),
    "samples": ("", "7"),
    "stats": ("", "std"),
    "tile_format": ("", "webp"),
    "tile_scale": ("", "2"),
    "tilesize": ("", "512"),
    "unscale": ("", "false"),
    "weights": ("", "flat"),
    "width": ("", "20"),
}

# Other values, where those are not met or make no classes.
OWN_VALUES = {
    ("/datasets/float/statistics", "nodata"): "10090",
    ("/datasets/flat/features", "nodata"): "7",
    ("/datasets/flat/features", "expression"): "b1>9",
}

WMTS_KEYS = {*names_of(KEYS)}

PARAMS = {(route.method, route.path): route.params for route in ROUTES}

# What is taken and changes nothing, and why it has to be taken.
SILENT = {
    "a legend is asked for with the parameters of the tile that it explains": {
        (f"/{of}/{legend}", name)
        for of, names in (
            ("datasets/grid", ("nodata", "resampling", "algorithm_params")),
            ("overlay", ("resampling", "algorithm_params")),
        )
        for legend in ("legend.json", "legend.png")
        for name in names
    },
    "the values of a raster without a scale are what is stored": {
        ("/datasets/float/statistics", "unscale")
    },
}


def parameters_known(request: Request) -> set[str]:
    """Those that the route takes."""
    return {*names_of(PARAMS[request.route])}


def parameters_of(request: Request) -> list[str]:
    """Those that are not in it already."""
    given = {name for name, _ in parse_qsl(request.query)}
    return sorted(parameters_known(request) - given - WMTS_KEYS)


# What else a message may call a parameter.
WORDS = {
    "bidx": "Band ",
    "categorical": "categories",
    "colormap_name": "colormap",
}


def refuses(answer: Answer, name: str) -> bool:
    """Whether a request is refused for the sake of a parameter."""
    if answer.status != 400:
        return False
    if "xml" in answer.headers["content-type"]:
        return f'locator="{name}"' in answer.body.decode()
    document = answer.json()
    details = [fault["detail"] for fault in document.get("errors", ())]
    said = (name, WORDS.get(name, name))
    return any(word in text for word in said for text in (document["detail"], *details))


def same(one: Answer, other: Answer) -> bool:
    kinds = {answer.headers.get("content-type") for answer in (one, other)}
    return (one.status, one.body) == (other.status, other.body) and len(kinds) == 1


PAIRS = [
    pytest.param(request, name, id=f"{name} {request}")
    for request in REQUESTS
    for name in parameters_of(request)
    if name != "v"  # which says how long an image is kept: see test_caching.py
]
each_pair = pytest.mark.parametrize(("request_", "name"), PAIRS)

each_request = pytest.mark.parametrize("request_", REQUESTS, ids=str)


def test_every_route_is_asked() -> None:
    assert {r.route for r in REQUESTS} == {(r.method, r.path) for r in ROUTES}


@each_request
def test_a_parameter_of_another_route_is_refused(request_: Request) -> None:
    own = parameters_known(request_)
    names = {name for params in PARAMS.values() for name in names_of(params)}

    for name in {*names, "nonsense", *(name.upper() for name in own)} - {*own}:
        if name in WMTS_KEYS and request_.path == "/wmts":
            continue
        answer = request_.send(f"{name}={quote(VALUES.get(name, ('', '1'))[1])}")
        assert refuses(answer, name), (name, answer.status, answer.body[:300])


@each_pair
def test_a_parameter_changes_the_answer_or_is_refused(
    request_: Request, name: str
) -> None:
    needed, value = VALUES[name]
    value = OWN_VALUES.get((request_.path, name), value)
    if name == "empty":  # of a tile that is
        request_ = request_.moved()
    plain = request_.send(needed)
    if plain.status == 400:  # what is needed is at odds with the request itself
        needed, plain = "", request_.send()

    answer = request_.send("&".join(filter(None, (needed, f"{name}={quote(value)}"))))

    assert plain.status == 200, plain.body
    changed = answer.status in (200, 204, 413) and not same(answer, plain)
    does = changed or refuses(answer, name)
    is_silent = any((request_.path, name) in taken for taken in SILENT.values())
    assert does != is_silent, answer.body[:500]


@each_request
def test_what_is_required_is_missed(request_: Request) -> None:
    for name in (p.name for p in PARAMS[request_.route] if p.required):
        kept = [
            part for part in request_.query.split("&") if part.partition("=")[0] != name
        ]
        answer = replace(request_, query="&".join(kept)).send()
        assert refuses(answer, name), (name, answer.status)
