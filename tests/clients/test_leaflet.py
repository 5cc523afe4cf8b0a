"""Leaflet on a real server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.clients.visits import (
    AWAY,
    BRAZIL,
    CORNER,
    ELEVATION,
    ENLARGED,
    LANDCOVER,
    NATIVE,
    SHARP,
    WORLD,
    Site,
    View,
    Visit,
    assert_close,
    assert_same,
    mosaic,
    open_site,
    read_snippet,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

pytestmark = pytest.mark.browser

RESTING = """() => {
  const tiles = [...document.querySelectorAll(".leaflet-tile")];
  return tiles.every((tile) => tile.complete)
    && !document.querySelector(".leaflet-zoom-anim .leaflet-tile-container:empty");
}"""


FADED_IN = """() => [...document.querySelectorAll(".leaflet-tile")].every(
  (tile) => getComputedStyle(tile).opacity === "1")"""

MAP = """
import L from "leaflet";
import "leaflet/dist/leaflet.css";
window.failures = [];
const map = L.map("map", { fadeAnimation: false, zoomAnimation: false });
map.setView(%s, %s);
L.tileLayer(%s, %s)
  .on("tileerror", (event) => failures.push(event.tile.src))
  .addTo(map);
window.map = map;
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("site")) as opened:
        yield opened


def show(
    site: Site, view: View, path: str, scale: int = 1, **options: object
) -> AbstractContextManager[Visit]:
    """A map of one layer of tiles, at rest."""
    place = list(reversed(view.center))
    known = {"maxZoom": 24, **options}
    script = MAP % (place, view.zoom, json.dumps(site.url + path), json.dumps(known))
    return site.visit(script, RESTING, view, scale)


def assert_content(visit: Visit) -> None:
    """Nothing failed, and there were no errors."""
    assert visit.complaints == []
    assert visit.page.evaluate("window.failures ?? []") == []
    assert visit.statuses() == {200}


def test_the_documented_script_shows_the_tiles(site: Site) -> None:
    with site.visit(read_snippet("Leaflet"), RESTING, BRAZIL) as visit:
        place = list(reversed(BRAZIL.center))
        visit.run(f"void map.setView({place}, {BRAZIL.zoom}, {{animate: false}})")
        visit.page.wait_for_function(FADED_IN)
        shown = visit.picture()
        assert_content(visit)

    assert_same(shown, mosaic(site.gateway, BRAZIL, LANDCOVER))


@pytest.mark.parametrize("form", ["png", "webp"])
def test_its_pixels_are_those_of_the_tiles(site: Site, form: str) -> None:
    path = LANDCOVER.replace("png", form)
    with show(site, BRAZIL, path) as visit:
        shown = visit.picture()
        assert_content(visit)

    assert_same(shown, mosaic(site.gateway, BRAZIL, LANDCOVER))


def test_sharp_screens_get_twice_the_pixels(site: Site) -> None:
    """Leaflet replaces ``{r}`` by ``@2x`` there."""
    with show(site, SHARP, ELEVATION.replace("{y}", "{y}{r}"), scale=2) as visit:
        shown = visit.picture()
        assert_content(visit)
        assert all("@2x.png" in path for path, _ in visit.tiles())

    expected = mosaic(site.gateway, SHARP, ELEVATION.replace("{y}", "{y}@2x"), scale=2)
    assert_close(shown, expected)


def test_beyond_its_last_zoom_tiles_are_enlarged(site: Site) -> None:
    with show(site, ENLARGED, LANDCOVER, maxNativeZoom=5) as visit:
        visit.page.add_style_tag(content=".leaflet-tile { image-rendering: pixelated }")
        shown = visit.picture()
        assert_content(visit)
        assert visit.zooms() == {5}

    enlarged = mosaic(site.gateway, NATIVE, LANDCOVER).repeat(8, 0).repeat(8, 1)
    assert_same(shown, enlarged)


def test_at_the_edge_of_the_raster_there_is_no_complaint(site: Site) -> None:
    with show(site, CORNER, ELEVATION) as visit:
        shown = visit.picture()
        assert_content(visit)
        assert {path for path, _ in visit.tiles()} >= {
            ELEVATION.format(z=tile.z, x=tile.x, y=tile.y) for tile in CORNER.tiles()
        }

    assert_close(shown, mosaic(site.gateway, CORNER, ELEVATION))


def test_wholly_outside_the_raster_the_map_is_empty(site: Site) -> None:
    with show(site, AWAY, ELEVATION) as visit:
        shown = visit.picture()
        assert_content(visit)

    assert (shown == 255).all()


def test_bounds_keep_it_from_asking_for_tiles_outside(site: Site) -> None:
    reply = site.gateway.get("/datasets/elevation/tilejson.json")
    west, south, east, north = json.loads(reply.body)["bounds"]
    bounds = [[south, west], [north, east]]
    with show(site, CORNER, ELEVATION, bounds=bounds) as visit:
        shown = visit.picture()
        assert_content(visit)
        assert 1 <= len(visit.tiles()) < len(list(CORNER.tiles()))

    assert_close(shown, mosaic(site.gateway, CORNER, ELEVATION))


@pytest.mark.parametrize("empty", [204, 404])
def test_another_status_than_200_is_a_failure_to_it(site: Site, empty: int) -> None:
    """Leaflet reports a failed image, but the map itself is right."""
    with show(site, CORNER, f"{ELEVATION}?empty={empty}") as visit:
        shown = visit.picture()
        failures = visit.page.evaluate("failures")
        complaints = [text for text in visit.complaints if str(empty) in text]
        missing = [path for path, status in visit.tiles() if status == empty]
        assert missing
        assert sorted(failures) == sorted(site.url + path for path in missing)
        # The browser itself reports 404, but not 204.
        assert len(complaints) == (len(missing) if empty == 404 else 0)
        assert complaints == visit.complaints

    assert_close(shown, mosaic(site.gateway, CORNER, ELEVATION))


def test_the_world_repeats_without_a_request_outside_it(site: Site) -> None:
    view = View(zoom=1, left=-256, top=-128, width=1024, height=768)
    with show(site, view, LANDCOVER) as visit:
        shown = visit.picture()
        assert_content(visit)

    assert_same(shown[128:640, 256:768], mosaic(site.gateway, WORLD, LANDCOVER))
