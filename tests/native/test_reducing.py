"""Blocks reduced by all of their zones at once: both implementations, and an oracle."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.native.library import without_library
from raster_core.native.reducing.cells import (
    ZoneRuns,
    bind_cells,
    make_runs,
    pick_zones,
)
from raster_core.native.reducing.counting import count_zones
from raster_core.native.reducing.moments import measure_zones
from raster_core.native.reducing.summing import split_limbs, sum_zones
from raster_core.zonal.coverage.weights import HALF_BITS, WHOLE
from raster_core.zonal.partials.rows import LIMBS, join_limbs
from tests.native.zone_blocks import (
    ORIGIN,
    SMALL,
    WIDE,
    Block,
    assert_same,
    blocks,
)


def cells_of(block: Block) -> dict[int, list[tuple[Any, int, bool]]]:
    """Value, weight and validity of every cell of each zone, by plain loops."""
    runs, values, valid = block
    found: dict[int, list[tuple[Any, int, bool]]] = {}
    columns = (runs.zone, runs.row, runs.start, runs.stop, runs.weight)
    for zone, row, start, stop, weight in zip(
        *(c.tolist() for c in columns), strict=True
    ):
        for col in range(start, stop):
            place = row - ORIGIN[0], col - ORIGIN[1]
            shown = valid is None or bool(valid[place])
            found.setdefault(zone, []).append((values[place].item(), weight, shown))
    return found


@given(blocks(SMALL))
def test_both_implementations_count_the_same(block):
    found = count_zones(*block)
    with without_library():
        assert_same(found, count_zones(*block))


@given(blocks(SMALL))
def test_both_implementations_sum_the_same(block):
    found = sum_zones(*block)
    with without_library():
        assert_same(found, sum_zones(*block))


@given(blocks(WIDE))
def test_both_implementations_measure_the_same_bits(block):
    with np.errstate(all="ignore"):
        found = measure_zones(*block)
        with without_library():
            assert_same(found, measure_zones(*block))


@given(blocks(SMALL))
def test_counts_are_those_of_plain_loops(block):
    found = count_zones(*block)

    expected: dict[tuple[int, int], int] = {}
    hidden: dict[int, int] = {}
    for zone, cells in cells_of(block).items():
        hidden[zone] = sum(weight for _, weight, shown in cells if not shown)
        for value, weight, shown in cells:
            if shown:
                expected[zone, value] = expected.get((zone, value), 0) + weight
    pairs = list(zip(found.zone.tolist(), found.value.tolist(), strict=True))
    assert pairs == sorted(expected)
    weights = (found.high.astype(object) << HALF_BITS) + found.low
    assert weights.tolist() == [expected[pair] for pair in pairs]
    masked = (found.masked.high.astype(object) << HALF_BITS) + found.masked.low
    assert dict(zip(found.masked.zone.tolist(), masked.tolist(), strict=True)) == hidden


@given(blocks(SMALL))
def test_sums_are_those_of_plain_loops(block):
    found = sum_zones(*block)

    sums = [join_limbs(found.sums[:, part]).tolist() for part in LIMBS.values()]
    for number, cells in enumerate(cells_of(block).values()):
        shown = [(value, weight) for value, weight, valid in cells if valid]
        assert [each[number] for each in sums] == [
            sum(weight for _, weight in shown),
            sum(weight * value for value, weight in shown),
            sum(weight * value**2 for value, weight in shown),
        ]
        ends = [min(v for v, _ in shown), max(v for v, _ in shown)] if shown else [1, 0]
        assert found.ends[number].tolist() == ends


@given(blocks((np.int32, np.int64, np.uint64)))
def test_moments_are_those_of_fractions(block):
    found = measure_zones(*block)

    for number, cells in enumerate(cells_of(block).values()):
        shown = [(Fraction(v), Fraction(w, WHOLE)) for v, w, valid in cells if valid]
        weight = (int(found.high[number]) << HALF_BITS) + int(found.low[number])
        assert weight == WHOLE * sum(w for _, w in shown)
        if not shown:
            continue
        least = min(v for v, _ in shown)
        assert found.minimum[number] == found.origin[number] == least
        assert found.maximum[number] == max(v for v, _ in shown)
        total = sum(w * (v - least) for v, w in shown)
        assert found.total[number] == pytest.approx(float(total), rel=1e-13)
        mean = Fraction(found.total[number].item()) * WHOLE / weight + least
        squares = float(sum(w * (v - mean) ** 2 for v, w in shown))
        assert found.squares[number] == pytest.approx(
            squares, rel=1e-9, abs=squares * 1e-9
        )


@given(blocks((*SMALL, *WIDE)))
def test_zones_do_not_depend_on_the_others(block):
    runs, values, valid = block
    reduce = count_zones if values.itemsize <= 2 else measure_zones
    with np.errstate(all="ignore"):
        whole = reduce(runs, values, valid)
        for zone in np.unique(runs.zone).tolist():
            which = np.arange(int(runs.zone.max()) + 1) == zone
            alone = reduce(pick_zones(runs, which), values, valid)
            at = whole.masked.zone == zone
            rows = whole[1] == zone if values.itemsize <= 2 else at
            assert_same(alone.masked, tuple(each[at] for each in whole.masked))
            assert_same(alone[1:], tuple(each[rows] for each in whole[1:]))


def test_a_zone_of_three_by_three_by_hand():
    values = np.arange(1, 10, dtype=np.int16).reshape(3, 3)
    q, h = WHOLE // 4, WHOLE // 2
    table = [(0, 0, 1, q), (0, 1, 2, h), (0, 2, 3, q), (1, 0, 1, h), (1, 1, 2, WHOLE),
             (1, 2, 3, h), (2, 0, 1, q), (2, 1, 2, h), (2, 2, 3, q)]  # fmt: skip
    columns = np.array(table).T
    zone = np.full(9, 7)
    runs = make_runs((zone, *columns[:3]), columns[3], (0, 0))

    sums = sum_zones(runs, values, None)
    moments = measure_zones(runs, values.astype(np.float32), None)

    weight, total, squares = (
        join_limbs(sums.sums[:, part])[0] for part in LIMBS.values()
    )
    assert (weight, total, squares) == (4 * WHOLE, 20 * WHOLE, 120 * WHOLE)
    assert (moments.total[0], moments.squares[0]) == (20.0, 20.0)


def test_many_values_of_many_zones_take_several_calls():
    rng = np.random.default_rng(5)
    values = rng.integers(0, 2**16, (512, 512)).astype(np.uint16)
    zones = np.repeat(np.arange(3), 512)
    rows = np.tile(np.arange(512), 3)
    columns = zones, rows, np.zeros_like(rows), np.full_like(rows, 512)
    runs = make_runs(columns, np.full(len(rows), WHOLE), (0, 0))

    found = count_zones(runs, values, None)

    met, count = np.unique(values, return_counts=True)
    assert np.array_equal(found.value, np.tile(met, 3))
    assert np.array_equal(found.zone, np.repeat(np.arange(3), len(met)))
    assert np.array_equal(found.high, np.tile(count << HALF_BITS, 3))


def test_a_block_of_half_a_million_cells_weighs_more_than_64_bits():
    values = np.zeros((1024, 1024), np.uint8)
    rows = np.arange(1024)
    columns = 0 * rows, rows, 0 * rows, 0 * rows + 1024
    runs = make_runs(columns, np.full(1024, WHOLE), (0, 0))

    found = count_zones(runs, values, None)

    assert (int(found.high[0]) << HALF_BITS) + int(found.low[0]) == WHOLE << 20


def test_squares_that_no_double_holds_are_scaled():
    values = np.array([[1e200, -1e200, 1e-200, 0.0]])
    runs = make_runs(tuple(np.array([[0], [0], [0], [2]])), np.array([WHOLE]), (0, 0))

    found = measure_zones(runs, values, None)

    assert found.exponent[0] == 665
    assert np.isfinite(found.squares[0])


@pytest.mark.parametrize(
    "run", [(0, 4, 0, 1, 1), (0, -1, 0, 1, 1), (0, 0, 3, 5, 1), (0, 0, -1, 1, 1),
            (0, 0, 2, 2, 1), (0, 0, 0, 1, 0)]
)  # fmt: skip
@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize("reduce", [count_zones, sum_zones, measure_zones])
def test_a_run_outside_of_the_block_is_refused(run, native, reduce):
    dtype = np.float32 if reduce is measure_zones else np.uint8
    columns = np.array([run]).T
    runs = make_runs(tuple(columns[:4]), columns[4], (0, 0))

    def call() -> None:
        with pytest.raises(ValueError, match="outside of its block"):
            reduce(runs, np.zeros((4, 4), dtype), None)

    if native:
        call()
    else:
        with without_library():
            call()


def test_zones_that_do_not_ascend_are_refused():
    runs = make_runs(
        tuple(np.array([[1, 0], [0, 0], [0, 1], [1, 2]])), np.ones(2), (0, 0)
    )
    with pytest.raises(ValueError, match="ascend"):
        sum_zones(runs, np.zeros((1, 2), np.uint8), None)


@given(st.lists(st.integers(-(2**126), 2**126), min_size=1, max_size=5))
def test_limbs_add_up_to_the_sum_of_the_numbers(numbers):
    limbs = np.array([split_limbs(number, 4) for number in numbers], np.int64)

    assert join_limbs(limbs).tolist() == numbers
    assert join_limbs(limbs.sum(axis=0, keepdims=True)).tolist() == [sum(numbers)]


@pytest.mark.parametrize("dtype", [*SMALL, *WIDE])
@pytest.mark.parametrize("masked", [False, True])
def test_large_zones_are_the_same_beside_small_ones(dtype, masked):
    rng = np.random.default_rng(7)
    values = rng.integers(0, 256, (130, 203)).astype(dtype)
    valid = rng.random(values.shape) < 0.9 if masked else None
    table = [(0, 3, 1, 3, WHOLE), (9, 0, 0, 2, 5)]
    table += [
        (zone, row, 3, 200 + zone, WHOLE) for zone in (1, 2) for row in range(9, 130)
    ]
    table += [(1, row, 0, 3, WHOLE // 3) for row in range(9, 130)]
    columns = np.array(sorted(table)).T
    runs = make_runs(tuple(columns[:4]), columns[4], (0, 0))
    ways = (count_zones, sum_zones) if values.itemsize <= 2 else (measure_zones,)

    for reduce in ways:
        found = reduce(runs, values, valid)
        with without_library():
            assert_same(found, reduce(runs, values, valid))


TABLE = np.array([[4, 4], [3, 4], [5, 5], [8, 8]], np.int32)


@pytest.mark.parametrize(
    ("table", "weight"),
    [
        (TABLE, np.full(1, WHOLE)),
        (TABLE, np.full(4, WHOLE)[::2]),
        (TABLE, np.full(2, WHOLE)[::-1]),
        (TABLE, np.full((2, 1), WHOLE)),
        (TABLE, np.full(2, WHOLE, ">i8")),
        (TABLE, np.full(2, 1.0)),
        (TABLE[:, ::-1], np.full(2, WHOLE)),
        (TABLE.astype(np.int64), np.full(2, WHOLE)),
        (TABLE[:3], np.full(2, WHOLE)),
    ],
    ids=["few", "gaps", "backwards", "2-d", "order", "type", "table", "long", "rows"],
)
def test_arrays_that_a_kernel_would_misread_are_refused(table, weight):
    values = np.zeros((6, 8), np.uint8)
    with pytest.raises(ValueError, match="have weights"):
        bind_cells(ZoneRuns(table, weight, ORIGIN), values, None)
