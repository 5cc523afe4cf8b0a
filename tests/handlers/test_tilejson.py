from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import mercantile
import pytest

from tests.handlers.client import get, get_url

if TYPE_CHECKING:
    from pathlib import Path

OVER_THE_DATELINE = [172.0, -20.0, -172.0, -10.0]


def edit_item(catalogue: Path, folder: Path, **changes: object) -> str:
    """A copy of the catalogue whose ``grid`` has other members, and its path."""
    document = json.loads(catalogue.read_text())
    (item,) = (item for item in document["features"] if item["id"] == "grid")
    item.update(changes)
    item["assets"]["data"]["href"] = str(catalogue.parent / "grid.tif")
    document["features"] = [item]
    (folder / "catalog.json").write_text(json.dumps(document))
    return str(folder / "catalog.json")


def check_tilejson(document: dict[str, Any]) -> None:
    """Every MUST of TileJSON 3.0.0 that concerns raster tiles."""
    assert document["tilejson"] == "3.0.0"
    assert document["tiles"]
    for url in document["tiles"]:
        parts = urlsplit(url)
        assert parts.scheme in {"http", "https"}
        assert parts.netloc
        assert all(place in url for place in ("{z}", "{x}", "{y}"))
    lowest, highest = document["minzoom"], document["maxzoom"]
    assert isinstance(lowest, int)
    assert isinstance(highest, int)
    assert 0 <= lowest <= highest <= 30
    left, bottom, right, top = document["bounds"]
    assert -180 <= left <= right <= 180
    assert -90 <= bottom <= top <= 90
    lon, lat, zoom = document["center"]
    assert left <= lon <= right
    assert bottom <= lat <= top
    assert isinstance(zoom, int)
    assert lowest <= zoom <= highest
    assert document["scheme"] in {"xyz", "tms"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", document["version"])
    for name in ("name", "description", "attribution"):
        assert isinstance(document[name], str)


@pytest.mark.parametrize("name", ["landcover", "elevation", "grid", "huge", "vast"])
def test_tilejson_keeps_every_must_of_its_specification(name: str) -> None:
    answer = get(f"/datasets/{name}/tilejson.json")

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    check_tilejson(answer.json())
    assert answer.json()["format"] == "png"
    assert answer.json()["tileSize"] == 256


def test_tilejson_over_the_antimeridian_does_not_wrap(
    catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = edit_item(catalogue, tmp_path, bbox=OVER_THE_DATELINE)
    monkeypatch.setenv("RASTERLET_CATALOG", path)
    monkeypatch.setenv("RASTERLET_ALLOWED", str(catalogue.parent))

    check_tilejson(get("/datasets/grid/tilejson.json").json())


@pytest.mark.parametrize("name", ["landcover", "elevation", "huge"])
def test_tilejson_ends_where_tiles_can_be_drawn(name: str) -> None:
    document = get(f"/datasets/{name}/tilejson.json").json()

    for zoom in (document["minzoom"], document["maxzoom"]):
        x, y, z = mercantile.tile(*document["center"][:2], zoom)
        url = document["tiles"][0].format(x=x, y=y, z=z)
        answer = get_url(f"{url}?rescale=0,9")
        assert answer.status == 200, answer.body


def test_rendering_parameters_are_carried_into_the_tile_url() -> None:
    query = "rescale=-5.5,30000&colormap_name=viridis&bidx=2&resampling=nearest"
    document = get("/datasets/grid/tilejson.json", query).json()
    check_tilejson(document)

    tile = get_url(document["tiles"][0].format(z=7, x=67, y=45))

    assert tile.status == 200
    assert tile.body == get("/datasets/grid/tiles/7/67/45", query).body
    assert tile.body != get("/datasets/grid/tiles/7/67/45").body
