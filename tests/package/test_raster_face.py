from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pyproj
import pytest
import rasterio
import rasterio.windows
from affine import Affine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT

from raster_core.errors import BudgetError, RequestError
from raster_core.grid import Bounds, Window
from raster_core.sources.warp import budget
from tests.cogs import NODATA, Recipe, write_cog
from tests.package.rasters import raster_of

UTM = Recipe(crs="EPSG:32633", transform=Affine(30, 0, 500_000, 0, -30, 5_000_000))


@pytest.fixture
def degrees(tmp_path):
    write_cog(tmp_path / "degrees.tif", Recipe(bands=2, scale=0.5, offset=3))
    return tmp_path / "degrees.tif"


@pytest.fixture
def metres(tmp_path):
    write_cog(tmp_path / "metres.tif", UTM)
    return tmp_path / "metres.tif"


def test_all_of_it_is_what_rasterio_reads(metres):
    with rasterio.open(metres) as file:
        expected = file.read(masked=True)

    found = raster_of(metres).read()

    assert found.dtype == expected.dtype == "int16"
    assert np.array_equal(found.mask, expected.mask)
    assert np.array_equal(found.compressed(), expected.compressed())


def test_values_are_physical_unless_stored_ones_are_wanted(degrees):
    raster = raster_of(degrees)

    stored = raster.read(scaled=False)
    physical = raster.read()

    assert (stored.dtype, physical.dtype) == ("int16", "float64")
    assert np.array_equal(physical.mask, stored.mask)
    assert (physical == stored * 0.5 + 3).all()
    assert (stored.data == NODATA).any()


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(-20, 210), st.integers(-20, 160), st.integers(1, 60))
def test_a_window_is_rasterios_padded_with_no_data(metres, col, row, side):
    window = rasterio.windows.Window(col, row, side, side + 1)
    with rasterio.open(metres) as file:
        expected = file.read(window=window, boundless=True, masked=True)

    found = raster_of(metres).read(window=window)

    assert np.array_equal(found.filled(NODATA), expected.filled(NODATA))


def test_windows_are_told_in_three_ways(metres):
    raster = raster_of(metres)
    expected = raster.read()[:, 20:50, 10:30]

    for window in (
        Window(10, 20, 20, 30),
        (10, 20, 20, 30),
        rasterio.windows.Window(10, 20, 20, 30),
    ):
        assert np.array_equal(raster.read(window=window), expected)


def test_a_box_gives_the_pixels_it_touches(metres):
    raster = raster_of(metres)
    box = 500_000 + 30 * 10.5, 5_000_000 - 30 * 49.5, 500_000 + 30 * 29.5, 4_999_385

    found = raster.read(box, bounds_crs="EPSG:32633")
    grid = raster.grid(box, bounds_crs=pyproj.CRS(32633))

    assert np.array_equal(found, raster.read(window=(10, 20, 20, 30)))
    assert (grid.crs, grid.shape) == ("EPSG:32633", (30, 20))
    assert grid.transform == UTM.transform @ Affine.translation(10, 20)


def test_a_box_is_in_degrees_unless_it_says_otherwise(degrees):
    raster = raster_of(degrees)

    found = raster.read((10.1, 46.0, 10.3, 46.3))

    assert np.array_equal(found, raster.read(window=(10, 20, 20, 30)))


def test_a_box_over_the_antimeridian_is_one_piece(tmp_path):
    write_cog(
        tmp_path / "fiji.tif", Recipe(transform=Affine(0.01, 0, 179, 0, -0.01, -16))
    )
    raster = raster_of(tmp_path / "fiji.tif")

    assert raster.bounds.left > raster.bounds.right
    assert np.array_equal(raster.read(raster.bounds), raster.read())
    assert raster.read((179.9, -16.1, -179.9, -16)).shape == (1, 10, 20)


@pytest.mark.parametrize(
    ("size", "shape"), [(50, (38, 50)), ((75, 100), (75, 100)), (1000, (150, 200))]
)
def test_a_size_is_the_longer_side_or_a_shape(size, shape, metres):
    raster = raster_of(metres)

    assert raster.read(size=size).shape == (1, *shape)
    assert raster.grid(size=size).shape == shape
    assert raster.grid(size=size).bounds == raster.native_bounds


def test_half_the_size_is_the_overview(tmp_path):
    write_cog(tmp_path / "half.tif", replace(UTM, width=512, height=512))
    raster = raster_of(tmp_path / "half.tif")
    with rasterio.open(tmp_path / "half.tif", overview_level=0) as file:
        expected = file.read(masked=True)

    assert raster.info.overviews[0] == 2
    assert np.array_equal(raster.read(size=256), expected)


def test_another_crs_is_what_the_warper_makes_of_it(tmp_path):
    write_cog(tmp_path / "plain.tif", replace(UTM, overviews=False))
    raster = raster_of(tmp_path / "plain.tif")

    grid = raster.grid(crs=3857, size=(60, 80))
    found = raster.read(crs="EPSG:3857", size=(60, 80))

    options = {"crs": grid.crs, "transform": grid.transform, "height": 60, "width": 80}
    with (
        rasterio.open(tmp_path / "plain.tif") as file,
        WarpedVRT(file, resampling=Resampling.nearest, **options) as warped,
    ):
        expected = warped.read(masked=True)
    same = found.filled(NODATA) == expected.filled(NODATA)
    assert same.mean() > 0.98  # GDAL's centres are off by up to an eighth of a pixel
    assert found.count() > 4000


def test_computed_kernels_are_not_rounded(metres):
    found = raster_of(metres).read(size=37, resampling="average")

    assert found.dtype == "float32"
    assert (found.compressed() % 1).any()


def test_bands_are_chosen_by_number_and_by_name(degrees):
    raster = raster_of(degrees)
    first, second = raster.read()

    assert np.array_equal(raster.read(bands=2)[0], second)
    assert np.array_equal(raster.read(bands=["b2", 1]), np.ma.stack([second, first]))
    assert raster_of(degrees, bands=(2,)).read().shape[0] == 1
    with pytest.raises(RequestError, match="Band 3 is not one of 1 to 2"):
        raster.read(bands=3)


def test_an_expression_is_a_band(degrees):
    raster = raster_of(degrees, expression="b1 + b2")

    assert np.ma.allclose(raster.read()[0], raster_of(degrees).read().sum(axis=0))
    with pytest.raises(RequestError, match="bands cannot be chosen"):
        raster.read(bands=1)


def test_a_point_is_the_pixel_that_is_read(degrees):
    raster = raster_of(degrees)
    values = raster.read()

    found = raster.point(10.125, 46.295)

    assert [value.value for value in found] == values[:, 20, 12].tolist()
    assert raster.point(0, 0)[0].reason == "outside_raster"


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"bounds": (0, 0, 1)}, "four finite numbers"),
        ({"bounds": ("west", 0, 1, 1)}, "four finite numbers"),
        ({"bounds": (0, 0, 1, 10**400)}, "four finite numbers"),
        ({"bounds": 5}, "bounds 5 are not four finite numbers"),
        ({"crs": 1.5}, "'1.5' is not a coordinate system"),
        ({"bounds": (0, 0, 1, float("nan"))}, "four finite numbers"),
        ({"bounds": (0, 1, 1, 0)}, "left, bottom, right, top"),
        ({"bounds": (0, 0, 500_000, 4_000_000)}, "need bounds_crs"),
        ({"bounds": (0, 0, 1, 1), "window": (0, 0, 1, 1)}, "window cannot be combined"),
        ({"window": (0, 0, 1, 1), "crs": 3857}, "window cannot be combined with crs"),
        ({"window": (0, 0, 0, 1)}, "whole numbers"),
        ({"window": (0.5, 0, 1, 1)}, "whole numbers"),
        ({"size": 0}, "longer side nor"),
        ({"size": (1, 2, 3)}, "longer side nor"),
        ({"crs": "EPSG:0"}, "'EPSG:0' is not a coordinate system"),
        ({"resampling": "lanczos"}, "'lanczos' is not one of nearest, bilinear"),
    ],
)
def test_what_is_no_area_is_refused(asked, why, degrees):
    with pytest.raises(RequestError, match=why):
        raster_of(degrees).read(**asked)


def test_a_read_has_its_limit(degrees):
    side = budget.MAX_PIXELS

    with pytest.raises(BudgetError, match="give size, or a smaller window"):
        raster_of(degrees).read(size=(side, 2))
    with pytest.raises(BudgetError):
        raster_of(degrees).read(window=(0, 0, side, 2))


@pytest.mark.parametrize("position", [(541, 0), (0, 91), (float("nan"), 0)])
def test_what_is_no_position_is_refused(position, degrees):
    with pytest.raises(RequestError, match="is not a longitude within 540"):
        raster_of(degrees).point(*position)


def test_info_is_a_value_that_reads_well(degrees):
    info = raster_of(degrees).info

    assert info == raster_of(degrees).info
    assert (info.width, info.height, info.dtype) == (200, 150, "int16")
    assert info.nodata == NODATA
    assert info.resolution == (0.01, 0.01)
    assert np.allclose(info.bounds, (10, 45, 12, 46.5))
    text = repr(info)
    assert "EPSG:4326 WGS 84" in text
    assert "0.01 x 0.01 degrees" in text
    assert "1 b1  int16  nodata -9999  scale 0.5 offset 3" in text


def test_a_raster_says_what_it_is_without_opening_it(metres):
    raster = raster_of(metres)
    metres.unlink()

    assert repr(raster) == "<Raster metres: 200 x 150, 1 band, EPSG:32633>"
    assert raster.crs == "EPSG:32633"
    assert raster.native_bounds == Bounds(500_000, 4_995_500, 506_000, 5_000_000)


def test_any_thread_may_read(metres):
    raster = raster_of(metres)
    expected = raster_of(metres).read().filled(NODATA)
    windows = [(col, row, 40, 50) for col in range(0, 200, 40) for row in (0, 50, 100)]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda window: raster.read(window=window), windows))

    for (col, row, width, height), part in zip(windows, found, strict=True):
        assert np.array_equal(
            part.filled(NODATA)[0], expected[0, row : row + height, col : col + width]
        )


def test_a_value_is_shown_with_its_band_by_name(degrees):
    raster = raster_of(degrees)

    missing, _ = raster.point(0, 0)
    west, south, east, north = raster.bounds
    there, _ = raster.point((west + east) / 2, (south + north) / 2)

    assert repr(missing) == (
        "PointValue(band='b1', value=None, reason='outside_raster')"
    )
    assert repr(there) == f"PointValue(band='b1', value={there.value!r})"


def test_feet_are_the_plural_of_a_foot(tmp_path):
    write_cog(tmp_path / "feet.tif", Recipe(crs="EPSG:2232", transform=UTM.transform))

    assert "30 x 30 US survey feet" in str(raster_of(tmp_path / "feet.tif").info)
