"""MapLibre GL on a real server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
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

RESTING = "() => map.loaded() && map.areTilesLoaded() && !map.isMoving()"


MAP = """
import { Map } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
window.map = new Map({
  container: "map", center: %s, zoom: %s, fadeDuration: 0,
  style: {
    version: 8,
    sources: { data: %s },
    layers: [{
      id: "data", type: "raster", source: "data",
      paint: { "raster-resampling": "nearest", "raster-fade-duration": 0 },
    }],
  },
});
window.failures = [];
map.on("error", (event) => failures.push(String(event.error?.message)));
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("site")) as opened:
        yield opened


def show(
    site: Site, view: View, source: dict[str, object], scale: int = 1
) -> AbstractContextManager[Visit]:
    """A map of one source, at rest; MapLibre counts zooms by tiles of 512 pixels."""
    script = MAP % (list(view.center), view.zoom - 1, json.dumps(source))
    return site.visit(script, RESTING, view, scale)


def raster(site: Site, path: str, **more: object) -> dict[str, object]:
    """A source by its tiles' URL, which has no bounds."""
    return {"type": "raster", "tiles": [site.url + path], "tileSize": 256, **more}


def tilejson(site: Site, path: str, kind: str = "raster") -> dict[str, object]:
    return {"type": kind, "url": site.url + path}


def assert_content(visit: Visit) -> None:
    """Nothing failed, and there were no errors."""
    assert visit.complaints == []
    assert visit.page.evaluate("window.failures ?? []") == []
    assert visit.statuses() == {200}


def test_the_documented_script_shows_the_tiles(site: Site) -> None:
    with site.visit(read_snippet("MapLibre GL"), RESTING, BRAZIL) as visit:
        visit.run(
            f"map.jumpTo({{center: {list(BRAZIL.center)}, zoom: {BRAZIL.zoom - 1}}})"
        )
        shown = visit.picture()
        assert_content(visit)

    assert_same(shown, mosaic(site.gateway, BRAZIL, LANDCOVER))


@pytest.mark.parametrize("form", ["png", "webp"])
def test_a_source_may_be_a_tilejson(site: Site, form: str) -> None:
    source = tilejson(site, f"/datasets/landcover/tilejson.json?tile_format={form}")
    with show(site, BRAZIL, source) as visit:
        shown = visit.picture()
        assert_content(visit)
        named = {path.partition("?")[0] for path, _ in visit.tiles()}
        assert {name.rpartition(".")[2] for name in named} == {form}

    assert_same(shown, mosaic(site.gateway, BRAZIL, LANDCOVER))


def test_a_jpeg_is_shown_too(site: Site) -> None:
    source = raster(site, LANDCOVER.replace("png", "jpg"))
    with show(site, BRAZIL, source) as visit:
        shown = visit.picture()
        assert_content(visit)

    template = LANDCOVER.replace("png", "jpg")
    assert_close(shown, mosaic(site.gateway, BRAZIL, template))


def test_sharp_screens_get_twice_the_pixels(site: Site) -> None:
    path = "/datasets/elevation/tilejson.json?tile_scale=2"
    with show(site, SHARP, tilejson(site, path), scale=2) as visit:
        shown = visit.picture()
        assert_content(visit)

    template = ELEVATION.replace("{y}", "{y}@2x")
    assert_close(shown, mosaic(site.gateway, SHARP, template, scale=2))


def test_tiles_of_512_pixels_show_what_two_by_two_of_256_do(site: Site) -> None:
    path = "/datasets/landcover/tilejson.json?tilesize=512"
    with show(site, BRAZIL, tilejson(site, path)) as visit:
        shown = visit.picture()
        assert_content(visit)
        assert visit.zooms() == {BRAZIL.zoom - 1}

    assert_same(shown, mosaic(site.gateway, BRAZIL, LANDCOVER))


def test_beyond_maxzoom_the_last_tiles_are_enlarged(site: Site) -> None:
    path = "/datasets/landcover/tilejson.json"
    with show(site, ENLARGED, tilejson(site, path)) as visit:
        shown = visit.picture()
        assert_content(visit)
        assert visit.zooms() == {5}

    enlarged = mosaic(site.gateway, NATIVE, LANDCOVER).repeat(8, 0).repeat(8, 1)
    assert_same(shown, enlarged)


def test_a_client_that_knows_no_maxzoom_gets_tiles_all_the_same(site: Site) -> None:
    view = View(zoom=12, left=514000, top=406600)
    with show(site, view, raster(site, LANDCOVER)) as visit:
        shown = visit.picture()
        assert_content(visit)
        assert visit.zooms() == {12}

    assert_same(shown, mosaic(site.gateway, view, LANDCOVER))


def test_the_world_repeats_without_a_request_outside_it(site: Site) -> None:
    view = View(zoom=1, left=-256, top=0, width=1024, height=512)
    source = tilejson(site, "/datasets/landcover/tilejson.json")
    with show(site, view, source) as visit:
        assert_content(visit)
        shown = visit.picture()

    expected = mosaic(site.gateway, WORLD, LANDCOVER)
    assert_same(shown[:, 256:768], expected)


@pytest.mark.parametrize("empty", ["200", "204"])
def test_at_the_edge_of_the_raster_there_is_no_complaint(
    site: Site, empty: str
) -> None:
    path = f"{ELEVATION}?empty={empty}"
    with show(site, CORNER, raster(site, path)) as visit:
        shown = visit.picture()
        assert visit.complaints == []
        assert visit.page.evaluate("failures") == []
        assert visit.statuses() == {200, int(empty)}

    assert_corner(site, shown)


def test_with_404_the_browser_complains_and_the_map_is_right(site: Site) -> None:
    path = f"{ELEVATION}?empty=404"
    with show(site, CORNER, raster(site, path)) as visit:
        shown = visit.picture()
        missing = [path for path, status in visit.tiles() if status == 404]
        assert missing
        assert len(visit.complaints) == len(missing)
        assert all("404" in text for text in visit.complaints)

    assert_corner(site, shown)


def assert_corner(site: Site, shown: np.ndarray) -> None:
    expected = mosaic(site.gateway, CORNER, ELEVATION)
    assert_close(shown, expected)
    # Three quarters are outside of the raster.
    assert (shown == 255).all(axis=2).mean() == pytest.approx(0.75, abs=0.02)


def test_a_tilejson_keeps_it_from_asking_for_tiles_outside(site: Site) -> None:
    with show(
        site, CORNER, tilejson(site, "/datasets/elevation/tilejson.json")
    ) as visit:
        shown = visit.picture()
        assert_content(visit)
        asked = visit.tiles()

    assert_corner(site, shown)
    assert 1 <= len(asked) < len(list(CORNER.tiles()))


@pytest.mark.parametrize("empty", ["200", "204"])
def test_wholly_outside_the_raster_the_map_is_empty(site: Site, empty: str) -> None:
    path = f"{ELEVATION}?empty={empty}"
    with show(site, AWAY, raster(site, path)) as visit:
        shown = visit.picture()
        assert visit.complaints == []
        assert visit.page.evaluate("failures") == []
        assert {status for _, status in visit.tiles()} == {int(empty)}

    assert (shown == 255).all()


PLACES = [(-119.5, 37.75), (-119.3, 37.9), (-119.0, 37.7)]


def height_at(site: Site, place: tuple[float, float]) -> float:
    reply = site.gateway.get(f"/datasets/elevation/point?lon={place[0]}&lat={place[1]}")
    return float(json.loads(reply.body)["values"][0]["value"])


@pytest.mark.parametrize("algorithm", ["terrainrgb", "terrarium"])
@pytest.mark.parametrize("form", ["png", "webp"])
def test_terrain_has_the_heights_of_the_raster(
    site: Site, algorithm: str, form: str
) -> None:
    view = View(zoom=13, left=8 * 43900, top=8 * 101050, width=256, height=256)
    path = f"/datasets/elevation/tilejson.json?algorithm={algorithm}&tile_format={form}"
    script = read_snippet("Terrain in MapLibre GL").replace(
        "/datasets/elevation/tilejson.json?algorithm=terrainrgb", path
    )
    assert path in script
    with site.visit(script, RESTING, view) as visit:
        heights = []
        for place in PLACES:
            visit.run(f"map.jumpTo({{center: {list(place)}, zoom: 12.5, pitch: 0}})")
            heights.append(visit.run(f"map.queryTerrainElevation({list(place)})"))
        assert_content(visit)
    # It requests tiles that are coarser than the raster.
    assert heights == pytest.approx([height_at(site, p) for p in PLACES], abs=8)


def test_its_hillshade_looks_as_ours_does(site: Site) -> None:
    view = View(zoom=10, left=43850, top=101000, width=384, height=384)
    source = tilejson(
        site, "/datasets/elevation/tilejson.json?algorithm=terrainrgb", "raster-dem"
    )
    script = MAP % (list(view.center), view.zoom - 1, json.dumps(source))
    script = script.replace('type: "raster", source', 'type: "hillshade", source')
    start, end = script.index("paint:"), script.index("}],")
    script = (
        script[:start]
        + """paint: {
          "hillshade-method": "basic", "hillshade-illumination-anchor": "map",
          "hillshade-illumination-direction": 315,
          "hillshade-illumination-altitude": 45,
        },"""
        + script[end:]
    )
    with site.visit(script, RESTING, view) as visit:
        shown = visit.picture().mean(axis=2)
        assert_content(visit)

    template = f"{ELEVATION}?algorithm=hillshade"
    ours = mosaic(site.gateway, view, template).mean(axis=2)
    likeness = np.corrcoef(shown.ravel(), ours.ravel())[0, 1]
    assert likeness > 0.8, likeness


def test_a_colour_on_the_map_is_the_one_in_the_legend(site: Site) -> None:
    """By hand: a place in the Amazon is forest, and forest is green."""
    legend = json.loads(site.gateway.get("/datasets/landcover/legend.json").body)
    colors = {entry["value"]: entry["color"] for entry in legend["entries"]}
    place = BRAZIL.center
    point = f"/datasets/landcover/point?lon={place[0]}&lat={place[1]}"
    value = json.loads(site.gateway.get(point).body)["values"][0]["value"]
    source = tilejson(site, "/datasets/landcover/tilejson.json")

    with show(site, BRAZIL, source) as visit:
        red, green, blue = visit.picture()[BRAZIL.height // 2, BRAZIL.width // 2]

    assert f"#{red:02x}{green:02x}{blue:02x}" == colors[value]
