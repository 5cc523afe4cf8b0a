"""Several layers cell by cell: the first one's pixels, the others sampled there.

Sampling goes by whole blocks of the first layer, whatever the zones and chunks, so that
a cell has one value in all requests.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import BudgetError, DeadlineError, RequestError
from raster_core.grid import Window
from raster_core.layers.sampling import estimate_pixels, sample_nearest, shift_window
from raster_core.layers.stored import read_planes, split_bands
from raster_core.zonal.coverage.blockplan import expand_runs
from raster_core.zonal.partials.area import pixel_areas
from raster_core.zonal.partials.partial import keeps_histogram
from raster_core.zonal.reading.cost import PIXEL_SECONDS, Cost

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.layers.stored import Plane
    from raster_core.raster import Layer
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.coverage.blockplan import BlockPlan
    from raster_core.zonal.coverage.cover import Coverage
    from raster_core.zonal.coverage.weights import Integers
    from raster_core.zonal.reading.cost import Budget

# Seconds of one core to sort a zone's cell by the values of several rasters, for each
# band: 10 to 30 ns measured on a laptop's, and a Lambda's is half as fast.
CELL_SECONDS = 60e-9


@dataclass(frozen=True, slots=True, eq=False)
class AlignedCells:
    """The covered cells of one block; arrays are (n,), by zone, row and column."""

    zone: NDArray[np.integer]
    """Position of each cell's zone."""
    weight: Integers
    """Coverage of each cell, in units of ``1 / WHOLE``."""
    bands: tuple[NDArray[np.generic], ...]
    """Stored values of every band of every layer, in order."""
    valid: tuple[NDArray[np.bool_], ...]
    """In the same order; True means data."""
    ground: Floats
    """m² of each cell, as if it were covered entirely."""


def check_countable(band: BandInfo, *, raster: str, use: str) -> None:
    """Refuse a band that has too many values to count each of them.

    Args:
        band: Which.
        raster: The raster that has the band, for the message: ``raster 2``.
        use: What the band is wanted for, for the message: ``a cross-tabulation``.

    Raises:
        RequestError: If the band is not of integers of up to 16 bits.
    """
    if not keeps_histogram(band.dtype):
        raise RequestError(
            f"Band {band.index} of {raster} is {band.dtype}; {use} takes integers of "
            "up to 16 bits"
        )


def check_aligned(layers: Sequence[Layer], plan: BlockPlan, budget: Budget) -> None:
    """Refuse what would take too long, before anything is read.

    Args:
        layers: The first is the one planned.
        plan: Its blocks.
        budget: Pixels for each layer, seconds for all of them.

    Raises:
        BudgetError: If a layer would have to read too many pixels.
        DeadlineError: If all of it would take too long.
    """
    bands = sum(len(layer.info.bands) for layer in layers)
    cost = Cost(
        pixels=plan.pixels,
        blocks=len(plan.blocks),
        bands=len(layers[0].info.bands),
        cells=plan.cells,
        parts=plan.parts,
        planes=layers[0].info.planes,
    )
    cost.check(replace(budget, max_seconds=math.inf))
    parts = [
        bounding_window(block.runs) for chunk in plan.chunks() for block in chunk.blocks
    ]
    total = cost.decoded
    for number, layer in enumerate(layers[1:], start=2):
        pixels = estimate_pixels(layer.info.grid, plan.grid, parts)
        planes = layer.info.planes
        if pixels * planes > budget.max_pixels:
            raise BudgetError(
                f"Sampling raster {number} on the first one's pixels would read "
                f"{pixels} pixels of {planes} bands, which exceeds "
                f"{budget.max_pixels}; put the finest raster first, or ask for "
                "smaller zones"
            )
        total += pixels * planes
    seconds = total * PIXEL_SECONDS + bands * cost.cells * CELL_SECONDS
    if seconds > budget.max_seconds:
        raise DeadlineError(
            f"The zones touch {total} pixels of {len(layers)} rasters, and count "
            f"{cost.cells} cells, which take about {seconds:.1f} of "
            f"{budget.max_seconds:.1f} seconds; ask for fewer or smaller zones"
        )


def read_aligned(layers: Sequence[Layer], plan: BlockPlan) -> Iterator[AlignedCells]:
    """The covered cells of each touched block, in file order.

    One chunk of the first layer is in memory at a time, and one block of the others.

    Args:
        layers: The first is the one planned.
        plan: Its blocks.

    Raises:
        BudgetError: If a row of cells of one block needs more of another layer than may
            be read at once.
        SourceError: If a raster cannot be read.
    """
    first, *others = layers
    for chunk in plan.chunks(first.info.planes):
        planes = read_planes(first, plan.grid.crop(chunk.window))
        for block in chunk.blocks:
            window, part = block.window, bounding_window(block.runs)
            within = shift_window(part, -window.col, -window.row)
            native = plan.grid.crop(window)
            index = part.index_in(chunk.window)
            found = [(data[index], mask[index]) for data, mask in planes]
            for other in others:
                array = sample_nearest(other, native, within)
                found += split_bands(array, other.info.bands)
            ground = pixel_areas(plan.grid, part)
            yield _take(found, ground, block.runs, part)


def bounding_window(runs: Coverage) -> Window:
    """The smallest window around runs, of which there is at least one."""
    col, row = int(runs.start.min()), int(runs.row.min())
    width, height = int(runs.stop.max()) - col, int(runs.row.max()) + 1 - row
    return Window(col, row, width, height)


def _take(
    found: Sequence[Plane], ground: Floats, runs: Coverage, window: Window
) -> AlignedCells:
    """The cells of runs, picked out of bands that lie at ``window``.

    Planes and ground areas (m²) are (row, col) of the window; there is a run.
    """
    planes = [data.ravel() for data, _ in found]
    masks = [mask.ravel() for _, mask in found]
    length = runs.stop - runs.start
    if runs.zone[0] == runs.zone[-1] and length.sum() == window.pixels:
        # One zone has all cells, which is what most blocks of a large zone look like.
        zone, weight = (np.repeat(part, length) for part in (runs.zone, runs.weight))
        return AlignedCells(zone, weight, tuple(planes), tuple(masks), ground.ravel())
    run, cell = expand_runs(runs, window)
    return AlignedCells(
        zone=runs.zone[run],
        weight=runs.weight[run],
        bands=tuple(plane[cell] for plane in planes),
        valid=tuple(plane[cell] for plane in masks),
        ground=ground.ravel()[cell],
    )
