from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
import rasterio

from testing.client import Answer, get
from tests.cogs import NODATA

if TYPE_CHECKING:
    from pathlib import Path


def point(dataset: str, lon: object, lat: object, *bands: object) -> Answer:
    query = [("lon", lon), ("lat", lat), *(("bidx", band) for band in bands)]
    return get(f"/datasets/{dataset}/point", urlencode(query))


def faulty_parameters(answer: Answer) -> list[str]:
    assert answer.status == 400
    return [error["parameter"] for error in answer.json()["errors"]]


def test_a_class_comes_with_its_name() -> None:
    answer = point("landcover", -62.03, -6.02)

    assert answer.status == 200
    assert answer.json() == {
        "coordinates": [-62.03, -6.02],
        "values": [
            {
                "band": "b1",
                "name": "IGBP land cover 2019",
                "value": 2,
                "label": "Evergreen broadleaf forest",
                "unit": None,
                "reason": None,
            }
        ],
    }


def test_a_quantity_comes_with_its_unit(sample: Path) -> None:
    position = -119.3, 37.9
    with rasterio.open(sample / "elevation_yosemite.tif") as file:
        (expected,) = next(file.sample([position]))

    (value,) = point("elevation", *position).json()["values"]

    assert value["value"] == expected
    assert value["unit"] == "metre"
    assert value["label"] is None


def test_all_bands_come_unless_some_are_asked_for() -> None:
    every = point("grid", 10.505, 45.905).json()["values"]
    second = point("grid", 10.505, 45.905, 2).json()["values"]

    assert [value["band"] for value in every] == ["b1", "b2"]
    assert [value["value"] for value in every] == [5950, 5951]
    assert second == every[1:]


def test_bands_come_in_the_order_asked_for() -> None:
    values = point("grid", 10.505, 45.905, 2, 1).json()["values"]

    assert [value["band"] for value in values] == ["b2", "b1"]


@pytest.mark.parametrize("turns", [-1, 1])
def test_longitudes_wrap(turns: int) -> None:
    here = point("landcover", 10.0, 45.0).json()["values"]

    assert point("landcover", 10.0 + 360 * turns, 45.0).json()["values"] == here


def test_a_position_off_the_raster_has_no_value_but_a_reason() -> None:
    answer = point("elevation", 10, 45)

    assert answer.status == 200
    (value,) = answer.json()["values"]
    assert (value["value"], value["reason"]) == (None, "outside_raster")


@pytest.mark.parametrize(
    ("dataset", "lon", "lat"),
    [("hollow", 10.205, 45.805), ("float", 10.205, 45.495), ("float", 10.215, 45.485)],
    ids=["nodata", "infinite", "nan"],
)
def test_a_pixel_without_a_value_has_a_reason(
    dataset: str, lon: float, lat: float
) -> None:
    (value,) = point(dataset, lon, lat).json()["values"]

    assert (value["value"], value["reason"]) == (None, "no_valid_pixels")
    assert value["value"] != NODATA


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("", ["lon", "lat"]),
        ("lat=1", ["lon"]),
        ("lon=&lat=1", ["lon"]),
        ("lon=1&lat=north", ["lat"]),
        ("lon=540.001&lat=0", ["lon"]),
        ("lon=0&lat=-90.001", ["lat"]),
        ("lon=nan&lat=inf", ["lon", "lat"]),
        ("lon=1_0&lat=0", ["lon"]),
        ("lon=1&lon=2&lat=0", ["lon"]),
        ("lon=1&lat=0&bidx=0", ["bidx"]),
        ("lon=1&lat=0&band=1", ["band"]),
        ("lon=x&lat=y&bidx=0&w=0", ["bidx", "lat", "lon", "w"]),
    ],
)
def test_every_bad_parameter_is_named(query: str, parameters: list[str]) -> None:
    answer = get("/datasets/landcover/point", query)

    assert sorted(faulty_parameters(answer)) == sorted(parameters)


def test_the_ends_of_the_degrees_are_allowed() -> None:
    assert point("landcover", 540, 90).status == 200
    assert point("landcover", -540, -90).status == 200


def test_a_band_that_the_raster_lacks_is_refused() -> None:
    answer = point("grid", 10.5, 45.9, 3)

    assert answer.status == 400
    assert answer.json()["detail"] == "Band 3 is not one of 1 to 2"


def test_an_unknown_dataset_is_not_found() -> None:
    assert point("atlantis", 0, 0).status == 404


@pytest.mark.parametrize("name", ["missing", "html", "vrt", "empty"])
def test_a_broken_raster_is_a_bad_gateway(name: str) -> None:
    answer = point(name, 10.5, 45.9)

    assert answer.status == 502
    assert ".tif" not in answer.body.decode()
