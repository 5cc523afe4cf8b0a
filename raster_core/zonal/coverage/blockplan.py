"""Which blocks of a raster the zones touch: each is read once, for all of them.

The plan is known before a byte is read, and so is what it costs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from raster_core.grid import Grid, Window
from raster_core.zonal.coverage.cover import Coverage
from raster_core.zonal.coverage.pieces import cut_runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from raster_core.zonal.coverage.weights import Integers

# Pixels of one read. Neighbouring blocks up to here are fetched in one request; a
# single block may be larger.
CHUNK_PIXELS = 2_000_000

# Values of one read, of all bands that it decodes: likewise.
CHUNK_VALUES = 4 * CHUNK_PIXELS

# Blocks are made at least this large, by stacking: a striped file has blocks of one
# row, and the part of a zone in one row is not worth a partial.
MIN_BLOCK_PIXELS = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One touched block."""

    window: Window
    """On the grid, clipped to it."""
    runs: Coverage
    """The runs of all zones inside it."""


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Blocks side by side that are read together."""

    window: Window
    """On the grid, clipped to it."""
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, eq=False)
class BlockPlan:
    """The touched blocks in file order, and the runs that lie in each."""

    grid: Grid
    block_shape: tuple[int, int]
    coverage: Coverage
    """Runs as zones have them, whatever the blocks."""
    run: NDArray[np.integer]
    """Which of them lie in a block, or a part of them; sorted by block, and there by
    zone, row and column."""
    blocks: Integers
    """Block numbers, row-major, ascending."""
    first: Integers
    """Where each block's runs begin in ``run``; one more entry for the end."""

    @property
    def columns(self) -> int:
        """How many blocks lie side by side on the grid."""
        return block_columns(self.grid, self.block_shape)

    @property
    def runs(self) -> Coverage:
        """All runs, cut at block borders, in the order of ``run``."""
        width, every, run = self.block_shape[1], self.coverage, self.run
        left = self.blocks % self.columns * width
        left = np.repeat(left.astype(every.start.dtype), np.diff(self.first))
        return Coverage(
            zone=every.zone[run],
            row=every.row[run],
            start=np.maximum(every.start[run], left),
            stop=np.minimum(every.stop[run], left + width),
            weight=every.weight[run],
        )

    @property
    def zones(self) -> NDArray[np.integer]:
        """The zone of each run, (n,), in the order of ``run``."""
        zones: NDArray[np.integer] = self.coverage.zone[self.run]
        return zones

    def block_runs(self, position: int) -> Coverage:
        """The runs inside a block, cut at its borders.

        Args:
            position: Index of the block in ``blocks``.
        """
        width = self.block_shape[1]
        block_col = int(self.blocks[position]) % self.columns
        part = slice(self.first[position], self.first[position + 1])
        run, every = self.run[part], self.coverage
        return Coverage(
            zone=every.zone[run],
            row=every.row[run],
            start=np.maximum(every.start[run], block_col * width),
            stop=np.minimum(every.stop[run], (block_col + 1) * width),
            weight=every.weight[run],
        )

    @property
    def pixels(self) -> int:
        """Pixels of all touched blocks, those at the edge counted whole."""
        return len(self.blocks) * self.block_shape[0] * self.block_shape[1]

    @property
    def cells(self) -> int:
        """Cells of all zones; one that several zones have counts for each."""
        return int(np.sum(self.coverage.stop - self.coverage.start, dtype=np.int64))

    @property
    def parts(self) -> int:
        """Pairs of a zone and a block in which it has cells."""
        return int(np.count_nonzero(self._begins()))

    def count_blocks(self, zones: int) -> NDArray[np.intp]:
        """How many blocks each zone touches, (zones,)."""
        return np.bincount(self.zones[self._begins()], minlength=zones)

    def _begins(self) -> NDArray[np.bool_]:
        """Which entries of ``run``, (n,), are the first of a zone in a block."""
        zone = self.zones
        new: NDArray[np.bool_] = np.diff(zone, prepend=-1) != 0
        new[self.first[:-1]] = True
        return new

    def count_cells(self, zones: int) -> Integers:
        """Cells of each zone, whole or in part, (zones,)."""
        length = self.coverage.stop - self.coverage.start
        return np.bincount(self.coverage.zone, length, zones).astype(np.int64)

    def window(self, block: int) -> Window:
        """Where a block lies on the grid, cut off at its edge."""
        height, width = self.block_shape
        row, col = divmod(block, self.columns)
        whole = Window(col * width, row * height, width, height)
        return whole.intersection(self.grid.window)

    def chunks(self, planes: int = 1) -> Iterator[Chunk]:
        """The blocks, neighbours in a row together, of at most ``CHUNK_PIXELS``.

        Args:
            planes: Bands that are decoded, so that no more than ``CHUNK_VALUES`` are.
        """
        most = min(CHUNK_PIXELS, CHUNK_VALUES // planes)
        limit = max(1, most // (self.block_shape[0] * self.block_shape[1]))
        start = 0
        for stop in range(1, len(self.blocks) + 1):
            ends = stop == len(self.blocks)
            if (
                ends
                or stop - start >= limit
                or self.blocks[stop] != self.blocks[stop - 1] + 1
                or self.blocks[stop] % self.columns == 0
            ):
                yield self._chunk(start, stop)
                start = stop

    def _chunk(self, start: int, stop: int) -> Chunk:
        height, width = self.block_shape
        row, col = divmod(int(self.blocks[start]), self.columns)
        whole = Window(col * width, row * height, (stop - start) * width, height)
        blocks = tuple(
            Block(self.window(number), self.block_runs(position))
            for position, number in enumerate(self.blocks[start:stop].tolist(), start)
        )
        return Chunk(whole.intersection(self.grid.window), blocks)


def plan_blocks(
    coverage: Coverage, grid: Grid, block_shape: tuple[int, int]
) -> BlockPlan:
    """The blocks that runs lie in.

    Args:
        coverage: Runs on ``grid``.
        grid: The raster's native grid.
        block_shape: (height, width) of the file's own blocks.

    Raises:
        BudgetError: If the plan itself would not fit into memory.
    """
    shape = stack_blocks(block_shape, grid)
    found = cut_runs(coverage, shape, block_columns(grid, shape))
    return BlockPlan(grid, shape, coverage, *found)


def keep_blocks(plan: BlockPlan, blocks: Sequence[int]) -> BlockPlan:
    """The same plan for some of its blocks; numbers it does not have are left out."""
    kept = np.flatnonzero(np.isin(plan.blocks, np.array(blocks, np.int64)))
    lengths = np.diff(plan.first)[kept]
    ends = np.cumsum(lengths)
    chosen = np.arange(lengths.sum()) + np.repeat(
        plan.first[kept] - (ends - lengths), lengths
    )
    return _pick_runs(plan, chosen, kept, np.append(0, ends))


def keep_zones(plan: BlockPlan, kept: NDArray[np.bool_]) -> BlockPlan:
    """The same plan for the zones in ``kept``, (zones,), and for their blocks."""
    chosen = np.flatnonzero(kept[plan.zones])
    block = np.repeat(np.arange(len(plan.blocks)), np.diff(plan.first))[chosen]
    first = np.flatnonzero(np.diff(block, prepend=-1))
    return _pick_runs(plan, chosen, block[first], np.append(first, len(chosen)))


def _pick_runs(
    plan: BlockPlan, chosen: NDArray[np.intp], blocks: NDArray[np.intp], first: Integers
) -> BlockPlan:
    """The plan of some runs, whose coverage is no more than these.

    Args:
        plan: The plan of all runs.
        chosen: (n,): positions in ``run``, ascending.
        blocks: (m,): positions of their blocks in ``blocks``, ascending.
        first: (m + 1,): as in the plan returned.
    """
    part = replace(plan, run=plan.run[chosen], blocks=plan.blocks[blocks], first=first)
    return replace(part, coverage=part.runs, run=np.arange(len(chosen), dtype=np.int32))


def block_columns(grid: Grid, block_shape: tuple[int, int]) -> int:
    """How many blocks of a shape (height, width) lie side by side on a grid."""
    return -(-grid.width // block_shape[1])


def stack_blocks(block_shape: tuple[int, int], grid: Grid) -> tuple[int, int]:
    """The block shape, made higher until it is worth a partial.

    Depends on the file alone, so that every worker cuts alike.
    """
    height, width = block_shape
    stack = -(-MIN_BLOCK_PIXELS // (height * min(width, grid.width)))
    return height * max(1, stack), width


def expand_runs(
    runs: Coverage, window: Window
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Every cell of the runs, one after the other.

    Args:
        runs: Runs inside ``window``.
        window: The window in which cells are numbered.

    Returns:
        The index of the run each cell belongs to, and its row-major number within the
        window; both (cells,), (0,) without runs.
    """
    length = runs.stop - runs.start
    run = np.repeat(np.arange(len(length)), length)
    first = (runs.row - window.row) * window.width + (runs.start - window.col)
    offset = first - (np.cumsum(length) - length)
    return run, np.arange(len(run)) + offset[run]
