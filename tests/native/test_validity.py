"""Which values are data: both implementations, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from raster_core.native.library import without_library
from raster_core.native.validity import mark_valid
from raster_core.sources.file.nodata import nodata_range

TYPES = ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8")
SPECIAL = (0.0, -0.0, 1.0, -9999.0, 3e38, -3.4028234663852886e38, 1e300, 1.5)


@st.composite
def bands(draw: st.DrawFn) -> tuple[np.ndarray, float | None]:
    dtype = np.dtype(draw(st.sampled_from(TYPES)))
    shape = draw(arrays.array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=70))
    values = draw(arrays.arrays(dtype, shape))
    nodata = draw(st.sampled_from([None, *SPECIAL, -128, 255, 2**63, 2**64 - 1]))
    if nodata is not None and values.size and draw(st.booleans()):
        with np.errstate(all="ignore"):
            values.flat[draw(st.integers(0, values.size - 1))] = (
                nodata if dtype.kind == "f" else int(nodata) % 128
            )
    return values, nodata


@given(bands())
def test_both_implementations_give_the_same_bits(band):
    values, nodata = band
    extent = nodata_range(nodata, values.dtype)
    native, reference = (np.empty(values.shape, bool) for _ in range(2))

    complete = mark_valid(values, extent, native)
    with without_library():
        same = mark_valid(values, extent, reference)

    assert native.tobytes() == reference.tobytes()
    assert complete is same is bool(reference.all())


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_neither_nan_nor_infinity_nor_nodata_is_data(dtype):
    values = np.array([[1, np.nan, np.inf, -np.inf, -9999, 0]], dtype)
    valid = np.empty(values.shape, bool)

    assert not mark_valid(values, nodata_range(-9999, values.dtype), valid)
    assert valid.tolist() == [[True, False, False, False, False, True]]


def test_a_mask_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="mask"):
        mark_valid(np.zeros((2, 3)), None, np.zeros((3, 2), bool))
