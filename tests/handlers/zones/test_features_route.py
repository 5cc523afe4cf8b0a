from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.features import rasterize

from testing.client import JSON_TYPE, Answer, get, post
from testing.geojson import (
    BOW_TIE,
    SQUARE,
    box,
    collection,
    feature,
    line_string,
    polygon,
)

if TYPE_CHECKING:
    from pathlib import Path

PATH = "/datasets/landcover/features"


AMAZON = box(-62, -8, -58, -5)


def features(answer: Answer) -> list[dict[str, Any]]:
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == "application/geo+json"
    found: dict[str, Any] = answer.json()
    assert found["type"] == "FeatureCollection"
    classes: list[dict[str, Any]] = found["features"]
    return classes


def faulty_parameters(answer: Answer) -> list[str]:
    assert answer.status == 400, answer.body
    return [error["parameter"] for error in answer.json()["errors"]]


def test_classes_are_where_the_file_has_them(sample: Path) -> None:
    with rasterio.open(sample / "landcover_global_2019.tif") as file:
        values, transform = file.read(1), file.transform
    inside = rasterize([AMAZON], values.shape, transform=transform).astype(bool)

    found = features(post(PATH, AMAZON))

    met = np.unique(values[inside]).tolist()
    assert [entry["properties"]["value"] for entry in found] == met
    for entry in found:
        assert entry["geometry"]["type"] == "MultiPolygon"
        assert shapely.geometry.shape(entry["geometry"]).is_valid
        expected = inside & (values == entry["properties"]["value"])
        burnt = rasterize([entry["geometry"]], values.shape, transform=transform)
        assert (burnt.astype(bool) == expected).all()
        assert entry["properties"]["count"] == expected.sum()
    assert found[1]["properties"]["name"] == "Evergreen broadleaf forest"


def test_only_the_classes_asked_for_come_back_met_or_not() -> None:
    found = features(post(PATH, AMAZON, "classes=15&classes=2&classes=2"))

    forest, snow = found
    assert forest["properties"]["count"] > 0
    assert snow["properties"] == {"value": 15, "name": "Snow and ice", "count": 0}
    assert snow["geometry"] is None


def test_a_feature_is_as_good_as_its_geometry() -> None:
    bare, wrapped = post(PATH, SQUARE), post(PATH, feature(SQUARE, properties={"n": 1}))
    document = collection(feature(SQUARE))

    assert bare.json() == wrapped.json() == post(PATH, document).json()
    assert bare.headers["cache-control"] == "no-store"
    assert "zone" not in bare.json()


def test_a_bow_tie_is_repaired_and_says_so() -> None:
    answer = post("/datasets/flat/features", BOW_TIE)

    (flat,) = features(answer)
    assert flat["properties"]["value"] == 7
    assert flat["properties"]["count"] == pytest.approx(5000, rel=0.02)
    assert answer.json()["zone"] == {"repaired": "Self-intersection[10.5 45.5]"}


def test_a_zone_off_the_raster_has_no_features() -> None:
    off = box(-10, 0, -9, 1)

    assert features(post("/datasets/grid/features", off)) == []
    (none,) = features(post("/datasets/grid/features", off, "classes=-5"))
    assert none["properties"] == {"value": -5, "name": "-5", "count": 0}


def test_the_band_can_be_chosen() -> None:
    cell = box(10.5, 45.8, 10.51, 45.81)
    (first,), (second,) = (
        features(post("/datasets/grid/features", cell, f"bidx={band}"))
        for band in (1, 2)
    )

    assert second["properties"]["value"] == first["properties"]["value"] + 1
    assert first["geometry"] == second["geometry"]


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("classes=forest", ["classes"]),
        ("classes=1;2", ["classes"]),
        ("classes=65536", ["classes"]),
        ("classes=-32769", ["classes"]),
        ("bidx=0", ["bidx"]),
        ("bidx=1&bidx=2", ["bidx"]),
        ("class=1&classes=&bidx=", ["bidx", "class", "classes"]),
    ],
)
def test_every_bad_parameter_is_named(query: str, parameters: list[str]) -> None:
    assert sorted(faulty_parameters(post(PATH, SQUARE, query))) == parameters


def test_floats_are_refused() -> None:
    answer = post("/datasets/float/features", SQUARE)

    assert answer.status == 400
    assert "Band 1 of the raster is float32" in answer.json()["detail"]


def test_a_zone_of_too_large_a_box_is_refused() -> None:
    answer = post("/datasets/vast/features", box(0, 0, 20, 20))

    assert answer.status == 413
    assert "30000x30000 pixels, which exceeds 5000000" in answer.json()["detail"]


def test_too_many_corners_are_refused() -> None:
    answer = post("/datasets/elevation/features", box(-120, 37, -119, 38.5))

    assert answer.status == 413
    assert "corners, which exceeds 100000" in answer.json()["detail"]


def test_an_answer_over_its_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASTERLET_MAX_ANSWER", "1000")

    plain = {**JSON_TYPE, "accept-encoding": "identity"}
    assert post(PATH, AMAZON, headers=plain).status == 413


UNUSABLE = {
    "line": line_string([10, 45], [11, 46]),
    "no geometry": {"type": "Feature", "properties": {}},
    "empty": polygon(),
}


@pytest.mark.parametrize("document", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_what_is_no_usable_zone_is_unprocessable(document: object) -> None:
    assert post(PATH, document).status == 422


@pytest.mark.parametrize("members", [[], [feature(SQUARE), feature(SQUARE)]], ids=len)
def test_a_body_holds_one_zone(members: list[object]) -> None:
    answer = post(PATH, collection(*members))

    assert answer.status == 400
    assert f"{len(members)} features" in answer.json()["detail"]


def test_a_body_that_is_no_geojson_is_refused() -> None:
    assert post(PATH, "{").status == 400
    assert post(PATH, [1]).status == 400
    assert post(PATH, SQUARE, headers={"content-type": "text/plain"}).status == 415


def test_a_band_that_the_raster_lacks_is_refused() -> None:
    assert post(PATH, SQUARE, "bidx=2").status == 400


def test_an_unknown_dataset_is_not_found() -> None:
    assert post("/datasets/atlantis/features", SQUARE).status == 404


@pytest.mark.parametrize("name", ["missing", "truncated", "html"])
def test_a_broken_raster_is_a_bad_gateway(name: str, catalogue: Path) -> None:
    answer = post(f"/datasets/{name}/features", SQUARE)

    assert answer.status == 502
    assert str(catalogue.parent) not in answer.body.decode()


def test_another_method_is_not_allowed() -> None:
    assert get(PATH).status == 405
