from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from PIL import Image

from raster_core.native.library import BESIDE, implementation, without_library
from raster_core.version import __version__
from testing.client import event, get, get_url, invoke, post
from testing.geojson import SQUARE, line_string

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GATEWAY = "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"


def strings(value: object) -> Iterator[str]:
    """Every string of a document, keys included."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def test_health_asks_nothing_of_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASTERLET_CATALOG", "/nowhere/catalog.json")

    answer = get("/health")

    assert answer.status == 200
    assert answer.json() == {
        "status": "ok",
        "version": __version__,
        "engine": implementation(),
    }


def test_health_tells_which_engine_runs() -> None:
    with without_library():
        assert get("/health").json()["engine"] == "numpy"
    if BESIDE.exists():
        assert get("/health").json()["engine"] == "native"


def test_the_catalogue_lists_every_item_in_order(catalogue: Path) -> None:
    answer = get("/datasets")

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/geo+json"
    document = answer.json()
    written = json.loads(catalogue.read_text())["features"]
    assert document["type"] == "FeatureCollection"
    assert [item["id"] for item in document["features"]] == [i["id"] for i in written]


def test_items_do_not_say_where_their_files_are(catalogue: Path) -> None:
    answer = get("/datasets")

    for item in answer.json()["features"]:
        for asset in item["assets"].values():
            assert asset.pop("href").startswith(f"{GATEWAY}/datasets/{item['id']}/")
        found = list(strings(item["assets"]))
        assert "href" not in found
        assert not [text for text in found if ".tif" in text]
    assert str(catalogue.parent) not in answer.body.decode()


def test_a_dataset_is_its_item_with_links_to_its_routes(catalogue: Path) -> None:
    item = get("/datasets/landcover").json()

    links = {link["rel"]: link["href"] for link in item["links"]}
    assert set(links) == {
        "self",
        "tiles",
        "tilejson",
        "wmts",
        "legend",
        "preview",
        "part",
        "point",
        "statistics",
        "features",
        "profile",
        "crosstab",
    }
    assert all(href.startswith(f"{GATEWAY}/") for href in links.values())
    assert all("landcover" in links[name] for name in set(links) - {"wmts"})
    (written,) = (
        written
        for written in json.loads(catalogue.read_text())["features"]
        if written["id"] == "landcover"
    )
    del written["links"], item["links"]
    was, asset = written.pop("assets")["data"], item.pop("assets")["data"]
    assert item == written
    other = {"href", "type", "proj:shape", "proj:transform"}
    gone = {"rasterlet:block_shape", "rasterlet:overviews"}
    assert {k: v for k, v in asset.items() if k not in other} == {
        k: v for k, v in was.items() if k not in other | gone
    }


def test_the_links_of_an_item_work() -> None:
    links = {link["rel"]: link for link in get("/datasets/grid").json()["links"]}

    for relation in ("self", "tilejson", "legend"):
        answer = get_url(links[relation]["href"])
        assert answer.status == 200
        assert answer.headers["content-type"] == links[relation]["type"]
    tile = links["tiles"]["href"].format(z=7, x=67, y=45)
    assert get_url(tile).headers["content-type"] == links["tiles"]["type"]
    assert get_url(f"{links['point']['href']}?lon=10.5&lat=45.5").status == 200
    assert get_url(links["wmts"]["href"]).headers["content-type"] == "application/xml"
    assert links["wmts"]["wmts:layer"] == "grid"
    for relation, query in (("preview", ""), ("part", "?bbox=10,45,11,46")):
        answer = get_url(links[relation]["href"] + query)
        assert answer.status == 200, answer.body
        assert answer.headers["content-type"] == links[relation]["type"]


def test_the_links_that_take_a_body_say_so() -> None:
    links = {link["rel"]: link for link in get("/datasets/grid").json()["links"]}

    posted = {name for name, link in links.items() if link.get("method") == "POST"}
    assert posted == {"features", "profile", "crosstab"}
    line = line_string([10.2, 45.2], [11, 46])
    for relation in posted:
        parts = urlsplit(links[relation]["href"])
        query = f"{parts.query}&dataset=flat" if relation == "crosstab" else ""
        answer = post(parts.path, line if relation == "profile" else SQUARE, query)
        assert answer.status == 200, answer.body
        assert answer.headers["content-type"] == links[relation]["type"]
    path = urlsplit(links["statistics"]["href"]).path
    assert post(path, SQUARE).headers["content-type"] == links["statistics"]["type"]


@pytest.mark.parametrize(
    "path",
    [
        "/datasets/atlantis",
        "/datasets/atlantis/tilejson.json",
        "/datasets/atlantis/legend.json",
        "/datasets/atlantis/legend.png",
    ],
)
def test_an_unknown_dataset_is_not_found(path: str) -> None:
    answer = get(path)

    assert answer.status == 404
    assert answer.json()["instance"] == path


@pytest.mark.parametrize(
    "path",
    [
        "/health",
        "/datasets",
        "/datasets/grid",
        "/datasets/grid/tilejson.json",
        "/datasets/grid/legend.json",
        "/datasets/grid/legend.png",
    ],
)
def test_unknown_parameters_are_refused_everywhere(path: str) -> None:
    answer = get(path, "page=2")

    assert answer.status == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == ["page"]


@pytest.mark.parametrize(
    ("base", "stage", "expected"),
    [
        ("", "$default", GATEWAY),
        ("", "prod", f"{GATEWAY}/prod"),
        ("https://tiles.example.org", "prod", "https://tiles.example.org"),
        ("https://example.org/maps/", "$default", "https://example.org/maps"),
    ],
)
def test_links_lead_to_where_the_service_is_seen(
    base: str, stage: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RASTERLET_BASE_URL", base)
    prefix = "" if stage == "$default" else f"/{stage}"
    request = event("GET", f"{prefix}/datasets/grid")
    request["requestContext"]["stage"] = stage
    request["requestContext"]["http"]["path"] = request["rawPath"]
    # What any client can write is not asked.
    request["headers"] |= {"host": "evil.test", "x-forwarded-host": "evil.test"}

    item = invoke(request).json()

    assert all(link["href"].startswith(f"{expected}/") for link in item["links"])
    assert item["links"][0]["href"] == f"{expected}/datasets/grid"


@pytest.mark.parametrize("route", ["tilejson.json", "legend.json", "legend.png"])
def test_rendering_parameters_are_checked(route: str) -> None:
    query = "rescale=9,1&colormap_name=heat&bidx=0&resampling=best&algorithm=x"
    answer = get(f"/datasets/grid/{route}", query)

    assert answer.status == 400
    assert len(answer.json()["errors"]) == 5
    assert get(f"/datasets/grid/{route}", "bidx=3").status == 400


@pytest.mark.parametrize("name", ["missing", "empty"])
@pytest.mark.parametrize("route", ["tilejson.json", "legend.json", "legend.png"])
def test_tilejson_and_legend_open_no_raster(name: str, route: str) -> None:
    assert get(f"/datasets/{name}/{route}").status == 200


def test_the_legend_of_classes_lists_values_names_and_colours(sample: Path) -> None:
    classes = json.loads((sample / "landcover_classes.json").read_text())

    answer = get("/datasets/landcover/legend.json")

    assert answer.json() == {
        "type": "classes",
        "title": "Land cover",
        "entries": [
            {"value": int(value), "label": entry["name"], "color": entry["color"]}
            for value, entry in classes.items()
        ],
    }


def test_the_legend_of_a_quantity_is_a_ramp() -> None:
    legend = get("/datasets/elevation/legend.json").json()

    assert (legend["type"], legend["unit"]) == ("continuous", "metre")
    assert (legend["min"], legend["max"]) == (552.0, 3971.0)
    assert all(re.fullmatch("#[0-9a-f]{6}", color) for color in legend["colors"])
    assert len(legend["colors"]) == 255


def test_the_legend_follows_the_rendering_parameters() -> None:
    query = "rescale=0,5&colormap_name=gray"
    legend = get("/datasets/landcover/legend.json", query).json()

    assert (legend["type"], legend["min"], legend["max"]) == ("continuous", 0.0, 5.0)
    assert (legend["colors"][0], legend["colors"][-1]) == ("#000000", "#ffffff")


@pytest.mark.parametrize("name", ["landcover", "elevation"])
def test_the_legend_is_also_a_picture_on_white(name: str) -> None:
    answer = get(f"/datasets/{name}/legend.png")

    assert answer.headers["content-type"] == "image/png"
    image = Image.open(io.BytesIO(answer.body)).convert("RGB")
    assert image.getpixel((0, 0)) == (255, 255, 255)
    assert len(image.getcolors(1 << 16)) > 10
