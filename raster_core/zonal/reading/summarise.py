"""Read the blocks of a plan and summarise each zone's part of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.zonal.partials.area import ground_plane
from raster_core.zonal.partials.merge import split_rows
from raster_core.zonal.partials.reducing import (
    Ground,
    Wanted,
    reduce_planes,
    runs_in,
)
from raster_core.zonal.reading.ahead import map_chunks, read_chunks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.grid import Grid, Window
    from raster_core.layers.stored import Plane
    from raster_core.native.reducing.cells import ZoneRuns
    from raster_core.raster import Layer
    from raster_core.zonal.coverage.blockplan import BlockPlan, Chunk
    from raster_core.zonal.coverage.cover import Coverage
    from raster_core.zonal.partials.merge import BlockSummary
    from raster_core.zonal.partials.reducing import CellPlane
    from raster_core.zonal.partials.rows import BandRows


@dataclass(frozen=True, slots=True, eq=False)
class ReadBlock:
    """One block of a plan with its values."""

    window: Window
    """On the layer's native grid."""
    runs: Coverage
    """Of all zones, inside it."""
    planes: tuple[CellPlane, ...]
    """Values and validity by band, each in its own type."""

    def zone_runs(self) -> ZoneRuns:
        """The runs, as kernels take them."""
        return runs_in(self.runs, self.window)


def summarise(
    layer: Layer,
    plan: BlockPlan,
    *,
    areas: bool = False,
    brief: bool = False,
    kept: NDArray[np.bool_] | None = None,
) -> Iterator[BlockSummary]:
    """One summary per zone, block and band, a few chunks in memory at most.

    Args:
        layer: What to read.
        plan: Its blocks.
        areas: Whether the ground is measured too.
        brief: Whether sums of small integers are enough, without their histogram.
        kept: (zones,): whether a zone's values of wide types are kept; None means no
            zone's.
    """
    reduction = Reduction(plan.grid, layer.info.bands, Wanted(brief, kept), areas)
    for found in reduce_blocks(layer, plan, reduction):
        yield from split_rows(found)


@dataclass(frozen=True, slots=True, eq=False)
class Reduction:
    """What is made of every block of a plan, by any thread."""

    grid: Grid
    """The layer's native grid."""
    bands: Sequence[BandInfo]
    wanted: Wanted
    areas: bool = False
    """Whether the ground is measured too."""

    def reduce(self, block: ReadBlock) -> tuple[BandRows, ...]:
        """The rows of all zones of a block, band by band; a pure function of it."""
        ground = None
        if self.areas:
            classes = tuple(bool(band.classes) for band in self.bands)
            ground = Ground(ground_plane(self.grid, block.window), classes)
        return reduce_planes(
            block.planes, block.runs, block.window, wanted=self.wanted, ground=ground
        )


def read_blocks(layer: Layer, plan: BlockPlan) -> Iterator[ReadBlock]:
    """Every block of the plan, in its order."""
    for chunk, planes in read_chunks(layer, plan.grid, plan.chunks(layer.info.planes)):
        yield from _cut_chunk(chunk, planes)


def reduce_blocks(
    layer: Layer, plan: BlockPlan, reduction: Reduction
) -> Iterator[tuple[BandRows, ...]]:
    """The rows of every block of the plan, in its order, band by band.

    Blocks are reduced by the thread that reads them.
    """

    def work(chunk: Chunk, planes: list[Plane]) -> list[tuple[BandRows, ...]]:
        return [reduction.reduce(block) for block in _cut_chunk(chunk, planes)]

    for found in map_chunks(layer, plan.grid, plan.chunks(layer.info.planes), work):
        yield from found


def _cut_chunk(chunk: Chunk, planes: Sequence[Plane]) -> Iterator[ReadBlock]:
    """The blocks of a chunk with their part of its planes."""
    masks = [None if mask.all() else mask for _, mask in planes]
    for block in chunk.blocks:
        window = block.window
        part = window.index_in(chunk.window)
        shown = (None if mask is None else _where_not_all(mask[part]) for mask in masks)
        values = (data[part] for data, _ in planes)
        yield ReadBlock(window, block.runs, tuple(zip(values, shown, strict=True)))


def _where_not_all(mask: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    """The mask (row, col); None if it hides nothing."""
    return None if mask.all() else mask
