"""Runs cut at blocks: both implementations, a law, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.errors import BudgetError
from raster_core.native.cutting import measure_cut
from raster_core.native.library import library, without_library
from raster_core.zonal.coverage import pieces
from raster_core.zonal.coverage.cover import Coverage
from raster_core.zonal.coverage.pieces import cut_runs

shapes = st.tuples(
    st.sampled_from([1, 3, 16, 512, 2**30]), st.sampled_from([1, 5, 256, 1000])
)


@st.composite
def coverages(draw: st.DrawFn) -> tuple[Coverage, tuple[int, int], int]:
    """Runs, the shape of blocks, and how many lie side by side."""
    height, width = draw(shapes)
    columns = draw(st.integers(1, 7))
    last = columns * width
    runs = draw(
        st.lists(
            st.tuples(
                st.sampled_from([0, 1, 2, 15, 16, 511, 2**30, 2**31 - 2]),
                st.integers(0, last - 1),
                st.integers(1, last),
            ).filter(lambda run: run[1] < run[2]),
            max_size=20,
        )
    )
    if height == 1:  # so that blocks lie near each other
        runs = [(row % 600, start, stop) for row, start, stop in runs]
    row, start, stop = np.array(runs, np.int32).reshape(-1, 3).T.copy()
    zone, weight = np.zeros(len(row), np.int32), np.ones(len(row), np.int64)
    return Coverage(zone, row, start, stop, weight), (height, width), columns


@given(coverages())
def test_both_implementations_give_the_same_pieces(made):
    native = cut_runs(*made)

    with without_library():
        reference = cut_runs(*made)
    for own, other in zip(native, reference, strict=True):
        assert own.dtype == other.dtype
        np.testing.assert_array_equal(own, other, strict=True)


@given(coverages())
def test_every_cell_is_in_one_piece(made):
    runs, (height, width), columns = made

    run, blocks, first = cut_runs(*made)

    block = np.repeat(blocks, np.diff(first))
    left = block % columns * width
    start = np.maximum(runs.start[run], left)
    stop = np.minimum(runs.stop[run], left + width)
    assert (stop > start).all()
    assert (runs.row[run] // height == block // columns).all()
    found = np.bincount(run, stop - start, len(runs.row))
    assert found.tolist() == (runs.stop - runs.start).tolist()


def made_of(row: int, start: int, stop: int) -> list[np.ndarray]:
    return [np.array([number], np.int32) for number in (row, start, stop)]


@pytest.mark.parametrize("run", [(0, 3, 3), (0, -1, 2), (-1, 0, 2), (0, 0, 21)])
def test_runs_that_are_empty_or_off_the_blocks_are_refused(run):
    if library() is None:
        pytest.skip("the kernels are not compiled")
    with pytest.raises(ValueError, match="off the blocks"):
        measure_cut(*made_of(*run), block_shape=(10, 10), columns=2)


def test_blocks_that_lie_far_apart_are_left_to_the_reference():
    row, start, stop = (
        np.concatenate(pair)
        for pair in zip(made_of(0, 0, 1), made_of(2**24, 0, 1), strict=True)
    )

    assert measure_cut(row, start, stop, block_shape=(1, 1), columns=1) is None


def test_more_pieces_than_there_may_be_are_refused(monkeypatch):
    monkeypatch.setattr(pieces, "MAX_RUNS", 3)
    runs = Coverage(np.zeros(1, np.int32), *made_of(0, 0, 4), np.ones(1, np.int64))

    with pytest.raises(BudgetError, match="4 runs of pixels, which exceeds 3"):
        cut_runs(runs, (1, 1), 4)
    with without_library(), pytest.raises(BudgetError, match="4 runs of pixels"):
        cut_runs(runs, (1, 1), 4)
