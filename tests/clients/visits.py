"""Visits of map pages: their requests, errors and images.

A page is a script, bundled from the libraries that npm has installed and served by the
gateway itself, so that tiles have the same origin, as behind one CloudFront.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import mercantile
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import sync_playwright

from tests.chromium import CHROMIUM_ARGUMENTS, find_browser
from tests.server.gateway import run_gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.server.gateway import Gateway

ROOT = Path(__file__).resolve().parents[2]

FOLDERS = (ROOT / "frontend" / "node_modules", ROOT / "tests/clients/node_modules")

# MapLibre requests these files next to the page's own script.
WORKER = ("maplibre-gl-worker.mjs", "maplibre-gl-shared.mjs")

# The server's URL in the documentation.
DEMO = "http://127.0.0.1:8000"

PAGE = """<!doctype html>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="main.css">
<style>
  body { margin: 0 }
  #map { width: 100vw; height: 100vh; background: #fff }
  .leaflet-control-container, .maplibregl-control-container,
  .ol-overlaycontainer-stopevent { display: none }
</style>
<div id="map"></div>
<script type="module" src="main.js"></script>
"""

# Timeout in milliseconds for a map to load; WebGL without a graphics card is slow.
PATIENCE = 60_000


@dataclass(frozen=True, slots=True)
class View:
    """A part of the map whose corner is a whole pixel, so that tiles align."""

    zoom: int
    """For tiles of 256 pixels."""
    left: int
    """Pixels from the west of the world at that zoom; ``top`` from the north."""
    top: int
    width: int = 512
    height: int = 384

    @property
    def center(self) -> tuple[float, float]:
        """Longitude and latitude."""
        x, y = self.left + self.width / 2, self.top + self.height / 2
        size = 256 * 2**self.zoom
        lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y / size))))
        return 360 * x / size - 180, float(lat)

    def tiles(self) -> Iterator[mercantile.Tile]:
        for y in range(self.top // 256, (self.top + self.height - 1) // 256 + 1):
            for x in range(self.left // 256, (self.left + self.width - 1) // 256 + 1):
                yield mercantile.Tile(x, y, self.zoom)


BRAZIL = View(zoom=4, left=1200, top=2000)
"""For classes; its centre is forest."""

CORNER = View(zoom=9, left=21918 - 256, top=50512 - 192)
"""Centred on the north-west corner of the elevation raster."""

SHARP = View(zoom=9, left=21918 + 40, top=50512 + 40, width=300, height=256)
"""For elevation, small enough for high-resolution screens."""

AWAY = View(zoom=9, left=40000, top=40000)
"""Outside of the elevation raster."""

WORLD = View(zoom=1, left=0, top=0, width=512, height=512)

NATIVE = View(zoom=5, left=1300, top=2100, width=96, height=72)
ENLARGED = View(zoom=8, left=8 * 1300, top=8 * 2100, width=768, height=576)
"""The same three zooms beyond the last one of the land cover."""

LANDCOVER = "/datasets/landcover/tiles/{z}/{x}/{y}.png"
ELEVATION = "/datasets/elevation/tiles/{z}/{x}/{y}.png"


@dataclass(frozen=True, slots=True)
class Visit:
    """A page with a map, in the global variable ``map``."""

    page: Page
    resting: str
    """JavaScript: whether everything in view has been drawn."""
    complaints: list[str] = field(default_factory=list)
    """Errors of the console and of scripts, and failed requests."""
    answers: list[tuple[str, int]] = field(default_factory=list)
    """Requests to the server: path with query, and status."""

    def rest(self) -> None:
        """Wait until the map has drawn everything."""
        self.page.wait_for_function(self.resting, timeout=PATIENCE)
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_function(self.resting, timeout=PATIENCE)

    def run(self, script: str) -> object:
        """The value of an expression, after the map has redrawn."""
        value = self.page.evaluate(script)
        self.rest()
        return value

    def picture(self) -> np.ndarray:
        """A screenshot: uint8, (height, width, 3)."""
        shot = self.page.screenshot(scale="device")
        return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))

    def tiles(self) -> list[tuple[str, int]]:
        """Answers to requests for tiles."""
        return [answer for answer in self.answers if "/tiles/" in answer[0]]

    def zooms(self) -> set[int]:
        """Zooms of the requested tiles."""
        found = (
            re.search(r"(?:/tiles/|TileMatrix=)(\d+)", path) for path, _ in self.answers
        )
        return {int(match[1]) for match in found if match}

    def statuses(self) -> set[int]:
        """All statuses of answers."""
        return {status for _, status in self.answers}


@dataclass(frozen=True, slots=True)
class Site:
    """The server, a browser, and the folder of pages that the server serves."""

    gateway: Gateway
    browser: Browser
    pages: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.gateway.port}"

    @contextlib.contextmanager
    def visit(
        self, script: str, resting: str, view: View, scale: int = 1
    ) -> Iterator[Visit]:
        """A page with a script that leaves its map as ``window.map``.

        Args:
            script: A module; it may import what npm has installed.
            resting: JavaScript: whether the map has drawn everything in view.
            view: The window has its size.
            scale: Pixels of the screen per pixel of the page.
        """
        build_page(self.pages, script.replace(DEMO, self.url))
        context = self.browser.new_context(
            viewport={"width": view.width, "height": view.height},
            device_scale_factor=scale,
        )
        page = context.new_page()
        visit = Visit(page, resting)
        listen(visit, self.url)
        page.goto(f"{self.url}/index.html")
        # Until the script has set it, an element's id is its name.
        made = "!(window.map instanceof Element)"
        page.wait_for_function(made, timeout=PATIENCE)
        try:
            visit.rest()
            yield visit
        finally:
            context.close()


def listen(visit: Visit, origin: str) -> None:
    """Record the requests and errors of a page."""
    page, complaints = visit.page, visit.complaints
    page.on(
        "console",
        lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "requestfailed",
        lambda r: complaints.append(f"{r.url}: {r.failure}"),
    )
    page.on(
        "response",
        lambda r: (
            visit.answers.append((r.url.removeprefix(origin), r.status))
            if r.url.startswith(origin)
            else None
        ),
    )


@contextlib.contextmanager
def open_site(folder: Path) -> Iterator[Site]:
    """A server with an empty folder of pages, and a browser to visit them."""
    executable = find_browser()
    if not all(found.is_dir() for found in FOLDERS):
        assert not os.environ.get("CI"), "CI must have the map clients"
        pytest.skip("no map clients here: make browser-test installs them")
    pages = folder / "pages"
    pages.mkdir()
    with (
        run_gateway(folder, RASTERLET_PAGE=str(pages)) as gateway,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=executable, args=list(CHROMIUM_ARGUMENTS)
        )
        yield Site(gateway, browser, pages)
        browser.close()


def build_page(folder: Path, script: str) -> None:
    """Bundle a script with its imports."""
    for file in WORKER:
        shutil.copy(FOLDERS[0] / "maplibre-gl" / "dist" / file, folder)
    (folder / "index.html").write_text(PAGE)
    (folder / "main.css").write_text("")
    (folder / "script.js").write_text(script)
    command = [
        str(FOLDERS[0] / ".bin" / "esbuild"),
        str(folder / "script.js"),
        *("--bundle", "--format=esm", "--loader:.png=dataurl", "--log-level=error"),
        f"--outfile={folder / 'main.js'}",
    ]
    # Node.js may have come as a Python wheel.
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    modules = os.pathsep.join(map(str, FOLDERS))
    environment = {**os.environ, "PATH": path, "NODE_PATH": modules}
    subprocess.run(command, check=True, env=environment, timeout=120)


@lru_cache(maxsize=256)
def fetch_image(gateway: Gateway, path: str) -> np.ndarray:
    """An image of the server over white: uint8, (height, width, 3)."""
    reply = gateway.get(path)
    assert reply.status == 200, (path, reply.body)
    image = Image.open(io.BytesIO(reply.body)).convert("RGBA")
    ground = Image.new("RGBA", image.size, "white")
    return np.asarray(Image.alpha_composite(ground, image).convert("RGB"))


def mosaic(gateway: Gateway, view: View, template: str, scale: int = 1) -> np.ndarray:
    """The expected image of a map of tiles: uint8, (height, width, 3).

    Args:
        gateway: The server of the tiles.
        view: The part of the map.
        template: Path of tiles with ``{z}``, ``{x}`` and ``{y}``.
        scale: Pixels of tiles and screen per pixel of the page.
    """
    side = 256 * scale
    left, top = view.left * scale, view.top * scale
    shape = (view.height * scale, view.width * scale, 3)
    shown = np.full(shape, 255, np.uint8)
    for tile in view.tiles():
        path = template.format(z=tile.z, x=tile.x, y=tile.y)
        image = fetch_image(gateway, path)
        assert image.shape == (side, side, 3)
        x, y = tile.x * side - left, tile.y * side - top
        part = image[max(-y, 0) : shape[0] - y, max(-x, 0) : shape[1] - x]
        y, x = max(y, 0), max(x, 0)
        shown[y : y + part.shape[0], x : x + part.shape[1]] = part
    return shown


def assert_same(found: np.ndarray, expected: np.ndarray) -> None:
    """Pixels inside areas of one colour have that colour.

    At borders between colours a map may blend. Screens round colours by 1 of 255.
    """
    assert found.shape == expected.shape
    shifted = [
        np.roll(expected, (down, right), axis=(0, 1))
        for down in (-1, 0, 1)
        for right in (-1, 0, 1)
    ]
    plain = np.all([(other == expected).all(axis=2) for other in shifted], axis=0)
    plain[[0, -1]] = plain[:, [0, -1]] = False
    # With only one colour, nothing would have been compared.
    assert len(np.unique(expected[plain], axis=0)) > 1
    wrong = np.abs(found.astype(int) - expected).max(axis=2) > 2
    assert not (wrong & plain).any(), f"{(wrong & plain).sum()} of {plain.sum()}"


def assert_close(found: np.ndarray, expected: np.ndarray) -> None:
    """The same image, for images without areas of one colour."""
    assert found.shape == expected.shape
    difference = np.abs(found.astype(int) - expected).max(axis=2)
    assert np.median(difference) <= 2, np.median(difference)
    assert (difference > 16).mean() < 0.01, (difference > 16).mean()


def read_snippet(heading: str) -> str:
    """The first script under a heading of ``docs/tiles.md``, its map as ``map``."""
    text = (ROOT / "docs" / "tiles.md").read_text()
    section = re.search(
        rf"^### {re.escape(heading)}\n(.*?)(?=^##)",
        text + "\n##",
        re.MULTILINE | re.DOTALL,
    )
    assert section, heading
    script = re.search(r"^```js\n(.*?)^```", section[1], re.MULTILINE | re.DOTALL)
    assert script, heading
    return f"{script[1]}\nwindow.map = map;\n"
