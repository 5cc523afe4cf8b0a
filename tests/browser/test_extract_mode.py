"""Outlines of classes on the demo page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.demo import Demo

KENYA = (
    "#mode=extract&dataset=landcover&view=5.00/0.50000/36.00000&zone=countries/Kenya"
)


def shown(demo: Demo) -> dict[int, int]:
    return {
        int(line.get_attribute("data-value") or -1): int(
            line.get_attribute("data-count") or -1
        )
        for line in demo.one("outline").all()
    }


def test_picked_classes_are_outlined_and_can_be_kept(demo: Demo, tmp_path: Path):
    demo.open(KENYA)
    expect(demo.one("extract-panel")).to_contain_text("Pick the classes")
    for value in (10, 12):
        demo.one(f"pick-{value}").click()
    expect(demo.one("outline")).to_have_count(2)

    answer = demo.repeat(demo.last("/features"))
    counts = {
        feature["properties"]["value"]: feature["properties"]["count"]
        for feature in answer["features"]
    }
    assert shown(demo) == counts
    assert json.loads(demo.download("download-GeoJSON", tmp_path)) == answer
    demo.rest()
    script = """() => new Set(window.rasterlet.map
      .queryRenderedFeatures({ layers: ["outline-fill"] })
      .map(f => f.properties.color)).size"""
    assert demo.page.evaluate(script) == 2


def test_what_is_too_much_has_a_remedy(demo: Demo):
    demo.expected = "413"
    demo.open(KENYA.replace("Kenya", "Russian Federation") + "&pick=10")
    demo.wait_for("extract-panel", "failed")

    failure = demo.one("failure")
    expect(failure).to_have_attribute("data-status", "413")
    expect(demo.one("remedy")).to_contain_text("smaller zone")
    failure.get_by_test_id("take-view").click()
    demo.wait_for("extract-panel")
    expect(demo.one("zone-name")).to_have_text("Current view")
    assert shown(demo)[10] > 0


def test_a_quantity_is_outlined_between_two_values(demo: Demo):
    demo.open("#mode=extract&dataset=elevation&view=9.50/37.80000/-119.34000")
    demo.one("take-view").click()
    demo.one("interval-low").fill("3600")
    demo.one("interval-low").press("Enter")
    demo.wait_for("extract-panel")

    (high,) = demo.repeat(demo.last("/features"))["features"]
    assert shown(demo) == {1: high["properties"]["count"]}
    demo.one("interval-low").fill("3970")
    demo.one("interval-low").press("Enter")
    demo.one("interval-high").fill("3970.5")
    demo.one("interval-high").press("Enter")
    expect(demo.one("stat-reason")).to_contain_text("No matching pixels")
