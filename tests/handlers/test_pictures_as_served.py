"""The package draws what the service answers, by keywords of the same names."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

import rasterlet
from handlers import routes
from handlers.params.param import names_of
from rasterlet.raster import Raster
from rasterlet.rendering.keywords import Rendering
from testing.client import get

if TYPE_CHECKING:
    from pathlib import Path

    from handlers.contract.route import Route

# Parameters that have another name as keywords, which say what Python's users know.
OTHER_NAMES = {
    "bidx": "bands",
    "tilesize": "size",
    "bbox": "bounds",
    "bbox_crs": "bounds_crs",
}

# An image in hand has no status, and no URL that could carry a version.
HTTP_ONLY = {"id", "v", "empty"}

CLASSES = {1: "#ff0000", 2: (0, 0, 255, 128)}

# Dataset, what the query says, and the keywords that say the same.
DRAWN: list[tuple[str, str, dict[str, Any]]] = [
    ("elevation", "", {}),
    ("landcover", "", {}),
    ("elevation", "bidx=1", {"bands": 1}),
    ("elevation", "bidx=b1", {"bands": ["b1"]}),
    ("elevation", "expression=b1*2", {"expression": "b1*2"}),
    ("elevation", "nodata=1000", {"nodata": 1000}),
    ("elevation", "nodata=nan", {"nodata": float("nan")}),
    ("elevation", "rescale=900,3900", {"rescale": (900, 3900)}),
    ("elevation", "rescale=auto", {"rescale": "auto"}),
    ("grid", "bidx=1,2,1&rescale=0,9000", {"bands": (1, 2, 1), "rescale": [0, 9000]}),
    (
        "grid",
        "bidx=1,2,1&rescale=0,9000&rescale=auto&rescale=0,5000",
        {"bands": (1, 2, 1), "rescale": [(0, 9000), "auto", (0, 5000)]},
    ),
    ("elevation", "colormap_name=viridis", {"colormap_name": "viridis"}),
    (
        "landcover",
        "colormap=%7B%221%22:%22%23ff0000%22,%222%22:[0,0,255,128]%7D",
        {"colormap": CLASSES},
    ),
    (
        "elevation",
        "colormap=[[[0,2000],%22%23f00%22],[[2000,null],%22%2300f%22]]",
        {"colormap": [((0, 2000), "#f00"), ((2000, None), "#00f")]},
    ),
    (
        "elevation",
        "color_formula=gamma+R+1.8&colormap_name=gray",
        {"color_formula": "gamma R 1.8", "colormap_name": "gray"},
    ),
    ("elevation", "resampling=bilinear", {"resampling": "bilinear"}),
    ("elevation", "algorithm=hillshade", {"algorithm": "hillshade"}),
    ("elevation", "algorithm=terrarium", {"algorithm": "terrarium"}),
    (
        "elevation",
        "algorithm=hillshade&algorithm_params=%7B%22azimuth%22:90%7D",
        {"algorithm": "hillshade", "algorithm_params": {"azimuth": 90}},
    ),
]

TILES = {"elevation": (10, 171, 395), "landcover": (4, 8, 5), "grid": (7, 67, 45)}
BESIDE = (10, 0, 0)


@pytest.fixture
def named(catalogue: Path) -> dict[str, Raster]:
    return {key: rasterlet.open(catalogue, id=key) for key in TILES}


def body(path: str, query: str = "") -> bytes:
    answer = get(path, query)
    assert answer.status == 200, answer.body
    return answer.body


@pytest.mark.parametrize(("dataset", "query", "keywords"), DRAWN)
def test_a_tile_is_that_of_the_service(
    named: dict[str, Raster], dataset: str, query: str, keywords: dict[str, Any]
):
    z, x, y = TILES[dataset]

    image = named[dataset].tile(z, x, y, **keywords)

    assert bytes(image) == body(f"/datasets/{dataset}/tiles/{z}/{x}/{y}.png", query)


@pytest.mark.parametrize(("dataset", "query", "keywords"), DRAWN)
def test_a_preview_is_that_of_the_service(
    named: dict[str, Raster], dataset: str, query: str, keywords: dict[str, Any]
):
    image = named[dataset].preview(max_size=99, **keywords)

    path = f"/datasets/{dataset}/preview.png"
    assert bytes(image) == body(path, f"{query}&max_size=99".lstrip("&"))


def test_every_case_of_a_keyword_is_among_those_compared():
    compared = {name for _, _, keywords in DRAWN for name in keywords}

    assert compared == set(Rendering.__annotations__)


@pytest.mark.parametrize("ending", ["png", "webp", "jpg", "npy"])
@pytest.mark.parametrize("tile", [TILES["elevation"], BESIDE])
def test_a_tile_has_the_format_asked_for(
    named: dict[str, Raster], ending: str, tile: tuple[int, int, int]
):
    z, x, y = tile

    image = named["elevation"].tile(z, x, y, size=512, format=ending)

    path = f"/datasets/elevation/tiles/{z}/{x}/{y}@2x.{ending}"
    assert bytes(image) == body(path)
    assert image.format == ending


@pytest.mark.parametrize(
    ("query", "keywords"),
    [
        ("", {}),
        ("max_size=50", {"max_size": 50}),
        ("width=40", {"width": 40}),
        ("width=40&height=30", {"width": 40, "height": 30}),
        ("crs=EPSG:3857", {"crs": 3857}),
        ("crs=EPSG:4326&height=20", {"crs": "EPSG:4326", "height": 20}),
    ],
)
@pytest.mark.parametrize("ending", ["png", "npy", "tif"])
def test_a_part_is_that_of_the_service(
    named: dict[str, Raster], ending: str, query: str, keywords: dict[str, Any]
):
    bounds = (-119.6, 37.6, -119.4, 37.8)

    image = named["elevation"].part(bounds, format=ending, **keywords)

    box = "bbox=" + ",".join(map(str, bounds))
    path = f"/datasets/elevation/part.{ending}"
    assert bytes(image) == body(path, f"{box}&{query}".rstrip("&"))


def test_a_box_may_be_of_another_crs(named: dict[str, Raster]):
    bounds = (-13313000, 4530000, -13300000, 4540000)

    image = named["elevation"].part(bounds, bounds_crs="EPSG:3857")

    query = "bbox=" + ",".join(map(str, bounds)) + "&bbox_crs=EPSG:3857"
    assert bytes(image) == body("/datasets/elevation/part.png", query)


@pytest.mark.parametrize(
    ("route", "method"),
    [
        (routes.TILE, Raster.tile),
        (routes.PREVIEW, Raster.preview),
        (routes.PART, Raster.part),
    ],
)
def test_every_parameter_is_a_keyword(route: Route, method: Any):
    """A new one over HTTP has to be one here, too."""
    named = {*names_of(route.path_params), *names_of(route.params)}
    parameters = {*named, "format"} - HTTP_ONLY  # a tile's is part of ``y``

    keywords = {*inspect.signature(method).parameters, *Rendering.__annotations__}

    assert keywords - {"self", "rendering"} == {
        OTHER_NAMES.get(name, name) for name in parameters
    }
