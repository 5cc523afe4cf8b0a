"""The demo page in a real browser, against the real server."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import numpy as np
import pytest
import rasterio
import rasterio.features
import shapely
from PIL import Image
from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # WebGL without a graphics card.
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)

pytestmark = pytest.mark.browser


def find_browser() -> str:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, names)), None
    )
    if found is None:
        assert not os.environ.get("CI"), "CI must have a browser"
        pytest.skip("no Chromium here: install one or name it in CHROMIUM")
    return found


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "scripts/serve.py", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/health")
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            with urlopen(url, timeout=1):  # noqa: S310  our own server
                return
        except OSError:
            assert time.monotonic() < deadline, f"{url} does not answer"
            time.sleep(0.2)


@pytest.fixture
def page(server: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page with its map at rest; any complaint in the console fails the test."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=list(CHROMIUM_ARGUMENTS)
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.on(
            "console",
            lambda m: complaints.append(m.text) if m.type == "error" else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda r: (
                None
                if r.url.startswith((server, "data:", "blob:"))
                else complaints.append(f"request to {r.url}")
            ),
        )
        page.goto(server)
        wait_until_idle(page)
        yield page
        browser.close()
    expected = "net::ERR_FAILED" if request.node.get_closest_marker("refused") else None
    assert [
        text for text in complaints if expected is None or expected not in text
    ] == []


def wait_until_idle(page: Page) -> None:
    """Until the map has drawn all its tiles."""
    deadline = time.monotonic() + 60
    resting = "map => Boolean(map?.loaded() && map.areTilesLoaded())"
    while not page.evaluate(f"({resting})(window.rasterlet?.map)"):
        assert time.monotonic() < deadline, "the map does not come to rest"
        page.wait_for_timeout(200)


def map_pixels(page: Page) -> np.ndarray:
    """The colours of the map's middle, (height, width, 3)."""
    picture = Image.open(
        io.BytesIO(page.locator("canvas.maplibregl-canvas").screenshot())
    )
    width, height = picture.size
    box = (width // 4, height // 4, 3 * width // 4, 3 * height // 4)
    return np.asarray(picture.crop(box).convert("RGB"))


def rasterised_shares(zone: shapely.Geometry) -> dict[int, float]:
    """Class shares by counting the centres of a grid twenty times as fine."""
    with rasterio.open(ROOT / "sample" / "landcover_global_2019.tif") as dataset:
        window = dataset.window(*zone.bounds).round_offsets().round_lengths()
        window = rasterio.windows.Window(
            window.col_off, window.row_off, window.width + 1, window.height + 1
        )
        values = np.kron(dataset.read(1, window=window), np.ones((20, 20), np.uint8))
        fine = dataset.window_transform(window) @ rasterio.Affine.scale(1 / 20)
    inside = rasterio.features.geometry_mask([zone], values.shape, fine, invert=True)
    met, counts = np.unique(values[inside], return_counts=True)
    return dict(zip(met.tolist(), (counts / counts.sum()).tolist(), strict=True))


def test_tiles_of_both_datasets_show(page: Page):
    shown = map_pixels(page).reshape(-1, 3)
    classes = json.loads((ROOT / "sample" / "landcover_classes.json").read_text())
    assert len(np.unique(shown, axis=0)) > 20
    expect(page.get_by_test_id("legend")).to_contain_text(classes["2"]["name"])

    page.get_by_test_id("dataset-select").select_option("elevation")
    expect(page.get_by_test_id("legend")).to_contain_text("3,971 m")
    page.wait_for_timeout(1500)  # the map flies there
    wait_until_idle(page)

    assert len(np.unique(map_pixels(page).reshape(-1, 3), axis=0)) > 100


def test_a_click_on_brazil_gives_its_class_shares(page: Page):
    features = json.loads((ROOT / "sample" / "countries.geojson").read_text())[
        "features"
    ]
    brazil = next(f for f in features if f["properties"]["name"] == "Brazil")
    page.evaluate("window.rasterlet.map.jumpTo({center: [-53, -11], zoom: 3.2})")
    wait_until_idle(page)

    place = page.evaluate(
        "(() => { const p = window.rasterlet.map.project([-55, -12]);"
        "return [p.x, p.y]; })()"
    )
    canvas = page.locator("canvas.maplibregl-canvas")
    canvas.click(position={"x": place[0], "y": place[1]})
    panel = page.get_by_test_id("stats-panel")
    expect(panel).to_have_attribute("data-state", "result", timeout=20_000)
    expect(page.get_by_test_id("zone-name")).to_contain_text("Brazil")

    bars = page.get_by_test_id("class-bar").all()
    shares = {
        int(bar.get_attribute("data-value") or -1): float(
            bar.get_attribute("data-fraction") or 0
        )
        for bar in bars
    }
    expected = rasterised_shares(shapely.geometry.shape(brazil["geometry"]))
    assert sum(shares.values()) == pytest.approx(1, abs=1e-6)
    for value, share in expected.items():
        assert shares[value] == pytest.approx(share, abs=2e-4)
    if "SCREENSHOT" in os.environ:
        page.screenshot(path=os.environ["SCREENSHOT"])


def test_a_drawn_polygon_gives_a_histogram(page: Page):
    page.get_by_test_id("dataset-select").select_option("elevation")
    page.wait_for_timeout(1500)
    wait_until_idle(page)
    page.get_by_test_id("mode-draw").click()

    box = page.locator("canvas.maplibregl-canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for right, down in ((-90, -60), (80, -70), (60, 80)):
        page.mouse.move(x + right, y + down)
        page.mouse.click(x + right, y + down)
        page.wait_for_timeout(300)
    page.keyboard.press("Enter")

    panel = page.get_by_test_id("stats-panel")
    expect(panel).to_have_attribute("data-state", "result", timeout=20_000)
    expect(page.get_by_test_id("histogram")).to_be_visible()
    mean = float(page.get_by_test_id("stat-mean").get_attribute("data-value") or 0)
    assert 500 < mean < 4000


@pytest.mark.refused
def test_a_failed_request_is_said_aloud(page: Page):
    page.route("**/statistics*", lambda route: route.abort())
    page.evaluate("window.rasterlet.map.jumpTo({center: [-53, -11], zoom: 3.2})")
    wait_until_idle(page)

    page.locator("canvas.maplibregl-canvas").click()

    expect(page.get_by_role("alert")).to_be_visible()
