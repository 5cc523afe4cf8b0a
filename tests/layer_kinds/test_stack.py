from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import box

from raster_core.grid import Window
from raster_core.layers.computed import ComputedSpec
from raster_core.layers.kinds import open_layer
from raster_core.layers.sampling import read_beside
from raster_core.layers.stack import StackBand, StackSpec
from raster_core.layers.stored import read_planes
from raster_core.raster import Resampling
from raster_core.stated import StatedBand
from raster_core.zonal.engine import Options, raster_statistics, zonal_statistics
from raster_core.zonal.point import read_point
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, coordinate_values, write_cog

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.raster import Layer

UTM = "EPSG:32633"

# 10, 20 and 60 metres over the same square of 6 km, as Sentinel-2's bands.
FINE = Recipe(600, 600, crs=UTM, transform=Affine(10, 0, 5e5, 0, -10, 5e6))
COARSE = Recipe(300, 300, "uint8", UTM, Affine(20, 0, 5e5, 0, -20, 5e6), nodata=0)
COARSEST = Recipe(100, 100, crs=UTM, transform=Affine(60, 0, 5e5, 0, -60, 5e6))

# In another projection, and the finest of all.
DEGREES = Recipe(
    900, 700, transform=Affine(1e-4, 0, 15.0, 0, -8e-5, 45.16), blocksize=256
)

COARSE_DEGREES = Recipe(300, 250, transform=Affine(3e-4, 0, 15.0, 0, -2.4e-4, 45.16))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, recipe in (
        ("B04", FINE),
        ("B05", COARSE),
        ("B01", COARSEST),
        ("DEM", DEGREES),
        ("ALT", COARSE_DEGREES),
    ):
        write_cog(tmp_path / f"{name}.tif", recipe)
    return tmp_path


def open_stack(folder: Path, *names: str) -> Layer:
    """One band a file, numbered from 11 on."""
    bands = [
        StackBand(str(folder / f"{n}.tif"), "1", 1, StatedBand(11 + k, n))
        for k, n in enumerate(names)
    ]
    return open_layer(StackSpec(tuple(bands)))


def test_the_grid_is_the_finest_files(folder: Path):
    layer = open_stack(folder, "B01", "B04", "B05")

    assert layer.info.grid.transform == FINE.transform
    assert [level.width for level in layer.info.overviews] == [300, 150, 75]
    assert [(b.index, b.name) for b in layer.info.bands] == [
        (11, "B01"),
        (12, "B04"),
        (13, "B05"),
    ]
    assert open_stack(folder, "B01", "B05").info.grid.transform == COARSE.transform


def test_on_the_native_grid_every_pixel_is_the_one_it_lies_in(folder: Path):
    layer = open_stack(folder, "B01", "B04", "B05")

    array = layer.read(layer.info.grid)

    for number, (recipe, factor) in enumerate(((COARSEST, 6), (FINE, 1), (COARSE, 2))):
        (values,) = coordinate_values(recipe)
        expected = values.repeat(factor, axis=0).repeat(factor, axis=1)
        valid = expected != recipe.nodata
        np.testing.assert_array_equal(array.mask[number], valid)
        np.testing.assert_array_equal(array.data[number][valid], expected[valid])


def test_each_band_keeps_its_type_and_arrays_have_the_smallest_that_holds_all(
    folder: Path,
):
    mixed = open_stack(folder, "B05", "B04")

    assert [band.dtype for band in mixed.info.bands] == ["uint8", "int16"]
    assert mixed.read(mixed.info.grid).data.dtype == np.int16
    planes = read_planes(mixed, mixed.info.grid)
    assert [data.dtype for data, _ in planes] == [np.uint8, np.int16]
    for (data, mask), name in zip(planes, ("B05", "B04"), strict=True):
        alone = open_stack(folder, name)
        grid = alone.info.grid if name == "B04" else mixed.info.grid
        array = read_beside(alone, mixed.info, grid, Resampling.NEAREST)
        np.testing.assert_array_equal(data, array.data[0])
        np.testing.assert_array_equal(mask, array.mask[0])


def test_no_value_changes_beside_a_band_of_another_type(tmp_path: Path):
    """float64, which both would be read in, does not hold all of int64."""
    large = np.full((1, 150, 200), 2**53 + 1, np.int64)
    write_cog(tmp_path / "large.tif", Recipe(dtype="int64", nodata=None), large)
    write_cog(tmp_path / "real.tif", Recipe(dtype="float32"))
    bands = [
        StackBand(str(tmp_path / f"{n}.tif"), "1", 1, StatedBand(k, n))
        for k, n in enumerate(("large", "real"), start=1)
    ]
    layer = open_layer(StackSpec(tuple(bands)))

    (figures, other) = raster_statistics(layer)

    assert figures.min == figures.max == 2**53 + 1
    assert other == raster_statistics(open_layer(StackSpec((bands[1],))))[0]
    value, _ = read_point(layer, 10.5, 45.5)
    assert value.value == 2**53 + 1


@pytest.mark.parametrize("first", ["uint8", "int16", "int64", "float32", "float64"])
@pytest.mark.parametrize("second", ["uint8", "uint16", "float32"])
def test_statistics_of_two_bands_are_those_of_each(
    first: str, second: str, tmp_path: Path
):
    bands = []
    for number, dtype in enumerate((first, second), start=1):
        path = tmp_path / f"{number}.tif"
        write_cog(path, Recipe(dtype=dtype, nodata=7))
        bands.append(StackBand(str(path), "1", 1, StatedBand(number, dtype)))
    options = Options(statistics=StatisticOptions(percentiles=(25.0,), median=True))
    zones = [Zone(box(10.1, 45.1, 11.05, 45.9)), Zone(box(10.5, 45.2, 10.6, 45.3))]

    together = zonal_statistics(open_layer(StackSpec(tuple(bands))), zones, options)

    for position, band in enumerate(bands):
        layer = open_layer(StackSpec((band,)))
        alone = zonal_statistics(layer, zones, options)
        assert [found[position] for found in together] == [f[0] for f in alone]
        assert layer.info.bands[0].dtype == (first, second)[position]


def test_bands_come_in_the_order_asked_for_from_files_opened_once(tmp_path: Path):
    values = write_cog(tmp_path / "two.tif", Recipe(bands=2))
    write_cog(tmp_path / "one.tif", Recipe(dtype="int32"))
    href = str(tmp_path / "two.tif")
    layer = open_layer(
        StackSpec(
            (
                StackBand(href, "1", 2, StatedBand(7, "second")),
                StackBand(str(tmp_path / "one.tif"), "1", 1, StatedBand(8, "x")),
                StackBand(href, "1", 1, StatedBand(6, "first")),
            )
        )
    )

    array = layer.read(layer.info.grid)

    valid = array.mask[0]
    np.testing.assert_array_equal(array.data[0][valid], values[1][valid])
    np.testing.assert_array_equal(array.data[2][valid], values[0][valid])
    assert [band.name for band in layer.info.bands] == ["second", "x", "first"]


@pytest.mark.parametrize("names", [("B04", "B01"), ("DEM", "B04"), ("B04", "ALT")])
@given(data=st.data())
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_crop_of_the_native_grid_is_the_same_pixels(
    folder: Path, names: tuple[str, ...], data: st.DataObject
):
    """Also between projections, where positions are interpolated."""
    layer = open_stack(folder, *names)
    grid = layer.info.grid
    col = data.draw(st.integers(-20, grid.width - 1))
    row = data.draw(st.integers(-20, grid.height - 1))
    width, height = data.draw(st.tuples(st.integers(1, 300), st.integers(1, 300)))
    whole = layer.read(grid.crop(Window(-20, -20, grid.width + 320, grid.height + 320)))

    part = layer.read(grid.crop(Window(col, row, width, height)))

    rows, cols = slice(row + 20, row + 20 + height), slice(col + 20, col + 20 + width)
    np.testing.assert_array_equal(part.mask, whole.mask[:, rows, cols])
    valid = part.mask
    np.testing.assert_array_equal(part.data[valid], whole.data[:, rows, cols][valid])


def test_an_index_of_real_bands_is_that_of_numpy(test_data: Path):
    hrefs = [
        str(test_data / f"multispectral/sentinel2_b0{n}_sudan.tif") for n in (4, 8)
    ]
    bands = tuple(
        StackBand(href, "1", 1, StatedBand(number, f"B{number}"))
        for number, href in enumerate(hrefs, start=1)
    )
    names = (("red", 0), ("nir", 1))
    layer = open_layer(ComputedSpec("(nir-red)/(nir+red)", StackSpec(bands), names))

    array = layer.read(layer.info.grid)

    with rasterio.open(hrefs[0]) as red_file, rasterio.open(hrefs[1]) as nir_file:
        red, nir = red_file.read(1).astype(float), nir_file.read(1).astype(float)
    valid = (red > 0) & (nir > 0)
    np.testing.assert_array_equal(array.mask[0], valid)
    index = (nir - red)[valid] / (nir + red)[valid]
    np.testing.assert_allclose(array.data[array.mask], index, rtol=1e-5, atol=1e-6)


def test_a_kernel_brings_each_file_to_the_grid_by_itself(folder: Path):
    layer = open_stack(folder, "B04", "B01")
    grid = layer.info.grid.resize(450, 450)

    array = layer.read(grid, Resampling.BILINEAR)

    for number, name in enumerate(("B04", "B01")):
        alone = open_stack(folder, name).read(grid, Resampling.BILINEAR)
        np.testing.assert_array_equal(array.data[number], alone.data[0])
        np.testing.assert_array_equal(array.mask[number], alone.mask[0])
