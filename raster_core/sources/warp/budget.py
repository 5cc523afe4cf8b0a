"""How many pixels one read may have. Pure arithmetic, asked before anything is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.errors import BudgetError

if TYPE_CHECKING:
    from raster_core.grid import Grid, Window

# Pixels of one read. A tile of a raster with overviews needs a quarter of a million; 16
# million of 4 bytes each are what a small function can hold.
MAX_PIXELS = 4096 * 4096


def check_window(window: Window, grid: Grid, turn: int | None = None) -> None:
    """Refuse a window of more pixels than one read may have.

    Args:
        window: On a level's grid; may reach beyond it, where nothing is read.
        grid: The level's.
        turn: Columns after which it comes round again, if it does.

    Raises:
        BudgetError: If it holds more than ``MAX_PIXELS``.
    """
    part = window.intersection(grid.window)
    width = window.width if turn else part.width
    if width * part.height > MAX_PIXELS:
        raise BudgetError(
            f"Reading {width}x{part.height} pixels for this grid "
            f"exceeds {MAX_PIXELS}; the raster needs overviews (gdaladdo), "
            "or ask for a finer resolution"
        )
