"""Small integers are counted and summed exactly, whichever way is the fastest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.zonal.coverage.sorting import sort_numbers
from raster_core.zonal.coverage.weights import HALF_BITS, WHOLE, sum_weights
from raster_core.zonal.partials.counting import count_values, sum_values

if TYPE_CHECKING:
    from numpy.typing import NDArray

NONE = np.zeros(0, np.int64)

shares = st.lists(st.integers(1, WHOLE - 1), max_size=20)


def weighted(
    whole: NDArray[np.generic], partial: NDArray[np.generic], weights: list[int]
) -> dict[int, int]:
    """The weight of each value, added up one by one."""
    found: dict[int, int] = {}
    for value in whole.tolist():
        found[value] = found.get(value, 0) + WHOLE
    for value, weight in zip(partial.tolist(), weights, strict=True):
        found[value] = found.get(value, 0) + weight
    return found


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16"])
@given(data=st.data())
def test_counts_and_sums_are_those_of_python_s_whole_numbers(
    dtype: str, data: st.DataObject
):
    limits = np.iinfo(dtype)
    values = st.integers(int(limits.min), int(limits.max))
    whole = np.array(data.draw(st.lists(values, max_size=20)), dtype)
    weights = data.draw(shares)
    partial = data.draw(
        st.lists(values, min_size=len(weights), max_size=len(weights)).map(
            lambda drawn: np.array(drawn, dtype)
        )
    )
    truth = weighted(whole, partial, weights)

    counts = count_values(whole, partial, np.array(weights, np.int64))
    sums = sum_values(whole, partial, np.array(weights, np.int64))

    pairs = zip(counts.high.tolist(), counts.low.tolist(), strict=True)
    units = [(high << HALF_BITS) + low for high, low in pairs]
    assert dict(zip(counts.values.tolist(), units, strict=True)) == truth
    assert counts.values.tolist() == sorted(truth)
    expected = truth and (
        sum(truth.values()),
        sum(weight * value for value, weight in truth.items()),
        sum(weight * value * value for value, weight in truth.items()),
        min(truth),
        max(truth),
    )
    assert sums == (expected or None)


# Around the size at which another way of counting takes over, and the length of runs.
@pytest.mark.parametrize("size", [1, 300, 65_535, 65_536, 65_537, 200_001])
@pytest.mark.parametrize("run", [1, 9, 10, 11, 40_000])
def test_bytes_in_runs_of_any_length_are_counted_right(size: int, run: int):
    rng = np.random.default_rng(size + run)
    values = np.repeat(rng.integers(3, 250, size // run + 1, np.uint8), run)[:size]

    # Not at an even address either.
    for part in (values, values[1:]):
        found = count_values(part, part[:0], NONE)

        met, counts = np.unique(part, return_counts=True)
        assert found.values.tolist() == met.tolist()
        assert (found.high << HALF_BITS).tolist() == (counts * WHOLE).tolist()
        assert not found.low.any()


@pytest.mark.parametrize("extreme", [-(2**15), 2**15 - 1])
def test_sums_of_the_most_extreme_values_do_not_round(extreme: int):
    whole = np.full(300_000, extreme, np.int16)
    whole[0] = 1

    sums = sum_values(whole, whole, np.full(300_000, WHOLE - 1))

    weight = 2 * WHOLE - 1
    assert sums is not None
    assert sums.weight == 300_000 * weight
    assert sums.total == weight * (299_999 * extreme + 1)
    assert sums.squares == weight * (299_999 * extreme**2 + 1)


def test_weights_beyond_64_bits_are_added_exactly():
    assert sum_weights(np.full(1_000_000, WHOLE)) == 1_000_000 * WHOLE


@given(st.lists(st.integers(-(2**40), 2**40) | st.integers(0, 3)))
def test_equal_numbers_stay_in_their_order(numbers: list[int]):
    order = sort_numbers(np.array(numbers, np.int64))

    assert order.tolist() == sorted(range(len(numbers)), key=numbers.__getitem__)
