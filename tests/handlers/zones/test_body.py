"""The CRS of a body: by the query, by the member of 2008, or longitude and latitude."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from pyproj import CRS

from raster_core.sources.crs.crs import LONGITUDE_LATITUDE
from raster_core.sources.crs.operations import point_transform
from testing.client import Answer, get, post
from testing.geojson import SQUARE, box, collection, feature, line_string, polygon

STATISTICS = "/datasets/grid/statistics"
PROFILE = "/datasets/grid/profile"
FEATURES = "/datasets/landcover/features"
CROSSTAB = "/crosstab"
TWO = "dataset=landcover&dataset=grid"

MERCATOR = ("EPSG:3857", "urn:ogc:def:crs:EPSG::3857")


def move(coordinates: Any, crs: str) -> Any:
    """Positions of any depth, brought from longitude and latitude."""
    if isinstance(coordinates[0], list):
        return [move(part, crs) for part in coordinates]
    x, y = point_transform(LONGITUDE_LATITUDE, crs)(*np.array(coordinates)[:, None])
    return [float(x[0]), float(y[0])]


def moved(geometry: dict[str, Any], crs: str) -> dict[str, Any]:
    return {**geometry, "coordinates": move(geometry["coordinates"], crs)}


def named(name: object) -> dict[str, Any]:
    """The member ``crs`` of GeoJSON as it was in 2008."""
    return {"crs": {"type": "name", "properties": {"name": name}}}


def mean(answer: Answer) -> float:
    assert answer.status == 200, answer.body
    document = answer.json()
    if document["type"] == "FeatureCollection":
        (document,) = document["features"]
    found: float = document["properties"]["statistics"]["b1"]["mean"]
    return found


# Squares of degrees are rectangles in Web Mercator, with the same sides.
FLAT = moved(SQUARE, "EPSG:3857")

# Off the edges of pixels, where the last bit of a projection decides.
LINE: dict[str, Any] = line_string([10.1234, 45.2071], [10.1234, 45.9931])


@pytest.mark.parametrize(
    ("document", "query"),
    [
        (FLAT, "crs=EPSG:3857"),
        (FLAT, "crs=http://www.opengis.net/def/crs/EPSG/0/3857"),
        (feature(FLAT), "crs=urn:ogc:def:crs:EPSG::3857"),
        (collection(feature(FLAT)), "crs=EPSG:3857"),
        ({**FLAT, **named("EPSG:3857")}, ""),
        (feature(FLAT, **named("urn:ogc:def:crs:EPSG::3857")), ""),
        (collection(feature(FLAT), **named("urn:ogc:def:crs:EPSG::3857")), ""),
        (collection(feature(FLAT), **named(MERCATOR[1])), "crs=EPSG:3857"),
        (collection(feature(FLAT, **named("EPSG:3857"))), "crs=EPSG:3857"),
        ({**SQUARE, **named("urn:ogc:def:crs:OGC:1.3:CRS84")}, ""),
        ({**SQUARE, "crs": None}, ""),
        (FLAT, f"crs={quote(CRS(3857).to_wkt('WKT1_GDAL'))}"),
        (FLAT, f"crs={quote(CRS(3857).to_json())}"),
        ({**FLAT, **named(CRS(3857).to_wkt())}, ""),
        ({**FLAT, **named(CRS(3857).to_json())}, ""),
        ({**FLAT, "crs": CRS(3857).to_json_dict()}, ""),
        (collection(feature(FLAT), crs=CRS(3857).to_json_dict()), "crs=EPSG:3857"),
        (SQUARE, "crs=EPSG:4979"),
        (SQUARE, "crs=CRS84"),
        (SQUARE, "crs=EPSG:4326"),
    ],
)
def test_zones_are_where_their_crs_says(document: object, query: str) -> None:
    found = mean(post(STATISTICS, document, f"stats=mean&{query}"))

    expected = mean(post(STATISTICS, SQUARE, "stats=mean"))
    assert found == pytest.approx(expected, rel=1e-6)


def test_x_comes_before_y_whatever_the_authority_says() -> None:
    turned = polygon([[y, x] for x, y in SQUARE["coordinates"][0]])

    answer = post(STATISTICS, turned, "crs=urn:ogc:def:crs:EPSG::4326")

    assert answer.json()["properties"]["statistics"]["b1"]["reason"] == (
        "outside_raster"
    )


def test_features_and_profiles_and_tables_take_it_too() -> None:
    amazon = polygon([[-60, -6], [-59, -6], [-59, -5]])
    for path, query, document in (
        (FEATURES, "", amazon),
        (PROFILE, "samples=9", LINE),
        (CROSSTAB, TWO, SQUARE),
    ):
        straight = post(path, document, query)
        asked = post(path, moved(document, "EPSG:3857"), f"{query}&crs=EPSG:3857")
        member = post(
            path, {**moved(document, "EPSG:3857"), **named("EPSG:3857")}, query
        )

        assert straight.status == asked.status == member.status == 200, asked.body
        assert asked.body == member.body
        if path == PROFILE:
            assert asked.json()["bands"] == straight.json()["bands"]
        elif path == FEATURES:  # a slanting side is another one in Mercator
            counts = [
                sum(f["properties"]["count"] for f in answer.json()["features"])
                for answer in (asked, straight)
            ]
            assert counts[0] == pytest.approx(counts[1], rel=0.02)
        else:
            tables = [a.json()["properties"]["crosstab"] for a in (asked, straight)]
            assert tables[0]["count"] == pytest.approx(tables[1]["count"])


def test_modifications_have_the_crs_of_the_body() -> None:
    change = [{"geometry": FLAT, "value": 5}]

    answer = post(
        STATISTICS, {**FLAT, "modifications": change}, "crs=EPSG:3857&stats=mean"
    )

    assert mean(answer) == pytest.approx(5, abs=1e-6)


@pytest.mark.parametrize(
    ("query", "member", "words"),
    [
        ("crs=EPSG:3857", "EPSG:4326", "contradicts the body"),
        ("crs=CRS84", "EPSG:3857", "contradicts the body"),
        ("", "EPSG:999999", "'EPSG:999999' is not a coordinate system"),
        ("", "urn:ogc:def:crs:EPSG::4978", "is not a coordinate system"),
        ("", 3857, "'3857' is not a coordinate system"),
        ("", None, "'None' is not a coordinate system"),
    ],
)
@pytest.mark.parametrize(
    ("path", "geometry"),
    [(STATISTICS, SQUARE), (FEATURES, SQUARE), (PROFILE, LINE), (CROSSTAB, SQUARE)],
)
def test_a_body_that_contradicts_or_names_nothing_is_refused(
    path: str, geometry: dict[str, Any], query: str, member: object, words: str
) -> None:
    query = f"{TWO}&{query}" if path == CROSSTAB else query

    answer = post(path, {**geometry, **named(member)}, query)

    assert answer.status == 400
    assert words in answer.json()["detail"]


@pytest.mark.parametrize(
    "member",
    [
        "EPSG:3857",
        {"type": "link", "properties": {"href": "http://example.com/"}},
        {"type": "name"},
        {"type": "name", "properties": []},
        [],
        0,
    ],
)
def test_a_member_of_another_form_is_refused(member: object) -> None:
    answer = post(STATISTICS, {**SQUARE, "crs": member})

    assert answer.status == 400
    assert "The body's crs" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["EPSG:0", "3857", "WGS84", "EPSG:5773", ""])
def test_a_crs_that_is_none_is_named(name: str) -> None:
    for path in (STATISTICS, FEATURES, PROFILE):
        answer = post(path, SQUARE, f"crs={name}")

        assert answer.status == 400
        (error,) = answer.json()["errors"]
        assert error["parameter"] == "crs"
        assert f"'{name}'" in error["detail"]
        assert "EPSG:n" in error["detail"]


def test_a_feature_of_another_crs_has_its_own_error() -> None:
    document = collection(
        feature(SQUARE),
        feature(FLAT, **named("EPSG:3857")),
        feature({**FLAT, **named("EPSG:3857")}),
        feature(SQUARE, crs="?"),
        feature({**SQUARE, **named("CRS84")}),
    )

    features = post(STATISTICS, document, "stats=mean").json()["features"]

    errors = [f.get("error", {}).get("status") for f in features]
    assert errors == [None, 422, 422, 422, None]
    assert "EPSG:3857" in features[1]["error"]["detail"]


def test_coordinates_beyond_the_crs_are_unprocessable() -> None:
    beyond = box(0, 0, 3e7, 1e6)

    answer = post(STATISTICS, beyond, "crs=EPSG:3857")

    assert answer.status == 422
    assert "(3e+07, 1e+06) are not all within EPSG:3857" in answer.json()["detail"]
    assert post(STATISTICS, FLAT).status == 422


def test_geometries_come_back_with_their_crs() -> None:
    document = collection(feature(FLAT))
    query = "crs=EPSG:3857&include_geometry=true&stats=mean"

    whole = post(STATISTICS, document, query).json()
    single = post(STATISTICS, FLAT, query).json()
    lines = post(STATISTICS, document, f"{query}&f=ndjson").body.splitlines()
    table = post(CROSSTAB, FLAT, f"{TWO}&crs=EPSG:3857&include_geometry=true").json()

    member = named("urn:ogc:def:crs:EPSG::3857")["crs"]
    assert whole["features"][0]["geometry"] == FLAT
    found = [answer["crs"] for answer in (whole, single, json.loads(lines[0]), table)]
    assert found == [member] * 4
    assert "crs" not in post(STATISTICS, document, "crs=EPSG:3857").json()
    plain = post(STATISTICS, collection(feature(SQUARE)), "include_geometry=true")
    assert "crs" not in plain.json()


def test_a_box_is_in_degrees() -> None:
    assert get(STATISTICS, "bbox=10,45,11,46&crs=EPSG:3857").status == 400


@pytest.mark.parametrize(
    ("path", "query", "geometry"),
    [
        (CROSSTAB, TWO, SQUARE),
        (FEATURES, "", SQUARE),
        (PROFILE, "", line_string([10, 45], [11, 46])),
    ],
)
def test_modifications_are_refused_where_nothing_is_modified(
    path: str, query: str, geometry: dict[str, Any]
) -> None:
    changes = [{"geometry": SQUARE, "value": 4}]

    answer = post(path, feature(geometry, modifications=changes), query)

    assert answer.status == 400
    assert "modifications are supported in the body of zonal" in answer.json()["detail"]


def test_modifications_of_one_feature_among_several_are_refused() -> None:
    changes = [{"geometry": SQUARE, "value": 4}]
    changed = feature(SQUARE, modifications=changes)

    answer = post(STATISTICS, collection(feature(SQUARE), changed))

    assert answer.status == 400
    assert "modifications stand in feature 1" in answer.json()["detail"]


def test_a_value_that_no_float_holds_is_refused() -> None:
    body = json.dumps({**SQUARE, "modifications": [{"geometry": SQUARE, "value": 1}]})

    for value in ("1" + "0" * 400, "1e999", "NaN", "true", '"1"'):
        answer = post(STATISTICS, body.replace('"value": 1', f'"value": {value}'))
        assert answer.status == 400, value
