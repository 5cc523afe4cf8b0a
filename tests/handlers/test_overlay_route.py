"""Overlays of a request, and Items that are one, by every route."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import numpy as np
import pytest
from PIL import Image

from handlers.catalogue import store
from testing.client import event, get, get_url, invoke, post
from testing.geojson import SQUARE, box, line_string
from tests.handlers.catalogues import write_catalogue

if TYPE_CHECKING:
    from pathlib import Path

# ``grid``: 100 x row + col, and 1 more in band 2; ``hollow``: without its west.
GRID: dict[str, Any] = {"dataset": "grid", "range": [0, 20000]}
HOLLOW: dict[str, Any] = {"dataset": "hollow", "range": [0, 20000], "invert": True}

TILE = "/overlay/tiles/7/67/45.png"


def overlay(*layers: object, **members: object) -> str:
    """A query string."""
    return "overlay=" + quote(json.dumps({"layers": layers, **members}))


BOTH = overlay(GRID, {**HOLLOW, "weight": 3})


def details(answer: Any) -> list[str]:
    assert answer.status == 400, answer.body
    return [error["detail"] for error in answer.json()["errors"]]


def pixels(query: str, tile: str = TILE) -> np.ndarray[Any, Any]:
    answer = get(tile, query)
    assert answer.status == 200, answer.body
    return np.asarray(Image.open(io.BytesIO(answer.body)).convert("RGBA"))


def test_a_tile_is_drawn() -> None:
    answer = get(TILE, BOTH)

    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    image = pixels(BOTH)
    assert image.shape == (256, 256, 4)
    assert len(np.unique(image[image[..., 3] > 0], axis=0)) > 50


def test_missing_decides_over_pixels_that_not_every_layer_has() -> None:
    masked = pixels(overlay(GRID, HOLLOW))[..., 3] > 0
    skipped = pixels(overlay(GRID, HOLLOW, missing="skip"))[..., 3] > 0

    assert 0 < masked.sum() < skipped.sum()
    assert skipped[masked].all()


def test_the_rendering_parameters_are_those_of_a_dataset() -> None:
    plain = pixels(BOTH)
    gray = pixels(f"{BOTH}&colormap_name=gray&rescale=0,0.5")

    assert not np.array_equal(plain, gray)
    colored = gray[gray[..., 3] > 0]
    assert (colored[:, 0] == colored[:, 1]).all()
    condition = pixels(f"{BOTH}&expression=score%3E0.5")
    assert len(np.unique(condition[condition[..., 3] > 0], axis=0)) == 2


@pytest.mark.parametrize("ending", ["webp", "jpg", "npy"])
def test_other_formats_are_there(ending: str) -> None:
    assert get(f"/overlay/tiles/7/67/45@2x.{ending}", BOTH).status == 200


def test_a_tile_far_away_is_empty() -> None:
    assert not pixels(BOTH, "/overlay/tiles/7/0/45.png").any()
    assert get("/overlay/tiles/7/0/45.png", f"{BOTH}&empty=204").status == 204
    assert get("/overlay/tiles/7/300/45.png", BOTH).status == 404


def test_a_tag_is_known_before_anything_is_read() -> None:
    tag = get(TILE, BOTH).headers["etag"]
    request = event("GET", TILE, BOTH, headers={"if-none-match": tag})

    assert invoke(request).status == 304
    assert get(TILE, overlay(GRID, HOLLOW)).headers["etag"] != tag


def test_a_point_says_what_each_layer_gives() -> None:
    answer = get("/overlay/point", f"lon=11.505&lat=45.995&{BOTH}")

    assert answer.status == 200, answer.body
    (value,), layers = answer.json()["values"], answer.json()["layers"]
    stored = [layer["value"] for layer in layers]
    assert stored == [5150, 5150]
    assert [layer["dataset"] for layer in layers] == ["grid", "hollow"]
    assert [layer["weight"] for layer in layers] == [1, 3]
    assert [layer["score"] for layer in layers] == pytest.approx([0.2575, 0.7425])
    assert (value["name"], value["reason"]) == ("score", None)
    assert value["value"] == pytest.approx((0.2575 + 3 * 0.7425) / 4)


def test_a_point_without_a_score_has_a_reason() -> None:
    west = get("/overlay/point", f"lon=10.505&lat=45.995&{BOTH}").json()
    off = get("/overlay/point", f"lon=-60&lat=0&{BOTH}").json()

    assert west["values"][0]["reason"] == "no_valid_pixels"
    assert [layer["score"] for layer in west["layers"]] == pytest.approx([0.2525, None])
    assert off["values"][0]["reason"] == "outside_raster"
    assert off["layers"] == []


def test_statistics_are_those_of_the_scores() -> None:
    east = box(11, 45, 12, 46)

    answer = post("/overlay/statistics", east, f"{overlay(GRID)}&stats=mean&stats=max")
    plain = post("/datasets/grid/statistics", east, "stats=mean&stats=max")

    scores = answer.json()["properties"]["statistics"]["b1"]
    values = plain.json()["properties"]["statistics"]["b1"]
    assert scores["mean"] == pytest.approx(values["mean"] / 20000, rel=1e-5)
    assert scores["max"] == pytest.approx(values["max"] / 20000, rel=1e-5)


ELEVATION = {"dataset": "elevation", "range": [900, 3900]}
LANDCOVER = {"dataset": "landcover", "scores": {"10": 1}, "default": 0}
VALLEY: dict[str, Any] = box(-119.6, 37.7, -119.2, 37.9)


def valley(query: str) -> dict[str, Any]:
    answer = post("/overlay/statistics", VALLEY, query)
    assert answer.status == 200, answer.body
    properties: dict[str, Any] = answer.json()["properties"]
    return properties


def test_the_cells_counted_are_those_of_the_grid_asked_for() -> None:
    both = overlay(ELEVATION, LANDCOVER)

    coarse = valley(f"{both}&grid=landcover&stats=count&stats=mean")
    first = valley(f"{overlay(LANDCOVER, ELEVATION)}&stats=count&stats=mean")

    own = post("/datasets/landcover/statistics", VALLEY, "stats=count").json()
    count = own["properties"]["statistics"]["b1"]["count"]
    assert coarse["statistics"]["b1"]["count"] == pytest.approx(count)
    assert coarse["statistics"]["b1"] == pytest.approx(first["statistics"]["b1"])
    fine = valley(f"{both}&stats=count")["statistics"]["b1"]["count"]
    assert fine > 10 * count


def test_the_answer_says_whose_cells_are_counted() -> None:
    both = overlay(ELEVATION, LANDCOVER)

    assert valley(f"{both}&stats=mean")["grid"] == "elevation"
    assert valley(f"{both}&grid=elevation&stats=mean")["grid"] == "elevation"
    assert valley(f"{both}&grid=landcover&stats=mean")["grid"] == "landcover"
    table = post("/overlay/statistics", VALLEY, f"{both}&grid=landcover&f=csv")
    header, row = table.body.decode().splitlines()
    assert row.split(",")[header.split(",").index("grid")] == "landcover"


@pytest.mark.parametrize("grid", ["grid", "", "hollow"])
def test_a_grid_is_that_of_a_layer(grid: str) -> None:
    both = overlay(ELEVATION, LANDCOVER)

    answer = post("/overlay/statistics", VALLEY, f"{both}&grid={grid}")

    rule = f"grid '{grid}' is not one of elevation, landcover"
    assert details(answer) == [rule]


def test_statistics_of_a_condition_are_a_share() -> None:
    query = f"{overlay(GRID)}&expression=score%3E%3D0.5&stats=mean"

    answer = post("/overlay/statistics", SQUARE, query)

    mean = answer.json()["properties"]["statistics"]["b1"]["mean"]
    assert 0 < mean < 1


def test_legend_and_tilejson_describe_it() -> None:
    legend = get("/overlay/legend.json", BOTH).json()
    document = get("/overlay/tilejson.json", f"{BOTH}&colormap_name=gray").json()

    assert (legend["type"], legend["min"], legend["max"]) == ("continuous", 0, 1)
    assert get("/overlay/legend.png", BOTH).body.startswith(b"\x89PNG")
    assert document["bounds"] == pytest.approx([10, 45, 12, 46.5])
    assert "colormap_name=gray" in document["tiles"][0]
    url = document["tiles"][0].format(z=7, x=67, y=45)
    assert get_url(url).status == 200


@pytest.mark.parametrize(
    "path",
    [
        TILE,
        "/overlay/tiles/7/3/45.png",
        "/overlay/tilejson.json",
        "/overlay/legend.json",
        "/overlay/legend.png",
    ],
)
def test_what_no_tile_could_answer_is_refused_before_one_is_drawn(path: str) -> None:
    assert details(get(path, f"{BOTH}&nodata=3")) == [
        "nodata cannot be combined with an overlay, whose layers have their own"
    ]


def test_scores_have_no_stored_values() -> None:
    answer = post("/overlay/statistics", SQUARE, f"{BOTH}&unscale=false")

    assert "unscale=false cannot be combined with an overlay" in details(answer)[0]


def test_all_faults_are_told_at_once() -> None:
    query = overlay({"dataset": "grid", "range": [3, 1]}, {**HOLLOW, "weight": -1})

    found = details(get(TILE, f"{query}&rescale=5&nope=1"))

    assert len(found) == 4
    assert any("layers[0].range is not [low, high]" in text for text in found)
    assert any("layers[1].weight is not a number over 0" in text for text in found)


@pytest.mark.parametrize(
    "path",
    [
        TILE,
        "/overlay/tilejson.json",
        "/overlay/legend.json",
        "/overlay/legend.png",
        "/overlay/point",
    ],
)
def test_every_route_refuses_what_is_no_overlay(path: str) -> None:
    place = "&lon=11&lat=46" if path.endswith("point") else ""

    assert details(get(path, place)) == ["overlay is missing"]
    assert "overlay is not JSON" in details(get(path, f"overlay=%7B{place}"))[0]
    gone = overlay({**GRID, "dataset": "gone"}, {**GRID, "bidx": 7})
    assert details(get(path, gone + place)) == [
        "layers[0].dataset 'gone' is not in the catalogue",
        "layers[1] is not possible: Band 7 is not one of 1 to 2",
    ]
    twice = f"{BOTH}&{BOTH}{place}"
    assert details(get(path, twice)) == ["overlay is given more than once"]


def test_statistics_refuse_what_is_no_overlay() -> None:
    answer = post("/overlay/statistics", SQUARE, "overlay=[]&stats=nope")

    assert len(details(answer)) == 2


def test_hostile_json_is_a_fault() -> None:
    for text in ("[" * 5000, '{"layers":' * 900, "NaN", '"\\ud800"'):
        assert details(get(TILE, urlencode({"overlay": text})))


def test_a_broken_file_is_a_bad_gateway() -> None:
    answer = get(TILE, overlay(GRID, {**GRID, "dataset": "truncated"}))

    assert answer.status == 502


@pytest.fixture
def item(catalogue: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of an Item that is an overlay, in a catalogue of its own."""
    features = json.loads(catalogue.read_text())["features"]
    (grid,) = [feature for feature in features if feature["id"] == "grid"]
    mix = {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": "mix",
        "bbox": grid["bbox"],
        "geometry": grid["geometry"],
        "links": [],
        "properties": {
            "title": "Mix",
            "datetime": None,
            "rasterlet:overlay": {
                "layers": [GRID, {**GRID, "bidx": 2, "invert": True, "weight": 2}]
            },
        },
        "assets": {},
    }
    write_catalogue(folder, [mix, grid])
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    return "mix"


def test_every_route_of_a_dataset_serves_an_item_that_is_one(item: str) -> None:
    base = f"/datasets/{item}"
    point = get(f"{base}/point", "lon=11.505&lat=45.995").json()["values"]
    statistics = post(f"{base}/statistics", SQUARE).json()["properties"]["statistics"]
    line = line_string([10.2, 45.2], [11.8, 46.2])
    profile = post(f"{base}/profile", line).json()

    assert [value["name"] for value in point] == ["score"]
    assert point[0]["value"] == pytest.approx((5150 + 2 * (20000 - 5151)) / 60000)
    assert 0 < statistics["b1"]["mean"] < 1
    assert all(0 <= value <= 1 for value in profile["bands"][0]["values"] if value)
    for path in (
        "",
        "/tiles/7/67/45.png",
        "/tiles/7/67/45.webp",
        "/tilejson.json",
        "/legend.json",
        "/legend.png",
        "/preview.png",
    ):
        assert get(base + path).status == 200, path
    assert get(f"{base}/part.tif", "bbox=10.5,45.5,11,46").status == 200
    assert get(f"{base}/point", "lon=11&lat=46&nodata=3").status == 400
    assert get(f"{base}/point", "lon=11&lat=46&bidx=2").status == 400


def test_a_nodata_value_of_its_item_hides_no_scores(item: str, folder: Path) -> None:
    """Stored values have one; an overlay's scores are computed."""
    tile = f"/datasets/{item}/tiles/7/67/45.png"
    rescale = [[0, 1]]

    _draw_item(folder, item, {"rescale": rescale})
    plain = get(tile).body
    _draw_item(folder, item, {"rescale": rescale, "nodata": 0})

    for path in ("tilejson.json", "legend.json", "legend.png", "preview.png"):
        assert get(f"/datasets/{item}/{path}").status == 200, path
    assert get(tile).body == plain
    assert get(tile, "nodata=0").status == 400


def _draw_item(folder: Path, item: str, render: dict[str, Any]) -> None:
    """Give an Item a default rendering."""
    features = json.loads((folder / "catalog.json").read_text())["features"]
    (mix,) = (one for one in features if one["id"] == item)
    mix["properties"]["renders"] = {"default": render}
    write_catalogue(folder, features)
    store.forget_catalogue()


def test_an_item_that_is_one_stands_in_the_catalogue(item: str) -> None:
    listed = get("/datasets").json()["features"]

    assert [feature["id"] for feature in listed] == ["grid", item]
    assert get("/wmts", "service=WMTS&request=GetCapabilities").status == 200
