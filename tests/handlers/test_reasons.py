"""Law of all answers: what is null has a reason, whatever the values are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from affine import Affine

from raster_core.ingest.item import AssetFile, ItemOptions, describe_files
from testing.client import get, post
from testing.geojson import line_string, numbered, polygon
from tests.cogs import Recipe, write_cog
from tests.handlers.catalogues import write_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GRID = Recipe(40, 40, dtype="float64", transform=Affine(0.05, 0, 10, 0, -0.05, 47))

ZONE = polygon([[10.1, 45.5], [11.3, 45.5], [11.3, 46.4], [10.1, 45.5]])

LINE = line_string([10.1, 45.5], [11.4, 46.6])

COLLECTION = numbered(ZONE, ZONE)

VALUES = {
    "largest": [np.finfo(np.float64).max],
    "both": [1.7e308, -1.7e308],
    "squares": [1e154, -3e200, 2.0],
    "smallest": [5e-324, 0.0],
    "scaled": [1e300, 7.0, 1e-300],
    "none": [-9999.0],
    "infinite": [np.inf, -np.inf, np.nan],
}


@pytest.fixture
def extremes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A raster of each of ``VALUES``, and ``groups``, of whole numbers."""
    items = []
    for name, values in VALUES.items():
        array = np.resize(np.array(values), (1, 40, 40))
        write_cog(tmp_path / f"{name}.tif", GRID, array)
        items.append(_describe(tmp_path, name))
        if name == "scaled":
            band = items[-1]["assets"]["data"]["bands"][0]
            band |= {"raster:scale": 1e100, "raster:offset": -1e100}
    recipe = Recipe(40, 40, dtype="uint8", transform=GRID.transform, nodata=None)
    groups = np.resize(np.array([0, 1, 2], np.uint8), (1, 40, 40))
    write_cog(tmp_path / "groups.tif", recipe, groups)
    write_catalogue(tmp_path, [*items, _describe(tmp_path, "groups")])
    monkeypatch.setenv("RASTERLET_CATALOG", str(tmp_path / "catalog.json"))


def _describe(folder: Path, name: str) -> dict[str, Any]:
    files = [AssetFile("data", folder / f"{name}.tif", f"{name}.tif")]
    return describe_files(files, ItemOptions(name))


def unexplained(value: object, path: str = "") -> Iterator[str]:
    """Nulls of an answer without a reason beside them."""
    if isinstance(value, list):
        for place, part in enumerate(value):
            yield from unexplained(part, f"{path}[{place}]")
    elif isinstance(value, dict):
        reasons = value.get("reasons", ())
        for place, reason in enumerate(reasons):
            if value["values"][place] is None and reason is None:
                yield f"{path}.values[{place}]"
        silent = {"reason", "reasons", "values", "labels", "label", "unit", "geometry"}
        for name, part in value.items():
            if part is None and name not in silent and not value.get("reason"):
                yield f"{path}.{name}"
            elif name != "values" or not reasons:
                yield from unexplained(part, f"{path}.{name}")


QUERIES = [
    "",
    "stats=mean&stats=std&stats=sum&stats=variance&stats=area_weighted_mean",
    "stats=median&stats=min&p=10&p=99",
    "stats=planar_area&stats=area_m2&stats=covered_percent",
    "area_weighted=true&group_by=groups",
    "weights=groups",
    "approximate=true",
    "coverage=centre",
    "expression=b1*b1",
    "unscale=false",
]


@pytest.mark.usefixtures("extremes")
@pytest.mark.parametrize("name", VALUES)
def test_a_null_has_its_reason(name: str) -> None:
    path = f"/datasets/{name}"
    answers = [post(f"{path}/statistics", ZONE, query) for query in QUERIES]
    answers += [post(f"{path}/statistics", COLLECTION, query) for query in QUERIES[:3]]
    answers += [post("/datasets/groups/statistics", ZONE, f"weights={name}")]
    answers += [get(f"{path}/statistics"), get(f"{path}/point", "lon=10.5&lat=46")]
    answers += [post(f"{path}/profile", LINE)]

    for answer in answers:
        assert answer.status in {200, 400}, answer.body
        if answer.status == 200:
            assert list(unexplained(answer.json())) == []
        else:
            assert "weight is -" in answer.json()["detail"]


@pytest.mark.usefixtures("extremes")
def test_what_no_double_holds_overflows() -> None:
    figures = post("/datasets/largest/statistics", ZONE, "weights=groups").json()

    found = figures["properties"]["statistics"]["b1"]
    assert (found["sum"], found["reason"]) == (None, "overflow")
    assert found["max"] == float(np.finfo(np.float64).max)
    weighted = figures["properties"]["weighted"]["b1"]
    assert weighted["weighted_mean"] is None
    assert weighted["reason"] == "overflow"
    (value,) = get("/datasets/scaled/point", "lon=10.03&lat=46.98").json()["values"]
    assert (value["value"], value["reason"]) == (None, "overflow")
    (band,) = post("/datasets/scaled/profile", LINE).json()["bands"]
    assert set(band["reasons"]) == {None, "overflow"}
    assert json.dumps(band, allow_nan=False)
