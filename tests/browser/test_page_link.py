"""The page's URL: what it holds, and what it restores."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.server.gateway import ROOT, run_gateway

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.demo import Demo

STATE = """() => ({
  hash: location.hash,
  text: document.querySelector("#panel").innerText
    .replace(/in [\\d.,]+\\s(ms|s)/g, ""),
  checked: [...document.querySelectorAll(":checked")]
    .map(({ value, textContent }) => value ?? textContent),
  ranges: [...document.querySelectorAll("input[type=range]")].map((e) => e.value),
})"""


def reopened(demo: Demo) -> tuple[dict[str, object], dict[str, object]]:
    """The page's state, and that of another page with the same URL."""
    demo.rest()
    before = demo.page.evaluate(STATE)
    address = demo.page.url
    demo.page.goto("about:blank")
    demo.page.goto(address)
    demo.rest()
    for panel in ("stats-panel", "profile-panel", "extract-panel"):
        if demo.one(panel).count():
            expect(demo.one(panel)).not_to_have_attribute("data-state", "loading")
    return before, demo.page.evaluate(STATE)


def test_without_one_the_first_dataset_is_in_view(demo: Demo, tmp_path: Path):
    catalogue = json.loads((ROOT / "sample" / "catalog.json").read_text())
    (item,) = [one for one in catalogue["features"] if one["id"] == "elevation"]
    item["assets"]["data"]["href"] = str(ROOT / "sample" / "elevation_yosemite.tif")
    item["properties"]["title"] = "elevation_of_yosemite_and_mono_lake"
    catalogue["features"] = [item]
    (tmp_path / "catalog.json").write_text(json.dumps(catalogue))
    paths = {
        "RASTERLET_PAGE": str(ROOT / "frontend" / "dist"),
        "RASTERLET_CATALOG": str(tmp_path / "catalog.json"),
        "RASTERLET_ALLOWED": str(ROOT / "sample"),
    }
    with run_gateway(tmp_path, **paths) as small, demo.served_at(small.port):
        demo.open()
        center = demo.page.evaluate("window.rasterlet.map.getCenter().toArray()")
        title = demo.one("dataset-elevation").locator("span")

        west, south, east, north = item["bbox"]
        assert west < center[0] < east
        assert south < center[1] < north
        assert title.evaluate("(e) => e.scrollWidth <= e.clientWidth")


def test_statistics_of_zones_of_all_kinds(demo: Demo):
    demo.open("#dataset=landcover&view=4.00/-10.00000/-60.00000&opacity=50")
    demo.one("adding").click()
    demo.click(-55, -12)
    demo.wait_for("stats-panel")
    ring = [[-60.5, -3], [-59, -3], [-59, -2.25], [-60.5, -3]]
    demo.drop(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    expect(demo.one("zone-table")).to_be_visible()
    demo.one("sort-area").click()
    demo.page.get_by_role("button", name="Savanna", exact=True).click()
    demo.one("show-work").click()
    demo.one("drawer-layer").click()

    before, after = reopened(demo)

    # Whether the next zone is added to the others is not part of the state.
    assert after == before
    expect(demo.one("drawer")).to_be_visible()


def test_a_profile(demo: Demo):
    demo.open("#mode=profile&dataset=elevation&view=9.50/37.80000/-119.34000")
    demo.draw((-119.5, 37.7), (-119.2, 37.9))
    demo.page.keyboard.press("Enter")
    demo.wait_for("profile-panel")

    before, after = reopened(demo)

    assert after == before


def test_an_extract(demo: Demo):
    demo.open(
        "#mode=extract&dataset=landcover&view=5.00/0.50000/36.00000&zone=countries/Kenya"
    )
    demo.one("pick-10").click()
    demo.wait_for("extract-panel")

    before, after = reopened(demo)

    assert after == before


def test_a_priority(demo: Demo):
    demo.open("#mode=priority&view=9.50/37.80000/-119.34000")
    demo.one("weight-0").focus()
    for _ in range(3):
        demo.page.keyboard.press("ArrowLeft")
    expect(demo.one("overlay-reset")).to_be_visible()

    before, after = reopened(demo)

    assert after == before


def test_the_way_back_leads_through_modes_and_zones(demo: Demo):
    demo.open("#dataset=landcover&view=3.20/-11.00000/-53.00000")
    demo.one("zone-select").select_option("countries/Brazil")
    demo.wait_for("stats-panel")
    demo.one("zone-select").select_option("countries/Peru")
    expect(demo.one("zone-name")).to_have_text("Peru")
    demo.one("mode-extract").click()
    expect(demo.one("extract-panel")).to_be_visible()

    demo.page.go_back()
    expect(demo.one("zone-name")).to_have_text("Peru")
    demo.page.go_back()
    expect(demo.one("zone-name")).to_have_text("Brazil")
    demo.page.go_forward()
    expect(demo.one("zone-name")).to_have_text("Peru")


@pytest.mark.parametrize("mode", ["statistics", "profile", "extract", "priority"])
def test_every_mode_has_a_button_a_key_and_a_link(demo: Demo, mode: str):
    number = 1 + ["statistics", "profile", "extract", "priority"].index(mode)
    demo.open("#mode=extract" if mode != "extract" else "")
    button = demo.one(f"mode-{mode}")
    assert button.get_attribute("href") == f"#mode={mode}"
    button.click()
    expect(button).to_have_attribute("aria-current", "page")
    demo.open("#mode=extract" if mode != "extract" else "#mode=statistics")
    demo.page.keyboard.press(str(number))
    expect(button).to_have_attribute("aria-current", "page")
    demo.page.goto("about:blank")
    demo.open(f"#mode={mode}")
    expect(button).to_have_attribute("aria-current", "page")


def test_the_work_that_is_shown_is_the_work(demo: Demo):
    demo.open("#dataset=landcover&view=3.20/-11.00000/-53.00000&zone=countries/Brazil")
    demo.wait_for("stats-panel")
    demo.one("show-work").click()
    request = demo.last("/statistics")
    assert request.post_data is not None

    expect(demo.one("outcome")).to_have_attribute("data-status", "200")
    answer = demo.gateway.post(
        request.url.removeprefix(demo.url), request.post_data.encode()
    )
    assert int(demo.one("outcome").get_attribute("data-bytes") or 0) == len(answer.body)
    demo.page.get_by_role("button", name="Copy curl").click()
    # Writing to the clipboard is asynchronous.
    demo.page.wait_for_function(
        "url => navigator.clipboard.readText().then((text) => text.includes(url))",
        arg=request.url,
    )
    copied = demo.page.evaluate("navigator.clipboard.readText()")
    assert request.post_data.replace("'", r"'\''") in copied
    for language, word in (("JavaScript", "await fetch"), ("Python", "urlopen")):
        demo.one(f"language-{language}").click()
        expect(demo.one(f"code-{language}")).to_contain_text(word)

    demo.one("drawer-layer").click()
    for label in ("Tiles", "TileJSON", "WMTS"):
        address = demo.one(f"address-{label}").input_value()
        path = address.removeprefix(demo.url).format(z=3, x=2, y=3)
        assert demo.gateway.get(path).status == 200
    demo.one("drawer-close").click()
    expect(demo.one("drawer")).to_have_count(0)
