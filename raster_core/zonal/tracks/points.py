"""Positions on a raster's grid: the cell that holds each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.sources.crs.crs import (
    LONGITUDE_LATITUDE,
    TURNS,
    apply_affine,
    is_geographic,
)
from raster_core.sources.crs.operations import point_transform
from raster_core.zonal.tracks.tracing import CellWeights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.coverage.weights import Integers
    from raster_core.zonal.zones.turns import Owners


def locate_positions(
    grid: Grid, positions: Floats, crs: str = LONGITUDE_LATITUDE
) -> tuple[Integers, Integers, NDArray[np.bool_]]:
    """The pixels that positions lie in; a pixel holds its left and top side.

    Args:
        grid: The grid of the pixels.
        positions: (n, 2): x, y. Longitudes wrap onto the grid.
        crs: The CRS of the positions.

    Returns:
        Column, row, and whether there is such a pixel, each (n,).
    """
    turns = np.array(TURNS) if is_geographic(grid.crs) else np.zeros(1)
    x, y = point_transform(crs, grid)(*positions.T)
    shifted = x + turns[:, None], y + 0 * turns[:, None]
    cols, rows = apply_affine(~grid.transform, *shifted)
    inside = grid.contains(cols, rows)
    turn = inside.argmax(axis=0), np.arange(len(positions))
    met = inside.any(axis=0)
    col, row = (np.where(met, axis[turn], 0).astype(np.int64) for axis in (cols, rows))
    return col, row, met


def weigh_points(
    positions: Floats, owners: Owners, crs: str, grid: Grid
) -> CellWeights:
    """The cells of points, each point weighing as much as a whole cell.

    Args:
        positions: (n, 2): x, y.
        owners: (n,): the zone of each.
        crs: Theirs.
        grid: The raster's native grid.
    """
    col, row, inside = locate_positions(grid, positions, crs)
    weight = np.ones(int(inside.sum()))
    return CellWeights(owners[inside], row[inside], col[inside], weight)
