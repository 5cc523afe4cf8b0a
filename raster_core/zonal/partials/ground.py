"""The ground area of a zone's cells: in all, by class, and as a weight of the mean.

Measured block by block and added up in the end by an exactly rounded sum, so that the
order of blocks cannot show.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.coverage.cells import Cells, take_cells
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.partials.area import pixel_areas
from raster_core.zonal.partials.moments import exact_sum
from raster_core.zonal.partials.partial import keeps_histogram

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from raster_core.grid import Grid, Window
    from raster_core.sources.crs.crs import Floats

type BlockValues = tuple[NDArray[np.generic], NDArray[np.bool_] | None, Cells]
"""Values and validity of all cells of a block, and which of them a zone has."""


@dataclass(frozen=True, slots=True)
class BlockArea:
    """Ground of the valid cells of one zone in one block, in m²."""

    total: float
    weighted: float
    """Sum of ground x stored value."""
    values: tuple[int, ...] = ()
    """The classes met, ascending; empty for a band without classes."""
    areas: tuple[float, ...] = ()
    """Ground of each class."""


@dataclass(frozen=True, slots=True)
class ZoneArea:
    """Ground of the valid cells of one zone, in m²."""

    total: float
    mean: float | None
    """Mean of the stored values, weighted by ground; None without ground."""
    by_class: dict[int, float]


def measure_cells(block: BlockValues, ground: Floats, *, classes: bool) -> BlockArea:
    """The ground of a zone's valid cells in one block.

    Args:
        block: Values, validity and cells.
        ground: (cells of the block,): m² of each cell.
        classes: Whether to tell the values apart; only integers of up to 16 bits are.
    """
    values, valid, cells = block
    found = np.concatenate(take_cells(values, cells))
    whole, partial = take_cells(ground, cells)
    weights = np.concatenate([whole, partial * (cells.weights / WHOLE)])
    if valid is not None:
        shown = np.concatenate(take_cells(valid, cells))
        found, weights = found[shown], weights[shown]
    total = float(weights.sum())
    weighted = float((weights * found).sum())
    if not (classes and found.size and keeps_histogram(found.dtype)):
        return BlockArea(total, weighted)
    lowest = int(found.min())
    areas = np.bincount(found.astype(np.int64) - lowest, weights)
    met = np.flatnonzero(areas)
    values_met = tuple((met + lowest).tolist())
    return BlockArea(total, weighted, values_met, tuple(areas[met].tolist()))


def merge_areas(blocks: Iterable[BlockArea]) -> ZoneArea:
    """The blocks of a zone as one; no blocks have no ground."""
    blocks = tuple(blocks)
    total = exact_sum(block.total for block in blocks)
    by_class: defaultdict[int, list[float]] = defaultdict(list)
    for block in blocks:
        for value, area in zip(block.values, block.areas, strict=True):
            by_class[value].append(area)
    mean = exact_sum(block.weighted for block in blocks) / total if total else None
    return ZoneArea(
        total, mean, {value: exact_sum(parts) for value, parts in by_class.items()}
    )


@lru_cache(maxsize=2)  # all zones of a block ask for the same, then the next block's
def cell_areas(grid: Grid, window: Window) -> Floats:
    """(cells of the window,): m² of each, row-major."""
    return pixel_areas(grid, window).ravel()
