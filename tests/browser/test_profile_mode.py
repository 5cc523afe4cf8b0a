"""Profiles on the demo page."""

from __future__ import annotations

import csv
import io
import itertools
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.demo import Demo

START, MIDDLE, END = (-119.6, 37.7), (-119.4, 37.8), (-119.2, 37.75)


def test_three_clicks_give_an_elevation_profile(demo: Demo):
    demo.open()
    demo.one("mode-profile").click()
    demo.draw(START, END)
    demo.wait_for("profile-panel")

    expect(demo.one("profile-chart").locator("canvas")).to_be_visible()
    answer = demo.repeat(demo.last("/profile"))
    (band,) = answer["bands"]
    values = [value for value in band["values"] if value is not None]
    assert demo.number("profile-length") == answer["length_m"]
    assert demo.number("profile-min") == min(values)
    assert demo.number("profile-max") == max(values)
    rises = sum(max(0, b - a) for a, b in itertools.pairwise(values))
    assert demo.number("profile-up") == pytest.approx(rises)
    assert "/elevation/" in demo.last("/profile").url


def test_the_profile_grows_with_the_line_and_undo_shortens_it(demo: Demo):
    demo.open("#mode=profile&dataset=elevation&view=9.50/37.80000/-119.34000")
    demo.draw(START, MIDDLE)
    demo.wait_for("profile-panel")
    first = demo.number("profile-length")
    demo.draw(END)
    expect(demo.one("profile-length")).not_to_have_attribute("data-value", str(first))
    demo.wait_for("profile-panel")
    longer = demo.number("profile-length")
    assert longer > first * 1.5
    demo.page.keyboard.press("Control+z")
    expect(demo.one("profile-length")).to_have_attribute("data-value", str(first))


def test_the_map_follows_the_chart(demo: Demo, tmp_path: Path):
    demo.open("#mode=profile&dataset=elevation&view=9.50/37.80000/-119.34000")
    demo.draw(START, END)
    demo.page.keyboard.press("Enter")
    demo.wait_for("profile-panel")
    demo.rest()
    answer = demo.repeat(demo.last("/profile"))
    chart = demo.one("profile-chart").locator(".u-over")
    area = chart.bounding_box()
    assert area is not None

    demo.page.mouse.move(area["x"] + area["width"] / 2, area["y"] + 40)
    expect(demo.one("probe")).to_contain_text(" at ")
    probe = """() => window.rasterlet.map.querySourceFeatures("probe")
      .map(f => f.geometry.coordinates)[0]"""
    longitude, latitude = demo.page.wait_for_function(probe).json_value()
    middle = answer["coordinates"][len(answer["coordinates"]) // 2]
    assert longitude == pytest.approx(middle[0], abs=0.01)
    assert latitude == pytest.approx(middle[1], abs=0.01)

    slider = demo.one("profile-chart").get_by_role("slider")
    slider.focus()
    demo.page.keyboard.press("End")
    last = str(len(answer["distance_m"]) - 1)
    expect(slider).to_have_attribute("aria-valuenow", last)
    lines = list(csv.DictReader(io.StringIO(demo.download("download-CSV", tmp_path))))
    assert [float(line["value"]) for line in lines] == answer["bands"][0]["values"]


def test_classes_along_a_line_are_a_strip(demo: Demo):
    demo.open("#mode=profile&dataset=landcover&view=3.00/-10.00000/-55.00000")
    demo.draw((-60, -5), (-45, -15))
    demo.wait_for("profile-panel")

    (band,) = demo.repeat(demo.last("/profile"))["bands"]
    runs = 1 + sum(
        a != b for a, b in zip(band["values"], band["values"][1:], strict=False)
    )
    expect(demo.one("profile-chart").locator("rect")).to_have_count(runs)


def test_a_line_beside_the_data_says_so(demo: Demo):
    demo.open("#mode=profile&dataset=elevation&view=9.00/36.90000/-119.34000")
    demo.draw((-119.4, 36.8), (-119.2, 36.9))
    demo.wait_for("profile-panel")

    expect(demo.one("stat-reason")).to_contain_text("no data")
