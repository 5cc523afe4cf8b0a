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

# Control points a side. Doubled until the interpolation error passes, so this is only
# where to begin: at z 8 and beyond, UTM and Albers pass at once.
LATTICE = 17

# Of a source pixel at the chosen level. GDAL's own warper allows 0.125.
TOLERANCE = 0.1


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

    cols, rows, factor = locate_pixels(dst, to_src)
    level = choose_level(factor, levels)
    return _checked(_gather(level, levels, (cols, rows), period))


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


def locate_pixels(dst: Grid, to_src: PointTransform) -> tuple[Floats, Floats, float]:
    """Where the pixel centres of ``dst`` lie on the source, and how densely.

    Returns:
        Columns (1 or height, width), rows (height, 1 or width), both float and
        possibly not finite; and the source pixels per output pixel at the centre, the
        smaller singular value of the Jacobian.
    """
    size = LATTICE
    while True:
        col_ticks = np.linspace(0.0, dst.width, size)
        row_ticks = np.linspace(0.0, dst.height, size)
        cols, rows = _evaluate(to_src, col_ticks, row_ticks)
        step = (col_ticks[1] - col_ticks[0], row_ticks[1] - row_ticks[0])
        factor = _sampling_factor(cols, rows, step)
        if _runs_along(cols, rows):
            return *_evaluate_axes(to_src, dst), factor
        if size > max(dst.shape) / 2 or not _all_finite(cols, rows):
            return *_evaluate_all(to_src, dst), factor
        error = _midpoint_error(to_src, cols, rows, (col_ticks, row_ticks))
        if error <= TOLERANCE * max(factor, 1.0):
            return (
                interpolate_lattice(cols, dst.shape),
                interpolate_lattice(rows, dst.shape),
                factor,
            )
        size = 2 * size - 1


def interpolate_lattice(lattice: Floats, shape: tuple[int, int]) -> Floats:
    """Bilinear values of ``lattice`` at the centres of ``shape`` pixels.

    The lattice's corners are the outer corners of the corner pixels. Separable, so two
    small matrix products.
    """
    across = _hat_weights(lattice.shape[0], shape[0])
    along = _hat_weights(lattice.shape[1], shape[1])
    values: Floats = across @ lattice @ along.T
    return values


def _hat_weights(points: int, size: int) -> Floats:
    """(size, points): each row the linear weights of its two neighbours."""
    position = (np.arange(size) + 0.5) * ((points - 1) / size)
    distance = np.abs(position[:, None] - np.arange(points)[None, :])
    weights: Floats = np.maximum(0.0, 1.0 - distance)
    return weights


def _evaluate(
    to_src: PointTransform, cols: Floats, rows: Floats
) -> tuple[Floats, Floats]:
    grid_cols, grid_rows = np.meshgrid(cols, rows)
    return to_src(grid_cols, grid_rows)


def _evaluate_all(to_src: PointTransform, dst: Grid) -> tuple[Floats, Floats]:
    return _evaluate(to_src, _centres(dst.width), _centres(dst.height))


def _centres(size: int) -> Floats:
    return np.arange(size, dtype=np.float64) + 0.5


def _evaluate_axes(to_src: PointTransform, dst: Grid) -> tuple[Floats, Floats]:
    """Columns (1, width) and rows (height, 1) of a transform that keeps axes."""
    col_ticks, row_ticks = _centres(dst.width), _centres(dst.height)
    cols, _ = to_src(col_ticks, np.full(dst.width, dst.height / 2))
    _, rows = to_src(np.full(dst.height, dst.width / 2), row_ticks)
    return cols[None, :], rows[:, None]


def _all_finite(cols: Floats, rows: Floats) -> bool:
    return bool(np.isfinite(cols).all() and np.isfinite(rows).all())


def _runs_along(cols: Floats, rows: Floats) -> bool:
    """Whether columns depend on the column alone, and rows on the row."""
    if not _all_finite(cols, rows):
        return False
    # Of a pixel: far below the tolerance, far above rounding of coordinates in metres.
    return bool(np.ptp(cols, axis=0).max() < 1e-6 > np.ptp(rows, axis=1).max())


def _sampling_factor(cols: Floats, rows: Floats, step: tuple[float, float]) -> float:
    """Smaller singular value of d(src)/d(dst) at the lattice's centre; 1 if unknown."""
    middle = cols.shape[0] // 2
    here, right = (middle, middle), (middle, middle + 1)
    below = (middle + 1, middle)
    jacobian = np.array(
        [
            [
                (cols[right] - cols[here]) / step[0],
                (cols[below] - cols[here]) / step[1],
            ],
            [
                (rows[right] - rows[here]) / step[0],
                (rows[below] - rows[here]) / step[1],
            ],
        ]
    )
    if not np.isfinite(jacobian).all():
        return 1.0
    return float(np.linalg.svd(jacobian, compute_uv=False)[-1])


def _midpoint_error(
    to_src: PointTransform,
    cols: Floats,
    rows: Floats,
    ticks: tuple[Floats, Floats],
) -> float:
    """Largest distance between interpolation and truth at the cells' middles."""
    col_middles, row_middles = _middles(ticks[0]), _middles(ticks[1])
    true_cols, true_rows = _evaluate(to_src, col_middles, row_middles)
    with np.errstate(invalid="ignore"):
        errors = np.hypot(_cell_means(cols) - true_cols, _cell_means(rows) - true_rows)
    return float(np.nan_to_num(errors, nan=np.inf).max())


def _middles(ticks: Floats) -> Floats:
    return (ticks[1:] + ticks[:-1]) / 2


def _cell_means(corners: Floats) -> Floats:
    return (
        corners[1:, 1:] + corners[1:, :-1] + corners[:-1, 1:] + corners[:-1, :-1]
    ) / 4


def _gather(
    level: int,
    levels: Sequence[Grid],
    position: tuple[Floats, Floats],
    period: float | None,
) -> Gather | Nothing:
    """The plan for source positions in native pixels."""
    native, grid = levels[0], levels[level]
    cols, rows = position
    if period is not None:
        off = np.isfinite(cols) & ((cols < 0) | (cols >= native.width))
        cols = np.mod(cols, period, where=off, out=cols.copy())
    inside_cols = (cols >= 0) & (cols < native.width)
    inside_rows = (rows >= 0) & (rows < native.height)
    inside = inside_cols & inside_rows
    if not inside.any():
        return Nothing()

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
