"""Sample a layer on another grid: the nearest native pixel for each pixel centre.

Only crops of the layer's native grid are read. Overviews, which tiles read, may be
averages, and an average of classes is not a class.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import BudgetError
from raster_core.grid import Window
from raster_core.raster import RasterArray, Resampling, common_type, empty_array
from raster_core.sources.crs.crs import column_period
from raster_core.sources.crs.operations import pixel_transform
from raster_core.sources.warp.budget import MAX_PIXELS
from raster_core.sources.warp.lattice import locate_pixels
from raster_core.sources.warp.opacity import OPAQUE, full_alpha, join_alpha, keep_graded
from raster_core.sources.warp.plan import Gather
from raster_core.sources.warp.resample import gather_nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.raster import Layer, LayerInfo
    from raster_core.sources.crs.crs import Floats, PointTransform

RESAMPLING = "nearest"
"""How the other layers are sampled; answers say so."""

# Pixels by which positions are moved right and down. If a grid is twice as fine as the
# other, its centres lie on the edges of pixels, and rounding would choose at random.
NUDGE = 1e-6


def sample_nearest(layer: Layer, grid: Grid, part: Window) -> RasterArray:
    """Read the native pixels of ``layer`` that contain the pixel centres of a grid.

    Between projections, a position is off by at most a fiftieth of a pixel: of the
    layer or of the grid, whichever is larger.

    Args:
        layer: The layer; only crops of its native grid are read.
        grid: The grid for which positions are computed.
        part: The window of ``grid`` whose pixels are returned.

    Returns:
        The pixels of ``part``, (band, row, col), as stored in the bands' common type;
        masked outside the layer.

    Raises:
        BudgetError: If one row of ``part`` needs more than ``MAX_PIXELS``.
    """
    native = layer.info.grid
    own = native.window_of(grid)
    if own is not None:
        return layer.read(native.crop(shift_window(part, own.col, own.row)))
    cols, rows = locate_pixels(grid, _nudge(pixel_transform(native, grid)))
    period = column_period(native)
    if period is not None:
        off = np.isfinite(cols) & ((cols < 0) | (cols >= native.width))
        cols = np.mod(cols, period, where=off, out=cols.copy())
    return _gather(layer, _crop_axes(cols, rows, part), grid.crop(part))


def read_beside(
    layer: Layer, first: LayerInfo, grid: Grid, resampling: Resampling
) -> RasterArray:
    """Read a layer on ``grid``, to combine it with the layer of ``first``.

    Law: if ``grid`` is a crop of the first layer's native grid and the kernel is the
    nearest pixel, a pixel's value depends on its position alone, not on the crop.

    Returns:
        (band, row, col), as stored in the bands' common type.

    Raises:
        BudgetError: If ``layer.read`` raises it; likewise ``SourceError``.
    """
    window = first.grid.window_of(grid)
    if window is None or resampling is not Resampling.NEAREST:
        return layer.read(grid, resampling)
    if layer.info.grid.crs == first.grid.crs:  # positions are exact, whatever the crop
        return sample_nearest(layer, grid, grid.window)
    bands = layer.info.bands
    whole = empty_array(grid, len(bands), common_type(bands))
    alpha = np.full(grid.shape, OPAQUE, np.uint8)
    for block in _blocks(window, first.block_shape):
        part = block.intersection(window)
        within = shift_window(part, -block.col, -block.row)
        found = sample_nearest(layer, first.grid.crop(block), within)
        index = (slice(None), *part.index_in(window))
        whole.data[index], whole.mask[index] = found.data, found.mask
        alpha[index[1:]] = full_alpha(found)
    return replace(whole, alpha=keep_graded(alpha))


def _blocks(window: Window, block_shape: tuple[int, int]) -> Iterator[Window]:
    """The windows of all blocks that a window touches."""
    height, width = block_shape
    for row in range(window.row // height * height, window.row_stop, height):
        for col in range(window.col // width * width, window.col_stop, width):
            yield Window(col, row, width, height)


def estimate_pixels(native: Grid, grid: Grid, parts: Sequence[Window]) -> int:
    """Estimate the native pixels under windows of another grid, 0 if there is none.

    Each window counts as the box around 9 points of it.
    """
    if not parts:
        return 0
    box = np.array([(p.col, p.row, p.width, p.height) for p in parts], np.float64)
    across, down = (axis.ravel() for axis in np.meshgrid((0, 0.5, 1), (0, 0.5, 1)))
    cols, rows = pixel_transform(native, grid)(
        box[:, :1] + box[:, 2:3] * across, box[:, 1:2] + box[:, 3:] * down
    )
    known = np.isfinite(cols) & np.isfinite(rows)
    cols, rows = (np.where(known, axis, np.nan) for axis in (cols, rows))
    period = column_period(native)
    if period is not None:
        cols = cols - period * np.floor(cols[:, 4:5] / period)  # by the box's middle
    width = _overlap(cols, native.width)
    return int((width * _overlap(rows, native.height)).sum())


def shift_window(window: Window, cols: int, rows: int) -> Window:
    """Move a window to the right by ``cols`` and down by ``rows``."""
    return Window(window.col + cols, window.row + rows, window.width, window.height)


def _nudge(transform: PointTransform) -> PointTransform:
    def nudged(cols: Floats, rows: Floats) -> tuple[Floats, Floats]:
        x, y = transform(cols, rows)
        return x + NUDGE, y + NUDGE

    return nudged


def _crop_axes(cols: Floats, rows: Floats, part: Window) -> tuple[Floats, Floats]:
    """Crop positions to a window of their grid.

    Columns may be (1, width) and rows (height, 1), if they do not depend on the other
    axis; then the results have such shapes, too.
    """
    across = slice(part.col, part.col_stop)
    down = slice(part.row, part.row_stop)
    cut_cols = cols[:, across] if cols.shape[0] == 1 else cols[down, across]
    cut_rows = rows[down] if rows.shape[1] == 1 else rows[down, across]
    return cut_cols, cut_rows


def _gather(layer: Layer, positions: tuple[Floats, Floats], grid: Grid) -> RasterArray:
    """The pixels at positions given in native pixels, in as many reads as needed.

    Args:
        layer: What is read.
        positions: Columns and rows, (height, width) of ``grid``, or (1, width) and
            (height, 1); not finite where there is no position.
        grid: The grid that the pixels are asked for.
    """
    cols, rows = positions
    native, bands = layer.info.grid, layer.info.bands
    inside = native.contains(cols, rows)
    if not inside.any():
        return empty_array(grid, len(bands), common_type(bands))
    low_col, high_col = _span(cols, inside)
    low_row, high_row = _span(rows, inside)
    window = Window(low_col, low_row, high_col - low_col + 1, high_row - low_row + 1)
    if window.pixels > MAX_PIXELS:
        return _gather_halves(layer, positions, grid)
    plan = Gather(
        level=0,
        window=window,
        rows=_indices(rows, low_row, high_row),
        cols=_indices(cols, low_col, high_col),
        inside=inside,
    )
    return gather_nearest(layer.read(native.crop(window)), plan, grid)


def _gather_halves(
    layer: Layer, positions: tuple[Floats, Floats], grid: Grid
) -> RasterArray:
    """``_gather`` for the upper and the lower half of a grid, joined."""
    if grid.height == 1:
        raise BudgetError(
            f"A row of {grid.width} cells needs more than {MAX_PIXELS} pixels of "
            "another raster; put the finest raster first"
        )
    half = grid.height // 2
    halves = [
        Window(0, 0, grid.width, half),
        Window(0, half, grid.width, grid.height - half),
    ]
    upper, lower = (
        _gather(layer, _crop_axes(*positions, part), grid.crop(part)) for part in halves
    )
    return RasterArray(
        np.concatenate([upper.data, lower.data], axis=1),
        np.concatenate([upper.mask, lower.mask], axis=1),
        grid,
        join_alpha([upper, lower], axis=-2),
    )


def _span(positions: Floats, inside: NDArray[np.bool_]) -> tuple[int, int]:
    """The first and the last pixel index among positions (row, col) ``inside``.

    Positions broadcast to ``inside``, of which at least one is True.
    """
    used = np.broadcast_to(positions, inside.shape)[inside]
    return int(used.min()), int(used.max())


def _indices(positions: Floats, low: int, high: int) -> NDArray[np.int32]:
    """Pixel indices from ``low`` on, up to ``high``, in the shape of the positions.

    A position that is not finite gets index 0.
    """
    known = np.where(np.isfinite(positions), positions, low)
    return (np.clip(known, low, high).astype(np.int64) - low).astype(np.int32)


def _overlap(positions: Floats, size: int) -> Floats:
    """How many pixels of [0, size) each box of positions (boxes, points) touches."""
    low, high = np.fmin.reduce(positions, axis=1), np.fmax.reduce(positions, axis=1)
    met = np.minimum(np.ceil(high), size) - np.maximum(np.floor(low), 0)
    pixels: Floats = np.nan_to_num(np.maximum(met, 0.0))
    return pixels
