"""The cells of zones one by one: their values, and how much of each a zone has.

What statistics are made of, for those who make their own. Each block is read once, for
all zones; the cells are known before one is read, so the arrays are made once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.bands import UNSCALED
from raster_core.errors import BudgetError
from raster_core.sources.crs.crs import apply_affine
from raster_core.zonal.coverage.blockplan import expand_runs
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.engine import Options, plan_zones
from raster_core.zonal.reading.ahead import read_chunks
from raster_core.zonal.reading.cost import Cost
from raster_core.zonal.tracks.meeting import zone_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.grid import Grid
    from raster_core.raster import Layer
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.coverage.blockplan import BlockPlan
    from raster_core.zonal.coverage.weights import Integers
    from raster_core.zonal.zones.zone import Zone

MAX_CELLS = 50_000_000
"""Cells of all zones that one call returns: 1.3 GB for a band of floats, and a table
has them twice."""


@dataclass(frozen=True, slots=True, eq=False)
class ZoneCells:
    """The cells of all zones, zone after zone, row by row; arrays are (n,)."""

    grid: Grid
    """The raster's own, whose cells they are."""
    zone: NDArray[np.integer]
    """Position of the zone that has the cell; a cell in two zones comes twice."""
    cell_id: Integers
    """Row-major number of the cell on ``grid``: row x width + column."""
    coverage: Floats
    """Fraction of the cell that a polygon covers; metres of a line in it; how many
    points lie in it."""
    values: tuple[NDArray[np.generic], ...]
    """By band, in its unit: of the stored type where a band has no scale and offset,
    else float64. 0 where there is no data."""
    valid: tuple[NDArray[np.bool_], ...]
    """By band, where there are data."""

    def centers(self) -> tuple[Floats, Floats]:
        """X and y of the middle of each cell in the raster's CRS, (n,) both."""
        row, col = np.divmod(self.cell_id, self.grid.width)
        return apply_affine(self.grid.transform, col + 0.5, row + 0.5)

    def bounds_of_zones(self, zones: int) -> Integers:
        """Where the cells of each zone begin, and the end of the last: (zones + 1,)."""
        return np.searchsorted(self.zone, np.arange(zones + 1)).astype(np.int64)


def read_cells(
    layer: Layer,
    zones: Sequence[Zone],
    options: Options | None = None,
    *,
    max_cells: int = MAX_CELLS,
) -> ZoneCells:
    """The cells of zones, with data and without.

    Law: of a zone, the coverage of the cells with data adds up to ``count``, and times
    the values to ``sum``.

    Args:
        layer: What to read; its native cells are returned.
        zones: As for ``zonal_statistics``; without any, arrays are (0,).
        options: Coverage, scale and budget; None means the defaults.
        max_cells: How many cells there may be.

    Raises:
        BudgetError: If there are more, or they take too many pixels; nothing was read.
        ZoneError, SourceError: As ``zonal_statistics``.
    """
    options, info = options or Options(), layer.info
    plan = plan_zones(layer, zones, options)
    _check_cost(plan, layer, options, max_cells)
    runs = plan.coverage
    length = runs.stop - runs.start
    run, number = expand_runs(runs, info.grid.window)
    zone = runs.zone[run]
    weight = runs.weight[run] / WHOLE
    values = [np.zeros(len(run), band.dtype) for band in info.bands]
    valid = [np.zeros(len(run), bool) for _ in info.bands]
    _fill(layer, plan, np.cumsum(length) - length, (values, valid))
    return ZoneCells(
        info.grid,
        zone,
        number,
        weight * zone_units(zones, info.grid)[zone],
        tuple(
            _scale(own, band, unscale=options.statistics.unscale)
            for own, band in zip(values, info.bands, strict=True)
        ),
        tuple(valid),
    )


def _check_cost(
    plan: BlockPlan, layer: Layer, options: Options, max_cells: int
) -> None:
    """Refuse what would be too much, before anything is read."""
    if plan.cells > max_cells:
        raise BudgetError(
            f"The zones have {plan.cells} cells, which exceeds {max_cells}; ask for "
            "fewer or smaller zones, or for statistics"
        )
    Cost(
        pixels=plan.pixels,
        blocks=len(plan.blocks),
        bands=len(layer.info.bands),
        cells=plan.cells,
        parts=plan.parts,
        planes=layer.info.planes,
    ).check(options.budget)


def _fill(
    layer: Layer,
    plan: BlockPlan,
    first: Integers,
    found: tuple[list[NDArray[np.generic]], list[NDArray[np.bool_]]],
) -> None:
    """Read the plan's blocks, and write what they have into arrays of all cells.

    Args:
        layer: What to read.
        plan: Its blocks.
        first: (runs,): where the cells of each run of ``plan.coverage`` begin.
        found: Values and masks by band, (cells,) each; changed.
    """
    position = 0
    for chunk, planes in read_chunks(layer, plan.grid, plan.chunks(layer.info.planes)):
        for block in chunk.blocks:
            own = plan.run[plan.first[position] : plan.first[position + 1]]
            run, cell = expand_runs(block.runs, chunk.window)
            begins = first[own] + block.runs.start - plan.coverage.start[own]
            length = block.runs.stop - block.runs.start
            along = np.arange(len(run)) - np.repeat(np.cumsum(length) - length, length)
            target = begins[run] + along
            for (data, mask), values, valid in zip(planes, *found, strict=True):
                shown = mask.ravel()[cell]
                valid[target] = shown
                values[target] = np.where(shown, data.ravel()[cell], 0)
            position += 1


def _scale(
    values: NDArray[np.generic], band: BandInfo, *, unscale: bool
) -> NDArray[np.generic]:
    """Values (n,) in the band's unit."""
    if not unscale or band.scaling == UNSCALED:
        return values
    return np.asarray(band.scaling.physical_values(values), np.float64)
