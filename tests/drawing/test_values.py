"""Images that hold values are weighed before anything is read."""

from __future__ import annotations

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from raster_core.bands import BandInfo
from raster_core.drawing.values import MAX_STORED, check_geotiff, check_npy
from raster_core.errors import BudgetError
from raster_core.grid import Grid
from raster_core.tile.images.encode import encode_npy, npy_size

DTYPES = st.sampled_from(["int8", "uint8", "int16", "float32", "int64", "float64"])
LIMIT = 4_000_000


def create_grid(side: int) -> Grid:
    return Grid("EPSG:32633", Affine(10, 0, 5e5, 0, -10, 5e6), side, side)


def create_bands(count: int, dtype: str = "float32") -> list[BandInfo]:
    return [BandInfo(number + 1, f"b{number + 1}", dtype) for number in range(count)]


@given(st.integers(1, 5), st.integers(1, 40), st.integers(1, 40), DTYPES)
def test_the_size_of_an_npy_is_known_beforehand(
    bands: int, height: int, width: int, dtype: str
):
    data = np.zeros((bands, height, width), dtype)

    written = len(encode_npy(data, data == 0))

    assert 0 <= written - npy_size(bands, (height, width), data.dtype) <= 256


def test_the_bounds_are_where_they_are_said_to_be():
    side = int((LIMIT / 8) ** 0.5)  # a band and its mask, 4 bytes each
    check_npy(create_bands(1), create_grid(side), LIMIT)
    with pytest.raises(BudgetError, match=str(LIMIT)):
        check_npy(create_bands(1), create_grid(side + 1), LIMIT)

    check_geotiff(create_bands(4), create_grid(4096))
    with pytest.raises(BudgetError, match=str(MAX_STORED)):
        check_geotiff(create_bands(5), create_grid(4096))
