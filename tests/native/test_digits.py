"""Digits of wide values by zone: both implementations, and plain loops."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from raster_core.native.library import without_library
from raster_core.native.reducing.digits import DigitBins, count_digits, order_bits
from raster_core.zonal.coverage.weights import HALF_BITS
from tests.native.zone_blocks import ORIGIN, WIDE, Block, assert_same, blocks


@given(
    st.sampled_from(WIDE).flatmap(
        lambda dtype: hnp.arrays(
            dtype,
            20,
            elements={"allow_nan": False} if np.dtype(dtype).kind == "f" else None,
        )
    )
)
def test_bits_are_in_the_order_of_the_values(values: np.ndarray):
    order = np.argsort(values, kind="stable")

    bits = order_bits(values)

    assert (np.sort(bits) == bits[order]).all()
    assert ((bits[:-1] == bits[1:]) == (values[:-1] == values[1:])).all()


@st.composite
def searches(draw: st.DrawFn) -> tuple[Block, DigitBins, int]:
    """A block, and bins of some of its zones and of others, some of which are met."""
    block = draw(blocks(WIDE))
    runs, values, _ = block
    bits = 8 * values.itemsize
    width = draw(st.integers(1, 6))
    shift = draw(st.sampled_from([0, bits - width, bits - 2 * width, 7]))
    met = [int(number) >> width >> shift for number in order_bits(values.ravel())]
    prefix = st.sampled_from(met) | st.integers(0, 3)
    numbers = draw(st.sets(st.sampled_from([*runs.zone.tolist(), 1, 2, 99])))
    prefixes = {
        zone: sorted(draw(st.sets(prefix, min_size=0, max_size=3))) for zone in numbers
    }
    return block, DigitBins.of(prefixes, shift, width), draw(st.integers(1, 1000))


def count(search: tuple[Block, DigitBins, int]) -> DigitBins:
    """The bins with the block's cells twice in them, and nothing else."""
    (runs, values, valid), bins, times = search
    bins = replace(bins, high=bins.high.copy(), low=bins.low.copy())
    count_digits(runs, (values, valid), bins, times)
    count_digits(runs, (values, valid), bins)
    return bins


@given(searches())
def test_both_implementations_count_the_same_digits(search):
    found = count(search)
    with without_library():
        expected = count(search)

    assert_same((found.high, found.low), (expected.high, expected.low))


@given(searches())
def test_digits_are_those_of_plain_loops(search):
    (runs, values, valid), bins, times = search
    found = count(search)

    expected: defaultdict[tuple[int, int, int], int] = defaultdict(int)
    bits = order_bits(values.ravel()).reshape(values.shape)
    columns = (runs.zone, runs.row, runs.start, runs.stop, runs.weight)
    for zone, row, start, stop, weight in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        for col in range(start, stop):
            place = row - ORIGIN[0], col - ORIGIN[1]
            number = int(bits[place]) >> bins.shift
            digit = number % (1 << bins.width)
            if valid is None or valid[place]:
                expected[zone, number >> bins.width, digit] += (times + 1) * weight
    weights = (found.high.astype(object) << HALF_BITS) + found.low
    assert dict(_nonzero(bins, weights)) == {
        key: weight for key, weight in expected.items() if key[:2] in set(_rows(bins))
    }


def _rows(bins: DigitBins) -> list[tuple[int, int]]:
    """Zone and prefix of each row of bins."""
    counts = np.diff(bins.end, prepend=0)
    zones = np.repeat(bins.zone, counts).tolist()
    return list(zip(zones, bins.prefix.tolist(), strict=True))


def _nonzero(bins: DigitBins, weights: Any) -> Any:
    for (zone, prefix), row in zip(_rows(bins), weights.tolist(), strict=True):
        for digit, weight in enumerate(row):
            if weight:
                yield (zone, prefix, digit), weight


@pytest.mark.parametrize(
    "changes",
    [
        {"shift": 30},
        {"shift": -1},
        {"width": 17},
        {"end": np.array([2])},
        {"end": np.array([1, 1])},
        {"prefix": np.zeros(1, np.int64)},
        {"high": np.zeros((1, 8), np.int64)},
    ],
    ids="-".join,
)
def test_bins_that_do_not_fit_are_refused(changes):
    bins = replace(DigitBins.of({4: [0]}, 0, 4), **changes)
    block = np.zeros((2, 2), np.float32), None

    with pytest.raises(ValueError, match="do not fit"):
        count_digits(None, block, bins)
