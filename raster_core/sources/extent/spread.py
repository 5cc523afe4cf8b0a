"""Positions all over a raster, for samples that are bounded and always the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from raster_core.grid import Window

if TYPE_CHECKING:
    from raster_core.grid import Grid

type Positions = NDArray[np.float64]
"""float64 (n, 2): fractions of the raster's width and height, in [0, 1)."""

# From one position to the next: no two of them come close.
# Source: Roberts, "The unreasonable effectiveness of quasirandom sequences" (2018).
_STEPS = np.array([0.7548776662466927, 0.5698402909980532])


def spread_positions(count: int, *, first: int = 0) -> Positions:
    """Positions of a sequence from the ``first`` on; later ones fill the gaps before.

    Args:
        count: How many; 0 gives an empty array, (0, 2).
        first: Where the sequence begins; its element 0 is the raster's middle.
    """
    positions: Positions = (0.5 + np.arange(first, first + count)[:, None] * _STEPS) % 1
    return positions


def windows_at(
    positions: Positions,
    grid: Grid,
    *,
    block_shape: tuple[int, int],
    shape: tuple[int, int],
) -> list[Window]:
    """The windows that hold positions, each in one block and once, in the file's order.

    Args:
        positions: (position, 2), as ``spread_positions`` returns them.
        grid: The level; windows end at its edges.
        block_shape: (height, width) of its blocks.
        shape: (height, width) that windows have, if their block has as much left. A
            block is divided into them from its first pixel on.
    """
    cells = (positions * (grid.width, grid.height)).astype(int).tolist()
    spans = {
        (_span(row, block_shape[0], shape[0]), _span(col, block_shape[1], shape[1]))
        for col, row in cells
    }
    return [
        Window(col, row, width, height).intersection(grid.window)
        for (row, height), (col, width) in sorted(spans)
    ]


def _span(cell: int, block: int, size: int) -> tuple[int, int]:
    """Where the window of a cell begins along one axis, and how long it is."""
    start = cell % block // size * size
    return cell - cell % block + start, min(size, block - start)
