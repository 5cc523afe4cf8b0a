"""The page without a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.demo import Demo, first_band


def tab_to(demo: Demo, test_id: str) -> None:
    """Press Tab until the focus is there."""
    script = 'id => document.activeElement?.closest(`[data-testid="${id}"]`) !== null'
    for _ in range(80):
        demo.page.keyboard.press("Tab")
        if demo.page.evaluate(script, test_id):
            return
    pytest.fail(f"Tab does not lead to {test_id}")


def focus_map(demo: Demo) -> None:
    for _ in range(80):
        demo.page.keyboard.press("Tab")
        if demo.page.evaluate("document.activeElement.tagName") == "CANVAS":
            return
    pytest.fail("Tab does not lead to the map")


def press(demo: Demo, *keys: str) -> None:
    """Press keys, each followed by a wait until the page is at rest."""
    for key in keys:
        demo.page.keyboard.press(key)
        demo.rest()


def test_a_zone_is_taken_at_the_cross(demo: Demo):
    demo.open("#dataset=landcover&view=3.20/-11.00000/-53.00000")
    focus_map(demo)
    expect(demo.page.locator(".crosshair")).to_be_visible()
    expect(demo.one("point-value")).to_contain_text("Brazil")
    press(demo, "Enter")
    demo.wait_for("stats-panel")
    expect(demo.one("zone-name")).to_have_text("Brazil")

    tab_to(demo, "zone-select")
    # A single letter: a slow browser takes further ones for the start of another name.
    demo.page.keyboard.press("q")
    expect(demo.one("zone-name")).to_have_text("Qatar")


def test_a_polygon_is_drawn_with_keys(demo: Demo):
    demo.open("#dataset=elevation&view=9.50/37.80000/-119.34000")
    tab_to(demo, "tool-polygon")
    press(demo, "Enter")
    focus_map(demo)
    press(demo, " ", "ArrowRight", " ", "ArrowUp", " ", "Enter")
    demo.wait_for("stats-panel")

    band = first_band(demo.repeat(demo.last("/statistics")))
    assert demo.number("stat-mean") == band["mean"]


def test_a_profile_is_drawn_with_keys(demo: Demo):
    demo.open("#dataset=elevation&view=9.50/37.80000/-119.34000")
    press(demo, "2")
    focus_map(demo)
    press(demo, " ", "ArrowRight", " ")
    demo.wait_for("profile-panel")

    press(demo, "Enter")
    assert demo.number("profile-length") > 1000


def test_corners_lie_where_quick_keys_have_sent_the_cross(demo: Demo):
    demo.open("#mode=profile&dataset=elevation&view=9.50/37.80000/-119.34000")
    focus_map(demo)
    # While the map still moves, as users do not wait for animations.
    for key in (" ", "ArrowRight", "ArrowRight", " ", "ArrowUp", "Enter"):
        demo.page.keyboard.press(key)
    demo.wait_for("profile-panel")
    # Both ends have to be projected by the same view.
    demo.rest()

    line = demo.last("/profile").post_data_json["coordinates"]
    (west, south), (east, north) = (demo.place(*place) for place in line)
    assert east - west == pytest.approx(200, abs=1)
    assert north == pytest.approx(south, abs=1)


def test_a_corner_upon_the_last_is_not_taken(demo: Demo):
    demo.open("#mode=profile&dataset=elevation&view=9.50/37.80000/-119.34000")
    focus_map(demo)
    press(demo, " ", " ")
    assert not [request for request in demo.requests if "/profile" in request.url]

    press(demo, "ArrowRight", " ")
    demo.wait_for("profile-panel")
    assert demo.number("profile-length") > 1000


def test_classes_are_picked_and_sliders_moved_with_keys(demo: Demo):
    demo.open(
        "#mode=extract&dataset=landcover&view=5.00/0.50000/36.00000&zone=countries/Kenya"
    )
    tab_to(demo, "pick-10")
    press(demo, " ")
    demo.wait_for("extract-panel")
    press(demo, "4")
    demo.rest()
    tab_to(demo, "weight-0")
    press(demo, "ArrowRight")
    expect(demo.one("overlay-reset")).to_be_visible()


def test_drawer_panel_and_help_open_and_close(demo: Demo):
    demo.open()
    press(demo, "w")
    expect(demo.one("drawer")).to_be_visible()
    demo.one("drawer-request").focus()
    press(demo, "Escape")
    expect(demo.one("drawer")).to_have_count(0)
    press(demo, "p")
    expect(demo.one("datasets")).to_be_hidden()
    press(demo, "p")
    expect(demo.one("datasets")).to_be_visible()
    press(demo, "?")
    expect(demo.one("help")).to_be_visible()
    demo.one("help").get_by_role("checkbox").uncheck()
    press(demo, "Escape")
    expect(demo.one("help")).to_be_hidden()
    press(demo, "2")
    expect(demo.one("mode-statistics")).to_have_attribute("aria-current", "page")
