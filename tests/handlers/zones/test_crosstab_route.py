from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import rasterio
from rasterio.windows import from_bounds

from testing.client import Answer, event, get, invoke, post
from testing.geojson import SQUARE, box, numbered

if TYPE_CHECKING:
    from pathlib import Path

PATH = "/crosstab"
PAIR = "dataset=grid&dataset=hollow"

POINT = {"type": "Point", "coordinates": [10, 45]}


def table(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer.body
    found: dict[str, Any] = answer.json()["properties"]["crosstab"]
    return found


def faulty_parameters(answer: Answer) -> list[str]:
    assert answer.status == 400, answer.body
    return [error["parameter"] for error in answer.json()["errors"]]


def test_whole_pixels_are_counted_by_pairs_of_values(catalogue: Path) -> None:
    planes = []
    for name in ("grid", "hollow"):
        with rasterio.open(catalogue.parent / f"{name}.tif") as file:
            window = from_bounds(10.5, 45.2, 11.5, 46, file.transform)
            planes.append(file.read(1, window=window.round()).ravel().tolist())
    valid = [pair for pair in zip(*planes, strict=True) if -9999 not in pair]

    found = table(post(PATH, box(10.5, 45.2, 11.5, 46), PAIR))

    counts = {
        tuple(row["values"]): row["count"]
        for row in found["rows"]
        if row["count"] > 1e-6
    }
    assert counts == pytest.approx(dict(Counter(valid)))
    assert found["datasets"] == ["grid", "hollow"]
    assert found["resampling"] == "nearest"
    assert found["count"] == pytest.approx(len(valid))
    assert found["masked_pixels"] == pytest.approx(8000 - len(valid))
    assert found["reason"] is None


def test_rows_come_in_order_with_names_fractions_and_areas() -> None:
    zone = box(-119.6, 37.6, -119.2, 38.0)
    found = table(post(PATH, zone, "dataset=landcover&dataset=elevation"))

    rows = found["rows"]
    assert [row["values"] for row in rows] == sorted(row["values"] for row in rows)
    assert sum(row["fraction"] for row in rows) == pytest.approx(1)
    assert sum(row["count"] for row in rows) == pytest.approx(found["count"])
    # A pixel of 0.05 degrees at 38 N.
    assert all(
        row["area_m2"] == pytest.approx(row["count"] * 24.4e6, rel=0.01) for row in rows
    )
    names = {row["values"][0]: row["names"][0] for row in rows}
    assert names[8] == "Woody savanna"
    assert all(row["names"][1] == str(row["values"][1]) for row in rows)


def test_bands_are_chosen_in_the_order_of_datasets() -> None:
    zone = box(10.5, 45.2, 10.51, 45.21)
    query = "dataset=grid&dataset=grid&dataset=grid&bidx=2&bidx=1&bidx=2"

    rows = table(post(PATH, zone, query))["rows"]

    assert all(a == b + 1 == c for a, b, c in (row["values"] for row in rows))
    assert rows == table(post(PATH, zone, query.replace("bidx=", "bidx=b")))["rows"]


def test_coverage_may_be_whole_pixels() -> None:
    zone = box(10.5, 45.2, 10.586, 45.286)

    for mode, side in (("fraction", 8.6), ("centre", 9), ("all_touched", 9)):
        found = table(post(PATH, zone, f"{PAIR}&coverage={mode}"))
        assert found["count"] + found["masked_pixels"] == pytest.approx(side**2)


def test_a_zone_without_rows_says_why() -> None:
    outside = table(post(PATH, box(-10, 0, -9, 1), PAIR))
    masked = table(post(PATH, box(10.1, 45.1, 10.9, 45.9), PAIR))

    assert (outside["rows"], outside["reason"]) == ([], "outside_raster")
    assert (masked["rows"], masked["reason"]) == ([], "no_valid_pixels")
    assert masked["masked_pixels"] == pytest.approx(6400)
    assert masked["count"] == 0


def test_a_collection_keeps_order_ids_and_properties() -> None:
    answer = post(
        PATH, numbered(SQUARE, POINT, SQUARE), f"{PAIR}&include_geometry=true"
    )

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["cache-control"] == "no-store"
    first, faulty, last = answer.json()["features"]
    assert [first["id"], faulty["id"], last["id"]] == [0, 1, 2]
    assert first["properties"].pop("n") == 0
    assert last["properties"].pop("n") == 2
    assert first["properties"] == last["properties"]
    assert first["geometry"] == SQUARE
    assert faulty["properties"] == {"n": 1, "crosstab": None}
    assert faulty["error"]["status"] == 422


def test_an_empty_collection_has_an_empty_answer() -> None:
    assert post(PATH, numbered(), PAIR).json() == numbered()


def test_when_all_features_are_bad_they_are_listed() -> None:
    answer = post(PATH, numbered(POINT, None), PAIR)

    assert answer.status == 422
    assert [error["feature"] for error in answer.json()["errors"]] == [0, 1]


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("", ["dataset"]),
        ("dataset=grid", ["dataset"]),
        ("&".join(["dataset=grid"] * 5), ["dataset"]),
        (f"{PAIR}&bidx=1", ["bidx"]),
        (f"{PAIR}&bidx=1&bidx=0", ["bidx"]),
        (f"{PAIR}&bidx=1&bidx=1&bidx=1", ["bidx"]),
        (f"{PAIR}&coverage=some", ["coverage"]),
        (f"{PAIR}&include_geometry=yes", ["include_geometry"]),
        (f"{PAIR}&stats=mean", ["stats"]),
        ("dataset=grid&bidx=0&coverage=x&a=b", ["a", "bidx", "coverage", "dataset"]),
    ],
)
def test_every_bad_parameter_is_named(query: str, parameters: list[str]) -> None:
    assert sorted(faulty_parameters(post(PATH, SQUARE, query))) == parameters


def test_floats_are_refused_by_name() -> None:
    answer = post(PATH, SQUARE, "dataset=grid&dataset=float")

    assert answer.status == 400
    assert answer.json()["detail"] == (
        "Band 1 of raster 2 is float32; a cross-tabulation takes integers of up to 16 "
        "bits"
    )


def test_a_band_that_a_raster_lacks_is_refused() -> None:
    assert post(PATH, SQUARE, f"{PAIR}&bidx=1&bidx=2").status == 400


def test_an_unknown_dataset_is_not_found() -> None:
    assert post(PATH, SQUARE, "dataset=grid&dataset=atlantis").status == 404


def test_zones_over_the_pixel_budget_are_refused() -> None:
    answer = post(PATH, box(0, 0, 20, 20), "dataset=vast&dataset=grid")

    assert answer.status == 413
    assert "500000000" in answer.json()["detail"]


def test_too_many_combinations_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("raster_core.zonal.crosstab.MAX_ROWS", 100)

    answer = post(PATH, box(10, 45, 12, 46.5), PAIR)

    assert answer.status == 413
    assert "more than 100 combinations" in answer.json()["detail"]


@pytest.mark.parametrize(
    "pair", ["dataset=grid&dataset=missing", "dataset=html&dataset=grid"]
)
def test_a_broken_raster_is_a_bad_gateway(pair: str) -> None:
    answer = post(PATH, SQUARE, pair)

    assert answer.status == 502
    assert ".tif" not in answer.body.decode()


def test_a_body_that_is_no_zone_is_refused() -> None:
    assert post(PATH, "{", PAIR).status == 400
    assert post(PATH, [], PAIR).status == 400
    assert post(PATH, POINT, PAIR).status == 422
    assert post(PATH, SQUARE, PAIR, headers={}).status == 415


def test_another_method_is_not_allowed() -> None:
    answer = get(PATH, PAIR)

    assert answer.status == 405
    assert answer.headers["allow"] == "POST"
    assert invoke(event("OPTIONS", PATH)).status == 204
