"""Predictor 2: both implementations, the specification, and GDAL's encoder."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from raster_core.native.differences import (
    undo_differences,
    undo_differences_reference,
)

SHAPES = arrays.array_shapes(min_dims=3, max_dims=3, min_side=0, max_side=40)
TYPES = st.sampled_from([np.uint8, np.uint16, np.uint32, np.uint64])
BLOCKS = TYPES.flatmap(lambda dtype: arrays.arrays(dtype, SHAPES))


@given(BLOCKS)
def test_both_implementations_give_the_same_bits(block):
    native, reference = block.copy(), block.copy()
    undo_differences(native)
    undo_differences_reference(reference)
    assert np.array_equal(native, reference)


@given(BLOCKS)
def test_differences_of_the_result_are_the_block(block):
    found = block.copy()
    undo_differences(found)
    again = np.diff(found, axis=1, prepend=np.zeros_like(found[:, :1]))
    assert np.array_equal(again, block)


def test_sums_by_hand():
    block = np.array([[[250], [10], [1]], [[1], [255], [0]]], np.uint8)
    undo_differences(block)
    assert block[..., 0].tolist() == [[250, 4, 5], [1, 0, 0]]


def test_an_array_with_gaps_is_refused():
    with pytest.raises(ValueError, match="contiguous"):
        undo_differences(np.zeros((4, 4, 1), np.uint8)[:, ::2])
