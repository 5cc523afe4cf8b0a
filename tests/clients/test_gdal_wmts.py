"""GDAL's WMTS client, which many desktop programs use, on a real server."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import mercantile
import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.windows import Window

from tests.server.gateway import Gateway, run_gateway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rasterio.io import DatasetReader

    type Pixels = np.ndarray

RESTFUL = "wmts/1.0.0/WMTSCapabilities.xml"

VIRIDIS = "colormap_name=viridis&rescale=1000%2C3000"

# Layer and tile (column, row, zoom): inside, at the raster's edge, at the map's edge.
TILES = [
    ("landcover", mercantile.Tile(10, 16, 5)),
    ("landcover", mercantile.Tile(0, 0, 5)),
    ("landcover", mercantile.Tile(3, 3, 2)),
    ("elevation", mercantile.Tile(171, 395, 10)),
    ("elevation", mercantile.Tile(85, 197, 9)),
    ("elevation", mercantile.Tile(86, 198, 9)),
    ("elevation", mercantile.Tile(42, 98, 8)),
]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with run_gateway(tmp_path_factory.mktemp("gateway")) as running:
        yield running


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path) -> Iterator[None]:
    """An empty cache, without tiles of other tests or of the machine's user."""
    options = {
        "GDAL_DEFAULT_WMS_CACHE_PATH": str(tmp_path / "cache"),
        "GDAL_HTTP_TIMEOUT": "30",
    }
    with rasterio.Env(**options):
        yield


def open_layer(gateway: Gateway, address: str, **options: object) -> DatasetReader:
    named = "".join(f",{name}={value}" for name, value in options.items())
    return rasterio.open(f"WMTS:http://127.0.0.1:{gateway.port}/{address}{named}")


def read_tile(source: DatasetReader, tile: mercantile.Tile) -> tuple[Pixels, Window]:
    """The pixels of a tile within the source, and their window in the tile."""
    left, _, _, top = mercantile.xy_bounds(tile)
    column, row = (round(value) for value in ~source.transform @ (left, top))
    whole = Window(column, row, 256, 256)
    part = whole.intersection(Window(0, 0, source.width, source.height))
    place = Window(part.col_off - column, part.row_off - row, part.width, part.height)
    return source.read(window=part), place


def fetch_tile(gateway: Gateway, path: str) -> Pixels:
    """A tile of the tile route as RGBA: uint8, (band, row, col)."""
    reply = gateway.get(path)
    assert reply.status == 200, reply.body
    image = Image.open(io.BytesIO(reply.body)).convert("RGBA")
    return np.moveaxis(np.asarray(image), 2, 0)


def assert_equal(found: Pixels, expected: Pixels) -> None:
    """The same image; transparent pixels have no colour to compare."""
    assert (found[3] == expected[3]).all()
    shown = found[3] > 0
    assert (found[:3, shown] == expected[:3, shown]).all()


@pytest.mark.parametrize("address", ["wmts", RESTFUL])
@pytest.mark.parametrize("layer", ["landcover", "elevation"])
def test_a_layer_opens_where_its_raster_is(
    gateway: Gateway, layer: str, address: str
) -> None:
    with open_layer(gateway, address, layer=layer) as source:
        assert source.driver == "WMTS"
        assert source.crs.to_epsg() == 3857
        assert source.count == 4
        resolution = source.res[0]
        left, bottom, right, top = source.bounds

    document = json.loads(gateway.get(f"/datasets/{layer}/tilejson.json").body)
    west, south, east, north = document["bounds"]
    expected = (*mercantile.xy(west, south), *mercantile.xy(east, north))
    # Whole pixels of the level, so up to one more on each side.
    assert (left, bottom, right, top) == pytest.approx(expected, abs=resolution)
    finest = 2 * 20037508.342789244 / 256 / 2 ** document["maxzoom"]
    assert resolution == pytest.approx(finest)


@pytest.mark.parametrize("address", ["wmts", RESTFUL])
@pytest.mark.parametrize(("layer", "tile"), TILES)
def test_its_pixels_are_those_of_the_tiles(
    gateway: Gateway, address: str, layer: str, tile: mercantile.Tile
) -> None:
    with open_layer(gateway, address, layer=layer, tilematrix=tile.z) as source:
        found, place = read_tile(source, tile)

    path = f"/datasets/{layer}/tiles/{tile.z}/{tile.x}/{tile.y}.png"
    drawn = fetch_tile(gateway, path)
    assert found[3].any()
    assert_equal(found, drawn[(slice(None), *place.toslices())])
    outside = np.ones((256, 256), bool)
    outside[place.toslices()] = False
    assert not drawn[3, outside].any()


def test_coarser_levels_are_its_overviews(gateway: Gateway) -> None:
    with open_layer(gateway, "wmts", layer="landcover") as source:
        assert source.overviews(1) == [2, 4, 8, 16, 32]
        found = source.read(out_shape=(4, 256, 256))

    assert_equal(found, fetch_tile(gateway, "/datasets/landcover/tiles/0/0/0.png"))


@pytest.mark.parametrize(
    "address",
    [f"wmts?SERVICE=WMTS&REQUEST=GetCapabilities&{VIRIDIS}", f"{RESTFUL}?{VIRIDIS}"],
)
def test_rendering_parameters_of_the_document_are_those_of_the_pixels(
    gateway: Gateway, address: str
) -> None:
    with open_layer(gateway, address, layer="elevation", tilematrix=10) as source:
        found, place = read_tile(source, mercantile.Tile(171, 395, 10))

    path = "/datasets/elevation/tiles/10/171/395.png"
    drawn = fetch_tile(gateway, f"{path}?{VIRIDIS}")
    assert_equal(found, drawn[(slice(None), *place.toslices())])
    assert (drawn != fetch_tile(gateway, path)).any()


def test_without_a_layer_it_is_told_which_there_are(gateway: Gateway) -> None:
    ids = [item["id"] for item in json.loads(gateway.get("/datasets").body)["features"]]

    with open_layer(gateway, "wmts") as source:
        listed = [name.rpartition("layer=")[2] for name in source.subdatasets]

    assert listed == [quote(identifier) for identifier in ids]
