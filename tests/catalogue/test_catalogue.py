"""The catalogue: what is read of an Item, and which hrefs are allowed."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from raster_core.catalogue.catalogue import Catalogue, parse_catalogue, resolve_href
from raster_core.catalogue.dataset import RenderDefaults
from raster_core.catalogue.fields import ItemError
from raster_core.errors import NotFoundError, RequestError, SourceError
from raster_core.grid import Bounds
from raster_core.layers.overlay import OverlaySpec
from raster_core.layers.stack import StackBand, StackSpec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@pytest.fixture
def document(sample: Path) -> dict[str, object]:
    return json.loads((sample / "catalog.json").read_text())


def parse(document: object) -> Catalogue:
    return parse_catalogue(json.dumps(document).encode(), "/data/catalog.json")


def test_the_sample_is_read_whole(document: dict[str, object]):
    catalogue = parse(document)

    landcover, elevation, meadows = catalogue.datasets.values()
    assert catalogue.faults == {}
    assert landcover.assets[0].href == "/data/landcover_global_2019.tif"
    assert landcover.grid.shape == (3600, 7200)
    assert landcover.overviews == (2, 4, 8, 16)
    assert len(landcover.bands[0].classes) == 17
    assert landcover.bands[0].classes[1].color == "#05450a"
    assert elevation.rendering == RenderDefaults(
        (1,), ((552.0, 3971.0),), "terrain", resampling="nearest"
    )
    assert elevation.bands[0].unit == "metre"
    assert meadows.grid == elevation.grid
    assert meadows.attribution == "NASA SRTM, NASA LP DAAC"
    assert elevation.bounds == pytest.approx(
        Bounds(-119.8003, 37.5007, -118.8802, 38.1006), abs=1e-3
    )


def test_an_unknown_dataset_is_not_found(document: dict[str, object]):
    with pytest.raises(NotFoundError, match="no dataset 'nowhere'"):
        parse(document).dataset("nowhere")


def test_a_band_beyond_the_last_is_the_callers_fault(document: dict[str, object]):
    with pytest.raises(RequestError, match="Band 2 is not one of 1 to 1"):
        parse(document).dataset("elevation").band(2)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"features": 1}', b"\xff"])
def test_what_is_no_catalogue_is_a_source_error(content: bytes):
    with pytest.raises(SourceError, match="not a collection of STAC Items"):
        parse_catalogue(content, "catalog.json")


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("assets", "data", "proj:shape"), None, "proj:shape is missing"),
        (("assets", "data", "bands"), "x", "not a JSON array"),
        (("assets", "data", "proj:transform"), [1], ""),
        (("bbox",), [1, 2], "bbox has 2 numbers, not 4 or 6"),
        (("assets", "data", "proj:shape"), [0, 7], "proj:shape 0x7 has no pixels"),
        (("assets", "data", "proj:transform"), [0] * 6, "pixels are 0 units"),
        (("assets", "data", "proj:transform"), ["NaN", 0, 0, 0, 1, 0], ""),
        (("assets",), {}, ""),
        (("assets", "data", "href"), "../x.tif", "outside the allowed prefixes"),
        (("assets", "data", "href"), "https://a/%2e%2e/x", "'..' segments"),
        (("properties", "renders"), [], "not a JSON object"),
    ],
)
def test_a_bad_item_hides_no_other(
    document: dict[str, object], path: tuple[str, ...], value: object, fault: str
):
    broken = copy.deepcopy(document)
    *parents, last = path
    target = broken["features"][0]  # type: ignore[index]
    for parent in parents:
        target = target[parent]
    if value is None:
        del target[last]
    else:
        target[last] = value

    catalogue = parse(broken)

    # The sample's overlay is made of both.
    assert list(catalogue.datasets) == ["elevation"]
    assert "Dataset 'landcover' is not usable" in catalogue.faults["meadows"]
    with pytest.raises(SourceError, match="'landcover' is not usable") as caught:
        catalogue.dataset("landcover")
    assert fault in str(caught.value)


def test_a_colour_that_is_none_is_a_fault_of_the_item(document: dict[str, object]):
    broken = copy.deepcopy(document)
    band = broken["features"][0]["assets"]["data"]["bands"][0]  # type: ignore[index]
    band["classification:classes"][0]["color_hint"] = "bluish"

    assert "color_hint 'bluish' is not six" in parse(broken).faults["landcover"]


def test_heights_of_a_box_are_left_out(document: dict[str, object]):
    tall = copy.deepcopy(document)
    tall["features"][1]["bbox"] = [-120, 37, 500, -119, 38, 4000]  # type: ignore[index]

    assert parse(tall).datasets["elevation"].stated == Bounds(-120, 37, -119, 38)


def test_the_grid_says_where_a_raster_is_and_not_the_box(
    document: dict[str, object],
):
    right = parse(document).datasets["elevation"]
    other = copy.deepcopy(document)
    other["features"][1]["bbox"] = [0, 0, 1, 1]  # type: ignore[index]

    assert parse(other).datasets["elevation"].bounds == right.bounds
    assert right.bounds == pytest.approx(right.stated, abs=0.001)


@pytest.mark.parametrize(
    ("href", "location", "allowed", "resolved"),
    [
        ("a.tif", "/data/c.json", ["/data"], "/data/a.tif"),
        ("./sub/../a.tif", "/data/c.json", ["/data"], "/data/a.tif"),
        ("a.tif", "c.json", ["."], "a.tif"),
        ("a.tif", "s3://b/p/c.json", ["s3://b/p"], "s3://b/p/a.tif"),
        ("a.tif", "https://h/p/c.json", ["https://h/p/"], "https://h/p/a.tif"),
        ("s3://b/x.tif", "/data/c.json", ["/data", "s3://b"], "s3://b/x.tif"),
    ],
)
def test_an_allowed_href_is_resolved(
    href: str, location: str, allowed: list[str], resolved: str
):
    assert resolve_href(href, location, allowed) == resolved


@pytest.mark.parametrize(
    ("href", "allowed"),
    [
        ("s3://bucket-two/x.tif", ["s3://bucket"]),
        ("s3://bucket/pub/../private/x.tif", ["s3://bucket/pub"]),
        ("s3://bucket/pub/%2E%2E/private/x.tif", ["s3://bucket/pub"]),
        ("../../etc/passwd", ["/data"]),
        ("/etc/passwd", ["/data"]),
        ("/vsicurl/http://host/x.tif", ["/data"]),
        ("http://169.254.169.254/latest", ["/data"]),
        ("/database/x.tif", ["/data"]),
        ("/data", ["/data"]),
        ("../x.tif", ["."]),
    ],
)
def test_any_other_href_is_refused(href: str, allowed: list[str]):
    with pytest.raises(ItemError, match="its href"):
        resolve_href(href, "/data/c.json" if allowed != ["."] else "c.json", allowed)


BAND = {"data_type": "uint16", "nodata": 0}


def asset(
    href: str, side: float, *bands: object, **fields: object
) -> dict[str, object]:
    """A square of 60 km in UTM, in pixels of ``side`` metres."""
    return {
        "href": href,
        "roles": ["data"],
        "type": "image/tiff; application=geotiff; profile=cloud-optimized",
        "bands": list(bands) or [BAND],
        "proj:shape": [60_000 // side, 60_000 // side],
        "proj:transform": [side, 0, 5e5, 0, -side, 5e6],
        "rasterlet:overviews": [2, 4],
        **fields,
    }


def scene(**assets: object) -> dict[str, object]:
    """An Item of several files."""
    return {
        "type": "Feature",
        "id": "scene",
        "bbox": [15, 44, 16, 45],
        "properties": {"version": "7", "proj:code": "EPSG:32633"},
        "assets": assets,
    }


def parse_one(item: dict[str, object]) -> Catalogue:
    return parse_catalogue(json.dumps({"features": [item]}).encode(), "/data/c.json")


def test_several_files_are_one_dataset_whose_bands_are_numbered_on():
    catalogue = parse_one(
        scene(
            B05=asset("B05.tif", 20),
            B04=asset("B04.tif", 10, {**BAND, "eo:common_name": "red"}),
            two=asset("two.tif", 60, BAND, {**BAND, "name": "haze"}),
        )
    )

    dataset = catalogue.dataset("scene")
    assert [(b.index, b.name) for b in dataset.bands] == [
        (1, "B05"),
        (2, "B04"),
        (3, "two_b1"),
        (4, "haze"),
    ]
    assert dataset.grid.transform.a == 10
    assert dataset.overviews == (2, 4)
    assert dataset.spec([dataset.band("haze"), dataset.band(2)]) == StackSpec(
        (
            StackBand("/data/two.tif", "7", 2, dataset.bands[3]),
            StackBand("/data/B04.tif", "7", 1, dataset.bands[1]),
        )
    )


def test_a_band_is_found_by_number_by_name_by_asset_and_by_what_it_shows():
    dataset = parse_one(
        scene(
            red=asset("a.tif", 10, {**BAND, "name": "B04", "eo:common_name": "red"}),
            B05=asset("b.tif", 10, {**BAND, "eo:common_name": "rededge"}),
            B06=asset("c.tif", 10, {**BAND, "common_name": "rededge"}),
        )
    ).dataset("scene")

    found = [dataset.band(name).index for name in (1, "b1", "B04", "red", "B06", "b3")]

    assert found == [1, 1, 1, 1, 3, 3]
    with pytest.raises(RequestError, match="'rededge' is not one of B05, B06"):
        dataset.band("rededge")
    with pytest.raises(RequestError, match="'nir' is not one of B04, B05, B06"):
        dataset.band("nir")
    with pytest.raises(RequestError, match="Band 4 is not one of 1 to 3"):
        dataset.band("b4")
    for strange in ("", "b", "b0", "b1x", "B4", "b" + "9" * 400):
        with pytest.raises(RequestError):
            dataset.band(strange)


def test_only_geotiffs_in_the_role_data_are_bands():
    dataset = parse_one(
        scene(
            thumbnail=asset("t.tif", 10, roles=["thumbnail"]),
            jp2=asset("a.jp2", 10, type="image/jp2"),
            red=asset("a.tif", 10),
            table=asset("a.csv", 10, type="text/csv"),
        )
    ).dataset("scene")

    assert [file.key for file in dataset.assets] == ["red"]


def test_items_of_stac_1_0_and_projection_1_are_read():
    red = asset("a.tif", 10, **{"file:checksum": "aa"})
    del red["bands"]
    red["raster:bands"] = [{**BAND, "scale": 1e-4, "offset": -0.1}]
    red["eo:bands"] = [{"name": "B04", "common_name": "red"}]
    item = scene(red=red, blue=asset("b.tif", 10, **{"file:checksum": "bb"}))
    item["properties"] = {"proj:epsg": 32633}

    dataset = parse_one(item).dataset("scene")

    band = dataset.band("red")
    assert (band.name, band.scale, band.offset) == ("B04", 1e-4, -0.1)
    assert dataset.grid.crs == "EPSG:32633"
    assert [file.version for file in dataset.assets] == ["aa", "bb"]
    assert dataset.version not in ("aa", "bb")


@pytest.mark.parametrize(
    ("render", "bands"),
    [
        ({"assets": ["red", "green", "blue"]}, (3, 2, 1)),
        ({"assets": ["red", "blue"], "bidx": [1]}, (3, 1)),
        ({"bidx": [2]}, (2,)),
        ({}, (1,)),
    ],
)
def test_a_render_names_the_assets_it_draws(render: object, bands: tuple[int, ...]):
    item = scene(**{n: asset(f"{n}.tif", 10) for n in ("blue", "green", "red")})
    item["properties"]["renders"] = {"default": render}  # type: ignore[index]

    assert parse_one(item).dataset("scene").rendering.bands == bands


def test_a_file_outside_the_allowed_prefixes_spoils_its_item():
    item = scene(red=asset("a.tif", 10), green=asset("s3://secret/b.tif", 10))

    assert parse_one(item).faults == {
        "scene": "asset 'green': its href is outside the allowed prefixes"
    }


def test_a_faulty_file_of_several_is_named():
    green = asset("b.tif", 10)
    del green["proj:shape"]

    faults = parse_one(scene(red=asset("a.tif", 10), green=green)).faults

    assert faults == {"scene": "asset 'green': proj:shape is missing"}


def test_an_expression_reads_each_of_its_bands_once():
    dataset = parse_one(
        scene(B04=asset("a.tif", 10), B08=asset("b.tif", 10), B11=asset("c.tif", 20))
    ).dataset("scene")

    spec = dataset.expression_spec("(B08 - b1) / (b2 + B04)", 5.0)

    assert isinstance(spec.source, StackSpec)
    assert [part.href for part in spec.source.bands] == ["/data/b.tif", "/data/a.tif"]
    assert {part.band.nodata for part in spec.source.bands} == {5.0}
    assert dict(spec.names) == {"B08": 0, "b1": 1, "b2": 0, "B04": 1}
    with pytest.raises(RequestError, match="Band 'B12' is not one of B04, B08, B11"):
        dataset.expression_spec("B12")


OVERLAY = {
    "layers": [
        {"dataset": "scene", "expression": "B11/1000", "range": [0, 1]},
        {"dataset": "scene", "bidx": "B04", "scores": {"1": 1}, "weight": 3},
    ]
}


def with_overlay(
    overlay: object = OVERLAY,
    credit: Mapping[str, object] | None = None,
    **properties: object,
) -> Catalogue:
    """A catalogue of the scene and an overlay, which stands before it."""
    item = {
        "type": "Feature",
        "id": "mix",
        "bbox": [15, 44, 16, 45],
        "properties": {"rasterlet:overlay": overlay, **properties},
        "assets": {},
    }
    files = scene(B04=asset("a.tif", 10), B11=asset("c.tif", 20))
    credited = {**files, "properties": {**files["properties"], **(credit or {})}}
    return parse_catalogue(
        json.dumps({"features": [item, credited]}).encode(), "/data/c.json"
    )


def test_an_item_may_be_an_overlay_of_others():
    catalogue = with_overlay(title="Mix")

    dataset = catalogue.dataset("mix")
    assert catalogue.faults == {}
    assert dataset.title == "Mix"
    assert dataset.grid.transform.a == 20  # the first layer's
    assert [band.name for band in dataset.bands] == ["score"]
    assert dataset.rendering == RenderDefaults((1,), ((0.0, 1.0),), "viridis")
    assert isinstance(dataset.overlay, OverlaySpec)
    assert dataset.spec([dataset.band("score")]) is dataset.overlay
    assert [part.weight for part in dataset.overlay.parts] == [1.0, 3.0]


def test_providers_of_an_overlay_overrule_those_of_its_layers_even_if_it_has_none():
    layers = {"providers": [{"name": "ESA"}]}

    assert with_overlay(credit=layers).dataset("mix").attribution == "ESA"
    own = with_overlay(credit=layers, providers=[{"name": "We"}]).dataset("mix")
    assert own.attribution == "We"
    none = with_overlay(credit=layers, providers=[]).dataset("mix")
    assert none.attribution == ""


def test_an_overlays_version_is_that_of_its_files_and_its_numbers():
    versions = {
        with_overlay(overlay).dataset("mix").version
        for overlay in (
            OVERLAY,
            copy.deepcopy(OVERLAY),
            {**OVERLAY, "missing": "skip"},
            {"layers": [{**OVERLAY["layers"][0], "weight": 2}, OVERLAY["layers"][1]]},
        )
    }

    assert len(versions) == 3


@pytest.mark.parametrize(
    ("overlay", "fault"),
    [
        (7, "overlay is not a JSON object"),
        (None, "it has no GeoTIFF among its assets"),
        ({"layers": []}, "layers is not an array of 1 to 8 layers"),
        (
            {"layers": [{"dataset": "gone", "range": [0, 1]}]},
            r"layers\[0\].dataset 'gone' is not in the catalogue",
        ),
        (
            {"layers": [{"dataset": "mix", "range": [0, 1]}]},
            "'mix' is an overlay itself",
        ),
        (
            {"layers": [{"dataset": "scene", "bidx": 9, "range": [0, 1]}]},
            r"layers\[0\] is not possible: Band 9 is not one of 1 to 2",
        ),
    ],
)
def test_a_bad_overlay_hides_no_other(overlay: object, fault: str):
    catalogue = with_overlay(overlay)

    assert list(catalogue.datasets) == ["scene"]
    with pytest.raises(SourceError, match=fault):
        catalogue.dataset("mix")


@pytest.mark.parametrize("change", [{}, {"assets": {}}, {"properties": {}}])
def test_two_items_of_one_id_are_refused_even_if_one_is_unusable(
    change: dict[str, object],
):
    items = [scene(B04=asset("a.tif", 10)), scene(B04=asset("b.tif", 10)) | change]

    with pytest.raises(SourceError, match="2 Items with the id 'scene'"):
        parse({"features": items})


def test_an_overlay_takes_no_datasets_id():
    files = scene(B04=asset("a.tif", 10))
    mix = {**files, "properties": {"rasterlet:overlay": OVERLAY}}

    with pytest.raises(SourceError, match="2 Items with the id 'scene'"):
        parse({"features": [files, mix]})


def unify(values: list[object]) -> list[object]:
    """Objects with the members of all, null where they have none: columns of a table.

    So stac-geoparquet writes a catalogue and reads it again, of every depth.
    """
    if all(isinstance(value, dict) or value is None for value in values):
        objects = [value for value in values if isinstance(value, dict)]
        names = dict.fromkeys(name for value in objects for name in value)
        columns = {n: unify([value.get(n) for value in objects]) for n in names}
        rows = iter(zip(*columns.values(), strict=True) if columns else [()] * 99)
        return [
            None if value is None else dict(zip(names, next(rows), strict=True))
            for value in values
        ]
    if all(isinstance(value, list) or value is None for value in values):
        lists = [value for value in values if isinstance(value, list)]
        parts = iter(unify([part for value in lists for part in value]))
        return [
            None if value is None else [next(parts) for _ in value]  # type: ignore[attr-defined]
            for value in values
        ]
    return values


def test_a_catalogue_from_a_table_is_the_same(document: dict[str, object]):
    """stac-geoparquet 0.8.3 makes of the sample what ``unify`` does."""
    table = {**document, "features": unify(document["features"])}  # type: ignore[arg-type]

    plain, unified = parse(document), parse(table)

    assert unified.faults == {}
    assert json.dumps(table).count("null") > 10
    for name, dataset in plain.datasets.items():
        other = unified.datasets[name]
        assert replace(other, item={}) == replace(dataset, item={})
