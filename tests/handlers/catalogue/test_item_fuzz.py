"""Whatever an Item says, the service answers: never a 500, and the fault by name."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.catalogue import store
from testing.client import get, post
from testing.geojson import SQUARE
from tests.handlers.catalogues import describe_grid, write_catalogue

if TYPE_CHECKING:
    from pathlib import Path

ROUTES = (
    "/datasets",
    "/datasets/grid",
    "/datasets/grid/tilejson.json",
    "/datasets/grid/legend.json",
    "/datasets/grid/tiles/7/67/45",
    "/datasets/grid/preview.tif",
    "/wmts/1.0.0/WMTSCapabilities.xml",
)

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([2**31, 2**63, 10**400, 1e308, 1e-320, float("nan"), -1e999])
    | st.sampled_from(["", "x", "NaN", "EPSG:0", "EPSG:3857", "uint8", "viridis", "b9"])
    | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=6)
        | st.dictionaries(st.sampled_from(["name", "value", "minimum"]), inner)
    ),
    max_leaves=7,
)


def members(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all members and entries, however deep."""
    steps = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        steps = enumerate(value)
    return [
        place
        for step, part in steps
        for place in ((*path, step), *members(part, (*path, step)))
    ]


@pytest.fixture
def item(catalogue: Path) -> dict[str, Any]:
    found = describe_grid(catalogue)
    band = found["assets"]["data"]["bands"][0]
    band |= {"unit": "m", "raster:scale": 2, "raster:offset": 1}
    band["classification:classes"] = [{"value": 1, "name": "a", "color_hint": "FF0000"}]
    found["properties"] |= {"providers": [{"name": "n"}], "description": "d"}
    found["properties"]["renders"]["default"] |= {
        "colormap": {"1": "#ff0000"},
        "expression": "b1",
        "nodata": 0,
    }
    return found


@given(data=st.data())
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_an_item_of_any_members_is_served_or_told(
    data: st.DataObject,
    item: dict[str, Any],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    changed = copy.deepcopy(item)
    *path, last = data.draw(st.sampled_from(members(item)))
    target: Any = changed
    for step in path:
        target = target[step]
    target[last] = data.draw(VALUES)
    write_catalogue(folder, [changed, {**item, "id": "other"}])
    store.forget_catalogue()

    answers = [get(route) for route in ROUTES]
    answers += [post("/datasets/grid/statistics", SQUARE)]
    answers += [get("/datasets/grid/point", "lon=10.5&lat=45.5")]

    for answer in answers:
        assert answer.status < 500 or answer.status == 502, answer.body
        if b"is not usable" in answer.body:
            assert b"'grid'" in answer.body or b"rendering" in answer.body
            assert b"of the wrong kind" not in answer.body
    assert get("/datasets/other/tiles/7/67/45").status == 200
    assert json.loads(answers[0].body)["features"]
