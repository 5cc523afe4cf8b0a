"""Tallies add up exactly, whatever the split and the order."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.errors import BudgetError
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.partials import tally as tally_module
from raster_core.zonal.partials.tally import (
    Tally,
    count_rows,
    merge_tallies,
    sum_tallies,
)

if TYPE_CHECKING:
    import random

type Row = tuple[int, int, int, int]

values = st.one_of(st.integers(-3, 3), st.integers(-(2**15), 2**15 - 1))
cells = st.lists(
    st.tuples(
        st.tuples(st.integers(0, 9_999), values, values, values),
        st.integers(1, WHOLE),
    ),
    max_size=40,
)


def tally(some: list[tuple[Row, int]]) -> Tally:
    rows = np.array([row for row, _ in some], np.int64).reshape(-1, 4)
    columns = [rows[:, 0], *rows[:, 1:].T.astype(np.int16)]
    weights = np.array([weight for _, weight in some], np.int64)
    return count_rows(columns, weights, np.full(len(some), 2.0**-13))


def content(part: Tally) -> list[tuple[list[int], int, float]]:
    columns = part.rows.tolist(), part.weights(), part.grounds()
    return list(zip(*columns, strict=True))


@given(cells)
def test_a_tally_is_what_a_dictionary_counts(some: list[tuple[Row, int]]):
    counted: Counter[Row] = Counter()
    for row, weight in some:
        counted[row] += weight

    found = tally(some)
    assert found.rows.tolist() == [list(row) for row in sorted(counted)]
    assert found.weights() == [counted[row] for row in sorted(counted)]
    shares = [weight / WHOLE for weight in found.weights()]
    assert found.grounds() == pytest.approx([share * 2.0**-13 for share in shares])


@given(cells)
def test_bins_and_sorting_give_the_same_tally(some: list[tuple[Row, int]]):
    narrow = [((z % 3, a % 5, b % 5, c % 5), w) for (z, a, b, c), w in some]
    binned = tally(narrow)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally_module, "_BINS_PER_CELL", 0)
        patch.setattr(tally_module, "_MIN_BINS", 0)
        patch.setattr(tally_module, "_MAX_CODE", 0)
        ranked = tally(narrow)

    assert content(ranked) == content(binned)


@given(cells, st.integers(1, 5), st.randoms())
def test_a_tally_split_anywhere_and_merged_in_any_order_is_the_whole(
    some: list[tuple[Row, int]], pieces: int, shuffle: random.Random
):
    parts = [tally(some[n::pieces]) for n in range(pieces)]
    shuffle.shuffle(parts)

    merged, whole = merge_tallies(parts), tally(some)

    assert merged.rows.tolist() == whole.rows.tolist()
    assert merged.weights() == whole.weights()
    assert merged.grounds() == pytest.approx(whole.grounds(), rel=1e-9)


@given(st.lists(cells, min_size=1, max_size=5), st.randoms())
def test_merging_knows_no_order(
    blocks: list[list[tuple[Row, int]]], shuffle: random.Random
):
    parts = [tally(some) for some in blocks]
    straight = content(merge_tallies(parts))
    shuffle.shuffle(parts)

    shuffled = parts[0]
    for part in parts[1:]:
        shuffled = merge_tallies([part, shuffled])

    assert content(shuffled) == straight


@pytest.mark.parametrize("waiting", [0, 3, 100_000])
def test_the_sum_does_not_depend_on_when_it_is_merged(
    waiting: int, monkeypatch: pytest.MonkeyPatch
):
    rng = np.random.default_rng(3)
    some = [((int(n), 1, 2, 3), WHOLE // 3) for n in rng.integers(0, 20, 300)]
    parts = [tally(some[n::7]) for n in range(7)]
    monkeypatch.setattr(tally_module, "_MIN_WAITING", waiting)

    total = sum_tallies(iter(parts), 4, max_rows=20)

    assert content(total) == content(merge_tallies(parts))


def test_no_parts_are_the_empty_tally():
    total = sum_tallies([], 3, max_rows=0)

    assert total.rows.shape == (0, 3)
    assert total.weights() == []


def test_too_many_rows_are_refused():
    some = [((n, 0, 0, 0), WHOLE) for n in range(11)]

    assert len(sum_tallies([tally(some)], 4, max_rows=11).rows) == 11
    with pytest.raises(BudgetError, match="more than 10 combinations"):
        sum_tallies([tally(some)], 4, max_rows=10)


def test_five_hundred_million_whole_cells_do_not_overflow():
    cells, ground = 1_000_000, 1e6  # m²: all together the Earth
    columns = [np.zeros(cells, np.int8)]

    part = count_rows(columns, np.full(cells, WHOLE), np.full(cells, ground))

    total = merge_tallies([part] * 500)
    assert total.weights() == [500 * cells * WHOLE]
    assert total.grounds() == [pytest.approx(500 * cells * ground, rel=1e-15)]


def test_the_ground_of_small_pixels_keeps_its_digits():
    weights, ground = np.full(1000, WHOLE // 3), np.full(1000, 1e-4)

    part = count_rows([np.zeros(1000, np.int8)], weights, ground)

    assert part.grounds() == [pytest.approx(0.1 / 3, rel=1e-12)]
