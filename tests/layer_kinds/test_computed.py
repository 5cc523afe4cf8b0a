from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from raster_core.bands import BandInfo
from raster_core.errors import RequestError
from raster_core.grid import Window
from raster_core.layers.computed import ComputedSpec
from raster_core.layers.file import describe_file
from raster_core.layers.kinds import open_layer
from raster_core.raster import Resampling
from tests.cogs import NODATA, Recipe, write_cog

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.raster import Layer

NAMES = (("b1", 0), ("b2", 1))


def open_expression(path: Path, text: str) -> Layer:
    source = describe_file(str(path), version="test")
    return open_layer(ComputedSpec(text, source, NAMES))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two bands; the second is one more than the first, and has its own nodata."""
    return tmp_path / "a.tif"


@pytest.mark.parametrize(
    ("dtype", "computed"),
    [
        ("uint8", "float32"),
        ("int16", "float32"),
        ("uint16", "float32"),
        ("float32", "float32"),
        ("int32", "float64"),
        ("float64", "float64"),
    ],
)
def test_the_type_holds_every_value_of_the_bands(path: Path, dtype: str, computed: str):
    nodata = 200 if dtype[0] == "u" else NODATA
    values = write_cog(path, Recipe(bands=2, dtype=dtype, nodata=nodata))
    layer = open_expression(path, "(b2 - b1) / (b2 + b1)")

    array = layer.read(layer.info.grid)

    assert layer.info.bands[0].dtype == array.data.dtype.name == computed
    with np.errstate(all="ignore"):
        first, second = values.astype(computed)
        expected = (second - first) / (second + first)
    valid = (values != nodata).all(axis=0) & np.isfinite(expected)
    np.testing.assert_array_equal(array.mask[0], valid)
    np.testing.assert_array_equal(array.data[0][valid], expected[valid])


def test_a_crop_is_the_same_pixels(path: Path):
    write_cog(path, Recipe(bands=2))
    layer = open_expression(path, "b1 * b2; b1 > 3000")
    grid, window = layer.info.grid, Window(31, 47, 90, 70)

    whole, part = layer.read(grid), layer.read(grid.crop(window))

    rows, cols = slice(47, 117), slice(31, 121)
    np.testing.assert_array_equal(part.data, whole.data[:, rows, cols])
    np.testing.assert_array_equal(part.mask, whole.mask[:, rows, cols])


def test_scale_and_offset_count(path: Path):
    values = write_cog(path, Recipe(bands=2, scale=0.5, offset=-3.0))
    layer = open_expression(path, "b1")

    array = layer.read(layer.info.grid)

    assert (layer.info.bands[0].scale, layer.info.bands[0].offset) == (1.0, 0.0)
    valid = array.mask[0]
    np.testing.assert_array_equal(array.data[0][valid], values[0][valid] * 0.5 - 3.0)


def test_a_division_by_zero_is_no_data(path: Path):
    values = write_cog(path, Recipe(bands=2))
    layer = open_expression(path, "1 / (b1 - 100)")

    array = layer.read(layer.info.grid)

    np.testing.assert_array_equal(
        array.mask[0], (values[0] != NODATA) & (values[0] != 100)
    )
    assert not array.data[~array.mask].any()


def test_only_the_bands_of_an_expression_mask_it(path: Path):
    planes = np.arange(2 * 150 * 200, dtype=np.float32).reshape(2, 150, 200)
    planes[1, :50] = NODATA
    write_cog(path, Recipe(bands=2, dtype="float32"), planes)
    layer = open_expression(path, "b1 ; b2; where(b2 < 0, 1, b1)")

    array = layer.read(layer.info.grid)

    assert array.mask[0].all()
    assert not array.mask[1:, :50].any()
    assert array.mask[1:, 50:].all()


def test_conditions_are_small_integers_of_a_known_range(path: Path):
    values = write_cog(path, Recipe(bands=2))
    layer = open_expression(path, "b1 > 7000")

    array = layer.read(layer.info.grid)

    assert layer.info.bands == (
        BandInfo(1, "b1 > 7000", "uint8", minimum=0.0, maximum=1.0),
    )
    valid = array.mask[0]
    np.testing.assert_array_equal(array.data[0][valid], (values[0] > 7000)[valid])


def test_beside_a_number_a_condition_is_a_number(path: Path):
    write_cog(path, Recipe(bands=2))
    layer = open_expression(path, "b1 > 7000; b1")

    array = layer.read(layer.info.grid)

    assert [band.dtype for band in layer.info.bands] == ["float32", "float32"]
    assert set(np.unique(array.data[0])) == {0.0, 1.0}


def test_the_kernel_works_on_the_bands(path: Path):
    write_cog(path, Recipe(bands=2))
    layer = open_expression(path, "b2 - b1")
    grid = layer.info.grid.resize(90, 70)

    array = layer.read(grid, Resampling.BILINEAR)

    # Their difference is 1 everywhere, however they are blended.
    np.testing.assert_allclose(array.data[array.mask], 1.0, atol=0.01)


def test_a_bad_expression_is_refused_when_it_is_opened(path: Path):
    write_cog(path, Recipe(bands=2))

    with pytest.raises(RequestError, match="is not a function"):
        open_expression(path, "exec(b1)")
