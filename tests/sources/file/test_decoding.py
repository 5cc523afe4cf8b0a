"""What windows take to decode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from raster_core.errors import BudgetError
from raster_core.grid import Window
from raster_core.sources.file.cog import open_cog
from raster_core.sources.file.decoding import MAX_DECODED_VALUES, Blocks, check_decoding
from raster_core.sources.warp.budget import MAX_PIXELS

if TYPE_CHECKING:
    from pathlib import Path

SIZES = st.integers(1, 40)


@given(SIZES, SIZES, st.tuples(SIZES, SIZES, SIZES, SIZES))
def test_a_window_touches_the_blocks_that_its_pixels_are_in(
    height: int, width: int, place: tuple[int, int, int, int]
):
    window = Window(*place)
    rows = np.arange(window.row, window.row_stop) // height
    cols = np.arange(window.col, window.col_stop) // width

    touched = len(np.unique(rows)) * len(np.unique(cols))
    assert Blocks((height, width)).count(window) == touched


def test_an_empty_window_touches_none():
    assert Blocks((256, 256)).count(Window(300, 300, 0, 5)) == 0


@pytest.mark.parametrize("size", [256, 512, 1024, 4096])
@pytest.mark.parametrize("offset", [0, 1, 255])
def test_any_window_of_one_band_that_may_be_read_may_be_decoded(size: int, offset: int):
    side = int(MAX_PIXELS**0.5)

    check_decoding(Blocks((size, size)), Window(offset, offset, side, side), 1)


def test_a_few_columns_of_long_strips_are_refused_by_what_they_decode():
    strips = Blocks((1, 200_000))
    check_decoding(strips, Window(0, 0, 10, MAX_DECODED_VALUES // 200_000), 1)

    with pytest.raises(BudgetError) as caught:
        check_decoding(strips, Window(0, 0, 10, 3200), 1)
    for number in ("10x3200", "3200 blocks of 200000x1", str(MAX_DECODED_VALUES)):
        assert number in str(caught.value)


def test_bands_that_are_stored_together_are_decoded_together():
    window = Window(0, 0, 2048, 2048)
    check_decoding(Blocks((512, 512)), window, 1)

    with pytest.raises(BudgetError, match="in 64 bands"):
        check_decoding(Blocks((512, 512), interleaved=64), window, 1)


@pytest.mark.parametrize("interleave", ["pixel", "band"])
def test_a_file_tells_of_its_blocks_at_every_level(tmp_path: Path, interleave: str):
    path = tmp_path / "file.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=3,
        height=700,
        width=900,
        dtype="uint8",
        crs="EPSG:32633",
        transform=Affine(10, 0, 5e5, 0, -10, 5e6),
        interleave=interleave,
    ) as file:
        file.write(np.ones((3, 700, 900), np.uint8))
    with rasterio.open(path, "r+") as file:
        file.build_overviews([2], rasterio.enums.Resampling.nearest)

    native, overview = open_cog(str(path), "1").header.blocks

    with rasterio.open(path) as file, rasterio.open(path, overview_level=0) as half:
        assert native.shape == file.block_shapes[0]
        assert overview.shape == half.block_shapes[0]
    together = 3 if interleave == "pixel" else 1
    assert native.interleaved == overview.interleaved == together
