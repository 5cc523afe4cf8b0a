"""Items as their providers publish them, cut down to the members that are read.

``docs/stac.md`` shows what is read of each; the rows of its table are made here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from raster_core.catalogue.catalogue import Catalogue, parse_catalogue

if TYPE_CHECKING:
    from raster_core.catalogue.dataset import Dataset

ITEMS = sorted(Path(__file__).parent.joinpath("items").glob("*.json"))

DOCS = Path(__file__).parents[2] / "docs" / "stac.md"

# What the service reads of one band of each, or why it serves none.
EXPECTED = {
    "copernicus-dem-planetary-computer": ("b1", "from the file"),
    "copernicus-dem-stactools": ("data", "float32, in meter"),
    "esa-worldcover": ("Band1", "uint8, nodata 0, 11 classes"),
    "hls-s30": ("B04", "from the file"),
    "landsat-c2-l2-planetary-computer": (
        "red",
        "uint16, nodata 0, scale 2.75e-05, offset -0.2",
    ),
    "landsat-c2-l2-stactools": ("qa_pixel", "uint16, in bit index"),
    "naip-planetary-computer": ("NIR", "from the file"),
    "sentinel-2-l2a-copernicus-data-space": (
        None,
        "it has no GeoTIFF among its assets",
    ),
    "sentinel-2-l2a-earth-search": ("red", "uint16, nodata 0, scale 0.0001"),
    "sentinel-2-l2a-planetary-computer": ("B04", "nodata 0, offset -1000"),
}

FILES = {
    "copernicus-dem-planetary-computer": ["data"],
    "copernicus-dem-stactools": ["data", "wbm", "hem"],
    "esa-worldcover": ["map"],
    "hls-s30": ["B04", "B8A", "Fmask", "SZA"],
    "landsat-c2-l2-planetary-computer": [
        *("qa", "red", "nir08", "lwir11", "cdist", "qa_pixel", "qa_radsat"),
    ],
    "landsat-c2-l2-stactools": ["atran", "qa_pixel", "red", "nir08", "lwir11"],
    "naip-planetary-computer": ["image"],
    "sentinel-2-l2a-copernicus-data-space": [],
    "sentinel-2-l2a-earth-search": ["aot", "red", "nir", "rededge1", "scl"],
    "sentinel-2-l2a-planetary-computer": [
        *("AOT", "B04", "B08", "B09", "B8A", "SCL", "visual"),
    ],
}


def parse(path: Path, *, as_written: str = "", as_read: str = "") -> Catalogue:
    text = path.read_text().replace(as_written, as_read)
    return parse_catalogue(b'{"features": [%s]}' % text.encode(), "/data/c.json")


def only(catalogue: Catalogue) -> Dataset:
    assert catalogue.faults == {}
    (dataset,) = catalogue.datasets.values()
    return dataset


def describe(dataset: Dataset, name: str) -> str:
    """What the Item says of a band, as ``EXPECTED`` has it."""
    band = dataset.band(name).assumed()
    stated = "data_type" in json.dumps(dataset.item)
    parts = [
        band.dtype if stated else "",
        "" if band.nodata is None else f"nodata {band.nodata:g}",
        f"scale {band.scale:g}" if band.scale != 1 else "",
        f"offset {band.offset:g}" if band.offset else "",
        f"in {band.unit}" if band.unit else "",
        f"{len(band.classes)} classes" if band.classes else "",
    ]
    return ", ".join(filter(None, parts)) or "from the file"


@pytest.mark.parametrize("path", ITEMS, ids=lambda path: path.stem)
def test_an_item_is_read_as_its_provider_means_it(path: Path):
    catalogue = parse(path)
    name, expected = EXPECTED[path.stem]

    if name is None:
        assert list(catalogue.faults.values()) == [expected]
    else:
        dataset = only(catalogue)
        assert [file.key for file in dataset.assets] == FILES[path.stem]
        assert describe(dataset, name) == expected


def test_the_table_of_the_documentation_is_this_one():
    _, section = DOCS.read_text().split("## Items of public catalogues")
    lines = section.splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    cells = {row.split("`")[1]: row.split("|") for row in rows}

    assert cells.keys() == EXPECTED.keys() == {path.stem for path in ITEMS}
    for name, (band, expected) in EXPECTED.items():
        _, _, files, example, _ = cells[name]
        assert files.strip() == (", ".join(FILES[name]) or "none")
        shown = f"`{band}`: {expected}" if band else expected
        assert example.strip() == shown


def test_the_same_scene_has_the_same_offset_from_every_provider():
    """Reflectance in 1/10,000, of 1500 as ESA stores it and of 500 otherwise."""
    folder = Path(__file__).parent / "items"
    cdse = folder / "sentinel-2-l2a-copernicus-data-space.json"
    as_cog = parse(cdse, as_written="image/jp2", as_read="image/tiff")

    stored = {
        "sentinel-2-l2a-earth-search": ("red", 500, 10_000),  # taken off already
        "sentinel-2-l2a-planetary-computer": ("B04", 1500, 1),
    }
    for name, (band, value, scale) in stored.items():
        red = only(parse(folder / f"{name}.json")).band(band).assumed()
        assert (value * red.scale + red.offset) * scale == pytest.approx(500)
    red = only(as_cog).band("B04").assumed()
    assert (1500 * red.scale + red.offset) * 10_000 == pytest.approx(500)
    assert red.minimum is None
    assert only(as_cog).band("red").index == 1  # the finest


def test_names_that_a_picture_has_too_are_those_of_the_bands():
    folder = Path(__file__).parent / "items"
    dataset = only(parse(folder / "sentinel-2-l2a-planetary-computer.json"))

    assert dataset.band("B04").index == dataset.band("red").index == 2
    assert dataset.band("B03").index == 8
    assert {band.assumed().offset for band in dataset.bands[5:]} == {0.0}


def test_quality_bits_of_landsat_can_be_asked_for():
    folder = Path(__file__).parent / "items"
    for provider in ("planetary-computer", "stactools"):
        dataset = only(parse(folder / f"landsat-c2-l2-{provider}.json"))
        number = dataset.band("qa_pixel").index
        assert dataset.expression_bands("bit(qa_pixel, 3)") == {"qa_pixel": number}
