"""The demo page in a browser: opening it, pointing at positions, reading it."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Locator, Page, Request

    from tests.server.gateway import Gateway

CANVAS = "canvas.maplibregl-canvas"

# Timeouts in milliseconds for an answer, and for a map with all its tiles.
PATIENCE = 20_000
LONG_PATIENCE = 60_000

# True if nothing is loading and nothing moves.
RESTING = """() => Boolean(window.rasterlet?.isAtRest()) &&
  document.getAnimations().every(({ playState }) => playState !== "running")"""


# Without slots: Playwright sets attributes on objects whose methods it calls.
@dataclass(eq=False)
class Demo:
    """A page and the server behind it."""

    page: Page
    url: str
    gateway: Gateway
    complaints: list[str] = field(default_factory=list)
    """Errors and warnings of the console, exceptions, requests to other origins."""
    requests: list[Request] = field(default_factory=list)
    expected: str | None = None
    """Complaints that contain this text are expected by the test."""

    def listen(self) -> None:
        self.page.on(
            "console",
            lambda message: (
                self.complaints.append(message.text)
                if message.type in {"error", "warning"}
                else None
            ),
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._note)

    def _note(self, request: Request) -> None:
        self.requests.append(request)
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.complaints.append(f"request to {request.url}")

    def open(self, link: str = "") -> None:
        self.page.goto(f"{self.url}/{link}")
        self.rest()

    @contextlib.contextmanager
    def served_at(self, port: int) -> Iterator[None]:
        """Open the page from another port, and leave it before that server stops."""
        self.url = f"http://127.0.0.1:{port}"
        try:
            yield
        finally:
            self.page.goto("about:blank")

    def rest(self) -> None:
        """Wait until every answer and tile has arrived and nothing moves."""
        self.page.wait_for_function(RESTING, timeout=LONG_PATIENCE)

    def one(self, test_id: str) -> Locator:
        return self.page.get_by_test_id(test_id)

    def number(self, test_id: str) -> float:
        """The value of a statistic, as answered and not as formatted."""
        return float(self.one(test_id).get_attribute("data-value") or "nan")

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        """The pixel of a position in the window, (x, y)."""
        script = """place => {
          const { x, y } = window.rasterlet.map.project(place);
          return [x, y];
        }"""
        x, y = self.page.evaluate(script, [longitude, latitude])
        return x, y

    def click(self, longitude: float, latitude: float, **options: Any) -> None:
        self.page.locator(CANVAS).click(
            position=dict(zip("xy", self.place(longitude, latitude), strict=True)),  # type: ignore[arg-type]
            **options,
        )

    def move(self, longitude: float, latitude: float) -> None:
        self.page.mouse.move(*self.place(longitude, latitude))

    def draw(self, *corners: tuple[float, float]) -> None:
        """Click the corners of a shape, each after the page is at rest."""
        for corner in corners:
            self.rest()
            self.move(*corner)
            self.click(*corner)
        self.rest()

    def wait_for(self, panel: str, state: str = "result") -> None:
        expect(self.one(panel)).to_have_attribute("data-state", state, timeout=PATIENCE)

    def last(self, part: str) -> Request:
        """The last request whose URL contains this text."""
        return [request for request in self.requests if part in request.url][-1]

    def repeat(self, request: Request) -> Any:
        """The server's answer to a request of the page, sent again."""
        path = request.url.removeprefix(self.url)
        body = request.post_data
        reply = (
            self.gateway.get(path)
            if body is None
            else self.gateway.post(path, body.encode())
        )
        assert reply.status == 200, reply.body
        return json.loads(reply.body)

    def colors(self) -> np.ndarray:
        """The colours in the middle of the map: uint8, (pixels, 3)."""
        shot = self.page.locator(CANVAS).screenshot()
        image = Image.open(io.BytesIO(shot)).convert("RGB")
        width, height = image.size
        box = (width // 3, height // 4, 2 * width // 3, 3 * height // 4)
        return np.asarray(image.crop(box)).reshape(-1, 3)

    def drop(self, text: str) -> None:
        """Drop a GeoJSON file on the page."""
        self.page.evaluate(
            """text => {
              const data = new DataTransfer();
              data.items.add(new File([text], "zones.geojson"));
              for (const type of ["dragover", "drop"]) {
                document.body.dispatchEvent(new DragEvent(type, {
                  bubbles: true, cancelable: true, dataTransfer: data,
                }));
              }
            }""",
            text,
        )

    def download(self, test_id: str, folder: Path) -> str:
        """The content of the file that a button downloads."""
        with self.page.expect_download() as waiting:
            self.one(test_id).click()
        path = folder / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path.read_text()


def first_band(answer: Any) -> Any:
    """The statistics of the first band in an answer."""
    return answer["properties"]["statistics"]["b1"]
