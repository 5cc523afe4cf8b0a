"""Decide how a grid is read from a pyramid: which level, which window, paste or warp.

Pure arithmetic: grids and a coordinate function in, a plan out. Nothing is opened.
A pyramid is a sequence of grids over the same area, the native one first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from raster_core.errors import BudgetError
from raster_core.grid import Grid, Window
from raster_core.source.lattice import locate_pixels, sampling_factor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.source.crs import Floats, PointTransform

type Indices = NDArray[np.intp]

# Pixels of one read. A tile of a raster with overviews needs a quarter million; 16
# million is what 4 bytes a pixel may take from a small Lambda.
MAX_PIXELS = 4096 * 4096

# Finest overview pixels per output pixel: overview factors are rarely whole numbers
# (1138 pixels halve to 569, 285, 143), so a level 1 % too coarse still counts.
LEVEL_SLACK = 1.01


@dataclass(frozen=True, slots=True)
class Paste:
    """The wanted pixels are pixels of a level: copy them."""

    level: int
    window: Window
    """On the level's grid; may reach beyond it, where there is no data."""


@dataclass(frozen=True, slots=True, eq=False)
class Gather:
    """Each wanted pixel is the level's pixel at (row, col), or nothing."""

    level: int
    window: Window
    """What to read, within the level's grid."""
    rows: Indices
    """Within the window. Shape (height, 1) if rows of both grids run alike, else
    (height, width)."""
    cols: Indices
    """Within the window. Shape (1, width) or (height, width), likewise."""
    inside: NDArray[np.bool_]
    """Shape (height, width); False where the raster has no pixel."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """The grid lies off the raster: there is nothing to read."""


type ReadPlan = Paste | Gather | Nothing


def plan_read(
    dst: Grid,
    levels: Sequence[Grid],
    to_src: PointTransform,
    *,
    period: float | None = None,
) -> ReadPlan:
    """How to fill ``dst`` from the pyramid ``levels``, nearest pixel.

    Args:
        dst: The wanted pixels.
        levels: The native grid, then overviews from fine to coarse.
        to_src: Pixel (col, row) of ``dst`` to pixel (col, row) of ``levels[0]``.
        period: Columns after which ``levels[0]`` comes round again, if it does.

    Raises:
        BudgetError: The window holds more than ``MAX_PIXELS``.
    """
    paste = plan_paste(dst, levels)
    if paste is not None:
        return _checked(paste) if _overlaps(paste, levels) else Nothing()

    cols, rows = locate_pixels(dst, to_src)
    if period is not None:
        off = np.isfinite(cols) & ((cols < 0) | (cols >= levels[0].width))
        cols = np.mod(cols, period, where=off, out=cols.copy())
    return _checked(_gather(levels, cols, rows))


def plan_paste(dst: Grid, levels: Sequence[Grid]) -> Paste | None:
    """The level whose pixels ``dst`` is made of, if there is one."""
    for level, grid in enumerate(levels):
        window = grid.window_of(dst)
        if window is not None:
            return Paste(level, window)
    return None


def choose_level(factor: float, levels: Sequence[Grid]) -> int:
    """The coarsest level that is not coarser than ``factor`` native pixels."""
    fitting = [
        level
        for level, grid in enumerate(levels)
        if decimation(levels[0], grid) <= LEVEL_SLACK * factor
    ]
    return fitting[-1] if fitting else 0


def decimation(native: Grid, overview: Grid) -> float:
    """Native pixels per overview pixel; the larger of both axes.

    Sizes round up, so an axis of few pixels understates it: 1 pixel halves to 1.
    """
    return max(native.width / overview.width, native.height / overview.height)


def _gather(levels: Sequence[Grid], cols: Floats, rows: Floats) -> Gather | Nothing:
    """The plan for positions in native pixels."""
    native = levels[0]
    inside_cols = (cols >= 0) & (cols < native.width)
    inside_rows = (rows >= 0) & (rows < native.height)
    inside = inside_cols & inside_rows
    if not inside.any():
        return Nothing()
    level = choose_level(sampling_factor(cols, rows, inside), levels)
    grid = levels[level]

    used = np.broadcast_to(cols, inside.shape), np.broadcast_to(rows, inside.shape)
    scale = grid.width / native.width, grid.height / native.height
    first_col, last_col = _span(used[0][inside], scale[0], grid.width)
    first_row, last_row = _span(used[1][inside], scale[1], grid.height)
    window = Window(
        first_col, first_row, last_col - first_col + 1, last_row - first_row + 1
    )
    return Gather(
        level,
        window,
        _indices(rows, inside_rows, scale[1], (first_row, last_row)),
        _indices(cols, inside_cols, scale[0], (first_col, last_col)),
        inside,
    )


def _span(positions: Floats, scale: float, size: int) -> tuple[int, int]:
    """First and last pixel that positions fall into."""
    first, last = int(positions.min() * scale), int(positions.max() * scale)
    return min(first, size - 1), min(last, size - 1)


def _indices(
    positions: Floats,
    inside: NDArray[np.bool_],
    scale: float,
    span: tuple[int, int],
) -> Indices:
    """Pixel indices within the span; 0 where not inside."""
    pixels = np.where(inside, positions, span[0] / scale) * scale
    return np.clip(pixels.astype(np.intp), *span) - span[0]


def _overlaps(paste: Paste, levels: Sequence[Grid]) -> bool:
    return levels[paste.level].window.intersection(paste.window).pixels > 0


def _checked(plan: ReadPlan) -> ReadPlan:
    """The plan, if its window is within budget."""
    if not isinstance(plan, Nothing) and plan.window.pixels > MAX_PIXELS:
        raise BudgetError(
            f"Reading {plan.window.width}x{plan.window.height} pixels for this grid "
            f"exceeds {MAX_PIXELS}; the raster needs overviews (gdaladdo), "
            "or ask for a finer resolution"
        )
    return plan
