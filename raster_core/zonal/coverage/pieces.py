"""Runs of cells cut into pieces, none of which reaches over the border of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import BudgetError
from raster_core.native.cutting import CutRuns, measure_cut
from raster_core.zonal.coverage.sorting import sort_numbers

if TYPE_CHECKING:
    from raster_core.zonal.coverage.cover import Coverage

# Runs of pixels, cut at block borders, that a plan may hold: 400 MB. One zone over a
# raster of 500 million pixels in blocks of 512 has a million.
MAX_RUNS = 10_000_000


def cut_runs(coverage: Coverage, block_shape: tuple[int, int], columns: int) -> CutRuns:
    """The pieces of runs, block by block.

    Args:
        coverage: The runs.
        block_shape: (height, width) of blocks.
        columns: How many blocks lie side by side.

    Raises:
        BudgetError: If there are more than ``MAX_RUNS``.
    """
    arrays = coverage.row, coverage.start, coverage.stop
    cut = measure_cut(*arrays, block_shape=block_shape, columns=columns)
    if cut is None:
        return cut_reference(coverage, block_shape, columns)
    _check_runs(cut.pieces)
    return cut.run()


def cut_reference(
    coverage: Coverage, block_shape: tuple[int, int], columns: int
) -> CutRuns:
    """``cut_runs`` with numpy.

    Raises:
        BudgetError: As ``cut_runs``.
    """
    height, width = block_shape
    first_col = coverage.start // width
    count = (coverage.stop - 1) // width - first_col + 1
    _check_runs(int(count.sum()))
    run = np.repeat(np.arange(len(count), dtype=np.int32), count)
    # 32 bits where they are enough: what is made of a million runs is half as large.
    last = columns * (int(coverage.row.max(initial=0)) // height + 1)
    number = np.dtype(np.int32 if last < 2**31 else np.int64)
    # The block of each run's first cell, and how many blocks further right.
    block = (coverage.row // height).astype(number) * columns + first_col
    block += count - np.cumsum(count, dtype=number)
    block = block[run] + np.arange(len(run), dtype=number)

    order = sort_numbers(block)  # keeps zone, row and column in order
    block = block[order]
    first = np.flatnonzero(np.diff(block, prepend=-1))
    return CutRuns(
        run[order], block[first].astype(np.int64), np.append(first, len(block))
    )


def _check_runs(count: int) -> None:
    if count > MAX_RUNS:
        raise BudgetError(
            f"The zones cover blocks in {count} runs of pixels, which exceeds "
            f"{MAX_RUNS}; ask for fewer or smaller zones"
        )
