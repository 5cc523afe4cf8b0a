"""Approximate statistics: an overview inside, every pixel along the outline.

Blocks that lie wholly inside each zone that touches them are taken from an overview,
one of whose pixels stands for a square of native ones; all other blocks are read in
full, so the outline stays exact. How far the statistics are off depends on how the
overview was made, which a file does not say: there is no bound, and the answer says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from affine import Affine

from raster_core.grid import Grid, Window
from raster_core.raster import LayerInfo, RasterArray, Resampling
from raster_core.zonal.coverage.blockplan import BlockPlan, keep_blocks
from raster_core.zonal.coverage.cover import Coverage
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.reading.cost import Budget, Cost, estimate_cost
from raster_core.zonal.reading.planned import Reading
from raster_core.zonal.reading.quantile_plan import QuantilePlan, plan_quantiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.raster import Layer
    from raster_core.zonal.coverage.weights import Integers
    from raster_core.zonal.partials.fractions import Fractions


@dataclass(frozen=True, slots=True, eq=False)
class OverviewLayer:
    """An overview as a ``Layer`` whose pixels stand for squares of native ones.

    ``info.grid`` is made of these squares, so that they have their own ground. The
    overview's pixels may be a bit wider or narrower, since 1001 of them become 500 or
    501: each square has the value of the one that its middle lies in.
    """

    info: LayerInfo
    layer: Layer
    overview: Grid
    scale: tuple[float, float]
    """Columns and rows of the overview in one of ``info.grid``."""

    def read(
        self, grid: Grid, resampling: Resampling = Resampling.NEAREST
    ) -> RasterArray:
        """Stored values on a crop of ``info.grid``.

        Raises:
            ValueError: If the grid is not such a crop.
            SourceError: If the raster cannot be read.
        """
        window = self.info.grid.window_of(grid)
        if window is None:
            raise ValueError("An overview reads its own pixels only")
        cols = _own_pixels(window.col, window.width, self.scale[0])
        rows = _own_pixels(window.row, window.height, self.scale[1])
        own = Window(
            int(cols[0]),
            int(rows[0]),
            int(cols[-1] - cols[0]) + 1,
            int(rows[-1] - rows[0]) + 1,
        )
        array = self.layer.read(self.overview.crop(own), resampling)
        if self.scale == (1.0, 1.0):
            return RasterArray(array.data, array.mask, grid)
        index = np.s_[:, (rows - rows[0])[:, None], cols - cols[0]]
        return RasterArray(array.data[index], array.mask[index], grid)


def _own_pixels(start: int, size: int, scale: float) -> Integers:
    """The pixel of another size in which each pixel's centre lies, (size,)."""
    middles = np.arange(start, start + size) + 0.5
    return np.floor(middles * scale).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class ApproximatePlan:
    """Which blocks are read in full and which from an overview."""

    exact: Reading
    inner: Reading | None
    """Blocks that lie wholly inside their zones, on an ``OverviewLayer``; None where
    every pixel is read."""
    level: int
    """Number of the overview, from 1; 0 where every pixel is read."""
    factor: int
    """Native pixels along each side of the square that an overview's pixel covers."""
    quantiles: QuantilePlan
    cost: Cost

    @property
    def readings(self) -> tuple[Reading, ...]:
        """All that is to be read, full resolution first."""
        return (self.exact, self.inner) if self.inner else (self.exact,)

    @property
    def approximated(self) -> float:
        """Fraction of the touched pixels that come from the overview."""
        if not self.inner:
            return 0.0
        inner = self.inner.plan.pixels * self.factor**2
        return inner / (inner + self.exact.plan.pixels)


def plan_approximate(
    layer: Layer,
    plan: BlockPlan,
    *,
    zones: int,
    fractions: Fractions,
    budget: Budget,
) -> ApproximatePlan:
    """The finest overview with which the plan is within budget.

    Args:
        layer: What is read.
        plan: All blocks of the zones.
        zones: How many zones there are.
        fractions: Which quantiles are wanted.
        budget: What reading and counting may cost.

    Raises:
        BudgetError: If no overview brings the plan within the budget.
        DeadlineError: If none of them can be read in time.
    """
    weigh = partial(_weigh, zones=zones, fractions=fractions)
    best = weigh((Reading(layer, plan),), level=0, factor=1)
    if best.cost.fits(budget):
        return best
    blocks = _inner_blocks(plan)
    exact = keep_blocks(plan, np.setdiff1d(plan.blocks, blocks).tolist())
    inside = keep_blocks(plan, blocks.tolist())
    for level, overview in enumerate(layer.info.overviews if blocks.size else (), 1):
        factor = _whole_factor(layer.info.grid, overview, plan.block_shape)
        if factor is None:
            continue
        inner = _read_overview(layer, inside, overview, factor)
        readings = Reading(layer, exact), inner
        best = weigh(readings, level=level, factor=factor)
        if best.cost.fits(budget):
            return best
    remedy = "; these are pixels for none of which an overview can stand"
    if best.inner:
        remedy = f"; this is with the coarsest overview inside, of {plan.pixels} pixels"
    best.cost.check(budget, remedy=remedy)
    return best


def _weigh(
    readings: Sequence[Reading],
    *,
    zones: int,
    fractions: Fractions,
    level: int,
    factor: int,
) -> ApproximatePlan:
    """The plan of one or two readings, with what it costs."""
    exact, *inner = readings
    quantiles = plan_quantiles(readings, fractions, zones=zones)
    cost = estimate_cost(readings, quantiles)
    return ApproximatePlan(
        exact, inner[0] if inner else None, level, factor, quantiles, cost
    )


def _inner_blocks(plan: BlockPlan) -> Integers:
    """Numbers (n,), ascending, of whole blocks that all their zones cover whole."""
    runs = plan.runs
    lengths = (runs.stop - runs.start) * (runs.weight == WHOLE)
    found = []
    for number, block in enumerate(plan.blocks.tolist()):
        part = slice(plan.first[number], plan.first[number + 1])
        window = plan.window(block)
        zones = len(np.unique(runs.zone[part]))
        if window.pixels == np.prod(plan.block_shape) and (
            lengths[part].sum() == zones * window.pixels
        ):
            found.append(block)
    return np.array(found, np.int64)


def _whole_factor(
    native: Grid, overview: Grid, block_shape: tuple[int, int]
) -> int | None:
    """The overview's decimation, if it divides blocks and is alike along both axes.

    Sizes that it does not divide may have been rounded either way: GDAL's COGs round
    down, its overviews of other files up.
    """
    sides = (native.width, overview.width), (native.height, overview.height)
    shared = math.gcd(*block_shape)
    factors = [
        factor
        for factor in range(2, shared + 1)
        if shared % factor == 0
        and all(abs(own * factor - size) < factor for size, own in sides)
    ]
    # A raster of few pixels fits several.
    ratio = native.width / overview.width
    return min(factors, key=lambda factor: abs(factor - ratio), default=None)


def _read_overview(
    layer: Layer, inside: BlockPlan, overview: Grid, factor: int
) -> Reading:
    """The reading of whole native blocks from an overview."""
    native = inside.grid
    transform = native.transform @ Affine.scale(factor)
    size = -(-native.width // factor), -(-native.height // factor)
    grid = replace(native, transform=transform, width=size[0], height=size[1])
    scale = (
        overview.width * factor / native.width,
        overview.height * factor / native.height,
    )
    height, width = (side // factor for side in inside.block_shape)
    info = replace(layer.info, grid=grid, block_shape=(height, width), overviews=())
    runs, first = _whole_runs(inside, (height, width))
    every = np.arange(len(runs.zone))
    plan = BlockPlan(grid, (height, width), runs, every, inside.blocks, first)
    return Reading(OverviewLayer(info, layer, overview, scale), plan, factor**2)


def _whole_runs(
    plan: BlockPlan, block_shape: tuple[int, int]
) -> tuple[Coverage, Integers]:
    """Every row of every block, for each zone in it, and where each block begins.

    Args:
        plan: The plan whose blocks and zones are meant.
        block_shape: (height, width) of the blocks, in pixels of the runs' grid.

    Returns:
        The runs, and where each block's begin, (blocks + 1,) with the end.
    """
    height, width = block_shape
    block = np.repeat(np.arange(len(plan.blocks)), np.diff(plan.first))
    new = np.diff(block, prepend=-1) | np.diff(plan.zones, prepend=-1)
    pair = np.flatnonzero(new)  # the first run of each zone in each block
    number = plan.blocks[block[pair]]
    row = np.repeat(number // plan.columns * height, height)
    start = np.repeat(number % plan.columns * width, height)
    runs = Coverage(
        zone=np.repeat(plan.zones[pair], height),
        row=row + np.tile(np.arange(height), len(pair)),
        start=start,
        stop=start + width,
        weight=np.full(len(row), WHOLE),
    )
    first = np.searchsorted(block[pair], np.arange(len(plan.blocks) + 1)) * height
    return runs, first
