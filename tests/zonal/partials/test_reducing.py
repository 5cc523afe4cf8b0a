"""Blocks reduced by all of their zones at once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from raster_core.zonal.partials.rows import join_limbs, split_limbs


@given(st.lists(st.integers(-(2**126), 2**126), min_size=1, max_size=5))
def test_limbs_add_up_to_the_sum_of_the_numbers(numbers):
    limbs = np.array([split_limbs(number, 4) for number in numbers], np.int64)

    assert join_limbs(limbs).tolist() == numbers
    assert join_limbs(limbs.sum(axis=0, keepdims=True)).tolist() == [sum(numbers)]
