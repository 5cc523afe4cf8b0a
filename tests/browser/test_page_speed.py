"""Durations, which are printed, and numbers of requests, which are asserted."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.demo import Demo

    type Report = Callable[[str, float, int], None]

# The most tiles of 512 pixels that a window of 1280 x 800 pixels shows.
MOST_TILES = 12

# The same for a draft, whose tiles are stretched to 1024 pixels.
MOST_DRAFT_TILES = 6


@pytest.fixture
def report(say: Callable[[str], None]) -> Report:
    def tell(what: str, milliseconds: float, goal: int) -> None:
        say(f"{what}: {milliseconds:.0f} ms (goal {goal})")

    return tell


# Records in the page when a frame first had all tiles of the dataset, and when a frame
# first had the zones and their names too.
WATCH_START = """
  const isWhole = (map) => {
    const raster = map?.getStyle().layers.find(({ type }) => type === "raster");
    return Boolean(raster) && map.isSourceLoaded(raster.source);
  };
  // Zones that have not come yet have no tiles to wait for either.
  const isAll = (map) => isWhole(map) && map.isStyleLoaded() && map.areTilesLoaded() &&
    map.querySourceFeatures("countries-names").length > 0;
  const marks = { tiles: isWhole, all: isAll };
  window.painted = {};
  const look = () => {
    const map = window.rasterlet?.map;
    for (const [name, isThere] of Object.entries(marks)) {
      if (!isThere(map)) continue;
      delete marks[name];
      map.once("render", () => { window.painted[name] = performance.now(); });
      map.triggerRepaint();
    }
    if (Object.keys(marks).length > 0) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
"""


# The number of tiles that were transferred over the network.
TRAVELLED = """performance.getEntriesByType("resource").filter(
  ({ name, transferSize }) => name.includes("/tiles/") && transferSize > 0).length"""


def test_the_first_tiles_are_painted_soon(demo: Demo, report: Report):
    demo.page.add_init_script(WATCH_START)
    visits, travelled = [], []
    for _ in range(4):
        demo.open("#dataset=landcover&view=2.00/20.00000/10.00000")
        demo.page.wait_for_function("() => window.painted.all !== undefined")
        visits.append(demo.page.evaluate("window.painted"))
        travelled.append(demo.page.evaluate(TRAVELLED))
        demo.page.goto("about:blank")

    # The first visit has an empty cache, and the browser has just started.
    first, *others = visits
    for name, what in (("tiles", "first tiles"), ("all", "tiles, zones and names")):
        report(f"{what} painted, first visit", first[name], 1500)
        report(f"{what} painted", min(visit[name] for visit in others), 1500)
    # Every tile is transferred once, later ones come from the browser's cache.
    asked = Counter(r.url for r in demo.requests if "/tiles/" in r.url)
    assert 1 <= len(asked) <= MOST_TILES
    assert set(asked.values()) == {4}
    assert travelled == [len(asked), 0, 0, 0]


def test_statistics_of_a_country_come_at_a_click(demo: Demo, report: Report):
    demo.open("#dataset=landcover&view=3.20/-11.00000/-58.00000")
    demo.page.evaluate("""() => {
      window.shown = [];
      addEventListener("click", () => { window.clicked = performance.now(); }, true);
      new MutationObserver(() => {
        const panel = document.querySelector("[data-testid=stats-panel]");
        const name = panel?.querySelector("[data-testid=zone-name]")?.textContent;
        const known = window.shown.at(-1)?.name;
        if (panel?.dataset.state !== "result" || known === name) return;
        requestAnimationFrame(() => {
          const last = window.shown.at(-1);
          if (last?.name !== name)
            window.shown.push({ name, time: performance.now() - window.clicked });
        });
      }).observe(document.body, { subtree: true, childList: true, attributes: true });
    }""")
    for count, place in enumerate([(-55, -12), (-75, -10), (-64, -17), (-73, 4)], 1):
        demo.move(*place)
        demo.click(*place)
        demo.page.wait_for_function("n => window.shown.length >= n", arg=count)

    times = [entry["time"] for entry in demo.page.evaluate("window.shown")]
    report("statistics of a country", statistics.median(times), 300)
    assert len(times) == 4
    assert len([r for r in demo.requests if "/statistics" in r.url]) == 4


def test_the_map_follows_a_slider(demo: Demo, report: Report):
    demo.open("#mode=priority&view=9.50/37.80000/-119.34000")
    before = len(demo.requests)
    times = demo.page.evaluate("""async () => {
      const { map } = window.rasterlet;
      const slider = document.querySelector('[data-testid="weight-0"]');
      const shown = () => map.getStyle().layers.find(({ type, id }) =>
        type === "raster" && map.getPaintProperty(id, "raster-opacity") > 0)?.id;
      const times = [];
      for (let step = 1; step <= 8; step += 1) {
        const before = shown();
        const start = performance.now();
        slider.value = step / 2;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        while (shown() === before) await new Promise(requestAnimationFrame);
        await map.once("render");
        times.push(performance.now() - start);
      }
      return times;
    }""")

    report("a slider's move painted", statistics.median(times), 250)
    # A draft is loaded first, so that a step costs few requests.
    asked = [r.url for r in demo.requests[before:] if "/tiles/" in r.url]
    zooms = [int(match[1]) for url in asked if (match := re.search(r"/(\d+)/", url))]
    assert 8 <= zooms.count(min(zooms)) <= 8 * MOST_DRAFT_TILES
