"""What is read of an Item's members: where they stand, and what if they are wrong."""

from __future__ import annotations

import copy
import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raster_core.bands import RasterClass
from raster_core.catalogue.catalogue import Catalogue, parse_catalogue
from raster_core.errors import RequestError
from raster_core.layers.kinds import open_layer
from testing.geojson import collection
from tests.cogs import Recipe, write_cog

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.catalogue.dataset import Dataset

Json = dict[str, Any]

COG = "image/tiff; application=geotiff; profile=cloud-optimized"


def asset(side: float = 10, **members: object) -> Json:
    """A square of 60 km in UTM, in pixels of ``side`` metres."""
    return {
        "href": "a.tif",
        "type": COG,
        "roles": ["data"],
        "proj:shape": [60_000 // side, 60_000 // side],
        "proj:transform": [side, 0, 5e5, 0, -side, 5e6],
        **members,
    }


def item(properties: Json | None = None, **assets: object) -> Json:
    return {
        "type": "Feature",
        "id": "scene",
        "bbox": [15, 44, 16, 45],
        "properties": {"proj:code": "EPSG:32633", **(properties or {})},
        "assets": assets,
    }


def parse(*items: object) -> Catalogue:
    content = json.dumps(collection(*items))
    return parse_catalogue(content.encode(), "/data/catalog.json")


def read(properties: Json | None = None, **assets: object) -> Dataset:
    return parse(item(properties, **assets)).dataset("scene")


def fault(properties: Json | None = None, **assets: object) -> str:
    return parse(item(properties, **assets)).faults["scene"]


SHARED = {
    "data_type": ("int16", "dtype", "int16"),
    "nodata": (-5, "nodata", -5),
    "unit": ("km", "unit", "km"),
    "raster:scale": (0.5, "scale", 0.5),
    "raster:offset": (7, "offset", 7.0),
    "classification:classes": (
        [{"value": 3, "name": "sea"}],
        "classes",
        (RasterClass(3, "sea", None),),
    ),
}


@pytest.mark.parametrize("name", SHARED)
@pytest.mark.parametrize("place", ["properties", "asset", "band"])
def test_a_member_counts_wherever_it_stands(name: str, place: str):
    value, attribute, expected = SHARED[name]
    band = {name: value} if place == "band" else {}
    own = {name: value} if place == "asset" else {}

    dataset = read(
        {name: value} if place == "properties" else {},
        data=asset(bands=[band, {}], **own),
    )

    assert getattr(dataset.bands[0], attribute) == expected
    shared = getattr(dataset.bands[1], attribute)
    assert (shared == expected) == (place != "band")


@pytest.mark.parametrize("name", [n for n in SHARED if n != "classification:classes"])
def test_the_band_overrules_the_asset_and_the_asset_the_properties(name: str):
    value, attribute, expected = SHARED[name]
    other = {"data_type": "uint8", "unit": "m"}.get(name, 99)

    for places in (
        ({name: other}, {name: other}, {name: value}),
        ({name: other}, {name: value}, {}),
    ):
        properties, own, band = places
        dataset = read(properties, data=asset(bands=[band], **own))
        assert getattr(dataset.bands[0], attribute) == expected


def test_lists_of_stac_1_0_are_joined_by_position():
    dataset = read(
        data=asset(
            **{
                "raster:bands": [{"scale": 2, "offset": 1}, {"raster:scale": 3}],
                "eo:bands": [{"name": "B04", "common_name": "red"}, {"name": "B08"}],
                "data_type": "uint16",
            }
        )
    )

    first, second = (band.assumed() for band in dataset.bands)
    assert (first.name, first.scale, first.offset, first.dtype) == (
        "B04",
        2.0,
        1.0,
        "uint16",
    )
    assert (second.name, second.scale, second.offset) == ("B08", 3.0, 0.0)
    assert dataset.band("red").assumed() == first


def test_an_asset_of_which_no_band_is_described_has_one():
    (band,) = read(data=asset()).bands

    assert (band.name, band.assumed().scale, band.nodata) == ("b1", 1.0, None)


def test_bands_in_the_properties_are_those_of_the_only_raster():
    bands = {"bands": [{"name": "x"}, {"name": "y"}]}

    assert [b.name for b in read(bands, data=asset()).bands] == ["x", "y"]
    several = read(bands, one=asset(), two=asset())
    assert [b.name for b in several.bands] == ["one", "two"]


def test_statistics_of_a_scene_are_not_those_of_its_bands():
    statistics = {"minimum": 3, "maximum": 9}

    assert read({"statistics": statistics}, data=asset()).bands[0].minimum is None
    assert read(data=asset(statistics=statistics)).bands[0].maximum == 9.0


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"value": 10, "description": "Tree", "color-hint": "006400"}, "#006400"),
        ({"value": 10, "title": "Tree", "color_hint": "#006400"}, "#006400"),
        ({"value": 10.0, "name": "Tree"}, None),
    ],
)
def test_classes_are_read_as_all_versions_of_the_extension_write_them(
    entry: Json, expected: str | None
):
    dataset = read(data=asset(**{"classification:classes": [entry]}))

    assert dataset.bands[0].classes == (RasterClass(10, "Tree", expected),)


def test_a_class_without_a_name_is_called_by_its_value():
    classes = {"classification:classes": [{"value": 4}]}

    assert read(data=asset(**classes)).bands[0].classes[0].name == "4"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (0, 0),
        (-9999.5, -9999.5),
        ("-inf", -math.inf),
        ("inf", math.inf),
        (2**64 - 1, 2**64 - 1),
        ("18446744073709551615", 2**64 - 1),
        ("1e3", 1000.0),
    ],
)
def test_nodata_is_read_as_it_is_written(written: object, read_as: float):
    nodata = read(data=asset(nodata=written)).bands[0].nodata

    assert nodata == read_as
    assert type(nodata) is type(read_as)


def test_nodata_may_be_nan():
    for written in ("nan", "NaN", math.nan):
        nodata = read(data=asset(nodata=written)).bands[0].nodata
        assert nodata is not None
        assert math.isnan(nodata)


# Sentinel-2's reflectances: what is stated, the flag, the baseline, what has to be.
OFFSETS = [
    ({"scale": 1e-4, "offset": -0.1}, True, "05.11", (1e-4, 0.0)),  # Earth Search
    ({"scale": 1e-4, "offset": -0.1}, False, "05.11", (1e-4, -0.1)),
    ({"scale": 1e-4, "offset": -0.1}, None, None, (1e-4, -0.1)),  # CDSE
    ({"scale": 1e-4, "offset": 0}, False, "02.12", (1e-4, 0.0)),  # not added yet
    ({"scale": 1e-4, "offset": 0}, None, "05.00", (1e-4, 0.0)),  # 0 is meant
    ({}, None, "05.10", (1.0, -1000.0)),  # Planetary Computer
    ({}, None, "03.01", (1.0, 0.0)),
    ({"scale": 1e-4}, None, "04.00", (1e-4, -0.1)),
    ({}, True, "05.10", (1.0, 0.0)),
]


@pytest.mark.parametrize(("stated", "flag", "baseline", "expected"), OFFSETS)
def test_the_offset_of_sentinel_2_is_taken_off_once(
    stated: Json, flag: bool | None, baseline: str | None, expected: tuple[float, float]
):
    for prefix in ("earthsearch", "sentinel", "s2"):
        dataset = read(
            {
                f"{prefix}:boa_offset_applied": flag,
                "s2:processing_baseline": baseline,
            },
            red=asset(**{"raster:bands": [stated], "eo:bands": [{"name": "B04"}]}),
            SCL=asset(20, **{"raster:bands": [{"data_type": "uint8"}]}),
            visual=asset(**{"eo:bands": [{"name": f"B0{n}"} for n in (4, 3, 2)]}),
        )

        red, *others = (band.assumed() for band in dataset.bands)
        assert (red.scale, red.offset) == pytest.approx(expected)
        assert {(band.scale, band.offset) for band in others} == {(1.0, 0.0)}


def test_zero_is_no_data_where_sentinel_2s_offset_is_implied():
    properties = {"s2:processing_baseline": "05.10"}
    named = {"eo:bands": [{"name": "B8A"}]}

    assert read(properties, B8A=asset(**named)).bands[0].nodata == 0
    assert read(properties, B8A=asset(nodata=7, **named)).bands[0].nodata == 7
    assert read(properties, SCL=asset()).bands[0].nodata is None


def test_rasters_are_served_whatever_their_role():
    dataset = read(
        thumbnail=asset(roles=["thumbnail"]),
        preview=asset(roles=None, role=["overview"]),
        visual=asset(roles=["visual"]),
        qa_pixel=asset(roles=["cloud", "cloud-shadow"]),
        red=asset(),
        mtl=asset(type="text/plain", roles=["metadata"]),
        untyped=asset(roles=None, type=None, href="b.TIF"),
        jp2=asset(type="image/jp2", href="b.jp2"),
        landsat=asset(roles=["reflectance"], type="image/vnd.stac.geotiff"),
    )

    # Those in the role data keep their numbers.
    assert [file.key for file in dataset.assets] == [
        "red",
        "qa_pixel",
        "untyped",
        "landsat",
    ]
    assert dataset.band("qa_pixel").index == 2


def test_without_the_role_data_all_rasters_count():
    dataset = read(
        red=asset(roles=["reflectance"]), nir=asset(roles=[]), jpg=asset(type="a/jpg")
    )

    assert [band.name for band in dataset.bands] == ["red", "nir"]
    broken = asset(roles=["reflectance"], href="s3://elsewhere/b.tif")
    assert "asset 'nir'" in fault(red=asset(roles=["reflectance"]), nir=broken)


def test_what_stands_beside_the_data_is_left_out_if_it_cannot_be_read():
    beside = {"roles": ["cloud"]}

    for broken in ({"href": "s3://elsewhere/b.tif"}, {"proj:shape": "x"}):
        dataset = read(red=asset(), qa=asset(**{**beside, **broken}))
        assert [file.key for file in dataset.assets] == ["red"]
        assert dataset.bands[0].name == "b1"


def test_an_item_of_pictures_alone_is_served():
    assert read(image=asset(roles=["overview"])).assets[0].key == "image"


def test_copies_of_a_band_do_not_hide_it():
    def named(side: float, *names: str) -> Json:
        pairs = zip(names[::2], names[1::2], strict=True)
        bands = [{"name": own, "common_name": common} for own, common in pairs]
        return asset(side, **{"eo:bands": bands})

    dataset = read(
        red_20m=named(20, "B04", "red"),
        B04_10m=named(10, "B04", "red"),
        visual=named(10, "B04", "red", "B03", "green"),
        B05=named(20, "B05", "rededge"),
        B06=named(20, "B06", "rededge"),
    )

    assert dataset.band("B04").index == 2
    assert dataset.band("red").index == 2
    assert dataset.band("B03").index == 4
    assert len(dataset.names["rededge"]) == 2
    assert (
        read(red_20m=named(20, "B04", "red"), red=named(60, "B04", "red"))
        .band("red")
        .index
        == 2
    )


@pytest.mark.parametrize("rescale", [[0, 5], [[0, 5]], ["0", 5.0]])
def test_a_range_may_be_flat(rescale: object):
    renders = {"renders": {"default": {"rescale": rescale}}}

    assert read(renders, data=asset()).rendering.rescale == ((0.0, 5.0),)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, None, "NaN"])
def test_a_range_that_is_not_known_is_none(number: object):
    renders = {"default": {"rescale": [[number, 5]]}} if number is not None else {}
    statistics = {"minimum": number, "maximum": 7}

    dataset = read({"renders": renders}, data=asset(statistics=statistics))

    assert dataset.rendering.rescale == ()
    assert dataset.bands[0].minimum is dataset.bands[0].maximum is None


def test_a_render_of_what_is_not_served_leaves_the_bands_to_the_service():
    renders = {"renders": {"rgb": {"assets": ["visual"], "bidx": [3]}}}

    dataset = read(renders, red=asset(), nir=asset(), visual=asset(roles=["visual"]))

    assert dataset.rendering.bands == (1,)


# Member of the asset, of properties where the name has a dot before it: value, fault.
FAULTS = [
    ({"raster:scale": math.nan}, "bands[0]: raster:scale is not a finite number"),
    ({"raster:offset": "x"}, "bands[0]: raster:offset is not a number"),
    ({"raster:scale": True}, "bands[0]: raster:scale is not a number"),
    ({"raster:scale": 0}, "bands[0]: raster:scale 0 is not between 1e-100 and 1e+100"),
    ({"raster:scale": -1e-200}, "bands[0]: raster:scale -1e-200 is not between"),
    ({"raster:scale": 1e101}, "bands[0]: raster:scale 1e+101 is not between"),
    ({"raster:offset": -1e101}, "bands[0]: raster:offset -1e+101 is not between -1e"),
    ({"nodata": "none"}, "bands[0]: nodata is not a number"),
    ({"unit": []}, "bands[0]: unit is not a string"),
    ({"statistics": 7}, "bands[0]: statistics is not a JSON object"),
    ({"statistics": {"minimum": "low"}}, "bands[0]: statistics: minimum is not a num"),
    ({"bands": {}}, "bands is not a JSON array"),
    ({"bands": [None]}, "bands[0] is not a JSON object"),
    ({"raster:bands": "x"}, "raster:bands is not a JSON array"),
    ({"classification:classes": [{}]}, "classification:classes[0]: value is missing"),
    ({"classification:classes": [{"value": 1.5}]}, "value is not a whole number"),
    ({"proj:shape": [7]}, "proj:shape has 1 numbers, not 2"),
    ({"proj:shape": [7, 2.5]}, "proj:shape[1] is not a whole number"),
    ({"proj:shape": [7, 2**31]}, "proj:shape has a side of over 2147483647 pixels"),
    ({"proj:transform": [1] * 5}, "proj:transform has 5 numbers, not 6 or 9"),
    (
        {"proj:transform": [1e-320, 0, 0, 0, 1, 0]},
        "proj:transform: The raster's pixels are",
    ),
    ({"proj:transform": [1, 0, "x", 0, 1, 0]}, "proj:transform[2] is not a number"),
    ({"proj:code": [1]}, "proj:code is not a string"),
    ({"proj:shape": None}, "proj:shape is missing"),
    ({"href": None}, "href is missing"),
    ({"roles": 7}, "roles is not a JSON array"),
    ({"type": {}}, "type is not a string"),
    ({"rasterlet:overviews": [0]}, "rasterlet:overviews has a factor below 1"),
    ({"rasterlet:overviews": 2}, "rasterlet:overviews is not a JSON array"),
]

PROPERTY_FAULTS = [
    ({"renders": {"default": 7}}, "renders: default is not a JSON object"),
    ({"renders": {"x": {"rescale": 5}}}, "renders.x: rescale is not a JSON array"),
    ({"renders": {"x": {"rescale": [[1]]}}}, "renders.x: rescale[0] has 1 numbers"),
    ({"renders": {"x": {"rescale": [[0, "b"]]}}}, "renders.x: rescale[0] is not a num"),
    ({"renders": {"x": {"bidx": [2]}}}, "renders.x: bidx has 2, which is not one of"),
    ({"renders": {"x": {"colormap": 7}}}, "renders.x: colormap is not a JSON object"),
    ({"title": []}, "title is not a string"),
    ({"providers": [7]}, "providers[0] is not a JSON object"),
    ({"version": {}}, "version is not a string"),
    ({"earthsearch:boa_offset_applied": "yes"}, "boa_offset_applied is not true or"),
]


@pytest.mark.parametrize(("members", "expected"), FAULTS)
def test_what_is_wrong_with_an_asset_is_named(members: Json, expected: str):
    found = fault(red=asset(**members))

    assert found.startswith("asset 'red': ")
    assert expected in found


@pytest.mark.parametrize(("properties", "expected"), PROPERTY_FAULTS)
def test_what_is_wrong_with_properties_is_named(properties: Json, expected: str):
    assert expected in fault(properties, data=asset())


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ([1, 2], "bbox has 2 numbers, not 4 or 6"),
        ([1, math.nan, 2, 3], "bbox[1] is not a finite number"),
        ([1, 5, 2, 3], "bbox has its south above its north"),
        ([-1e300, 5, 2, 30], "bbox has a longitude beyond 540 degrees"),
        (None, "bbox is missing"),
    ],
)
def test_what_is_wrong_with_a_box_is_named(box: object, expected: str):
    assert parse({**item(data=asset()), "bbox": box}).faults["scene"] == expected


@pytest.mark.parametrize(
    "item_id", ["a/b", "a?b", "a#b", "a\\b", ".", "..", "a\nb", "x\x7f"]
)
def test_an_id_that_no_address_can_hold_is_refused(item_id: str):
    catalogue = parse({**item(data=asset()), "id": item_id}, item(data=asset()))

    assert list(catalogue.datasets) == ["scene"]
    assert "cannot be part of a URL" in catalogue.faults[item_id]


@pytest.mark.parametrize("item_id", ["a b", "ä&=+;%2F", "S2A_1.2~x", "...", 7])
def test_other_ids_are_taken(item_id: object):
    assert parse({**item(data=asset()), "id": item_id}).faults == {}


FULL = item(
    {
        "title": "t",
        "description": "d",
        "version": "1",
        "providers": [{"name": "n", "url": "u"}],
        "renders": {
            "default": {
                "assets": ["data"],
                "bidx": [1],
                "rescale": [[0, 1]],
                "colormap_name": "viridis",
                "colormap": {"1": "#ff0000"},
                "expression": "b1",
                "resampling": "nearest",
                "nodata": 0,
            }
        },
        "s2:processing_baseline": "05.00",
        "earthsearch:boa_offset_applied": True,
    },
    data=asset(
        version="3",
        **{
            "bands": [
                {
                    "name": "B04",
                    "data_type": "uint8",
                    "nodata": 0,
                    "unit": "m",
                    "raster:scale": 1,
                    "raster:offset": 0,
                    "statistics": {"minimum": 0, "maximum": 1},
                    "eo:common_name": "red",
                    "classification:classes": [
                        {
                            "value": 1,
                            "name": "a",
                            "title": "A",
                            "description": "x",
                            "color_hint": "FF0000",
                        }
                    ],
                }
            ],
            "file:checksum": "aa",
            "rasterlet:overviews": [2, 4],
            "rasterlet:block_shape": [512, 512],
        },
    ),
)

# What an Item cannot do without: a null there is a fault like a missing member.
NEEDED = {
    ("id",),
    ("bbox",),
    ("properties",),
    ("properties", "proj:code"),
    ("assets",),
    ("assets", "data"),
    ("assets", "data", "href"),
    ("assets", "data", "proj:shape"),
    ("assets", "data", "proj:transform"),
}


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every member, however deep."""
    inner = value.items() if isinstance(value, dict) else ()
    listed = enumerate(value) if isinstance(value, list) else ()
    found = [(*path, key) for key, _ in inner]
    deep = [places(part, (*path, key)) for key, part in (*inner, *listed)]
    return [*found, *(place for part in deep for place in part)]


def put(path: tuple[Any, ...], value: object) -> Json:
    changed = copy.deepcopy(FULL)
    target: Any = changed
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return changed


MEMBERS = places(FULL)

NAMES = {str(path[-1]) for path in MEMBERS}


@pytest.mark.parametrize("path", MEMBERS, ids=lambda path: ".".join(map(str, path)))
def test_a_null_says_as_much_as_a_missing_member(path: tuple[Any, ...]):
    """stac-geoparquet writes a null wherever another Item has a member."""
    missing = copy.deepcopy(FULL)
    target: Any = missing
    for step in path[:-1]:
        target = target[step]
    del target[path[-1]]

    nulled, without = parse(put(path, None)), parse(missing)

    assert nulled.faults == without.faults
    wanted = path in NEEDED or path[-1] == "value"
    assert bool(nulled.faults) == wanted
    for message in nulled.faults.values():
        assert "missing" in message or "no GeoTIFF" in message
    if not wanted:
        one, other = nulled.dataset("scene"), without.dataset("scene")
        assert (one.bands, one.rendering) == (other.bands, other.rendering)


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["NaN", "nan", "1", 10**400, 1e308, -0.0, 2**63]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "value", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.sampled_from(MEMBERS), ANY)
@settings(max_examples=600, deadline=None)
def test_a_member_of_any_kind_is_read_or_named(path: tuple[Any, ...], value: object):
    other = {**FULL, "id": "other"}

    catalogue = parse(put(path, value), other)

    assert "other" in catalogue.datasets
    for message in catalogue.faults.values():
        assert "a value of the wrong kind" not in message
        assert any(name in message for name in NAMES) or "asset" in message


def test_a_band_may_have_any_name():
    names = ["8A", "B-04", "2020", "b7", "red"]
    dataset = read(data=asset(bands=[{"name": name} for name in names]))

    assert [dataset.band(name).index for name in ("8A", "B-04", "red")] == [1, 2, 5]
    assert dataset.band(2020).index == 3
    assert dataset.band("b1").name == "8A"
    with pytest.raises(RequestError, match=r"'B' is not one of 8A \(b1\), B-04 \(b2\)"):
        dataset.expression_spec("B-04")
    with pytest.raises(RequestError, match=r"'8' is not understood.* such as b1"):
        dataset.expression_spec("8A/2")
    assert dataset.expression_bands("b1/red") == {"b1": 1, "red": 5}


def test_scale_and_offset_are_the_items_or_the_files(tmp_path: Path):
    path = tmp_path / "a.tif"
    write_cog(path, Recipe(scale=0.5, offset=3.0))

    for own, expected in (
        ({}, (0.5, 3.0)),
        ({"raster:scale": 2}, (2.0, 0.0)),
        ({"raster:offset": 7}, (1.0, 7.0)),
        ({"raster:scale": 1}, (1.0, 0.0)),
        ({"raster:offset": 0}, (1.0, 0.0)),
        ({"raster:scale": 1, "raster:offset": 0}, (1.0, 0.0)),
        ({"raster:scale": None, "raster:offset": None}, (0.5, 3.0)),
    ):
        content = json.dumps({"features": [item(data=asset(**own))]}).encode()
        (dataset,) = parse_catalogue(content, str(path)).datasets.values()
        band = open_layer(dataset.spec(dataset.bands)).info.bands[0]
        assert (band.scale, band.offset) == expected
