"""Statistics on the demo page."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.demo import Demo, first_band

if TYPE_CHECKING:
    from pathlib import Path

YOSEMITE = "#dataset=elevation&view=9.50/37.80000/-119.34000"


def box(west: float, south: float, side: float) -> dict[str, object]:
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def collection(*named: tuple[str, dict[str, object]]) -> str:
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": geometry}
        for name, geometry in named
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


FIELDS = collection(
    ("South", box(-119.6, 37.6, 0.1)),
    ("North", box(-119.4, 37.9, 0.1)),
    ("Far away", box(10, 50, 0.1)),
)


def test_two_clicks_give_the_land_cover_of_a_country(demo: Demo):
    demo.open()
    demo.click(10, 28)  # Libya and Algeria are the largest countries there
    demo.wait_for("stats-panel")

    shown = {
        int(bar.get_attribute("data-value") or -1): [
            float(bar.get_attribute(f"data-{part}") or -1) for part in ("share", "area")
        ]
        for bar in demo.one("class-bar").all()
    }
    categories = first_band(demo.repeat(demo.last("/statistics")))["categories"]
    assert shown == {
        entry["value"]: [entry["area_fraction"], entry["area_m2"]]
        for entry in categories
        if entry["count"] > 0
    }
    shares = [share for share, _ in shown.values()]
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize("tool", ["polygon", "rectangle", "circle"])
def test_a_drawn_zone_gives_statistics_and_a_histogram(demo: Demo, tool: str):
    demo.open(YOSEMITE)
    demo.one(f"tool-{tool}").click()
    corners = [(-119.4, 37.7), (-119.2, 37.85), (-119.4, 37.9)]
    demo.draw(*corners[: 3 if tool == "polygon" else 2])
    if tool == "polygon":
        demo.page.keyboard.press("Enter")
    demo.wait_for("stats-panel")

    expect(demo.one("histogram")).to_be_visible()
    band = first_band(demo.repeat(demo.last("/statistics")))
    for key in ("mean", "median", "min", "max", "percentile_5", "percentile_95"):
        assert demo.number(f"stat-{key}") == band[key]
    assert 1e8 < band["area_m2"] < 3e9


def test_dropped_features_make_a_table_that_sorts(demo: Demo):
    demo.open(YOSEMITE)
    demo.drop(FIELDS)
    demo.wait_for("stats-panel")

    answer = demo.repeat(demo.last("/statistics"))
    means = {
        feature["properties"]["name"]: first_band(feature)["mean"]
        for feature in answer["features"]
    }
    table = demo.one("zone-table")
    expect(table).to_contain_text("outside this dataset")
    demo.one("sort-mean").click()
    names = table.locator("tbody th").all_inner_texts()
    assert names == sorted(means, key=lambda name: -(means[name] or 0))
    assert names[-1] == "Far away"
    cells = table.locator("td[data-key=mean]").all()
    shown = [float(cell.get_attribute("data-value") or "nan") for cell in cells]
    assert shown == sorted(filter(None, means.values()), reverse=True)
    demo.one("sort-mean").click()
    expect(table.locator("[aria-sort=ascending]")).to_have_count(1)
    assert [float(c.get_attribute("data-value") or 0) for c in cells] == shown[::-1]


def test_pasted_geojson_is_a_zone_and_other_text_an_error(demo: Demo):
    demo.open(YOSEMITE)
    paste = """text => {
      const data = new DataTransfer();
      data.setData("text/plain", text);
      document.body.dispatchEvent(
        new ClipboardEvent("paste", { bubbles: true, clipboardData: data }));
    }"""
    demo.page.evaluate(paste, json.dumps(box(-119.5, 37.7, 0.05)))
    demo.wait_for("stats-panel")
    expect(demo.one("zone-name")).to_have_text("Zone 1")

    demo.page.evaluate(paste, "hello")
    expect(demo.one("alert")).to_contain_text("not JSON")

    demo.page.get_by_text("Or drop, paste or open GeoJSON").click()
    demo.one("geojson-text").fill('{"type": "Point", "coordinates": [1, 2]}')
    demo.page.get_by_role("button", name="Use it").click()
    expect(demo.one("geojson-fault")).to_contain_text("no Polygon")


def test_two_zones_stand_side_by_side(demo: Demo):
    demo.open("#dataset=landcover&view=3.00/-10.00000/-60.00000&zone=countries/Brazil")
    demo.wait_for("stats-panel")
    demo.one("adding").click()
    demo.one("zone-select").select_option("countries/Peru")
    expect(demo.one("comparison")).to_be_visible()

    assert demo.one("zone-name").all_inner_texts() == ["Brazil", "Peru"]
    brazil, peru = (
        {
            category["name"]: category["area_fraction"]
            for category in first_band(feature)["categories"]
        }
        for feature in demo.repeat(demo.last("/statistics"))["features"]
    )
    row = demo.one("comparison").locator("tbody tr").first
    name = row.locator("th").inner_text()
    left, right = row.locator("td").all_inner_texts()
    assert left.strip() == f"{100 * brazil[name]:.1f}%"
    assert right.strip() == f"{100 * peru[name]:.1f}%"
    demo.one("undo").click()
    expect(demo.one("comparison")).to_have_count(0)
    expect(demo.one("zone-name")).to_have_text("Brazil")


def test_partial_and_empty_results_say_why(demo: Demo):
    demo.open(f"{YOSEMITE}&zone=counties/Mono")
    demo.wait_for("stats-panel")
    covered = first_band(demo.repeat(demo.last("/statistics")))["covered_percent"]
    expect(demo.one("zone-partial")).to_contain_text(f"{covered:.1f}%")

    demo.one("zone-select").select_option("countries/Brazil")
    expect(demo.one("stat-reason")).to_contain_text("outside this dataset")


def test_a_repaired_zone_is_said_to_be(demo: Demo):
    demo.open(YOSEMITE)
    bow = [
        [-119.5, 37.6],
        [-119.3, 37.8],
        [-119.3, 37.6],
        [-119.5, 37.8],
        [-119.5, 37.6],
    ]
    demo.drop(json.dumps({"type": "Polygon", "coordinates": [bow]}))
    demo.wait_for("stats-panel")

    expect(demo.one("zone-repaired")).to_contain_text("Self-intersection")


def test_scores_have_a_histogram_although_they_are_floats(demo: Demo):
    demo.open(YOSEMITE.replace("elevation", "meadows"))
    demo.drop(json.dumps(box(-119.5, 37.6, 0.2)))
    demo.wait_for("stats-panel")

    band = first_band(demo.repeat(demo.last("/statistics")))
    assert demo.number("stat-median") == band["median"]
    expect(demo.one("histogram").locator(".bin")).to_have_count(32)


def test_files_hold_what_is_shown(demo: Demo, tmp_path: Path):
    demo.open(f"{YOSEMITE}&zone=counties/Mono")
    demo.wait_for("stats-panel")
    band = first_band(demo.repeat(demo.last("/statistics")))

    (line,) = csv.DictReader(io.StringIO(demo.download("download-CSV", tmp_path)))
    assert line["zone"] == "Mono"
    assert float(line["mean"]) == band["mean"]
    kept = json.loads(demo.download("download-GeoJSON", tmp_path))
    assert first_band(kept["features"][0]) == band
    assert kept["features"][0]["geometry"]["type"] in {"Polygon", "MultiPolygon"}


def test_the_legend_filters_classes_and_follows_the_pointer(demo: Demo):
    demo.open("#dataset=landcover&view=4.00/-10.00000/-55.00000&opacity=100")
    demo.move(-60, -5)
    here = demo.one("legend").locator("[data-here=true]")
    expect(here).to_have_text("Evergreen broadleaf forest")
    expect(demo.one("point-value")).to_contain_text("Evergreen broadleaf forest")

    demo.move(-20, -5)  # the country under the pointer is highlighted
    demo.rest()

    def share(color: list[int]) -> float:
        return float((demo.colors() == color).all(axis=1).mean())

    forest, savanna = [0x08, 0x6A, 0x10], [0xFB, 0xFF, 0x13]
    assert share(forest) > 0.1
    assert share(savanna) > 0.05
    demo.page.get_by_role("button", name="Savanna", exact=True).click()
    demo.rest()
    assert share(forest) == 0
    assert share(savanna) > 0.05
    assert "colormap=" in demo.last("/tiles/").url
    demo.one("legend-all").click()
    demo.rest()
    assert share(forest) > 0.1


def test_no_country_of_south_america_begins_under_the_panel(demo: Demo):
    demo.open()
    west, _ = demo.place(-81.3, -5)
    box = demo.page.locator("#panel").bounding_box()

    assert box is not None
    assert west > box["x"] + box["width"]
