"""The page at ``/docs`` in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from tests.chromium import CHROMIUM_ARGUMENTS, find_browser
from tests.server.gateway import Gateway, run_gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with run_gateway(tmp_path_factory.mktemp("gateway")) as running:
        yield running


@pytest.fixture
def page(gateway: Gateway) -> Iterator[Page]:
    """The page; any message in the console, such as of its policy, fails the test."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=list(CHROMIUM_ARGUMENTS)
        )
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"http://127.0.0.1:{gateway.port}/docs")
        page.wait_for_selector("details.operation")
        yield page
        browser.close()
    assert complaints == []


def send(page: Page, operation: str) -> str:
    """Open an operation, send its example, and return the displayed status."""
    page.click(f"#{operation} summary")
    page.click(f"#{operation} button")
    return page.inner_text(f"#{operation} .status")


def test_every_operation_is_on_the_page(page: Page) -> None:
    described = page.evaluate("fetch('openapi.json').then(answer => answer.json())")

    identifiers = [
        operation["operationId"]
        for methods in described["paths"].values()
        for operation in methods.values()
    ]
    shown = page.eval_on_selector_all("details", "all => all.map(one => one.id)")
    assert sorted(shown) == sorted(identifiers)


def test_a_tile_is_shown(page: Page) -> None:
    assert send(page, "getDatasetsIdTilesZXY") == "200"

    page.wait_for_function("document.querySelector('.answer img')?.naturalWidth == 256")


def test_statistics_of_the_example_are_shown(page: Page) -> None:
    assert send(page, "postDatasetsIdStatistics") == "200"

    assert '"mean": ' in page.inner_text("#postDatasetsIdStatistics pre")


def test_repeated_parameters_are_sent_apart(page: Page) -> None:
    page.click("#postCrosstab summary")
    page.fill("#postCrosstab [name=dataset]", "elevation landcover")
    page.click("#postCrosstab button")

    url = page.inner_text("#postCrosstab .url")
    assert url.endswith("/crosstab?dataset=elevation&dataset=landcover")
    assert page.inner_text("#postCrosstab .status") == "200"


def test_an_address_leads_to_its_operation(page: Page) -> None:
    page.goto(f"{page.url}#getHealth")

    page.wait_for_selector("#getHealth[open]")


def test_the_page_fits_a_telephone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    page.click("#getDatasetsIdTilesZXY summary")

    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == 360
