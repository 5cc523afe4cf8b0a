from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import mercantile
import pytest
from PIL import Image

from testing.client import get, get_url

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OVER_THE_DATELINE = [172.0, -20.0, -172.0, -10.0]

DATASETS = ["landcover", "elevation", "grid", "huge", "vast"]

each_dataset = pytest.mark.parametrize("name", DATASETS)

SEMANTIC = r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"


def edit_item(catalogue: Path, folder: Path, **changes: object) -> str:
    """A copy of the catalogue whose ``grid`` has other members, and its path."""
    document = json.loads(catalogue.read_text())
    (item,) = (item for item in document["features"] if item["id"] == "grid")
    item.update(changes)
    item["assets"]["data"]["href"] = str(catalogue.parent / "grid.tif")
    document["features"] = [item]
    (folder / "catalog.json").write_text(json.dumps(document))
    return str(folder / "catalog.json")


def is_absolute(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def is_inside(document: dict[str, Any]) -> bool:
    left, bottom, right, top = document["bounds"]
    lon, lat, _ = document["center"]
    return bool(left <= lon <= right and bottom <= lat <= top)


def is_semantic(document: dict[str, Any]) -> bool:
    return bool(re.fullmatch(SEMANTIC, document.get("version", "1.0.0")))


def is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


# Section of https://github.com/mapbox/tilejson-spec/tree/master/3.0.0, what it
# demands of raster tiles, and whether a document keeps it.
MUSTS: list[tuple[str, str, Callable[[dict[str, Any]], bool]]] = [
    (
        "3.1",
        "tilejson is the version that is implemented",
        lambda d: d["tilejson"] == "3.0.0",
    ),
    (
        "3.2",
        "tiles is an array of strings",
        lambda d: all(isinstance(t, str) for t in d["tiles"]),
    ),
    ("3.2", "tiles has at least one endpoint", lambda d: len(d["tiles"]) >= 1),
    ("3.2", "endpoints are absolute", lambda d: all(map(is_absolute, d["tiles"]))),
    (
        "3.3",
        "vector_layers are described or there are none",
        lambda d: "vector_layers" not in d,
    ),
    ("3.4", "attribution is a string", lambda d: isinstance(d["attribution"], str)),
    ("3.5", "bounds are left, bottom, right, top", lambda d: len(d["bounds"]) == 4),
    (
        "3.5",
        "longitudes do not wrap",
        lambda d: -180 <= d["bounds"][0] <= d["bounds"][2] <= 180,
    ),
    (
        "3.5",
        "latitudes are some",
        lambda d: -90 <= d["bounds"][1] <= d["bounds"][3] <= 90,
    ),
    ("3.6", "center is within the bounds", is_inside),
    ("3.6", "center's zoom is an integer", lambda d: is_integer(d["center"][2])),
    (
        "3.6",
        "center's zoom is one of the zooms",
        lambda d: d["minzoom"] <= d["center"][2] <= d["maxzoom"],
    ),
    ("3.8", "description is a string", lambda d: isinstance(d["description"], str)),
    ("3.12", "maxzoom is an integer", lambda d: is_integer(d["maxzoom"])),
    ("3.13", "minzoom is an integer", lambda d: is_integer(d["minzoom"])),
    (
        "3.12, 3.13",
        "zooms are in order and in range",
        lambda d: 0 <= d["minzoom"] <= d["maxzoom"] <= 30,
    ),
    ("3.14", "name is a string", lambda d: isinstance(d["name"], str)),
    ("3.15", "scheme is xyz or tms", lambda d: d["scheme"] in {"xyz", "tms"}),
    ("3.17", "version is semantic, 1.0.0 if it is not there", is_semantic),
]


def check_tilejson(document: dict[str, Any]) -> None:
    broken = [
        f"{section} {rule}" for section, rule, keeps in MUSTS if not keeps(document)
    ]
    assert broken == []


@each_dataset
@pytest.mark.parametrize(
    ("section", "rule", "keeps"), MUSTS, ids=[f"{s} {rule}" for s, rule, _ in MUSTS]
)
def test_tilejson_keeps_every_must_of_its_specification(
    name: str, section: str, rule: str, keeps: Callable[[dict[str, Any]], bool]
) -> None:
    document = get(f"/datasets/{name}/tilejson.json").json()

    assert keeps(document), (section, rule)


@each_dataset
def test_tilejson_says_what_its_tiles_are(name: str) -> None:
    answer = get(f"/datasets/{name}/tilejson.json")

    assert answer.headers["content-type"] == "application/json"
    document = answer.json()
    assert (document["format"], document["tileSize"]) == ("png", 256)
    assert "encoding" not in document
    (url,) = document["tiles"]
    assert all(place in url for place in ("{z}", "{x}", "{y}"))


def test_tilejson_over_the_antimeridian_does_not_wrap(
    catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = edit_item(catalogue, tmp_path, bbox=OVER_THE_DATELINE)
    monkeypatch.setenv("RASTERLET_CATALOG", path)
    monkeypatch.setenv("RASTERLET_ALLOWED", str(catalogue.parent))

    check_tilejson(get("/datasets/grid/tilejson.json").json())


@pytest.mark.parametrize(
    ("version", "expected"),
    [("2.10.3", "2.10.3"), ("3", None), ("1220abcd", None), ("1.02.3", None)],
)
def test_the_version_of_the_tiles_is_the_datasets_if_it_is_semantic(
    catalogue: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    expected: str | None,
) -> None:
    items = json.loads(catalogue.read_text())["features"]
    (item,) = (item for item in items if item["id"] == "grid")
    properties = {**item["properties"], "version": version}
    path = edit_item(catalogue, tmp_path, properties=properties)
    monkeypatch.setenv("RASTERLET_CATALOG", path)
    monkeypatch.setenv("RASTERLET_ALLOWED", str(catalogue.parent))

    assert get("/datasets/grid/tilejson.json").json().get("version") == expected


@pytest.mark.parametrize("name", ["landcover", "elevation", "huge"])
@pytest.mark.parametrize("query", ["", "tilesize=512", "tile_scale=2"])
def test_tilejson_ends_where_tiles_can_be_drawn(name: str, query: str) -> None:
    document = get(f"/datasets/{name}/tilejson.json", f"{query}&rescale=0,9").json()

    for zoom in (document["minzoom"], document["maxzoom"]):
        x, y, z = mercantile.tile(*document["center"][:2], zoom)
        answer = get_url(document["tiles"][0].format(x=x, y=y, z=z))
        assert answer.status == 200, answer.body


@pytest.mark.parametrize(
    ("query", "tile_size", "pixels"),
    [
        ("", 256, 256),
        ("tilesize=256", 256, 256),
        ("tilesize=512", 512, 512),
        ("tile_scale=2", 256, 512),
        ("tilesize=512&tile_scale=2", 512, 1024),
    ],
)
def test_larger_tiles_show_every_pixel_at_an_earlier_zoom(
    query: str, tile_size: int, pixels: int
) -> None:
    plain = get("/datasets/landcover/tilejson.json").json()

    document = get("/datasets/landcover/tilejson.json", query).json()

    check_tilejson(document)
    assert document["tileSize"] == tile_size
    assert document["maxzoom"] == plain["maxzoom"] - {256: 0, 512: 1, 1024: 2}[pixels]
    tile = get_url(document["tiles"][0].format(z=3, x=2, y=4))
    assert Image.open(io.BytesIO(tile.body)).size == (pixels, pixels)


@pytest.mark.parametrize(
    ("form", "media_type"),
    [("png", "image/png"), ("webp", "image/webp"), ("jpg", "image/jpeg")],
)
def test_the_format_is_that_of_the_tiles(form: str, media_type: str) -> None:
    document = get("/datasets/landcover/tilejson.json", f"tile_format={form}").json()

    assert document["format"] == form
    tile = get_url(document["tiles"][0].format(z=3, x=2, y=4))
    assert tile.headers["content-type"] == media_type


@pytest.mark.parametrize(
    ("algorithm", "encoding"),
    [("terrainrgb", "mapbox"), ("terrarium", "terrarium"), ("hillshade", None)],
)
def test_terrain_says_how_heights_are_written(
    algorithm: str, encoding: str | None
) -> None:
    query = f"algorithm={algorithm}"
    document = get("/datasets/elevation/tilejson.json", query).json()

    check_tilejson(document)
    assert document.get("encoding") == encoding


def test_heights_are_not_written_as_jpeg() -> None:
    query = "algorithm=terrainrgb&tile_format=jpg"

    assert get("/datasets/elevation/tilejson.json", query).status == 400


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("tilesize=128", "tilesize"),
        ("tile_scale=3", "tile_scale"),
        ("tile_format=gif", "tile_format"),
        ("tile_format=npy", "tile_format"),
        ("empty=500", "empty"),
        ("tilesize=256&tilesize=512", "tilesize"),
    ],
)
def test_a_parameter_of_the_tiles_that_does_not_parse_is_refused(
    query: str, parameter: str
) -> None:
    answer = get("/datasets/grid/tilejson.json", query)

    assert answer.status == 400
    assert [fault["parameter"] for fault in answer.json()["errors"]] == [parameter]


def test_rendering_parameters_are_carried_into_the_tile_url() -> None:
    query = "rescale=-5.5,30000&colormap_name=viridis&bidx=2&resampling=bilinear"
    document = get("/datasets/grid/tilejson.json", query).json()
    check_tilejson(document)

    tile = get_url(document["tiles"][0].format(z=7, x=67, y=45))

    assert tile.status == 200
    assert tile.body == get("/datasets/grid/tiles/7/67/45", query).body
    assert tile.body != get("/datasets/grid/tiles/7/67/45").body


def test_every_rendering_parameter_arrives_as_it_was_given() -> None:
    pairs = [
        ("bidx", "1"),
        ("rescale", "0,9"),
        ("colormap", '{"1": "#ff0000", "2": [0, 0, 255, 128]}'),
        ("nodata", "-1.5"),
        ("resampling", "average"),
        ("empty", "204"),
        ("tilesize", "512"),
    ]
    query = "&".join(f"{name}={value}" for name, value in pairs)

    (url,) = get("/datasets/grid/tilejson.json", query).json()["tiles"]

    *carried, version = parse_qsl(urlsplit(url).query)
    assert carried == pairs
    assert version[0] == "v"


def test_what_no_tile_could_answer_is_refused_here() -> None:
    assert get("/datasets/grid/tilejson.json", "bidx=3").status == 400
    assert get("/datasets/grid/tilejson.json", "bidx=1&bidx=2").status == 400
