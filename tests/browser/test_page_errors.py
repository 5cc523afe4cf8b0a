"""Error messages of the page, with a server that really fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.proxy import Fault, Proxy, run_proxy
from tests.server.gateway import ROOT, run_gateway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.browser.demo import Demo
    from tests.server.gateway import Gateway

BRAZIL = "#dataset=landcover&view=3.20/-11.00000/-53.00000"


@pytest.fixture
def proxy(gateway: Gateway) -> Iterator[Proxy]:
    with run_proxy(gateway.port) as running:
        yield running


@pytest.fixture
def behind(demo: Demo, proxy: Proxy) -> Iterator[Demo]:
    """The page, opened through the proxy."""
    demo.expected = "Failed to load resource"
    with demo.served_at(proxy.port):
        yield demo


def test_a_raster_that_is_gone_is_a_502(demo: Demo, tmp_path: Path):
    catalogue = json.loads((ROOT / "sample" / "catalog.json").read_text())
    (tmp_path / "catalog.json").write_text(json.dumps(catalogue))
    page = ROOT / "frontend" / "dist"
    paths = {
        "RASTERLET_PAGE": str(page),
        "RASTERLET_CATALOG": str(tmp_path / "catalog.json"),
    }
    with run_gateway(tmp_path, **paths) as broken, demo.served_at(broken.port):
        demo.expected = "502"
        demo.page.goto(f"{demo.url}/{BRAZIL}&zone=countries/Brazil")
        demo.wait_for("stats-panel", "failed")

        expect(demo.one("failure")).to_have_attribute("data-status", "502")
        expect(demo.one("failure").get_by_test_id("remedy")).to_contain_text(
            "cannot be read"
        )
        tiles = demo.one("alert").locator("[data-topic=tiles]")
        expect(tiles).to_contain_text("Some map tiles could not be loaded")


def test_a_failed_answer_can_be_asked_for_again(behind: Demo, proxy: Proxy):
    proxy.faults["/statistics"] = Fault(502)
    behind.open(f"{BRAZIL}&zone=countries/Brazil")
    behind.wait_for("stats-panel", "failed")
    expect(behind.one("failure")).to_contain_text("502")

    proxy.faults.clear()
    behind.page.get_by_role("button", name="Try again").click()
    behind.wait_for("stats-panel")
    expect(behind.one("zone-name")).to_have_text("Brazil")


def test_what_is_too_large_is_told_with_its_remedy(behind: Demo, proxy: Proxy):
    problem = {
        "type": "about:blank",
        "title": "Content Too Large",
        "status": 413,
        "detail": "The zones touch 600000000 pixels; the limit is 500000000",
    }
    headers = {"Content-Type": "application/problem+json"}
    proxy.faults["/statistics"] = Fault(413, headers, json.dumps(problem).encode())
    behind.open(f"{BRAZIL}&zone=countries/Brazil")
    behind.wait_for("stats-panel", "failed")

    expect(behind.one("failure")).to_contain_text("600000000")
    expect(behind.one("remedy")).to_contain_text("smaller zone")


def test_a_busy_store_says_when_to_come_again(behind: Demo, proxy: Proxy):
    proxy.faults["/profile"] = Fault(503, {"Retry-After": "7"})
    behind.open(
        "#mode=profile&dataset=landcover&view=3.20/-11/-53&line=_8xBg-gLgggGgggG"
    )
    behind.wait_for("profile-panel", "failed")

    expect(behind.one("failure")).to_contain_text("Try again in 7 s")


def test_tiles_that_fail_are_told_and_come_back(behind: Demo, proxy: Proxy):
    proxy.faults["/tiles/"] = Fault(502)
    behind.open(BRAZIL)
    message = behind.one("alert").locator("[data-topic=tiles]")
    expect(message).to_be_visible()

    proxy.faults.clear()
    message.get_by_role("button", name="Try again").click()
    expect(message).to_have_count(0)
    behind.rest()
    assert len({tuple(color) for color in behind.colors().tolist()}) > 10


def test_without_a_catalogue_the_map_is_still_there(behind: Demo, proxy: Proxy):
    proxy.faults["/datasets$"] = Fault(500)
    behind.open()
    message = behind.one("alert").locator("[data-topic=catalogue]")
    expect(message).to_contain_text("The catalogue could not be loaded")

    proxy.faults.clear()
    message.get_by_role("button", name="Try again").click()
    expect(behind.one("dataset-landcover")).to_be_visible()


def test_without_its_zones_the_page_still_draws(behind: Demo, proxy: Proxy):
    proxy.faults["/zones/"] = Fault(404)
    behind.open(BRAZIL)
    message = behind.one("alert").locator("[data-topic=zones]")
    expect(message).to_be_visible()

    proxy.faults.clear()
    message.get_by_role("button", name="Try again").click()
    expect(message).to_have_count(0)
    behind.rest()
    behind.click(-55, -12)
    behind.wait_for("stats-panel")


def test_offline_is_said_and_nothing_on_the_screen_goes(demo: Demo):
    demo.expected = "ERR_INTERNET_DISCONNECTED"
    demo.open(BRAZIL)
    demo.click(-55, -12)
    demo.wait_for("stats-panel")
    demo.page.context.set_offline(True)
    message = demo.one("alert").locator("[data-topic=offline]")
    expect(message).to_contain_text("You are offline")
    expect(demo.one("zone-name")).to_have_text("Brazil")
    demo.one("zone-select").select_option("countries/Peru")
    demo.wait_for("stats-panel", "failed")

    demo.page.context.set_offline(False)
    expect(message).to_have_count(0)
    demo.page.get_by_role("button", name="Try again").first.click()
    demo.wait_for("stats-panel")


def test_a_catalogue_of_nothing_says_what_to_do(demo: Demo, tmp_path: Path):
    empty = {"type": "FeatureCollection", "features": []}
    (tmp_path / "catalog.json").write_text(json.dumps(empty))
    page = ROOT / "frontend" / "dist"
    paths = {
        "RASTERLET_PAGE": str(page),
        "RASTERLET_CATALOG": str(tmp_path / "catalog.json"),
    }
    with run_gateway(tmp_path, **paths) as running, demo.served_at(running.port):
        demo.page.goto(demo.url)
        expect(demo.one("alert")).to_contain_text("The catalogue is empty")


def test_a_raster_that_cannot_be_previewed_has_a_blank_card(demo: Demo):
    demo.expected = "Failed to load resource"
    demo.page.route(
        "**/elevation/preview.webp*", lambda route: route.fulfill(status=413)
    )
    demo.open(BRAZIL)

    image = demo.one("dataset-elevation").locator("img")
    image.scroll_into_view_if_needed()
    expect(image).to_have_css("visibility", "hidden")
    expect(demo.one("dataset-landcover").locator("img")).to_be_visible()
