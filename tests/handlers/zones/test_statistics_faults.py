from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from handlers.platform.settings import MAX_ANSWER, MAX_BODY, MAX_FEATURES, MAX_VERTICES
from testing.client import JSON_TYPE, Answer, event, invoke, post
from testing.geojson import SQUARE, box, collection, numbered, polygon

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.grid import Window

PATH = "/datasets/grid/statistics"

POINT = {"type": "Point", "coordinates": [10, 45]}


def polygon_text(coordinates: str) -> str:
    return f'{{"type": "Polygon", "coordinates": {coordinates}}}'


def assert_problem(answer: Answer, status: int) -> str:
    """The detail of a problem document of that status."""
    assert answer.status == status, answer.body[:300]
    assert answer.headers["content-type"] == "application/problem+json"
    detail: str = answer.json()["detail"]
    return detail


UNUSABLE = {
    "NaN": polygon_text("[[[10,45],[11,45],[11,NaN],[10,45]]]"),
    "infinite": polygon_text("[[[10,45],[11,45],[Infinity,46],[10,45]]]"),
    "1e999": polygon_text("[[[10,45],[11,45],[11,1e999],[10,45]]]"),
    "400 digits": polygon_text(f"[[[10,45],[11,45],[11,{'9' * 400}],[10,45]]]"),
    "two points": polygon_text("[[[10,45],[11,46]]]"),
    "two points, closed": polygon_text("[[[10,45],[11,46],[10,45]]]"),
    "on a line": polygon_text("[[[10,45],[11,46],[12,47],[10,45]]]"),
    "no rings": polygon_text("[]"),
    "empty ring": polygon_text("[[]]"),
    "empty positions": polygon_text("[[[],[],[],[]]]"),
    "hole of two points": polygon_text(
        "[[[10,45],[11,45],[11,46],[10,45]],[[10,45],[11,46]]]"
    ),
    "no coordinates": '{"type": "Polygon"}',
    "null coordinates": polygon_text("null"),
    "coordinates of a number": polygon_text("7"),
    "coordinates of a string": polygon_text('"10,45"'),
    "coordinates of an object": polygon_text('{"0": [10, 45]}'),
    "rings too shallow": polygon_text("[[10,45],[11,45],[11,46],[10,45]]"),
    "rings too deep": polygon_text("[[[[10,45],[11,45],[11,46],[10,45]]]]"),
    "positions of one number": polygon_text("[[[10],[11],[11],[10]]]"),
    "positions of null": polygon_text("[[[10,45],[null,45],[11,46],[10,45]]]"),
    "positions of strings": polygon_text('[[["10","45"],["11","45"],["11","46"]]]'),
    "longitude beyond range": polygon_text("[[[10,45],[540.1,45],[11,46],[10,45]]]"),
    "latitude beyond range": polygon_text("[[[10,45],[11,45],[11,90.1],[10,45]]]"),
    "metres": polygon_text("[[[500000,5e6],[500100,5e6],[500100,5000100]]]"),
    "empty MultiPolygon": '{"type": "MultiPolygon", "coordinates": []}',
    "MultiPolygon of numbers": '{"type": "MultiPolygon", "coordinates": [1, 2]}',
    "Point": json.dumps(POINT),
    "LineString": '{"type": "LineString", "coordinates": [[10, 45], [11, 46]]}',
    "GeometryCollection": '{"type": "GeometryCollection", "geometries": []}',
    "unknown type": '{"type": "Hexagon", "coordinates": []}',
    "null geometry": '{"type": "Feature", "properties": {}, "geometry": null}',
    "no geometry": '{"type": "Feature", "properties": {}}',
    "geometry of text": '{"type": "Feature", "geometry": "POLYGON((10 45))"}',
    "Feature in a Feature": '{"type": "Feature", "geometry": {"type": "Feature"}}',
}


@pytest.mark.parametrize("text", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_geojson_that_is_no_usable_zone_is_unprocessable(text: str) -> None:
    assert assert_problem(post(PATH, text), 422)


@pytest.mark.parametrize("text", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_bad_feature_among_good_ones_has_its_own_error(text: str) -> None:
    bad = text if '"Feature"' in text else f'{{"type": "Feature", "geometry": {text}}}'
    good = json.dumps({"type": "Feature", "id": "good", "geometry": SQUARE})
    body = f'{{"type": "FeatureCollection", "features": [{good}, {bad}, {good}]}}'

    answer = post(PATH, body)

    assert answer.status == 200
    first, faulty, last = answer.json()["features"]
    assert faulty["properties"] == {"statistics": None}
    assert faulty["error"]["status"] == 422
    assert faulty["error"]["detail"] == post(PATH, text).json()["detail"]
    assert first == last
    assert "error" not in first
    assert first["properties"]["statistics"]["b1"]["count"] > 0


@pytest.mark.parametrize("bad", [None, 7, "zone", [], {}])
def test_a_member_that_is_no_feature_is_a_bad_feature(bad: object) -> None:
    document = numbered(SQUARE)
    document["features"].append(bad)

    answer = post(PATH, document)

    assert answer.status == 200
    assert answer.json()["features"][1]["error"]["status"] == 422


def test_an_unlocated_feature_has_a_row_that_says_so() -> None:
    body = numbered(SQUARE, None, SQUARE)

    first, nowhere, last = post(PATH, body, "stats=mean").json()["features"]

    assert nowhere["id"] == 1
    assert nowhere["error"]["status"] == 422
    assert "no geometry" in nowhere["error"]["detail"]
    assert [f["properties"].pop("n") for f in (first, last)] == [0, 2]
    assert first["properties"] == last["properties"]
    for alone in (numbered(None, None), body["features"][1]):
        assert "no geometry" in assert_problem(post(PATH, alone), 422) or (
            "None of 2 zones is usable" in post(PATH, alone).json()["detail"]
        )


def test_when_all_features_are_bad_they_are_listed() -> None:
    answer = post(PATH, numbered(POINT, None, polygon()))

    assert_problem(answer, 422)
    errors = answer.json()["errors"]
    assert [error["feature"] for error in errors] == [0, 1, 2]
    assert all(error["detail"] for error in errors)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "zone",
        "{",
        '{"type": "Polygon", "coordinates": [[[10, 45], [11,',
        "{'type': 'Polygon'}",
        '{"type": "Polygon"} trailing',
        "[" * 100_000,
        '{"a":' * 100_000,
        "9" * 5000,
    ],
    ids=lambda text: text[:20],
)
def test_a_body_that_is_no_json_does_not_parse(text: str) -> None:
    assert len(assert_problem(post(PATH, text), 400)) < 300


@pytest.mark.parametrize(
    "document",
    [[], [SQUARE], 7, "Polygon", None, True, {}, {"type": 7}, {"type": None}],
    ids=str,
)
def test_json_that_is_no_geojson_is_refused(document: object) -> None:
    assert_problem(post(PATH, document), 400)


@pytest.mark.parametrize("features", [None, {}, "all", 3])
def test_a_collection_needs_an_array_of_features(features: object) -> None:
    document = collection() | {"features": features}

    assert_problem(post(PATH, document), 400)


def test_a_request_without_a_body_does_not_parse() -> None:
    assert_problem(invoke(event("POST", PATH, headers=JSON_TYPE)), 400)


def test_a_body_may_come_as_base64() -> None:
    text = json.dumps(SQUARE)

    assert post(PATH, text.encode()).body == post(PATH, text).body


@pytest.mark.parametrize("body", ["not base64!", "eyJ0eXBlI", "é"])
def test_a_body_that_is_not_the_base64_it_claims_to_be_is_refused(body: str) -> None:
    request = event("POST", PATH, body=body, headers=JSON_TYPE)
    request["isBase64Encoded"] = True

    assert_problem(invoke(request), 400)


def test_bytes_that_are_no_text_do_not_parse() -> None:
    assert_problem(post(PATH, b'{"type": "\xff\xfe"}'), 400)


@pytest.mark.parametrize(
    "media_type",
    ["application/geo+json", "application/json; charset=utf-8", "Application/JSON"],
)
def test_json_has_several_names(media_type: str) -> None:
    assert post(PATH, SQUARE, headers={"Content-Type": media_type}).status == 200


@pytest.mark.parametrize(
    "media_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"],
)
def test_what_is_not_declared_as_json_is_refused(media_type: str) -> None:
    headers = {"content-type": media_type} if media_type else {}

    assert_problem(post(PATH, SQUARE, headers=headers), 415)


def test_a_body_over_its_limit_is_refused() -> None:
    text = json.dumps(SQUARE)
    padding = " " * (MAX_BODY - len(text))

    assert post(PATH, text + padding).status == 200
    detail = assert_problem(post(PATH, f"{text}{padding} "), 413)
    assert str(MAX_BODY) in detail
    assert_problem(post(PATH, f"{text}{padding} ".encode()), 413)


def test_vertices_over_their_limit_are_refused() -> None:
    ring = "[10.1,45.1]," * (MAX_VERTICES - 3) + "[11,45],[11,46],[10.1,45.1]"
    ring_too_long = f"[10.1,45.1],{ring}"

    assert post(PATH, polygon_text(f"[[{ring}]]")).status == 200
    detail = assert_problem(post(PATH, polygon_text(f"[[{ring_too_long}]]")), 413)
    assert str(MAX_VERTICES) in detail


def test_features_over_their_limit_are_refused() -> None:
    document = numbered(*([None] * (MAX_FEATURES + 1)))

    assert str(MAX_FEATURES) in assert_problem(post(PATH, document), 413)


def test_an_operator_may_lift_the_limits_of_bodies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("BODY", "FEATURES", "VERTICES"):
        monkeypatch.setenv(f"RASTERLET_MAX_{name}", "none")
    document = numbered(SQUARE, *([None] * (MAX_FEATURES + 1)))
    ring = "[10.1,45.1]," * MAX_VERTICES + "[11,45],[11,46],[10.1,45.1]"

    assert post(PATH, document, "stats=count").status == 200
    assert post(PATH, polygon_text(f"[[{ring}]]")).status == 200
    assert post(PATH, json.dumps(SQUARE) + " " * MAX_BODY).status == 200


def test_zones_over_the_pixel_budget_are_refused_before_reading(
    read_windows: list[Window],
) -> None:
    answer = post("/datasets/vast/statistics", box(0, 0, 20, 20))

    assert "500000000" in assert_problem(answer, 413)
    assert read_windows == []


def test_an_answer_over_its_limit_is_refused() -> None:
    document = numbered(SQUARE)
    document["features"][0]["properties"]["text"] = "x" * MAX_ANSWER

    plain = {**JSON_TYPE, "accept-encoding": "identity"}
    detail = assert_problem(post(PATH, document, headers=plain), 413)

    assert f"exceeds {MAX_ANSWER}" in detail
    assert "After 1 of 1 zones, the answer has 44" in detail
    for remedy in ("fewer zones", "f=csv", "gzip", "locally"):
        assert remedy in detail
    assert post(PATH, document).status == 200  # gzip makes a trifle of it


def test_an_unknown_dataset_is_not_found() -> None:
    assert_problem(post("/datasets/atlantis/statistics", SQUARE), 404)


@pytest.mark.parametrize(
    "name", ["missing", "truncated", "html", "picture", "vrt", "empty"]
)
def test_a_broken_raster_is_a_bad_gateway_at_once(
    name: str, catalogue: Path, read_windows: list[Window]
) -> None:
    answer = post(f"/datasets/{name}/statistics", SQUARE)

    assert_problem(answer, 502)
    assert len(read_windows) <= 2  # once more of the file opened again
    assert str(catalogue.parent) not in answer.body.decode()
    assert ".tif" not in answer.body.decode()
    assert post(PATH, SQUARE).status == 200


def test_a_zone_is_judged_before_a_broken_raster_is_opened() -> None:
    assert_problem(post("/datasets/missing/statistics", POINT), 422)
