"""Approximate statistics: an overview inside, every pixel along the outline.

Blocks that lie wholly inside each zone that touches them are taken from an overview,
one of whose pixels stands for a square of native ones; all other blocks are read in
full, so the outline stays exact. How far the figures are off depends on how the
overview was made, which a file does not say: there is no bound, and the answer says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import BudgetError, RequestError
from raster_core.grid import Window
from raster_core.zonal.blockplan import BlockPlan, keep_blocks
from raster_core.zonal.cells import Cells
from raster_core.zonal.coverage import WHOLE
from raster_core.zonal.reduce import BlockSummary, summarise
from raster_core.zonal.stats import (
    HALF_BITS,
    Histogram,
    Moments,
    Partial,
    summarise_cells,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raster_core.grid import Grid, Layer, RasterArray

# Blocks whose overview is held against their own pixels before it is believed.
_CHECKED_BLOCKS = 3


@dataclass(frozen=True, slots=True, eq=False)
class ApproximatePlan:
    """Which blocks are read in full and which from an overview."""

    exact: BlockPlan
    inner: BlockPlan
    """Blocks that lie wholly inside their zones."""
    level: int
    """Of the overviews, from 1; 0 where no block is inner."""
    factor: int
    """Native pixels a side for which one of the overview stands."""

    @property
    def pixels(self) -> int:
        """To be read."""
        return self.exact.pixels + self.inner.pixels // self.factor**2

    @property
    def approximated(self) -> float:
        """Share of the touched pixels that come from the overview."""
        return self.inner.pixels / max(1, self.exact.pixels + self.inner.pixels)


def plan_approximate(
    layer: Layer, plan: BlockPlan, *, max_pixels: int
) -> ApproximatePlan:
    """The finest overview with which the plan is within budget.

    Raises:
        BudgetError: None is.
    """
    inner = _inner_blocks(plan)
    exact = keep_blocks(plan, np.setdiff1d(plan.blocks, inner).tolist())
    inside = keep_blocks(plan, inner.tolist())
    whole = ApproximatePlan(plan, keep_blocks(plan, []), 0, 1)
    if plan.pixels <= max_pixels:
        return whole
    best = whole
    for level, grid in enumerate(layer.info.overviews, start=1):
        factor = _whole_factor(layer.info.grid, grid, plan.block_shape)
        if factor is None:
            continue
        best = ApproximatePlan(exact, inside, level, factor)
        if best.pixels <= max_pixels:
            return best
    raise BudgetError(
        f"The zones touch {plan.pixels} pixels, {best.pixels} with the coarsest "
        f"overview inside, which exceeds {max_pixels}"
    )


def summarise_approximate(
    layer: Layer, plan: ApproximatePlan
) -> Iterator[BlockSummary]:
    """One summary per zone, block and band, some of them from the overview.

    Raises:
        RequestError: The overview shows other values than the pixels below it.
    """
    if plan.level:
        _check_overview(layer, plan)
        yield from _summarise_inner(layer, plan)
    yield from summarise(layer, plan.exact)


def _inner_blocks(plan: BlockPlan) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Numbers of the whole blocks that every zone in them covers whole."""
    lengths = (plan.runs.stop - plan.runs.start) * (plan.runs.weight == WHOLE)
    found = []
    for number, block in enumerate(plan.blocks.tolist()):
        part = slice(plan.first[number], plan.first[number + 1])
        window = plan.window(block)
        zones = len(np.unique(plan.runs.zone[part]))
        if window.pixels == np.prod(plan.block_shape) and (
            lengths[part].sum() == zones * window.pixels
        ):
            found.append(block)
    return np.array(found, np.int64)


def _whole_factor(
    native: Grid, overview: Grid, block_shape: tuple[int, int]
) -> int | None:
    """The overview's decimation, if it divides blocks and halves both axes alike."""
    factor = round(native.width / overview.width)
    sizes = (-(-native.width // factor), -(-native.height // factor))
    if (overview.width, overview.height) != sizes or any(
        side % factor for side in block_shape
    ):
        return None
    return factor


def _summarise_inner(layer: Layer, plan: ApproximatePlan) -> Iterator[BlockSummary]:
    for number, block in enumerate(plan.inner.blocks.tolist()):
        window = _shrink(plan.inner.window(block), plan.factor)
        array = layer.read(layer.info.overviews[plan.level - 1].crop(window))
        cells = Cells([(0, window.pixels)], np.zeros(0, np.intp), np.zeros(0, np.int64))
        first, last = plan.inner.first[number], plan.inner.first[number + 1]
        zones = np.unique(plan.inner.runs.zone[first:last]).tolist()
        for band in range(len(layer.info.bands)):
            partial = summarise_cells(
                array.data[band].ravel(), array.mask[band].ravel(), cells
            )
            scaled = _multiply(partial, plan.factor**2)
            yield from (BlockSummary(zone, band, scaled) for zone in zones)


def _shrink(window: Window, factor: int) -> Window:
    """The same area in an overview's pixels; the window is made of whole ones."""
    return Window(
        window.col // factor,
        window.row // factor,
        window.width // factor,
        window.height // factor,
    )


def _multiply(partial: Partial, times: int) -> Partial:
    """The partial of ``times`` as many cells of the same values."""
    masked = partial.masked * times
    if isinstance(partial, Histogram):
        low = partial.low * times
        high = partial.high * times + (low >> HALF_BITS)
        return Histogram(partial.values, high, low & (2**HALF_BITS - 1), masked)
    blocks = tuple(
        replace(
            block,
            weight=block.weight * times,
            total=block.total * times,
            squares=block.squares * times,
        )
        for block in partial.blocks
    )
    return Moments(blocks, masked)


def _check_overview(layer: Layer, plan: ApproximatePlan) -> None:
    """Hold some blocks of the overview against their own pixels."""
    step = max(1, len(plan.inner.blocks) // _CHECKED_BLOCKS)
    for block in plan.inner.blocks[::step].tolist():
        window = plan.inner.window(block)
        native = layer.read(layer.info.grid.crop(window))
        overview = layer.read(
            layer.info.overviews[plan.level - 1].crop(_shrink(window, plan.factor))
        )
        if not native.mask.any() or not overview.mask.any():
            continue
        low, high = _range(native)
        own_low, own_high = _range(overview)
        if own_low < low or own_high > high:
            raise RequestError(
                f"Overview {plan.level} shows values from {own_low:g} to {own_high:g} "
                f"where the pixels have {low:g} to {high:g}; it is stale, so "
                "approximate=true is refused"
            )


def _range(array: RasterArray) -> tuple[float, float]:
    values = array.data[array.mask].astype(np.float64)
    return float(values.min()), float(values.max())
