"""Zones to the cells that they cover, mended where bending made them cross."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from raster_core.errors import ZoneError
from raster_core.zonal.coverage.cover import Mode, cover
from raster_core.zonal.outlines.projecting import project_zones
from raster_core.zonal.zones.valid import repair_zones

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.grid import Grid
    from raster_core.zonal.coverage.cover import Coverage
    from raster_core.zonal.outlines.outline import Edges
    from raster_core.zonal.zones.zone import Zone


def cover_zones(
    zones: Sequence[Zone],
    grid: Grid,
    mode: Mode = Mode.FRACTION,
    *,
    max_crossings: float = math.inf,
    min_coverage: float = 0.0,
) -> tuple[Edges, Coverage]:
    """The outlines of zones on a grid, and the cells that they cover.

    Law: a valid zone is not refused as crossing itself, whatever the projection.

    Args:
        zones: Polygons; those that are not valid are repaired.
        grid: The raster's native grid.
        mode: Which cells count.
        max_crossings: How many rows or columns of cells outlines may cross, and how
            many edges they may be bent into.
        min_coverage: As for ``cover``.

    Raises:
        ZoneError: If a zone cannot be brought to the grid's CRS, or not be repaired.
        BudgetError: If there are more crossings; they are not computed.
    """
    zones = repair_zones(zones)
    edges = project_zones(zones, grid, max_pieces=max_crossings)
    counted = partial(
        cover,
        window=grid.window,
        mode=mode,
        max_crossings=max_crossings,
        min_coverage=min_coverage,
    )
    try:
        return edges, counted(edges)
    except ZoneError:  # rare, so that only then outlines are made polygons again
        edges = project_zones(zones, grid, mend=True, max_pieces=max_crossings)
        return edges, counted(edges)
