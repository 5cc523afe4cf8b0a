"""Ranges that nobody states, and ``rescale=auto``."""

from __future__ import annotations

import io
import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from PIL import Image

from handlers.catalogue import store
from raster_core.drawing import ranges
from raster_core.ingest.item import ItemOptions, describe_raster
from raster_core.sources.file.cog import forget
from testing.client import Answer, get
from tests.handlers.catalogues import write_catalogue

if TYPE_CHECKING:
    from pathlib import Path

SIDE = 2000

TILE = "/datasets/{}/tiles/8/136/90.png"


@pytest.fixture
def north(folder: Path) -> dict[str, Any]:
    """The Item of a raster with data in its north alone, from 0 to 100, and a spike."""
    path = folder / "north.tif"
    values = np.full((3, SIDE, SIDE), -9999, np.float32)
    values[:, :500] = np.linspace(0, 100, SIDE) * np.array([1, 2, 3])[:, None, None]
    values[:, 100, 100] = 1e6
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=SIDE,
        height=SIDE,
        count=3,
        dtype="float32",
        crs="EPSG:4326",
        transform=Affine(2 / SIDE, 0, 10, 0, -2 / SIDE, 47),
        nodata=-9999,
        tiled=True,
        compress="deflate",
    ) as file:
        file.write(values)
    item = describe_raster(path, ItemOptions(id="north", href=path.name))
    forget(str(path))
    return item


@pytest.fixture
def bare(folder: Path, north: dict[str, Any], monkeypatch: Any) -> dict[str, Any]:
    """The same without any range, in the catalogue that is served."""
    item = deepcopy(north)
    item["id"] = "bare"
    for band in item["assets"]["data"]["bands"]:
        band.pop("statistics", None)
        band.pop("rasterlet:percentiles", None)
    item["properties"].pop("renders", None)
    serve(folder, monkeypatch, north, item)
    return item


def serve(folder: Path, monkeypatch: Any, *items: dict[str, Any]) -> None:
    write_catalogue(folder, [*items])
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    store._kept.clear()
    ranges._kept.clear()


def legend(query: str = "", item: str = "bare") -> dict[str, Any]:
    answer = get(f"/datasets/{item}/legend.json", query)
    assert answer.status == 200, answer.body
    document: dict[str, Any] = answer.json()
    return document


def pixels(answer: Answer) -> np.ndarray:
    assert answer.status == 200, answer.body
    return np.asarray(Image.open(io.BytesIO(answer.body)).convert("RGBA"))


@pytest.mark.usefixtures("bare")
def test_a_raster_without_a_range_is_drawn_by_its_own_values():
    described = legend()

    assert 0 <= described["min"] < 10
    assert 90 < described["max"] <= 100
    assert "96 % of the values of a sample" in described["note"]
    drawn = pixels(get(TILE.format("bare")))
    assert len(np.unique(drawn[drawn[..., 3] > 0][:, 0])) > 50
    assert get("/datasets/bare/tilejson.json").status == 200
    assert get("/datasets/bare/legend.png").status == 200


@pytest.mark.usefixtures("bare")
def test_auto_leaves_out_the_spike_that_the_item_has_for_its_maximum():
    assert "note" not in legend(item="north")

    described = legend("rescale=auto", "north")

    assert described["max"] <= 100
    assert "note" not in described  # it is in the Item


@pytest.mark.usefixtures("bare")
def test_each_band_of_an_image_has_its_own_range():
    channels = legend("bidx=1,2,3&rescale=auto")["channels"]

    highs = [channel["max"] for channel in channels]
    assert highs == pytest.approx([highs[0], 2 * highs[0], 3 * highs[0]])
    assert pixels(get(TILE.format("bare"), "bidx=1,2,3")).shape == (256, 256, 4)


@pytest.mark.usefixtures("bare")
def test_an_expression_has_a_range_of_its_own():
    described = legend("expression=b1*10&rescale=auto")

    assert 900 < described["max"] <= 1000


@pytest.mark.usefixtures("bare")
def test_two_tiles_are_drawn_by_one_range():
    left, right = (
        pixels(get(f"/datasets/bare/tiles/9/{x}/181.png", "rescale=auto"))
        for x in (271, 272)
    )

    seam = np.abs(left[:, -1, :3].astype(int) - right[:, 0, :3])
    assert (left[:, -1, 3] > 0).any()
    assert seam.max() <= 2


def test_every_process_comes_to_the_same_range(
    bare: dict[str, Any], folder: Path, north: dict[str, Any], monkeypatch: Any
):
    first = legend()

    serve(folder, monkeypatch, north, bare)

    assert legend() == first


def test_another_nodata_value_leaves_the_items_percentiles_alone(
    bare: dict[str, Any], folder: Path, north: dict[str, Any], monkeypatch: Any
):
    for band in north["assets"]["data"]["bands"]:
        band["rasterlet:percentiles"] = {"2": -5, "98": 5}
    serve(folder, monkeypatch, north, bare)

    assert legend("rescale=auto", "north")["min"] == -5
    assert legend("rescale=auto&nodata=1", "north")["min"] == -9999


@pytest.mark.usefixtures("bare")
def test_a_raster_is_sampled_once_for_all_its_tiles():
    for query in ("rescale=auto&nodata=nan", "rescale=auto&colormap_name=jet"):
        for _ in range(2):
            assert get(TILE.format("bare"), query).status == 200

    assert len(ranges._kept) == 2


@pytest.mark.parametrize("unknown", [float("nan"), float("inf"), None])
def test_a_range_of_no_numbers_in_the_item_is_as_none(
    bare: dict[str, Any], folder: Path, monkeypatch: Any, unknown: float | None
):
    band = bare["assets"]["data"]["bands"][0]
    band["statistics"] = {"minimum": unknown, "maximum": unknown}
    band["rasterlet:percentiles"] = {"2": unknown, "98": unknown}
    bare["properties"]["renders"] = {"default": {"rescale": [[unknown, unknown]]}}
    if unknown is None:
        bare["properties"]["renders"] = {}
    serve(folder, monkeypatch, bare)

    assert 90 < legend()["max"] <= 100
    drawn = pixels(get(TILE.format("bare")))
    assert (drawn[..., 3] > 0).any()


def test_a_range_written_without_its_array_is_one(
    bare: dict[str, Any], folder: Path, monkeypatch: Any
):
    bare["properties"]["renders"] = {"default": {"rescale": [0, 5]}}
    serve(folder, monkeypatch, bare)

    assert (legend()["min"], legend()["max"]) == (0, 5)


def test_a_raster_of_nothing_has_a_legend_that_says_so(folder: Path, monkeypatch: Any):
    path = folder / "void.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=50,
        height=50,
        count=1,
        dtype="float32",
        crs="EPSG:4326",
        transform=Affine(0.04, 0, 10, 0, -0.04, 47),
        nodata=0,
    ) as file:
        file.write(np.zeros((1, 50, 50), np.float32))
    item = describe_raster(path, ItemOptions(id="void", href=path.name))
    serve(folder, monkeypatch, json.loads(json.dumps(item)))

    described = legend(item="void")

    assert (described["min"], described["max"]) == (0, 1)
    assert "is a guess" in described["note"]
    assert not pixels(get("/datasets/void/preview.png"))[..., 3].any()


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("written", ["[0,50]", "0,50", "[0, 50]", "[[0,50]]"])
def test_a_range_may_stand_in_brackets(written: str):
    described = legend(f"rescale={written}")

    assert (described["min"], described["max"]) == (0, 50)


@pytest.mark.usefixtures("bare")
def test_a_formula_bends_tiles_and_legends_alike():
    plain = legend("rescale=0,100&colormap_name=viridis")["colors"]
    bent = legend("rescale=0,100&colormap_name=viridis&color_formula=gamma+R+2")

    assert bent["colors"][100] == plain[159]  # the root of 100 / 254
    assert bent["colors"][0] == plain[0]
    query = "rescale=0,100&bidx=1,1,1"
    before = pixels(get(TILE.format("bare"), query))
    after = pixels(get(TILE.format("bare"), f"{query}&color_formula=gamma+RGB+2"))
    shown = before[..., 3] > 0
    assert (after[shown][:, 0] >= before[shown][:, 0]).all()
    tilejson = get("/datasets/bare/tilejson.json", f"{query}&color_formula=gamma+R+2")
    assert "color_formula=gamma+R+2" in tilejson.json()["tiles"][0]
