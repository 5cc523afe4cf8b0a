"""OpenLayers on a real server: WMTS, TileJSON, and stored values."""

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

# ``rendercomplete`` fires when no tile is loading any more.
RESTING = """() => new Promise((resolve) => {
  map.once("rendercomplete", () => resolve(true));
  map.render();
})"""


MAP = """
import Map from "ol/Map.js";
import View from "ol/View.js";
import TileLayer from "ol/layer/Tile.js";
import { fromLonLat } from "ol/proj.js";
%s
window.failures = [];
const source = await makeSource();
source.on("tileloaderror", (event) => failures.push(String(event.tile.getKey())));
window.map = new Map({
  target: "map", controls: [],
  layers: [new TileLayer({ source })],
  view: new View({
    center: fromLonLat(%s), resolution: 156543.03392804097 / 2 ** %s,
    constrainResolution: false,
  }),
});
"""

WMTS = """
import WMTS, { optionsFromCapabilities } from "ol/source/WMTS.js";
import WMTSCapabilities from "ol/format/WMTSCapabilities.js";
async function makeSource() {
  const text = await (await fetch("%s")).text();
  window.capabilities = new WMTSCapabilities().read(text);
  const options = optionsFromCapabilities(capabilities, %s);
  return new WMTS({ ...options, transition: 0, interpolate: false });
}
"""

XYZ = """
import XYZ from "ol/source/XYZ.js";
const makeSource = async () =>
  new XYZ({ url: "%s", transition: 0, interpolate: false });
"""

TILEJSON = """
import TileJSON from "ol/source/TileJSON.js";
const makeSource = async () =>
  new TileJSON({ url: "%s", transition: 0, interpolate: false });
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("site")) as opened:
        yield opened


def show(
    site: Site, view: View, source: str, scale: int = 1
) -> AbstractContextManager[Visit]:
    """A map of one source, at rest."""
    script = MAP % (source, list(view.center), view.zoom)
    return site.visit(script, RESTING, view, scale)


def look_at(view: View) -> str:
    lon, lat = view.center
    return (
        f"(() => {{ map.getView().setCenter(map.fromLonLat([{lon}, {lat}]));"
        f" map.getView().setResolution(156543.03392804097 / 2 ** {view.zoom}); }})()"
    )


def wmts(site: Site, address: str, **options: str) -> str:
    return WMTS % (f"{site.url}/{address}", json.dumps(options))


def assert_content(visit: Visit) -> None:
    """Nothing failed, and there were no errors."""
    assert visit.complaints == []
    assert visit.page.evaluate("window.failures ?? []") == []
    assert visit.statuses() == {200}


def test_the_documented_script_shows_the_tiles(site: Site) -> None:
    script = read_snippet("OpenLayers")
    script = (
        'import { fromLonLat } from "ol/proj.js";\n'
        f"{script}map.fromLonLat = fromLonLat;\n"
    )
    with site.visit(script, RESTING, BRAZIL) as visit:
        visit.run(look_at(BRAZIL))
        shown = visit.picture()
        assert_content(visit)

    assert_same(shown, mosaic(site.gateway, BRAZIL, LANDCOVER))


@pytest.mark.parametrize(
    "address",
    ["wmts?SERVICE=WMTS&REQUEST=GetCapabilities", "wmts/1.0.0/WMTSCapabilities.xml"],
)
@pytest.mark.parametrize("encoding", ["REST", "KVP"])
def test_a_layer_of_the_capabilities_shows_the_tiles(
    site: Site, address: str, encoding: str
) -> None:
    source = wmts(site, address, layer="landcover", requestEncoding=encoding)
    with show(site, BRAZIL, source) as visit:
        shown = visit.picture()
        assert_content(visit)
        paths = [path for path, _ in visit.answers if "apabilities" not in path]
        assert any("TileMatrix=4" in path for path in paths) == (encoding == "KVP")

    assert_same(shown, mosaic(site.gateway, BRAZIL, LANDCOVER))


def test_the_capabilities_say_what_there_is(site: Site) -> None:
    source = wmts(site, "wmts", layer="landcover")
    with show(site, BRAZIL, source) as visit:
        read = visit.page.evaluate("capabilities.Contents")
        assert_content(visit)

    collection = json.loads(site.gateway.get("/datasets").body)
    ids = [item["id"] for item in collection["features"]]
    assert [layer["Identifier"] for layer in read["Layer"]] == ids
    for layer, item in zip(read["Layer"], collection["features"], strict=True):
        assert layer["Title"] == item["properties"]["title"]
        assert layer["WGS84BoundingBox"] == pytest.approx(item["bbox"], abs=5)


def test_rendering_parameters_go_along(site: Site) -> None:
    drawn = "colormap_name=viridis&rescale=1000,3000"
    source = wmts(site, f"wmts/1.0.0/WMTSCapabilities.xml?{drawn}", layer="elevation")
    with show(site, CORNER, source) as visit:
        shown = visit.picture()
        assert_content(visit)

    assert_close(shown, mosaic(site.gateway, CORNER, f"{ELEVATION}?{drawn}"))


def test_limits_keep_it_from_asking_for_tiles_outside(site: Site) -> None:
    with show(site, CORNER, wmts(site, "wmts", layer="elevation")) as visit:
        shown = visit.picture()
        assert_content(visit)
        assert len(visit.answers) < len(list(CORNER.tiles())) + 4

    assert_close(shown, mosaic(site.gateway, CORNER, ELEVATION))


def test_beyond_the_last_level_tiles_are_enlarged(site: Site) -> None:
    with show(site, ENLARGED, wmts(site, "wmts", layer="landcover")) as visit:
        shown = visit.picture()
        assert_content(visit)
        assert visit.zooms() == {5}

    enlarged = mosaic(site.gateway, NATIVE, LANDCOVER).repeat(8, 0).repeat(8, 1)
    assert_same(shown, enlarged)


@pytest.mark.parametrize("form", ["png", "webp"])
def test_a_tilejson_shows_the_tiles(site: Site, form: str) -> None:
    path = f"{site.url}/datasets/landcover/tilejson.json?tile_format={form}"
    with show(site, BRAZIL, TILEJSON % path) as visit:
        shown = visit.picture()
        assert_content(visit)

    assert_same(shown, mosaic(site.gateway, BRAZIL, LANDCOVER))


def test_at_the_edge_of_the_raster_there_is_no_complaint(site: Site) -> None:
    with show(site, CORNER, XYZ % (site.url + ELEVATION)) as visit:
        shown = visit.picture()
        assert_content(visit)

    assert_close(shown, mosaic(site.gateway, CORNER, ELEVATION))


def test_wholly_outside_the_raster_the_map_is_empty(site: Site) -> None:
    with show(site, AWAY, XYZ % (site.url + ELEVATION)) as visit:
        shown = visit.picture()
        assert_content(visit)

    assert (shown == 255).all()


@pytest.mark.parametrize("empty", [204, 404])
def test_another_status_than_200_is_a_failure_to_it(site: Site, empty: int) -> None:
    with show(site, CORNER, XYZ % (f"{site.url}{ELEVATION}?empty={empty}")) as visit:
        shown = visit.picture()
        missing = [path for path, status in visit.tiles() if status == empty]
        assert missing
        assert len(visit.page.evaluate("failures")) == len(missing)
        assert all(str(empty) in text for text in visit.complaints)

    assert_close(shown, mosaic(site.gateway, CORNER, ELEVATION))


def test_the_documented_script_has_the_values_of_the_raster(site: Site) -> None:
    """The browser gets the stored elevation and colours it itself."""
    view = View(zoom=10, left=43850, top=101050)
    script = read_snippet("Values in OpenLayers")
    script = (
        'import { fromLonLat } from "ol/proj.js";\n'
        f"{script}map.fromLonLat = fromLonLat;\n"
    )
    with site.visit(script, RESTING, view) as visit:
        visit.run(look_at(view))
        found = visit.page.evaluate(
            "Array.from(map.getAllLayers()[0].getData([256, 192]))"
        )
        shown = visit.picture()
        assert_content(visit)

    lon, lat = view.center
    reply = site.gateway.get(f"/datasets/elevation/point?lon={lon}&lat={lat}")
    height = json.loads(reply.body)["values"][0]["value"]
    # The position is the corner of four pixels, any of which may be read.
    assert found[0] == pytest.approx(height, abs=60)
    assert found[1] > 0
    # Dark where it is low, light where it is high.
    path = f"{ELEVATION}?colormap_name=gray&rescale=1000,4000"
    expected = mosaic(site.gateway, view, path).mean(axis=2)
    assert np.abs(shown.mean(axis=2) - expected).mean() < 3
