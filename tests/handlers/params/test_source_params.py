"""``bidx``, ``expression`` and ``nodata``, on one file and on several."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import numpy as np
import pytest
from affine import Affine

from handlers.params.lists.source import band as parse_band
from raster_core.ingest.item import (
    AssetFile,
    ItemOptions,
    describe_files,
    describe_raster,
)
from testing.client import Answer, get, get_url, post
from testing.geojson import box
from tests.cogs import Recipe, write_cog
from tests.handlers.catalogues import write_catalogue
from tests.tiffbytes import write_tiff

if TYPE_CHECKING:
    from pathlib import Path

UTM = "EPSG:32633"
FINE = Recipe(600, 600, crs=UTM, transform=Affine(10, 0, 5e5, 0, -10, 5e6))
COARSE = Recipe(300, 300, "uint16", UTM, Affine(20, 0, 5e5, 0, -20, 5e6), nodata=0)

# In the middle of a pixel of both: row 203, column 303 of the fine ones.
PLACE = {"lon": 15.038622, "lat": 45.135168}

ZONE = box(15.01, 45.11, 15.06, 45.14)


def point(dataset: str, **params: object) -> Answer:
    place = {"lon": 11.505, "lat": 45.995} if dataset == "grid" else PLACE
    return get(f"/datasets/{dataset}/point", urlencode({**place, **params}, doseq=True))


def values(answer: Answer) -> dict[str, object]:
    assert answer.status == 200, answer.body
    return {value["name"]: value["value"] for value in answer.json()["values"]}


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Red and near infrared of 10 metres, and 20 metres of something else."""
    files = []
    for key, recipe in (("red", FINE), ("nir", FINE), ("B11", COARSE)):
        write_cog(tmp_path / f"{key}.tif", recipe)
        files.append(AssetFile(key, tmp_path / f"{key}.tif", f"{key}.tif"))
    item = describe_files(files, ItemOptions(id="scene", title="Scene"))
    write_catalogue(tmp_path, [item])
    monkeypatch.setenv("RASTERLET_CATALOG", str(tmp_path / "catalog.json"))
    return "scene"


def test_a_band_is_named_or_numbered() -> None:
    assert values(point("grid", bidx=2)) == {"b2": 5151}
    assert values(point("grid", bidx="b2")) == {"b2": 5151}
    assert list(values(point("grid", bidx=["b2", 1]))) == ["b2", "b1"]
    assert values(point("elevation", bidx="elevation")).keys() == {"elevation"}


def test_an_expression_is_computed() -> None:
    found = values(point("grid", expression="b2 - b1; b1 > 5000"))

    assert found == {"b2 - b1": 1, "b1 > 5000": 1}


@pytest.mark.parametrize(
    ("params", "parameter", "detail"),
    [
        ({"bidx": 0}, "bidx", "not a band number from 1 or a band's name"),
        ({"bidx": "-1"}, "bidx", "not a band number"),
        ({"bidx": ""}, "bidx", "not a band number"),
        ({"nodata": "x"}, "nodata", "not a number, nan, inf or -inf"),
        ({"expression": "b1 +"}, "expression", "the text ends where a band"),
        ({"expression": "open(b1)"}, "expression", "'open' is not a function"),
        ({"expression": "b1", "bidx": 1}, "expression", "exclude each other"),
        ({"expression": ["b1", "b2"]}, "expression", "given more than once"),
    ],
)
def test_a_fault_is_told_with_its_parameter(
    params: dict[str, object], parameter: str, detail: str
) -> None:
    answer = point("grid", **params)

    assert answer.status == 400
    (error,) = answer.json()["errors"]
    assert error["parameter"] == parameter
    assert detail in error["detail"]


def test_a_band_that_is_not_there_is_refused() -> None:
    for params in ({"bidx": 3}, {"bidx": "b3"}, {"bidx": "x"}, {"expression": "b3+b1"}):
        answer = point("grid", **params)
        assert answer.status == 400
        assert "is not one of" in answer.json()["detail"]


def test_another_nodata_counts_in_expressions_too() -> None:
    assert values(point("grid", nodata=5150)) == {"b1": None, "b2": 5151}
    assert values(point("grid", expression="b1+1", nodata=5150)) == {"b1+1": None}


@pytest.mark.parametrize("written", ["nan", "NaN", "inf", "-inf"])
def test_nodata_that_no_pixel_has_shows_what_the_file_hides(written: str) -> None:
    place = "lon=10.5&lat=45.5"

    hidden = get("/datasets/hollow/point", place)
    shown = get("/datasets/hollow/point", f"{place}&nodata={written}")
    both = get("/datasets/hollow/statistics", f"stats=min&nodata={written}")

    assert hidden.json()["values"][0]["value"] is None
    assert shown.json()["values"][0]["value"] == -9999
    assert both.json()["properties"]["statistics"]["b1"]["min"] == -9999


def test_bands_of_several_files_are_read_on_one_grid(scene: str) -> None:
    found = values(point(scene))

    assert found == {"red": 20603, "nir": 20603, "B11": 10251}
    assert values(point(scene, bidx=["B11", "nir"])) == {"B11": 10251, "nir": 20603}
    assert values(point(scene, expression="nir - 2*B11")) == {"nir - 2*B11": 101}


def test_statistics_of_several_files_are_those_of_each(scene: str) -> None:
    asked = "stats=mean&stats=count"
    path = f"/datasets/{scene}/statistics"

    both = post(path, ZONE, f"{asked}&bidx=red&bidx=B11").json()
    alone = post(path, ZONE, f"{asked}&bidx=B11").json()
    index = post(path, ZONE, f"{asked}&expression=(nir-red)/(nir%2Bred)").json()

    together = both["properties"]["statistics"]
    assert together.keys() == {"b1", "b3"}
    assert together["b3"]["mean"] == pytest.approx(
        alone["properties"]["statistics"]["b3"]["mean"], rel=1e-3
    )
    assert (
        together["b1"]["count"] > 2 * alone["properties"]["statistics"]["b3"]["count"]
    )
    assert index["properties"]["statistics"]["b1"]["mean"] == 0


def test_every_route_serves_several_files(scene: str) -> None:
    base, drawn = f"/datasets/{scene}", "expression=nir-red&rescale=-1,1"

    document = get(f"{base}/tilejson.json", drawn).json()
    shown = get(base).json()

    assert document["maxzoom"] == 14
    tile = document["tiles"][0].split("/datasets")[1].partition("?")
    place = tile[0].format(z=11, x=1109, y=735)
    assert get(f"/datasets{place}", tile[2]).status == 200
    for asset in shown["assets"].values():
        image = get_url(asset["href"])
        assert image.status == 200
        assert image.headers["content-type"] == asset["type"]
    for path in ("/legend.json", "/legend.png", "/preview.png"):
        assert get(base + path, "bidx=B11").status == 200
    assert get(f"{base}/part.tif", "bbox=15.01,45.11,15.02,45.12").status == 200


@pytest.mark.parametrize("route", ["point", "statistics"])
def test_a_nodata_that_no_double_holds_is_exact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    largest = 2**64 - 1
    write_tiff(tmp_path / "a.tif", np.array([[largest, largest - 1]], np.uint64))
    item = describe_raster(tmp_path / "a.tif", ItemOptions(id="a", href="a.tif"))
    write_catalogue(tmp_path, [item])
    monkeypatch.setenv("RASTERLET_CATALOG", str(tmp_path / "catalog.json"))
    where = "bbox=0,8,2,9&stats=count" if route == "statistics" else "lon=0.5&lat=8.5"

    for nodata, hidden in ((largest, True), (largest - 2, False)):
        answer = get(f"/datasets/a/{route}", f"{where}&nodata={nodata}").json()

        if route == "point":
            assert (answer["values"][0]["value"] is None) == hidden
        else:
            count = answer["properties"]["statistics"]["b1"]["count"]
            assert count == 2 - hidden


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("8A", "8A"),
        ("B-04", "B-04"),
        ("_x", "_x"),
        ("5-6", "5-6"),
        ("NaN", "NaN"),
        ("e5", "e5"),
        ("2020", 2020),
        ("1", 1),
    ],
)
def test_what_is_no_number_is_a_bands_name(text: str, band: int | str) -> None:
    assert parse_band(text) == band


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "+1", "1.5", "1e3", "1.", ".5", "--1", "70000", "x" * 101]
)
def test_a_mistyped_number_is_no_bands_name(text: str) -> None:
    answer = get("/datasets/grid/point", urlencode({**PLACE, "bidx": text}))

    assert answer.status == 400
    assert [fault["parameter"] for fault in answer.json()["errors"]] == ["bidx"]
