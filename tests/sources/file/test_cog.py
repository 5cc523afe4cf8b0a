"""Windows, masks and headers of real files, against rasterio."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from raster_core.errors import SourceError
from raster_core.grid import Window
from raster_core.layers.file import FileSpec
from raster_core.layers.kinds import open_layer
from raster_core.sources.file import cog
from raster_core.sources.file.cog import open_cog
from raster_core.sources.file.gdal import gdal_path
from raster_core.stated import state_band
from tests.cogs import NODATA, Recipe, open_file, write_cog

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def raster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cog") / "raster.tif"
    write_cog(path, Recipe(bands=2))
    return path


@given(
    st.builds(
        Window,
        col=st.integers(-30, 220),
        row=st.integers(-30, 170),
        width=st.integers(1, 90),
        height=st.integers(1, 90),
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_window_is_the_part_of_the_whole_and_beyond_it_masked(
    raster: Path, window: Window
):
    file = open_cog(str(raster), "test")
    whole = np.full((2, 500, 500), NODATA, np.int16)
    with rasterio.open(raster) as dataset:
        whole[:, 100:250, 100:300] = dataset.read()

    array = file.read(0, window, file.bands)

    rows = slice(window.row + 100, window.row_stop + 100)
    cols = slice(window.col + 100, window.col_stop + 100)
    expected = whole[:, rows, cols]
    assert (array.mask == (expected != NODATA)).all()
    assert (array.data[array.mask] == expected[array.mask]).all()


def test_a_level_is_read_as_it_is_stored(raster: Path):
    file = open_cog(str(raster), "test")
    with rasterio.open(raster, overview_level=0) as overview:
        expected = overview.read()

    array = file.read(1, file.levels[1].window, file.bands)

    assert (array.data == expected).all()
    assert file.levels[1].shape == expected.shape[1:]


def test_bands_come_in_the_order_asked_for(raster: Path):
    layer = open_file(raster, 2, 1)

    array = layer.read(layer.info.grid.crop(Window(0, 1, 5, 1)))

    assert [band.index for band in layer.info.bands] == [2, 1]
    both = array.mask.all(axis=0)
    assert (array.data[0][both] == array.data[1][both] + 1).all()


@pytest.mark.parametrize(
    ("recipe", "hidden"),
    [
        (Recipe(), "nodata"),
        (Recipe(dtype="float32", nodata=float("nan")), "nan"),
        (Recipe(mask_band=True, nodata=None), "mask"),
    ],
    ids=["nodata", "NaN", "mask band"],
)
def test_every_kind_of_no_data_is_masked(tmp_path: Path, recipe: Recipe, hidden: str):
    path = tmp_path / "raster.tif"
    values = write_cog(path, recipe)[0]
    row, col = np.mgrid[:150, :200]
    expected = {
        "nodata": values != NODATA,
        "nan": ~np.isnan(values),
        "mask": (row + 2 * col) % 5 != 0,
    }[hidden]

    layer = open_file(path)

    assert (layer.read(layer.info.grid).mask[0] == expected).all()


def test_undeclared_nan_is_no_data(tmp_path: Path):
    values = np.ones((1, 150, 200), np.float32)
    values[0, 3, 4] = np.nan
    write_cog(tmp_path / "raster.tif", Recipe(dtype="float32", nodata=None), values)
    layer = open_file(tmp_path / "raster.tif")

    mask = layer.read(layer.info.grid).mask

    assert (~mask).sum() == 1
    assert not mask[0, 3, 4]


def test_a_mask_band_overrules_nodata_but_not_what_a_request_calls_nodata(
    tmp_path: Path,
):
    """To GDAL the mask band alone decides: true zeros are data."""
    path = tmp_path / "raster.tif"
    values = np.arange(150 * 200).reshape(1, 150, 200) % 5
    write_cog(path, Recipe(dtype="uint8", nodata=0, mask_band=True), values)
    with rasterio.open(path) as file:
        masks = [file.read_masks(1) > 0]
        overviews = file.overviews(1)
    for level in range(len(overviews)):
        with rasterio.open(path, overview_level=level) as file:
            masks.append(file.read_masks(1) > 0)
    (band,) = map(state_band, open_cog(str(path), "test").bands)

    layer = open_layer(FileSpec(str(path), "test", (band,)))
    asked = open_layer(FileSpec(str(path), "test", (band.without_data(0),)))
    other = open_layer(FileSpec(str(path), "test", (replace(band, nodata=3),)))

    assert overviews
    assert [own.info.bands[0].nodata for own in (layer, asked, other)] == [None, 0, 3]
    for grid, mask in zip((layer.info.grid, *layer.info.overviews), masks, strict=True):
        data = layer.read(grid).data[0]
        assert (layer.read(grid).mask[0] == mask).all()
        assert (asked.read(grid).mask[0] == mask & (data != 0)).all()
        assert (other.read(grid).mask[0] == mask & (data != 3)).all()


@pytest.mark.parametrize("complete", [True, False])
def test_overviews_without_the_files_mask_are_left_out(
    tmp_path: Path, *, complete: bool
):
    """GDAL calls them masked, and hides nothing in them."""
    path = tmp_path / "raster.tif"
    write_cog(path, Recipe(dtype="uint8", nodata=None, overviews=False))
    internal = {"GDAL_TIFF_INTERNAL_MASK": True, "IGNORE_COG_LAYOUT_BREAK": "YES"}
    mask = np.indices((150, 200)).sum(axis=0) % 3 != 0
    with (
        rasterio.Env(**internal),
        rasterio.open(path, "r+", IGNORE_COG_LAYOUT_BREAK="YES") as file,
    ):
        if complete:
            file.write_mask(mask)
        file.build_overviews([2, 4])
    if not complete:
        with (
            rasterio.Env(**internal),
            rasterio.open(path, "r+", IGNORE_COG_LAYOUT_BREAK="YES") as file,
        ):
            file.write_mask(mask)

    layer = open_file(path)

    assert (layer.read(layer.info.grid).mask[0] == mask).all()
    assert len(layer.info.overviews) == (2 if complete else 0)
    for grid in layer.info.overviews:
        assert 0.6 < layer.read(grid).mask.mean() < 0.72


def test_the_catalogue_overrules_the_file_but_for_the_type(raster: Path):
    band = state_band(open_cog(str(raster), "test").bands[0])
    spec = FileSpec(str(raster), "test", (replace(band, nodata=150.0, dtype="uint8"),))
    layer = open_layer(spec)

    array = layer.read(layer.info.grid)

    assert layer.info.bands[0].dtype == "int16"
    assert (array.mask == (array.data != 150)).all()


def test_a_band_that_the_file_lacks_is_a_source_error(raster: Path):
    band = state_band(replace(open_cog(str(raster), "test").bands[0], index=9))

    with pytest.raises(SourceError, match="Band 9 does not exist; the raster has 2"):
        open_layer(FileSpec(str(raster), "test", (band,)))


def test_a_file_is_opened_once_per_version(raster: Path):
    first = open_cog(str(raster), "one")

    assert open_cog(str(raster), "one") is first
    assert open_cog(str(raster), "two") is not first


def test_the_file_unused_for_longest_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(cog, "MAX_OPEN", 2)
    cog.close_all()
    files = []
    for number in range(3):
        path = tmp_path / f"{number}.tif"
        write_cog(path, Recipe())
        files.append(open_cog(str(path), "test").handles.idle[0].level(0))

    assert [file.closed for file in files] == [True, False, False]


@pytest.mark.parametrize("place", ["CRS", "geotransform"])
@pytest.mark.filterwarnings("ignore:Dataset has no geotransform")  # as it is written
def test_a_file_without_a_place_is_refused(tmp_path: Path, place: str):
    path = tmp_path / "raster.tif"
    profile = {"driver": "GTiff", "width": 20, "height": 10, "count": 1}
    known = (
        {"transform": Recipe().transform} if place == "CRS" else {"crs": "EPSG:4326"}
    )
    with rasterio.open(path, "w", dtype="uint8", **profile, **known) as file:
        file.write(np.ones((1, 10, 20), np.uint8))

    with pytest.raises(SourceError, match="no coordinate system or no geotransform"):
        open_cog(str(path), "test")


@pytest.mark.parametrize("content", [b"", b"II*\0", b"<html>no</html>", b"x" * 5000])
def test_what_is_no_geotiff_is_a_source_error_without_its_path(
    tmp_path: Path, content: bytes
):
    path = tmp_path / "secret.tif"
    path.write_bytes(content)

    with pytest.raises(SourceError) as caught:
        open_cog(str(path), "test")

    assert "secret" not in str(caught.value)


def test_a_vrt_under_another_name_is_not_followed(tmp_path: Path, raster: Path):
    path = tmp_path / "link.tif"
    path.write_text(
        '<VRTDataset rasterXSize="200" rasterYSize="150">'
        '<VRTRasterBand dataType="Int16" band="1"><SimpleSource>'
        f"<SourceFilename>{raster}</SourceFilename>"
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )

    with pytest.raises(SourceError):
        open_cog(str(path), "test")


def test_a_truncated_file_fails_when_read_and_is_opened_anew_afterwards(tmp_path: Path):
    path = tmp_path / "raster.tif"
    write_cog(path, Recipe(width=600, height=600))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    layer = open_file(path)

    with pytest.raises(SourceError, match="cannot be read"):
        layer.read(layer.info.grid.crop(Window(450, 450, 120, 120)))

    path.write_bytes(whole)
    layer = open_file(path)
    assert layer.read(layer.info.grid.crop(Window(450, 450, 120, 120))).mask.any()


@pytest.mark.parametrize(
    ("href", "path"),
    [
        ("s3://bucket/a/b.tif", "/vsis3/bucket/a/b.tif"),
        ("https://host/b.tif?x=1", "/vsicurl/https://host/b.tif?x=1"),
        ("/data/b.tif", "/data/b.tif"),
        ("data/b.tif", "data/b.tif"),
    ],
)
def test_gdal_finds_stores_by_its_own_names(href: str, path: str):
    assert gdal_path(href) == path
