from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from rasterio.windows import Window

from handlers.platform.settings import MAX_FEATURES
from raster_core.zonal.results.statistics import BEYOND_SUMS, NAMES
from testing.client import Answer, post
from testing.geojson import (
    BOW_TIE,
    SQUARE,
    box,
    collection,
    feature,
    multipolygon,
    polygon,
)

if TYPE_CHECKING:
    from pathlib import Path

BY_NAME_ONLY = {"area_weighted_mean", "coefficient_of_variation", "planar_area"}

EVERYTHING = {*NAMES, "reason"} - BY_NAME_ONLY

PATH = "/datasets/grid/statistics"

OFF = polygon([[-10, 0], [-9, 0], [-9, 1], [-10, 0]])
HALVES = multipolygon(
    [[[10, 45], [10.5, 45], [10.5, 46], [10, 46], [10, 45]]],
    [[[10.5, 45], [11, 45], [11, 46], [10.5, 46], [10.5, 45]]],
)


def figures(answer: Answer, band: str = "b1") -> dict[str, Any]:
    assert answer.status == 200, answer.body
    statistics: dict[str, Any] = answer.json()["properties"]["statistics"][band]
    return statistics


def test_the_figures_of_whole_pixels_are_those_of_numpy(sample: Path) -> None:
    with rasterio.open(sample / "elevation_yosemite.tif") as file:
        window = Window(300, 200, 40, 30)
        values = file.read(1, window=window)
        bounds = rasterio.windows.bounds(window, file.transform)

    found = figures(post("/datasets/elevation/statistics", box(*bounds)))

    assert found["count"] == pytest.approx(1200)
    assert found["mean"] == pytest.approx(values.mean())
    assert found["std"] == pytest.approx(values.std())
    assert found["sum"] == pytest.approx(values.sum())
    assert found["reason"] is None


def test_the_shares_of_classes_are_exact(sample: Path) -> None:
    with rasterio.open(sample / "landcover_global_2019.tif") as file:
        window = Window(2400, 1900, 100, 60)
        values = file.read(1, window=window)
    # Pixels of 0.05 degrees from 180 W and 90 N.
    zone = box(-60, -8, -55, -5)

    found = figures(post("/datasets/landcover/statistics", zone))

    codes, counts = np.unique(values, return_counts=True)
    met = [entry for entry in found["categories"] if entry["count"] > 1e-6]
    assert [entry["value"] for entry in met] == codes.tolist()
    assert [entry["count"] for entry in met] == pytest.approx(counts.tolist())
    assert sum(entry["fraction"] for entry in met) == pytest.approx(1)
    assert found["majority"] == codes[counts.argmax()]
    assert met[0]["name"]


@pytest.mark.parametrize(
    "document",
    [SQUARE, HALVES, feature(SQUARE), feature(HALVES)],
    ids=["Polygon", "MultiPolygon", "Feature", "Feature of a MultiPolygon"],
)
def test_one_zone_comes_back_as_one_feature(document: object) -> None:
    answer = post(PATH, document)

    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.json()["type"] == "Feature"
    assert answer.json()["geometry"] is None
    found, expected = figures(answer), figures(post(PATH, SQUARE))
    assert found.pop("histogram")[0] == pytest.approx(expected.pop("histogram")[0])
    assert found == pytest.approx(expected)


def test_a_collection_keeps_order_ids_and_properties() -> None:
    properties = {"name": "Łódź", "nested": {"list": [1, None, 2.5]}, "n": 2**60}
    document = collection(
        feature(SQUARE, id="b", properties=properties),
        feature(HALVES, id=7),
        feature(SQUARE, id="a", properties={}),
        feature(OFF),
    )

    answer = post(PATH, document)

    assert answer.status == 200
    assert answer.json()["type"] == "FeatureCollection"
    features = answer.json()["features"]
    assert [f.get("id") for f in features] == ["b", 7, "a", None]
    assert "id" not in features[3]
    kept = dict(features[0]["properties"])
    assert set(kept.pop("statistics")) == {"b1"}
    assert kept == properties


def test_an_empty_collection_has_an_empty_answer() -> None:
    answer = post(PATH, collection())

    assert answer.status == 200
    assert answer.json() == collection()


@pytest.mark.parametrize("wanted", [True, False])
def test_the_geometry_comes_back_if_asked_for(*, wanted: bool) -> None:
    answer = post(PATH, feature(HALVES), f"include_geometry={str(wanted).lower()}")

    assert answer.json()["geometry"] == (HALVES if wanted else None)


def test_only_the_statistics_asked_for_come_back() -> None:
    found = figures(post(PATH, SQUARE, "stats=max&stats=mean"))

    assert list(found) == ["max", "mean", "reason"]


def test_without_a_wish_an_integer_band_has_everything() -> None:
    found = figures(post("/datasets/landcover/statistics", SQUARE))

    assert set(found) == EVERYTHING


def test_a_band_without_classes_has_no_categories() -> None:
    assert set(figures(post(PATH, SQUARE))) == EVERYTHING - {"categories"}


def test_a_float_band_has_what_moments_yield() -> None:
    found = figures(post("/datasets/float/statistics", box(11, 45, 12, 46)))

    assert set(found) == EVERYTHING - BEYOND_SUMS


@pytest.mark.parametrize("name", sorted(BEYOND_SUMS - {"median"}))
def test_a_float_band_refuses_what_takes_a_histogram(name: str) -> None:
    answer = post("/datasets/float/statistics", SQUARE, f"stats=mean&stats={name}")

    assert answer.status == 400
    assert name in answer.json()["detail"]
    assert "float32" in answer.json()["detail"]


@pytest.mark.parametrize("bins", [1, 5, 256])
def test_the_histogram_has_the_bins_asked_for(bins: int) -> None:
    found = figures(post(PATH, SQUARE, f"histogram_bins={bins}"))

    weights, edges = found["histogram"]
    assert (len(weights), len(edges)) == (bins, bins + 1)
    assert sum(weights) == pytest.approx(found["count"])
    assert (edges[0], edges[-1]) == (found["min"], found["max"])


def test_bands_come_by_name_and_each_once() -> None:
    answer = post(PATH, SQUARE, "bidx=2&bidx=1&bidx=2&stats=mean")

    assert list(answer.json()["properties"]["statistics"]) == ["b2", "b1"]
    means = [figures(answer, band)["mean"] for band in ("b1", "b2")]
    assert means == pytest.approx([means[0], means[0] + 1], abs=0.01)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("stats=average", "stats"),
        ("stats=mean;max", "stats"),
        ("stats=reason", "stats"),
        ("histogram_bins=0", "histogram_bins"),
        ("histogram_bins=257", "histogram_bins"),
        ("histogram_bins=2&histogram_bins=3", "histogram_bins"),
        ("include_geometry=yes", "include_geometry"),
        ("bidx=0", "bidx"),
        ("rescale=0,1", "rescale"),
    ],
)
def test_a_bad_parameter_is_named(query: str, parameter: str) -> None:
    answer = post(PATH, SQUARE, query)

    assert answer.status == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


def test_a_band_that_the_raster_lacks_is_refused() -> None:
    assert post(PATH, SQUARE, "bidx=1&bidx=3").status == 400


def test_a_bow_tie_is_repaired_and_says_so() -> None:
    answer = post(PATH, BOW_TIE)

    # Both triangles, which are half of the square.
    assert figures(answer)["count"] + figures(answer)["masked_pixels"] == pytest.approx(
        5000
    )
    assert answer.json()["zone"] == {"repaired": "Self-intersection[10.5 45.5]"}
    assert "zone" not in post(PATH, SQUARE).json()


def test_a_zone_off_the_raster_has_no_figures_but_a_reason() -> None:
    found = figures(post(PATH, OFF))

    assert found.pop("reason") == "outside_raster"
    assert found.pop("covered_percent") == 0
    assert [found.pop(f"{kind}_pixels") for kind in ("valid", "masked")] == [0, 0]
    assert found.pop("count") == 0
    assert set(found.values()) == {None}


def test_a_zone_without_data_has_no_figures_but_a_reason() -> None:
    found = figures(post("/datasets/hollow/statistics", box(10.1, 45.1, 10.9, 45.9)))

    assert found.pop("reason") == "no_valid_pixels"
    assert found.pop("covered_percent") == 100
    assert found.pop("masked_pixels") == pytest.approx(6400)
    assert [found.pop(name) for name in ("valid_pixels", "count")] == [0, 0]
    assert found.pop("valid_percent") == 0
    assert set(found.values()) == {None}


@pytest.mark.parametrize(
    "zone",
    [
        box(10.15, 45.45, 10.25, 45.55),
        box(14.95, 45.45, 15.05, 45.55),
        box(10, 43.5, 16, 46.5),
    ],
    ids=["inf", "-inf", "both"],
)
def test_infinite_pixels_leave_the_answer_json(zone: object) -> None:
    found = figures(post("/datasets/float/statistics", zone))

    numbers = [value for value in found.values() if isinstance(value, float)]
    assert all(map(math.isfinite, numbers))
    assert found["count"] > 50


def test_pixels_have_the_same_share_in_adjoining_zones() -> None:
    west, east = box(10, 45, 10.333, 46), box(10.333, 45, 11, 46)
    features = post(PATH, collection(feature(west), feature(east))).json()["features"]
    parts = [f["properties"]["statistics"]["b1"]["count"] for f in features]

    assert sum(parts) == pytest.approx(figures(post(PATH, SQUARE))["count"])


def test_many_features_are_answered_in_one_go() -> None:
    small = [
        feature(box(10 + n / 10_000, 45, 10 + (n + 1) / 10_000, 45.01))
        for n in range(MAX_FEATURES)
    ]
    answer = post(PATH, collection(*small), "stats=mean")

    assert answer.status == 200
    assert len(answer.json()["features"]) == MAX_FEATURES
