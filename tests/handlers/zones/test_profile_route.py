from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from testing.client import Answer, get, post
from testing.geojson import SQUARE, collection, feature, line_string

if TYPE_CHECKING:
    from pathlib import Path

PATH = "/datasets/grid/profile"

LINE = line_string([9.9, 46.2], [10.5, 45.9], [12.1, 45.1])


def profile(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer.body
    found: dict[str, Any] = answer.json()
    return found


def faulty_parameters(answer: Answer) -> list[str]:
    assert answer.status == 400, answer.body
    return [error["parameter"] for error in answer.json()["errors"]]


def test_values_are_those_at_the_points() -> None:
    found = profile(post(PATH, LINE, "samples=40&bidx=2&bidx=1"))

    assert [band["band"] for band in found["bands"]] == ["b2", "b1"]
    assert len(found["coordinates"]) == len(found["distance_m"]) == 40
    for number, (lon, lat) in enumerate(found["coordinates"]):
        query = urlencode([("lon", lon), ("lat", lat), ("bidx", 2), ("bidx", 1)])
        expected = get("/datasets/grid/point", query).json()["values"]
        for band, value in zip(found["bands"], expected, strict=True):
            assert band["values"][number] == value["value"]
            assert band["reasons"][number] == value["reason"]
            assert (band["name"], band["unit"]) == (value["name"], value["unit"])
    reasons = set(found["bands"][0]["reasons"])
    assert reasons == {None, "outside_raster", "no_valid_pixels"}


def test_distances_run_evenly_from_nought_to_the_length() -> None:
    found = profile(post(PATH, LINE, "samples=3"))

    assert found["distance_m"] == [
        0,
        pytest.approx(found["length_m"] / 2),
        found["length_m"],
    ]
    assert found["length_m"] == pytest.approx(210_300, rel=0.01)
    assert [found["coordinates"][0], found["coordinates"][-1]] == [
        [9.9, 46.2],
        [12.1, 45.1],
    ]
    assert found["resampling"] == "nearest"


def test_without_a_number_there_are_as_many_samples_as_pixels() -> None:
    along_a_row = line_string([10.105, 46.395], [10.205, 46.395])

    found = profile(post(PATH, along_a_row))

    (band,) = found["bands"]
    assert len(band["values"]) == len(found["distance_m"]) == 11
    assert band["values"][1] == band["values"][0] + 1


def test_a_feature_is_as_good_as_its_geometry() -> None:
    bare, wrapped = post(PATH, LINE), post(PATH, feature(LINE, properties={"n": 1}))

    assert wrapped.json() == bare.json()
    assert wrapped.headers["content-type"] == "application/json"
    assert wrapped.headers["cache-control"] == "no-store"
    assert post(PATH, collection(feature(LINE))).json() == bare.json()


def test_classes_come_with_their_names() -> None:
    line = line_string([-63, -6], [-60, -6])

    (band,) = profile(post("/datasets/landcover/profile", line))["bands"]

    assert "Evergreen broadleaf forest" in band["labels"]
    assert len(band["labels"]) == len(band["values"])
    assert profile(post(PATH, LINE))["bands"][0]["labels"] is None


def test_infinite_pixels_leave_the_answer_json() -> None:
    line = line_string([10, 45.495], [16, 45.495])

    (band,) = profile(post("/datasets/float/profile", line))["bands"]

    assert "no_valid_pixels" in band["reasons"]


def test_a_line_over_the_antimeridian_may_be_written_on_either_side() -> None:
    east = line_string([178, 65], [184, 67])
    west = line_string([-182, 65], [-176, 67])

    first, second = (
        profile(post("/datasets/landcover/profile", line)) for line in (east, west)
    )

    assert first["bands"] == second["bands"]
    assert None not in first["bands"][0]["values"]


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("samples=1", ["samples"]),
        ("samples=5001", ["samples"]),
        ("samples=10.5", ["samples"]),
        ("samples=10&samples=11", ["samples"]),
        ("bidx=0", ["bidx"]),
        ("max_points=5&bidx=&samples=x", ["bidx", "max_points", "samples"]),
    ],
)
def test_every_bad_parameter_is_named(query: str, parameters: list[str]) -> None:
    assert sorted(faulty_parameters(post(PATH, LINE, query))) == parameters


UNUSABLE = {
    "polygon": SQUARE,
    "point": {"type": "Point", "coordinates": [10, 45]},
    "several lines": {"type": "MultiLineString", "coordinates": [LINE["coordinates"]]},
    "one point": line_string([10, 45]),
    "no length": line_string([10, 45], [10, 45]),
    "beyond range": line_string([10, 45], [541, 45]),
    "no geometry": {"type": "Feature", "properties": {}},
    "null geometry": feature(None),
}


@pytest.mark.parametrize("document", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_what_is_no_usable_line_is_unprocessable(document: object) -> None:
    answer = post(PATH, document)

    assert answer.status == 422
    assert answer.json()["detail"]


@pytest.mark.parametrize("features", [[], [feature(LINE), feature(LINE)]], ids=len)
def test_a_body_holds_one_line(features: list[object]) -> None:
    answer = post(PATH, collection(*features))

    assert answer.status == 400
    assert f"{len(features)} features" in answer.json()["detail"]


def test_a_body_that_is_no_geojson_is_refused() -> None:
    assert post(PATH, "{").status == 400
    assert post(PATH, []).status == 400
    assert post(PATH, LINE, headers={"content-type": "text/plain"}).status == 415
    nan = json.dumps(LINE).replace("9.9", "NaN")
    assert post(PATH, nan).status == 422


def test_a_band_that_the_raster_lacks_is_refused() -> None:
    assert post(PATH, LINE, "bidx=3").status == 400


def test_an_unknown_dataset_is_not_found() -> None:
    assert post("/datasets/atlantis/profile", LINE).status == 404


@pytest.mark.parametrize("name", ["missing", "truncated", "html"])
def test_a_broken_raster_is_a_bad_gateway(name: str, catalogue: Path) -> None:
    answer = post(f"/datasets/{name}/profile", LINE)

    assert answer.status == 502
    assert str(catalogue.parent) not in answer.body.decode()


def test_another_method_is_not_allowed() -> None:
    assert get(PATH).status == 405
