"""Fill a grid from the pixels of a window, as a plan says.

Masks go the way of the values, band by band. With the nearest pixel, bilinear and
cubic, a pixel has data exactly if the one its centre lies in has; with average and
mode, if any that it covers has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.grid import Grid, Window
from raster_core.native.images.gathering import gather
from raster_core.raster import RasterArray, Resampling
from raster_core.sources.warp.blend import blend_pixels
from raster_core.sources.warp.mode import vote_pixels
from raster_core.sources.warp.opacity import blend_alpha, join_alpha
from raster_core.sources.warp.plan import Gather

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from raster_core.sources.warp.plan import Blend


def resample(array: RasterArray, plan: Gather | Blend, grid: Grid) -> RasterArray:
    """The pixels of ``grid``, (band, row, col) in the type of ``array``.

    Args:
        array: The window that the plan asked for.
        plan: Which of its pixels, and how.
        grid: What is filled; its shape is the plan's.
    """
    if isinstance(plan, Gather):
        return gather_nearest(array, plan, grid)
    fill = vote_pixels if plan.kernel is Resampling.MODE else blend_pixels
    data, mask = fill(array, plan)
    return RasterArray(data, mask, grid, blend_alpha(array, plan))


def gather_nearest(array: RasterArray, plan: Gather, grid: Grid) -> RasterArray:
    """The pixel of ``array`` for each pixel of ``grid``; no data outside the raster.

    Args:
        array: The window that the plan asked for.
        plan: Which of its pixels.
        grid: What is filled; its shape is the plan's.
    """
    data = _take(array.data, plan)
    if array.mask.all():  # which is seen faster than pixels are taken
        mask = np.broadcast_to(plan.inside, data.shape).copy()
    else:
        mask = _take(array.mask, plan) & plan.inside
    alpha = array.alpha
    if alpha is not None:
        alpha = _take(alpha[np.newaxis], plan)[0]
    return RasterArray(data, mask, grid, alpha)


def read_around(
    read: Callable[[Window], RasterArray], window: Window, turn: int | None
) -> RasterArray:
    """A window of a raster that may come round again after ``turn`` columns.

    (band, row, col), of the window's rows and columns.

    Law: whatever the window, its column c is column c modulo ``turn`` of the raster.
    """
    if turn is None or (window.col >= 0 and window.col_stop <= turn):
        return read(window)
    pieces = []
    col = window.col
    while col < window.col_stop:
        start = col % turn
        width = min(turn - start, window.col_stop - col)
        pieces.append(read(Window(start, window.row, width, window.height)))
        col += width
    return RasterArray(
        np.concatenate([piece.data for piece in pieces], axis=2),
        np.concatenate([piece.mask for piece in pieces], axis=2),
        pieces[0].grid,
        join_alpha(pieces, axis=-1),
    )


def _take[T: np.generic](values: NDArray[T], plan: Gather) -> NDArray[T]:
    """``values[:, rows, cols]`` of (band, row, col)."""
    return gather(np.ascontiguousarray(values), plan.rows, plan.cols)
