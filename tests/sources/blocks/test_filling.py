"""Blocks that a file does not store."""

from __future__ import annotations

import numpy as np
import pytest

from raster_core.sources.blocks.filling import filler
from raster_core.sources.blocks.plainness import NotPlainError


@pytest.mark.parametrize(
    ("text", "dtype", "value"),
    [
        (b"", "int16", 0),
        (b"-9999\0", "int16", -9999),
        (b" 255 ", "uint8", 255),
        (b"-3.4028234663852886e+38\0", "float32", np.finfo(np.float32).min),
        (b"0.1", "float32", np.float32(0.1)),
        (b"-inf", "float64", -np.inf),
    ],
)
def test_nodata_fills_a_block(text, dtype, value):
    found = filler(text, np.dtype(dtype))

    assert found.dtype == dtype
    assert found == value


def test_nan_fills_floats():
    assert np.isnan(filler(b"nan\0", np.dtype(np.float32)))


@pytest.mark.parametrize(
    ("text", "dtype"),
    [
        (b"256", "uint8"),
        (b"-1", "uint8"),
        (b"1.5", "int32"),
        (b"nan", "int32"),
        (b"none", "int32"),
        (b"1e39", "float32"),
        (b"9007199254740993", "int64"),
    ],
)
def test_what_the_type_does_not_have_is_left_to_gdal(text, dtype):
    with pytest.raises(NotPlainError, match="Nodata"):
        filler(text, np.dtype(dtype))
