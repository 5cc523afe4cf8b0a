"""Figures that the statistics route adds, hides and approximates when asked to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from affine import Affine

from raster_core.ingest.item import ItemOptions, describe_raster
from raster_core.zonal.results.statistics import NAMES
from testing.client import Answer, get, post
from testing.geojson import SQUARE, box, collection, polygon
from tests.cogs import Recipe, write_cog

if TYPE_CHECKING:
    from pathlib import Path

GRID = "/datasets/grid/statistics"
LANDCOVER = "/datasets/landcover/statistics"

# Three quarters of it are east of the synthetic rasters.
HALF_OFF: dict[str, Any] = box(11.5, 45, 13.5, 46)
THE_LONG_WAY: dict[str, Any] = polygon(
    [[170, 0], [-170, 0], [-170, 10], [170, 10], [170, 0]]
)


def figures(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer.body
    found: dict[str, Any] = answer.json()["properties"]["statistics"]["b1"]
    return found


@pytest.fixture
def wide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The statistics of ``floats`` and ``large``: 1024 x 1024 with overviews."""
    step = Affine(0.001, 0, 10, 0, -0.001, 46)
    row, col = np.mgrid[:1024, :1024]
    values = {
        "floats": (row / 7 + col / 13).astype(np.float32),
        "large": (2**60 + row + col).astype(np.int64),
    }
    items = []
    for name, plane in values.items():
        recipe = Recipe(
            1024, 1024, plane.dtype.name, transform=step, nodata=None, blocksize=256
        )
        write_cog(tmp_path / f"{name}.tif", recipe, plane[None])
        options = ItemOptions(id=name, href=f"{name}.tif")
        items.append(describe_raster(tmp_path / f"{name}.tif", options))
    (tmp_path / "catalog.json").write_text(json.dumps(collection(*items)))
    monkeypatch.setenv("RASTERLET_CATALOG", str(tmp_path / "catalog.json"))
    return "/datasets/{}/statistics"


def test_the_mean_weighted_by_area_comes_beside_the_others() -> None:
    plain = figures(post(GRID, SQUARE))

    beside = figures(post(GRID, SQUARE, "area_weighted=true"))

    weighted = beside.pop("area_weighted_mean")
    assert beside == plain
    # Rows grow southwards, and so do their areas and values.
    assert weighted > plain["mean"]
    named = figures(post(GRID, SQUARE, "stats=mean&area_weighted=true"))
    assert named == {
        "mean": plain["mean"],
        "area_weighted_mean": weighted,
        "reason": None,
    }


def test_the_planar_area_is_told_when_asked_for() -> None:
    assert "planar_area" not in figures(post(GRID, SQUARE))

    found = figures(post(GRID, SQUARE, "stats=planar_area&stats=count"))

    # Square degrees, since the raster is in degrees.
    assert found["planar_area"] == pytest.approx(found["count"] * 1e-4)


def test_values_without_names_are_told_apart_with_their_ground() -> None:
    assert "categories" not in figures(post("/datasets/flat/statistics", SQUARE))

    found = figures(post("/datasets/flat/statistics", SQUARE, "categorical=true"))

    (only,) = found["categories"]
    assert (only["value"], only["name"], only["fraction"]) == (7, "7", 1)
    assert only["count"] == pytest.approx(found["count"])
    assert only["area_m2"] == pytest.approx(found["area_m2"])
    assert only["area_fraction"] == pytest.approx(1)


def test_groups_have_the_figures_that_were_asked_for() -> None:
    query = "group_by=landcover&area_weighted=true&stats=planar_area"

    answer = post(GRID, SQUARE, query)

    (first, *_) = answer.json()["properties"]["groups"]["entries"]
    names = {"planar_area", "area_weighted_mean", "reason"}
    assert set(first["statistics"]["b1"]) == names
    assert first["statistics"]["b1"]["planar_area"] > 0


def test_figures_of_a_part_say_so() -> None:
    found = figures(post(GRID, HALF_OFF, "stats=mean"))

    assert set(found) == {"mean", "reason", "partial"}
    assert found["partial"] is True
    assert "partial" not in figures(post(GRID, SQUARE))


def test_an_edge_the_long_way_round_is_noted() -> None:
    answer = post(LANDCOVER, THE_LONG_WAY, "stats=count")

    assert "340 degrees" in answer.json()["zone"]["note"]
    # 340 x 10 degrees in pixels of 0.05.
    found = figures(post(LANDCOVER, THE_LONG_WAY))
    assert found["valid_pixels"] + found["masked_pixels"] == pytest.approx(1_360_000)


@pytest.mark.parametrize("name", ["floats", "large"])
def test_approximate_figures_have_ground_and_quantiles(wide: str, name: str) -> None:
    path, box = wide.format(name), "bbox=10.1,45.1,10.9,45.9"
    query = f"{box}&p=10&stats=median&stats=area_m2&stats=mean&stats=count"
    exact = figures(get(path, query))

    found = figures(get(path, f"{query}&approximate=true&max_pixels=950000"))

    assert found["approximation"]["level"] > 0
    assert found["count"] == pytest.approx(exact["count"])
    assert found["area_m2"] == pytest.approx(exact["area_m2"], rel=1e-9)
    for figure in ("median", "percentile_10"):
        assert found[figure] == pytest.approx(exact[figure], abs=2)


def test_large_integers_come_back_with_all_digits(wide: str) -> None:
    found = figures(get(wide.format("large"), "p=0&p=100&stats=median"))

    assert (found["percentile_0"], found["percentile_100"]) == (2**60, 2**60 + 2046)
    assert found["median"] == 2**60 + 1023


def test_every_figure_can_be_asked_for_by_itself() -> None:
    everything = figures(
        post(LANDCOVER, SQUARE, "&".join(f"stats={name}" for name in NAMES))
    )

    for name in NAMES:
        alone = figures(post(LANDCOVER, SQUARE, f"stats={name}"))

        assert alone[name] == everything[name]
