"""Partials merge exactly, and their figures are those of the whole sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.bands import BandInfo, RasterClass
from raster_core.zonal.coverage.cells import Cells
from raster_core.zonal.coverage.weights import WHOLE, sum_weights
from raster_core.zonal.partials.partial import (
    Histogram,
    Moments,
    Totals,
    merge_histograms,
    summarise_cells,
)
from raster_core.zonal.results.options import StatisticOptions
from tests.zonal.partial_statistics import statistics_of

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.zonal.partials.partial import Partial

BAND = BandInfo(1, "b1", "int16")
BRIEF = ("count", "min", "max", "mean", "sum", "std", "variance")

cells = st.lists(
    st.tuples(
        st.integers(-300, 300),
        st.integers(1, WHOLE) | st.just(WHOLE),
        st.booleans(),
    ),
    max_size=40,
)


def cells_of(
    values: NDArray[np.generic],
    weights: NDArray[np.int64],
    valid: NDArray[np.bool_],
    *,
    brief: bool = False,
) -> Partial:
    """The partial of cells that stand side by side, each with its weight."""
    whole = (weights == WHOLE).nonzero()[0].tolist()
    partial = (weights != WHOLE).nonzero()[0]
    cells = Cells([(cell, cell + 1) for cell in whole], partial, weights[partial])
    shown = None if valid.all() else valid
    return summarise_cells(values, shown, cells, brief=brief)


def columns(some: Sequence[tuple[float, int, bool]]) -> list[list[float]]:
    return [list(c) for c in zip(*some, strict=True)] if some else [[], [], []]


def histogram(some: list[tuple[int, int, bool]]) -> Histogram:
    values, weights, valid = columns(some)
    found = cells_of(
        np.array(values, np.int16), np.array(weights, np.int64), np.array(valid, bool)
    )
    assert isinstance(found, Histogram)
    return found


def totals(some: list[tuple[int, int, bool]]) -> Totals:
    values, weights, valid = columns(some)
    found = cells_of(
        np.array(values, np.int16),
        np.array(weights, np.int64),
        np.array(valid, bool),
        brief=True,
    )
    assert isinstance(found, Totals)
    return found


def moments(some: list[tuple[float, int, bool]]) -> Moments:
    values, weights, valid = columns(some)
    found = cells_of(
        np.array(values, np.float32), np.array(weights, np.int64), np.array(valid, bool)
    )
    assert isinstance(found, Moments)
    return found


def content(partial: Histogram) -> tuple[object, ...]:
    return (*partial.values.tolist(), *partial.weights(), partial.masked)


@given(cells, st.integers(1, 5), st.randoms())
def test_a_histogram_split_anywhere_and_merged_in_any_order_is_the_whole(
    some: list[tuple[int, int, bool]], pieces: int, shuffle: random.Random
):
    parts = [histogram(some[n::pieces]) for n in range(pieces)]
    shuffle.shuffle(parts)

    merged = parts[0]
    for part in parts[1:]:
        merged = merged + part

    assert content(merged) == content(histogram(some))


@given(cells)
def test_the_empty_histogram_changes_nothing(some: list[tuple[int, int, bool]]):
    assert content(histogram(some) + merge_histograms([])) == content(histogram(some))


@given(st.lists(cells, min_size=1, max_size=6), st.randoms())
def test_moments_give_the_same_bits_in_any_order(
    blocks: list[list[tuple[int, int, bool]]], shuffle: random.Random
):
    parts = [moments([(v / 7, w, ok) for v, w, ok in block]) for block in blocks]
    band = BandInfo(1, "b1", "float32")
    ordered = statistics_of(sum(parts, Moments((), 0)), band, StatisticOptions())

    shuffle.shuffle(parts)

    assert (
        statistics_of(sum(parts, Moments((), 0)), band, StatisticOptions()) == ordered
    )


@given(cells.filter(lambda some: any(ok for _, _, ok in some)))
def test_both_kinds_of_partial_agree(some: list[tuple[int, int, bool]]):
    exact = statistics_of(histogram(some), BAND, StatisticOptions())
    floats = statistics_of(
        moments([(float(v), w, k) for v, w, k in some]), BAND, StatisticOptions()
    )

    for name in ("count", "min", "max", "masked_pixels", "valid_percent"):
        assert getattr(floats, name) == getattr(exact, name)
    for name in ("mean", "sum"):
        assert getattr(floats, name) == pytest.approx(getattr(exact, name), abs=1e-9)
    assert floats.std == pytest.approx(exact.std, abs=1e-6)


@given(st.lists(cells, min_size=1, max_size=6), st.randoms())
def test_sums_give_the_figures_of_the_histogram_to_the_bit(
    blocks: list[list[tuple[int, int, bool]]], shuffle: random.Random
):
    brief = StatisticOptions(wanted=frozenset(BRIEF))
    exact = statistics_of(merge_histograms([histogram(b) for b in blocks]), BAND, brief)

    parts = [totals(block) for block in blocks]
    shuffle.shuffle(parts)
    found = statistics_of(sum(parts, Totals(None, 0)), BAND, brief)

    for name in (*BRIEF, "valid_pixels", "masked_pixels", "valid_percent", "reason"):
        assert getattr(found, name) == getattr(exact, name)


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(1, 6)), min_size=1))
def test_whole_weights_equal_a_repeated_sample(pairs: list[tuple[int, int]]):
    sample = np.repeat([v for v, _ in pairs], [n for _, n in pairs])

    found = statistics_of(
        histogram([(v, n * WHOLE, True) for v, n in pairs]),
        BAND,
        StatisticOptions(bins=4),
    )

    counts = {v: int((sample == v).sum()) for v in set(sample.tolist())}
    assert found.count == sample.size
    assert found.mean == pytest.approx(sample.mean(), abs=1e-12)
    assert found.std == pytest.approx(sample.std(), abs=1e-9)
    assert found.median == np.quantile(sample, 0.5, method="inverted_cdf")
    assert found.majority == min(counts, key=lambda v: (-counts[v], v))
    assert found.minority == min(counts, key=lambda v: (counts[v], v))
    assert found.unique == len(counts)
    assert found.histogram is not None
    assert sum(found.histogram[0]) == pytest.approx(sample.size)


def test_nine_cells_under_a_square_give_the_figures_computed_by_hand():
    quarter, half = WHOLE // 4, WHOLE // 2
    weights = [quarter, half, quarter, half, WHOLE, half, quarter, half, quarter]

    found = statistics_of(
        histogram([(n + 1, w, True) for n, w in enumerate(weights)]),
        BAND,
        StatisticOptions(),
    )

    assert (found.count, found.mean, found.sum) == (4, 5, 20)
    assert found.std == pytest.approx(5**0.5)


def test_the_median_of_three_zeros_and_a_ten_is_zero():
    found = statistics_of(
        histogram([(v, WHOLE, True) for v in (0, 0, 0, 10)]), BAND, StatisticOptions()
    )

    assert found.median == 0


@pytest.mark.parametrize("summarise", [histogram, totals, moments])
def test_scale_and_offset_reach_every_figure(summarise):
    some = [(10, WHOLE, True), (20, WHOLE // 2, True)]
    band = BandInfo(1, "b1", "int16", scale=-0.5, offset=100)

    found = statistics_of(summarise(some), band, StatisticOptions(bins=2))

    assert (found.min, found.max) == (90, 95)
    assert found.sum == 95 + 90 / 2
    assert found.mean == pytest.approx(140 / 1.5)
    assert found.std == pytest.approx(5 * (2 / 9) ** 0.5)


@pytest.mark.parametrize("summarise", [histogram, totals, moments])
def test_a_zone_without_pixels_and_one_without_data_say_why(summarise):
    nothing = statistics_of(summarise([]), BAND, StatisticOptions())
    masked = statistics_of(
        summarise([(1, WHOLE // 2, False)]), BAND, StatisticOptions()
    )

    assert (nothing.reason, nothing.valid_percent) == ("outside_raster", None)
    assert (masked.reason, masked.valid_percent) == ("no_valid_pixels", 0.0)
    assert masked.masked_pixels == 0.5
    assert nothing.mean is masked.min is None


def test_categories_carry_names_and_fractions():
    band = BandInfo(1, "b1", "uint8", classes=(RasterClass(1, "Water", None),))

    found = statistics_of(
        histogram([(1, WHOLE, True), (7, 3 * WHOLE, True)]), band, StatisticOptions()
    )

    assert found.categories is not None
    assert [(c.value, c.name, c.count, c.fraction) for c in found.categories] == [
        (1, "Water", 1, 0.25),
        (7, "7", 3, 0.75),
    ]


def test_a_million_whole_cells_do_not_overflow():
    weights = np.full(1_000_000, WHOLE)

    assert sum_weights(weights) == 1_000_000 * WHOLE
    cells = Cells([(0, 1_000_000)], np.zeros(0, np.intp), weights[:0])
    whole = summarise_cells(np.zeros(1_000_000, np.uint8), None, cells)
    assert isinstance(whole, Histogram)
    assert (whole + whole).weights() == [2_000_000 * WHOLE]


def test_a_large_mean_leaves_the_deviation_its_digits():
    rng = np.random.default_rng(1)
    values = 1e6 + rng.normal(size=10_000)

    found = statistics_of(
        cells_of(values, np.full(10_000, WHOLE), np.ones(10_000, bool)),
        BandInfo(1, "b1", "float64"),
        StatisticOptions(),
    )

    assert found.std == pytest.approx(values.std(), rel=1e-12)
