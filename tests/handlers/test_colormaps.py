"""Colormaps that the catalogue names."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from handlers.catalogue import store
from testing.client import Answer, event, get, get_url, invoke
from testing.geojson import collection
from tests.handlers.catalogues import describe_grid

if TYPE_CHECKING:
    from pathlib import Path

MEMBER = "rasterlet:colormaps"
STEPS = [[[None, 5000], "#ff0000"], [[5000, None], "#0000ff"]]
MANY = {str(value): f"#{value * 4093:06x}" for value in range(4096)}
PREVIEW = "/datasets/{}/preview.png"


@pytest.fixture
def write(folder: Path, catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A writer of a catalogue of two datasets: with maps of all, and of the first."""

    def write(shared: object, own: object = None) -> None:
        first = describe_grid(catalogue)
        second = {**json.loads(json.dumps(first)), "id": "other"}
        if own is not None:
            first["properties"][MEMBER] = own
        document = collection(first, second)
        if shared is not None:
            document[MEMBER] = shared
        (folder / "catalog.json").write_text(json.dumps(document))
        store._kept.clear()

    monkeypatch.setenv("RASTERLET_CATALOG", str(folder / "catalog.json"))
    return write


def pixels(answer: Answer) -> np.ndarray:
    assert answer.status == 200, answer.body
    return np.asarray(Image.open(io.BytesIO(answer.body)).convert("RGBA"))


def test_a_map_of_all_is_found_by_its_name(write: Any):
    write({"steps": STEPS})

    for dataset in ("grid", "other"):
        named = pixels(get(PREVIEW.format(dataset), "colormap_name=steps"))
        written = pixels(get(PREVIEW.format(dataset), f"colormap={json.dumps(STEPS)}"))
        assert (named == written).all()
    legend = get("/datasets/grid/legend.json", "colormap_name=steps").json()
    assert [entry["color"] for entry in legend["entries"]] == ["#ff0000", "#0000ff"]
    tilejson = get("/datasets/grid/tilejson.json", "colormap_name=steps").json()
    assert "?colormap_name=steps" in tilejson["tiles"][0]
    assert get("/wmts", "colormap_name=steps").status == 200
    overlay = json.dumps({"layers": [{"dataset": "grid", "range": [5000, 9000]}]})
    assert (
        get("/overlay/legend.json", f"colormap_name=steps&overlay={overlay}").status
        == 200
    )


def test_a_map_of_4096_entries_fits_an_address_by_its_name(write: Any):
    write({"many": MANY})

    drawn = pixels(get(PREVIEW.format("grid"), "colormap_name=many"))

    assert len(np.unique(drawn.reshape(-1, 4), axis=0)) > 1000


def test_a_map_of_one_dataset_is_not_another_ones(write: Any):
    write({"steps": STEPS}, {"steps": {"5150": "#00ff00"}, "mine": STEPS})

    assert get(PREVIEW.format("grid"), "colormap_name=mine").status == 200
    refused = get(PREVIEW.format("other"), "colormap_name=mine")
    assert refused.status == 400
    assert refused.json()["errors"][0]["parameter"] == "colormap_name"
    own = get("/datasets/grid/legend.json", "colormap_name=steps").json()
    assert own["type"] == "classes"
    assert get("/datasets/grid/legend.json", "colormap_name=none").status == 400


def test_the_list_has_them_and_their_pictures(write: Any):
    write({"steps": STEPS}, {"mine": STEPS})

    maps = {entry["name"]: entry for entry in get("/colormaps").json()["colormaps"]}

    assert "dataset" not in maps["steps"]
    assert maps["mine"]["dataset"] == "grid"
    assert "viridis" in maps
    strip = pixels(get_url(maps["steps"]["href"]))
    assert strip[0, [0, -1], :3].tolist() == [[255, 0, 0], [0, 0, 255]]
    assert get_url(maps["mine"]["href"]).status == 200
    assert get("/colormaps/mine.png").status == 404


def test_an_items_own_rendering_may_name_one(write: Any, folder: Path):
    write({"steps": STEPS})
    document = json.loads((folder / "catalog.json").read_text())
    document["features"][0]["properties"]["renders"] = {
        "default": {"colormap_name": "steps"}
    }
    (folder / "catalog.json").write_text(json.dumps(document))
    store._kept.clear()

    assert get("/datasets/grid/legend.json").json()["type"] == "intervals"


def test_a_changed_map_is_no_longer_what_a_cache_has(write: Any):
    path, query = PREVIEW.format("grid"), "colormap_name=steps"
    write({"steps": STEPS})
    first = get(path, query)
    known = {"if-none-match": first.headers["etag"]}

    assert invoke(event("GET", path, query, headers=known)).status == 304
    write({"steps": {"5150": "#00ff00"}})
    assert invoke(event("GET", path, query, headers=known)).status == 200


@pytest.mark.parametrize("shared", [3, {"a b": STEPS}, {"steps": 7}, {"": STEPS}])
def test_a_catalogue_with_maps_that_are_none_is_refused(write: Any, shared: object):
    write(shared)

    answer = get("/datasets")

    assert answer.status == 502
    assert MEMBER in answer.json()["detail"]


def test_an_item_with_maps_that_are_none_is_refused_alone(write: Any):
    write(None, {"a/b": STEPS})

    assert get(PREVIEW.format("other")).status == 200
    answer = get(PREVIEW.format("grid"))
    assert answer.status == 502
    assert "the name 'a/b'" in answer.json()["detail"]


def test_a_map_without_usable_colours_says_so_when_it_is_asked_for(write: Any):
    write({"steps": {"1": "red"}})

    answer = get(PREVIEW.format("grid"), "colormap_name=steps")

    assert answer.status == 502
    assert "colormap colour" in answer.json()["detail"]
    assert get(PREVIEW.format("grid")).status == 200


def test_a_name_and_colours_exclude_each_other(write: Any):
    write({"steps": STEPS})

    answer = get(
        PREVIEW.format("grid"), f"colormap_name=steps&colormap={json.dumps(STEPS)}"
    )

    assert answer.status == 400
