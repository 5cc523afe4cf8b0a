"""One server per run, one browser per module, one page per test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.demo import PATIENCE, Demo
from tests.chromium import CHROMIUM_ARGUMENTS, find_browser
from tests.server.gateway import ROOT, run_gateway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from tests.server.gateway import Gateway


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    page = ROOT / "frontend" / "dist"
    assert (page / "index.html").is_file(), "make browser-test builds the page"
    with run_gateway(tmp_path_factory.mktemp("demo"), RASTERLET_PAGE=str(page)) as run:
        yield run


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One per module, because two at once would share an event loop."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=find_browser(), args=list(CHROMIUM_ARGUMENTS)
        )
        yield opened
        opened.close()


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """A function that writes a line to the terminal, also if output is captured."""
    writer = request.config.get_terminal_writer()
    manager = request.config.pluginmanager.getplugin("capturemanager")

    def write(text: str) -> None:
        with manager.global_and_fixture_disabled():
            writer.line(f"\n{text}")

    return write


@pytest.fixture
def demo(gateway: Gateway, browser: Browser) -> Iterator[Demo]:
    """The page, not opened yet; an error or warning in its console fails the test."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800},
        locale="en-GB",
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    opened = Demo(context.new_page(), f"http://127.0.0.1:{gateway.port}", gateway)
    opened.listen()
    yield opened
    context.close()
    rest = [
        text
        for text in opened.complaints
        if opened.expected is None or opened.expected not in text
    ]
    assert rest == []
