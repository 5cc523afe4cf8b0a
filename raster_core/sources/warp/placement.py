"""Where the pixels of a grid lie on a source, and how large they are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats, PointTransform

# Columns of a level by which a turn may differ from a whole number of them. The seam is
# then off by that much.
CLOSED = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Where the pixels of a grid lie on a source, in source pixels, float64.

    Arrays are (height, width); (1, width) and (height, 1) where rows of both grids run
    alike. Values are not finite where the source's CRS has no such position.
    """

    cols: Floats
    """Columns of the centres, (1, width) or (height, width)."""
    rows: Floats
    """Rows of the centres, (height, 1) or (height, width)."""
    widths: Floats
    """Source columns that a pixel is wide, by some ``Measure``; shaped as ``cols``."""
    heights: Floats
    """Source rows that it is high; shaped as ``rows``."""


type Measure = Callable[[Floats, Floats], Floats]
"""How large a pixel is along a source axis, from the steps of that axis' coordinate to
the next pixel of the row and to that of the column: arrays of one shape."""


def gradient_length(along: Floats, down: Floats) -> Floats:
    """The size of a box of the same area, however the pixel is turned on the source.

    Args and result as in ``Measure``.
    """
    return np.hypot(along, down)


def diagonal_span(along: Floats, down: Floats) -> Floats:
    """The size of the box between a pixel's first corner and its last.

    Exact for a pixel that is not turned; for one turned by 45 degrees, a line. Args and
    result as in ``Measure``.

    Source: GDAL's alg/gdalwarpkernel.cpp, GWKAverageOrModeComputeSourceCoords.
    """
    return np.abs(along + down)


def pixel_sizes(values: Floats, measure: Measure) -> Floats:
    """How large each pixel is along a source axis; NaN where it is undefined.

    That is beside what is not finite, and where steps to the left and to the right have
    nothing in common: there the projection has a discontinuity, and what looks like a
    pixel that covers all of the raster has parts of it on either side.

    Args:
        values: Coordinates of pixel centres along the axis, float64 (height, width) in
            source pixels.
        measure: From steps to a size.

    Returns:
        Source pixels, (height, width).
    """
    with np.errstate(invalid="ignore"):
        along, down = _steps(values, axis=1), _steps(values, axis=0)
        size = measure(along[0], down[0])
        torn = np.hypot(along[1], down[1]) > np.hypot(along[0], down[0])
        return np.where(torn, np.nan, size)


def _steps(values: Floats, axis: int) -> tuple[Floats, Floats]:
    """First and second differences at each pixel; 0 where there are too few pixels.

    Both have the shape of ``values``, (height, width).
    """
    count = values.shape[axis]
    none = np.zeros_like(values)
    first = np.gradient(values, axis=axis) if count > 1 else none
    if count < 3:
        return first, none
    second = np.diff(values, n=2, axis=axis)
    rim = [(0, 0), (0, 0)]
    rim[axis] = (1, 1)
    return first, np.pad(second, rim, mode="edge")


def runs_along(placement: Placement) -> bool:
    """Whether one row and one column describe all of it."""
    return bool(placement.cols.shape[0] == placement.rows.shape[1] == 1)


def level_scales(native: Grid, grid: Grid) -> tuple[float, float]:
    """Columns and rows of a level per native one."""
    return grid.width / native.width, grid.height / native.height


def scale_placement(placement: Placement, native: Grid, grid: Grid) -> Placement:
    """A placement in native pixels, in pixels of a level."""
    across, down = level_scales(native, grid)
    return Placement(
        placement.cols * across,
        placement.rows * down,
        placement.widths * across,
        placement.heights * down,
    )


def centres_inside(placement: Placement, grid: Grid) -> NDArray[np.bool_]:
    """Where a pixel's centre lies on the raster, (height, width)."""
    return grid.contains(placement.cols, placement.rows)


def boxes_inside(placement: Placement, grid: Grid) -> NDArray[np.bool_]:
    """Where a pixel covers a part of the raster, however small, (height, width)."""
    half_width = np.nan_to_num(placement.widths / 2, posinf=0.0)
    half_height = np.nan_to_num(placement.heights / 2, posinf=0.0)
    cols, rows = placement.cols, placement.rows
    across = (cols + half_width > 0) & (cols - half_width < grid.width)
    down = (rows + half_height > 0) & (rows - half_height < grid.height)
    return np.asarray(across & down)


def clamp_boxes(
    positions: Floats, sizes: Floats, length: float
) -> tuple[Floats, Floats]:
    """The parts of boxes about positions that lie in [0, length).

    What lies beyond has no data and no weight; but it would have to be read.

    Args:
        positions: Middles of the boxes, float64 of any shape, in pixels.
        sizes: Their sizes, likewise.
        length: Pixels of the axis.

    Returns:
        Middles and sizes of the parts, in the same shape.
    """
    low, high = positions - sizes / 2, positions + sizes / 2
    if not ((low < 0) & (high > 0) | (high > length) & (low < length)).any():
        return positions, sizes
    clamped_low, clamped_high = np.maximum(low, 0), np.minimum(high, length)
    over = (clamped_high > clamped_low) & ((low < 0) | (high > length))
    middles = (clamped_low + clamped_high) / 2
    return (
        np.where(over, middles, positions),
        np.where(over, clamped_high - clamped_low, sizes),
    )


def turn_columns(cols: Floats, period: float, width: int) -> Floats:
    """Columns beyond the raster, whole turns away if they lie on it so.

    Args:
        cols: float64 of any shape, in pixels; what is not finite stays so.
        period: Columns in a turn.
        width: Columns of the raster.
    """
    off = np.isfinite(cols) & ((cols < 0) | (cols >= width))
    if not off.any():
        return cols
    turned = np.mod(cols, period, where=off, out=cols.copy())
    return np.where(turned < width, turned, cols)


def level_turn(period: float | None, native: Grid, grid: Grid) -> int | None:
    """Columns after which a level comes round again, if they are a whole number."""
    if period is None:
        return None
    exact = period * grid.width / native.width
    turn = round(exact)
    closed = abs(exact - turn) < CLOSED and 0 < turn <= grid.width
    return turn if closed else None


def shorten_columns(cols: Floats, inside: NDArray[np.bool_], turn: int) -> Floats:
    """Columns in [0, turn), or in [-turn/2, turn/2) if they lie closer together so.

    Args:
        cols: float64 (1 or height, width), in pixels of a level.
        inside: bool (height, width), True somewhere: the columns that count.
        turn: Columns after which the level comes round again.
    """
    used = np.broadcast_to(cols, inside.shape)[inside]
    other = np.where(used >= turn / 2, used - turn, used)
    if np.ptp(other) > np.ptp(used) - 1:
        return cols
    return np.where(cols >= turn / 2, cols - turn, cols)


def locate_axes(to_src: PointTransform, dst: Grid) -> tuple[Floats, Floats]:
    """The centres of a grid whose rows run alike: (1, width) and (height, 1)."""
    cols, rows = centres_of(dst.width), centres_of(dst.height)
    return _project_axes(to_src, dst, (cols, rows))


def measure_axes(to_src: PointTransform, dst: Grid) -> tuple[Floats, Floats]:
    """How wide and how high the pixels of such a grid are: (1, width), (height, 1)."""
    edges = np.arange(dst.width + 1.0), np.arange(dst.height + 1.0)
    cols, rows = _project_axes(to_src, dst, edges)
    return np.abs(np.diff(cols, axis=1)), np.abs(np.diff(rows, axis=0))


def _project_axes(
    to_src: PointTransform, dst: Grid, axes: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """The columns (1, n) and rows (m, 1) of a grid's own, through its middle."""
    cols, _ = to_src(axes[0], np.full(axes[0].size, dst.height / 2))
    _, rows = to_src(np.full(axes[1].size, dst.width / 2), axes[1])
    return cols[None, :], rows[:, None]


def centres_of(size: int) -> Floats:
    """Centres of ``size`` pixels from 0 on, (size,), in pixels."""
    return np.arange(size, dtype=np.float64) + 0.5


def grids_agree(cols: Floats, rows: Floats) -> bool:
    """Whether columns depend on the column alone, and rows on the row.

    Both are (points, points).
    """
    # Pixels: far below the tolerance, far above rounding of coordinates in metres.
    return bool(np.ptp(cols, axis=0).max() < 1e-6 > np.ptp(rows, axis=1).max())
