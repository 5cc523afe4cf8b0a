"""Decide how a grid is read from a pyramid: which level, which window, paste or warp.

Pure arithmetic: grids and a coordinate function in, a plan out. Nothing is opened.
A pyramid is a sequence of grids over the same area, the native one first.

Windows may reach beyond the level, where there is no data; on a raster that goes all
the way round the Earth, they go on at its other end (``resample.read_around``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from raster_core.grid import Grid, Window
from raster_core.native.images.positions import index_positions
from raster_core.raster import Resampling
from raster_core.sources.warp.budget import check_window
from raster_core.sources.warp.kernels import AREA_KERNELS, NUDGE, RADIUS, kernel_reach
from raster_core.sources.warp.lattice import place_pixels, place_points
from raster_core.sources.warp.levels import choose_level, sampling_factor
from raster_core.sources.warp.placement import (
    Placement,
    boxes_inside,
    centres_inside,
    clamp_boxes,
    diagonal_span,
    gradient_length,
    level_scales,
    level_turn,
    runs_along,
    scale_placement,
    shorten_columns,
    turn_columns,
)
from raster_core.sources.warp.plan import Blend, Gather, Nothing, Paste

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.sources.crs.crs import Floats, PointTransform
    from raster_core.sources.warp.plan import Indices, ReadPlan

# Level pixels that a kernel may reach on each side: a raster without overviews would
# take thousands of neighbours for each pixel, so it is averaged first. With 16, a
# window of ``budget.MAX_PIXELS`` for a tile takes bilinear no shortcut.
MAX_REACH = 16

# Level pixels on a side of a wanted one; beneath, it covers one pixel only.
MIN_SIZE = 1e-3


def plan_read(
    dst: Grid,
    levels: Sequence[Grid],
    to_src: PointTransform,
    *,
    period: float | None = None,
    resampling: Resampling = Resampling.NEAREST,
) -> ReadPlan:
    """How to fill ``dst`` from the pyramid ``levels``.

    The level does not depend on ``resampling``.

    Args:
        dst: The wanted pixels.
        levels: The native grid, then overviews from fine to coarse.
        to_src: Pixel (col, row) of ``dst`` to pixel (col, row) of ``levels[0]``.
        period: Columns after which ``levels[0]`` comes round again, if it does.
        resampling: The kernel; grids that agree are pasted with any.

    Raises:
        BudgetError: If the window holds more than ``budget.MAX_PIXELS``.
    """
    paste = plan_paste(dst, levels)
    if paste is not None and not _goes_round(paste, levels, period):
        return _checked_paste(paste, levels[paste.level])

    native = levels[0]
    area = resampling in AREA_KERNELS
    if resampling is Resampling.NEAREST:
        placement = place_points(dst, to_src)
    else:
        measure = diagonal_span if area else gradient_length
        placement = place_pixels(dst, to_src, measure)
    if period is not None:
        cols = turn_columns(placement.cols, period, native.width)
        placement = replace(placement, cols=cols)
    centred = centres_inside(placement, native)
    inside = boxes_inside(placement, native) if area else centred
    if not inside.any():
        return Nothing()
    factor = sampling_factor(
        placement.cols, placement.rows, centred if centred.any() else inside
    )
    level = choose_level(factor, levels)
    turn = level_turn(period, native, levels[level])
    view = _View(level, levels[level], inside, turn)
    if resampling is Resampling.NEAREST and turn is None:
        return _gather(view, placement, level_scales(native, levels[level]))
    placed = scale_placement(placement, native, levels[level])
    if turn is not None:
        placed = replace(placed, cols=shorten_columns(placed.cols, inside, turn))
    if resampling is Resampling.NEAREST:
        return _gather(view, placed)
    return _blend(view, placed, resampling)


def plan_paste(dst: Grid, levels: Sequence[Grid]) -> Paste | None:
    """The level whose pixels ``dst`` is made of, if there is one."""
    for level, grid in enumerate(levels):
        window = grid.window_of(dst)
        if window is not None:
            return Paste(level, window)
    return None


def _goes_round(paste: Paste, levels: Sequence[Grid], period: float | None) -> bool:
    """Whether what a window has beyond one end of a level may lie at the other."""
    level, window = levels[paste.level], paste.window
    beyond = window.col < 0 or window.col_stop > level.width
    if not beyond or period is None:
        return False
    turn = period * level.width / levels[0].width
    return window.col_stop - turn > 0 or window.col + turn < level.width


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """What all of a warp's plans share."""

    level: int
    grid: Grid
    """The level's."""
    inside: NDArray[np.bool_]
    turn: int | None


def _gather(
    view: _View, placement: Placement, scales: tuple[float, float] = (1.0, 1.0)
) -> Gather:
    """The plan for the nearest pixels, which lie so many times further on the level."""
    low = -view.turn if view.turn else 0
    cols, first_col, width = _indices(
        placement.cols, view.inside, (low, view.grid.width), scales[0]
    )
    rows, first_row, height = _indices(
        placement.rows, view.inside, (0, view.grid.height), scales[1]
    )
    window = Window(first_col, first_row, width, height)
    check_window(window, view.grid, view.turn)
    return Gather(view.level, window, rows, cols, view.inside, view.turn)


def _indices(
    positions: Floats,
    inside: NDArray[np.bool_],
    limits: tuple[int, int],
    scale: float,
) -> tuple[Indices, int, int]:
    """Pixels from the first used one on, that one, and how many there are.

    Args:
        positions: float64 (height or 1, width or 1), in pixels.
        inside: bool (height, width), True somewhere. Other positions get some index.
        limits: The pixels [low, high) that the level has.
        scale: Level pixels per pixel of the positions.

    Returns:
        Indices of the shape of ``positions``, from 0 on.
    """
    short = tuple(axis for axis in (0, 1) if positions.shape[axis] < inside.shape[axis])
    used = inside.any(axis=short, keepdims=True) if short else inside
    return index_positions(
        np.ascontiguousarray(positions),
        np.ascontiguousarray(used),
        limits,
        scale=scale,
        nudge=NUDGE,
    )


def _blend(view: _View, placement: Placement, kernel: Resampling) -> Blend:
    """The plan for all pixels that a kernel reaches."""
    across, down = placement.widths, placement.heights
    shrink = 1, 1
    if kernel is not Resampling.MODE and not runs_along(placement):
        limit = MAX_REACH / RADIUS[kernel]
        shrink = _shrink(down, view.inside, limit), _shrink(across, view.inside, limit)
    rows, cols = placement.rows / shrink[0], placement.cols / shrink[1]
    heights = _bounded(down / shrink[0], view.inside, kernel)
    widths = _bounded(across / shrink[1], view.inside, kernel)
    if kernel in AREA_KERNELS:
        rows, heights = clamp_boxes(rows, heights, view.grid.height / shrink[0])
        if view.turn is None:
            cols, widths = clamp_boxes(cols, widths, view.grid.width / shrink[1])
    first_col, width = _span(cols, widths, view.inside, kernel)
    first_row, height = _span(rows, heights, view.inside, kernel)
    window = Window(
        first_col * shrink[1],
        first_row * shrink[0],
        width * shrink[1],
        height * shrink[0],
    )
    check_window(window, view.grid, view.turn)
    shifted = Placement(cols - first_col, rows - first_row, widths, heights)
    return Blend(
        view.level, window, shifted, view.inside, kernel, shrink=shrink, turn=view.turn
    )


def _shrink(sizes: Floats, inside: NDArray[np.bool_], limit: float) -> int:
    """Pixels of a level to average first, so that most sizes (height, width) fit."""
    known = sizes[inside & np.isfinite(sizes)]
    if known.size == 0 or known.max() <= limit:
        return 1
    return max(1, int(np.ceil(np.median(known) / limit)))


def _bounded(sizes: Floats, inside: NDArray[np.bool_], kernel: Resampling) -> Floats:
    """Sizes in pixels within limits, since a pixel may hold a pole or half the sky.

    Args:
        sizes: (height, width), or with an axis of length 1.
        inside: (height, width): which pixels are wanted.
        kernel: How pixels are weighted.

    Returns:
        In the shape of ``sizes``; the lower limit where a size is not used or finite.
    """
    short = tuple(axis for axis in (0, 1) if sizes.shape[axis] == 1)
    used = inside.any(axis=short, keepdims=True) & np.isfinite(sizes)
    known = np.where(used, sizes, MIN_SIZE)
    if short or kernel is Resampling.MODE:
        return np.maximum(known, MIN_SIZE)
    return np.clip(known, MIN_SIZE, 2 * MAX_REACH / RADIUS[kernel])


def _span(
    positions: Floats, sizes: Floats, inside: NDArray[np.bool_], kernel: Resampling
) -> tuple[int, int]:
    """The first pixel that a kernel reaches from any position, and how many in all.

    Positions are float64 in level pixels, of a shape that broadcasts to that of inside.
    """
    used = np.broadcast_to(positions, inside.shape)[inside]
    reach = kernel_reach(kernel, float(sizes.max()))
    first = int(np.floor(used.min() - 0.5)) + 1 - reach
    last = int(np.floor(used.max() - 0.5)) + reach
    return first, last - first + 1


def _checked_paste(paste: Paste, grid: Grid) -> Paste | Nothing:
    if grid.window.intersection(paste.window).pixels == 0:
        return Nothing()
    check_window(paste.window, grid)
    return paste
