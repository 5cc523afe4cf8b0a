"""The weighted overlay on the demo page."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import numpy as np
from playwright.sync_api import expect

from tests.browser.demo import Demo, first_band

MEADOWS = "#mode=priority&view=9.50/37.80000/-119.34000"

SET = """([id, value]) => {
  const slider = document.querySelector(`[data-testid="${id}"]`);
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
}"""


def overlay_of(url: str) -> dict[str, object]:
    (text,) = parse_qs(urlsplit(url).query)["overlay"]
    overlay: dict[str, object] = json.loads(text)
    return overlay


def test_the_map_is_redrawn_while_a_slider_moves(demo: Demo):
    demo.open()
    demo.one("mode-priority").click()
    demo.rest()
    before = demo.colors()
    demo.page.evaluate(SET, ["weight-0", "0.3"])
    demo.page.evaluate(SET, ["score-1-10", "0.2"])
    demo.rest()

    layers = overlay_of(demo.last("/overlay/tiles/").url)["layers"]
    assert layers[0]["weight"] == 0.3  # type: ignore[index]
    assert layers[1]["scores"]["10"] == 0.2  # type: ignore[index]
    after = demo.colors()
    assert (np.abs(before.astype(int) - after).max(axis=1) > 8).mean() > 0.3
    demo.one("overlay-reset").click()
    demo.rest()
    assert (demo.colors() == before).all()


def test_nothing_flickers_and_old_requests_end(demo: Demo):
    demo.open(MEADOWS)
    # Counts frames in which no image with all its tiles is on the map.
    demo.page.evaluate("""() => {
      const { map } = window.rasterlet;
      window.gaps = 0;
      map.on("render", () => {
        const drawn = map.getStyle().layers.filter(({ type, id }) =>
          type === "raster" && map.getPaintProperty(id, "raster-opacity") > 0);
        const isWhole = drawn.length === 1 && map.isSourceLoaded(drawn[0].source);
        if (!isWhole) window.gaps += 1;
      });
    }""")
    ended: list[str] = []
    demo.page.on(
        "requestfailed",
        lambda r: ended.append(r.failure or "") if "/overlay/tiles/" in r.url else None,
    )
    # Five steps before each frame, as on a busy machine.
    demo.page.evaluate("""async () => {
      const slider = document.querySelector('[data-testid="weight-0"]');
      for (let step = 1; step <= 40; step += 1) {
        slider.value = step / 10;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        if (step % 5 === 0) await new Promise((done) => setTimeout(done, 125));
      }
    }""")
    demo.rest()

    assert demo.page.evaluate("window.gaps") == 0
    assert all("ABORTED" in failure for failure in ended)
    asked = {
        overlay_of(request.url)["layers"][0]["weight"]  # type: ignore[index]
        for request in demo.requests
        if "/overlay/tiles/" in request.url
    }
    # At most the first and the last of five steps, and the last one of all.
    assert 2 <= len(asked) <= 16
    assert 4 in asked


def test_one_image_replaces_another_in_one_frame(demo: Demo):
    demo.open(MEADOWS)
    demo.page.evaluate("""() => {
      const { map } = window.rasterlet;
      const gl = map.getCanvas().getContext("webgl2");
      window.seen = new Set();
      map.on("render", () => {
        const pixel = new Uint8Array(4);
        const { drawingBufferWidth: width, drawingBufferHeight: height } = gl;
        gl.readPixels(width / 2, height / 2, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
        window.seen.add(pixel.join());
      });
      map.redraw();
      const slider = document.querySelector('[data-testid="weight-0"]');
      slider.value = 0.3;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    }""")
    demo.rest()
    colors = demo.page.evaluate("[...window.seen]")

    # The old image, the draft and the full image: nothing shows through in between.
    assert 2 <= len(colors) <= 3


def test_a_zone_is_scored_with_the_weights_as_they_are(demo: Demo):
    demo.open(f"{MEADOWS}&zone=counties/Madera")
    demo.wait_for("stats-panel")
    first = demo.number("stat-mean")
    demo.page.evaluate(SET, ["weight-1", "0"])
    expect(demo.one("stat-mean")).not_to_have_attribute("data-value", str(first))
    demo.wait_for("stats-panel")

    request = demo.last("/overlay/statistics")
    assert len(overlay_of(request.url)["layers"]) == 1  # type: ignore[arg-type]
    assert demo.number("stat-mean") == first_band(demo.repeat(request))["mean"]
    demo.page.evaluate(SET, ["weight-0", "0"])
    expect(demo.one("priority-panel")).to_contain_text("Give at least one layer")


def test_layers_come_and_go(demo: Demo):
    demo.open(MEADOWS)
    demo.one("layer-add").select_option("elevation")
    expect(demo.one("layer-2")).to_be_visible()
    demo.one("invert-2").check()
    demo.rest()
    added = overlay_of(demo.last("/overlay/tiles/").url)["layers"][2]  # type: ignore[index]
    assert added == {
        "dataset": "elevation",
        "range": [552, 3971],
        "weight": 1,
        "invert": True,
    }

    demo.one("layer-2").get_by_role("button").click()
    expect(demo.one("layer-2")).to_have_count(0)


def test_the_pointer_tells_what_each_layer_gives(demo: Demo):
    demo.open(MEADOWS)
    demo.move(-119.3, 37.85)

    expect(demo.one("point-value")).to_contain_text("landcover: ")
    answer = demo.repeat(demo.last("/overlay/point"))
    value = demo.one("point-value").locator(".value").get_attribute("data-value")
    assert float(value or -1) == answer["values"][0]["value"]
