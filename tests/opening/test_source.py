from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pystac
import pytest
import rasterio
from affine import Affine
from rasterio.errors import NotGeoreferencedWarning

from raster_core.errors import NotFoundError, RasterError, RequestError, SourceError
from raster_core.ingest.item import ItemOptions, describe_raster
from rasterlet.opening.source import open_dataset
from tests.cogs import Recipe, write_cog

if TYPE_CHECKING:
    from collections.abc import Callable

GRID = {"crs": "EPSG:4326", "transform": Affine(0.1, 0, 10, 0, -0.1, 46)}


def write_image(path: Path, **profile: Any) -> Path:
    """A GeoTIFF of 8 by 8 pixels, or an image of another kind."""
    profile = {"driver": "GTiff", "count": 1, "dtype": "uint8", **profile}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        file = rasterio.open(path, "w", height=8, width=8, **profile)
    with file:
        file.write(np.full((profile["count"], 8, 8), 7, profile["dtype"]))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a raster, also as a catalogue of two Items."""
    write_cog(tmp_path / "dem.tif", Recipe())
    items = [
        describe_raster(tmp_path / "dem.tif", ItemOptions(name, "dem.tif"))
        for name in ("height", "depth")
    ]
    collection = {"type": "FeatureCollection", "features": items}
    (tmp_path / "catalog.json").write_text(json.dumps(collection))
    (tmp_path / "item.json").write_text(json.dumps(items[0]))
    return tmp_path


def fault(source: object, kind: type[RasterError] = RasterError, **more: Any) -> str:
    with pytest.raises(kind) as raised:
        open_dataset(source, **more)  # type: ignore[arg-type]
    return str(raised.value)


@pytest.mark.parametrize("convert", [str, Path, "file://{}".format])
def test_a_file_is_a_dataset(folder: Path, convert: Callable[[Path], Any]) -> None:
    dataset = open_dataset(convert(folder / "dem.tif"))

    assert dataset.id == "dem"
    assert [asset.href for asset in dataset.assets] == [str(folder / "dem.tif")]
    assert dataset.version


def test_no_pixel_is_read_to_open_a_file(folder: Path) -> None:
    """Of a file of gigabytes, not even for the version."""
    (band,) = open_dataset(folder / "dem.tif").item["assets"]["data"]["bands"]  # type: ignore[index]

    assert "statistics" not in band


def test_a_path_may_begin_at_home_or_here(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.chdir(folder)

    assert open_dataset("~/dem.tif").assets == open_dataset("dem.tif").assets


def test_a_name_has_any_letters(folder: Path) -> None:
    path = folder / "Höhe über N.N. #1?.tif"
    shutil.copy(folder / "dem.tif", path)

    dataset = open_dataset(path)

    assert dataset.id == "Höhe über N.N. _1_"
    assert dataset.assets[0].href == str(path)


def test_a_file_that_is_written_again_has_another_version(folder: Path) -> None:
    path = folder / "dem.tif"
    before = open_dataset(path).version
    write_cog(path, Recipe(nodata=None))

    assert open_dataset(path).version != before


def test_several_files_are_the_bands_of_one_dataset(folder: Path) -> None:
    shutil.copy(folder / "dem.tif", folder / "nir.tif")
    paths = [folder / "nir.tif", folder / "dem.tif"]

    listed = open_dataset(paths, id="both")
    named = open_dataset({"b5": paths[0], "b4": str(paths[1])})

    assert [band.name for band in listed.bands] == ["nir", "dem"]
    assert [band.name for band in named.bands] == ["b5", "b4"]
    assert (listed.id, named.id) == ("both", "nir")


def test_an_item_is_a_dictionary_a_file_or_an_object(folder: Path) -> None:
    item = json.loads((folder / "item.json").read_text())
    item["links"] = [{"rel": "self", "href": str(folder / "item.json")}]

    class Item:
        assets = item["assets"]

        def to_dict(self) -> dict[str, object]:
            return dict(item)

    expected = open_dataset(folder / "item.json").assets
    assert expected[0].href == str(folder / "dem.tif")
    assert open_dataset(item).assets == open_dataset(Item()).assets == expected


def test_a_catalogue_is_asked_for_one_of_its_items(folder: Path) -> None:
    path = folder / "catalog.json"

    assert open_dataset(path, id="depth").id == "depth"
    assert "choose one by id=: 'height', 'depth'" in fault(path, RequestError)
    assert "did you mean 'depth'?" in fault(path, NotFoundError, id="deph")


def test_a_relative_href_needs_a_place_to_start_from(folder: Path) -> None:
    item = json.loads((folder / "item.json").read_text())

    assert "give the path or URL of the Item" in fault(item, RequestError)


def test_what_is_missing_is_named_with_what_is_near(folder: Path) -> None:
    assert "did you mean 'dem.tif'?" in fault(folder / "dme.tif", NotFoundError)
    assert "nor does its folder" in fault(folder / "no" / "dem.tif", NotFoundError)


def test_a_folder_is_served_but_not_opened(folder: Path) -> None:
    said = fault(folder, SourceError)

    assert "(dem.tif)" in said
    assert f"rasterlet serve {folder}" in said


@pytest.mark.parametrize(
    ("name", "profile"),
    [("a.png", {"driver": "PNG"}), ("a.jp2", {"driver": "JP2OpenJPEG"})],
)
def test_what_gdal_reads_is_to_be_converted(
    name: str, profile: dict[str, Any], tmp_path: Path
) -> None:
    said = fault(write_image(tmp_path / name, **profile), SourceError)

    assert f"gdal_translate -of COG {tmp_path / name} a.tif" in said


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.tif", b"", "is empty"),
        ("a.tif", b"II*\0", "cut off"),
        ("a.txt", b"words", "is not a raster"),
        ("a.gpkg", b"SQLite format 3\0", "zonal_stats(zones, raster)"),
        ("a.shp", b"\x00\x00\x27\x0a", "zonal_stats(zones, raster)"),
        ("a.json", b"{", "is not JSON"),
        ("a.json", b"[]", "is not a STAC Item"),
        ("a.json", b'{"type": "Catalog"}', "links to Items"),
        ("a.geojson", b'{"features": [{"type": "Feature"}]}', "if they are zones"),
        ("a.json", b'{"type": "FeatureCollection", "features": []}', "has no Items"),
    ],
)
def test_what_is_no_raster_is_said_to_be_none(
    name: str, content: bytes, words: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)

    said = fault(tmp_path / name)

    assert words in said
    assert str(tmp_path / name) in said


@pytest.mark.parametrize("source", [None, 3, b"a.tif", "", [], {}, [3], "gs://a/b.tif"])
def test_what_cannot_be_meant_is_refused(source: object) -> None:
    assert fault(source, RequestError)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no_crs.tif", "-a_srs EPSG:CODE"),
        ("no_georef.tif", "-a_ullr LEFT TOP RIGHT BOTTOM"),
        ("gcps_only.tif", "; gdalwarp"),
        ("complex64.tif", "DERIVED_SUBDATASET:AMPLITUDE"),
        ("bomb_1000000.tif", "; gdal_translate"),
        ("png_named_tif.tif", "gdal_translate -of COG"),
        ("vrt_named_tif.tif", "gdal_translate -of COG"),
    ],
)
def test_what_cannot_be_placed_or_decoded_is_to_be_rewritten(
    name: str, words: str, test_data: Path
) -> None:
    said = fault(test_data / "awkward" / "derived" / name, SourceError)

    assert name in said
    assert words in said


def test_every_awkward_file_opens_or_says_in_one_sentence_why_not(
    test_data: Path,
) -> None:
    said = []
    for path in (test_data / "awkward" / "derived").iterdir():
        try:
            open_dataset(path)
        except RasterError as error:
            said.append(str(error))

    assert len(said) > 10
    assert all(text.startswith("'") and "\n" not in text for text in said)


def test_an_item_of_pystac_is_read_from_where_it_says_it_is(folder: Path) -> None:
    item = pystac.Item.from_file(str(folder / "item.json"))

    assert open_dataset(item).assets == open_dataset(folder / "item.json").assets
