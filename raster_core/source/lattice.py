"""Where the pixels of one grid lie on another, without projecting every one.

A coarse lattice of control points is projected and interpolated between; its error is
measured, and where it is too large, the lattice is refined, in the end to every pixel.
That is decided for every ``BLOCK`` of a grid by itself, so that a large grid and the
small ones it is made of get the same positions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.grid import Window
from raster_core.source.placement import Placement, gradient_length

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.source.crs import Floats, PointTransform
    from raster_core.source.placement import Measure

# Pixels of a side: a tile.
BLOCK = 256

# Control points a side to begin with; an odd number, so that every other one is a
# lattice too. At z 8 and beyond, UTM and Albers pass at once.
LATTICE = 17

# Of a source pixel at the level that suits. The share of pixels that get a neighbour's
# value is up to twice the error: with 0.1 px, 0.7 % of a polar tile at z 4. GDAL's own
# warper allows 0.125.
TOLERANCE = 0.02

# Points a side to see whether rows of both grids run alike.
_PROBE = 5

# Half the spacing has a quarter of the error; some is kept back for curves that do not
# yet behave like parabolas.
_GAIN = 3


def locate_pixels(dst: Grid, to_src: PointTransform) -> tuple[Floats, Floats]:
    """Where the pixel centres of ``dst`` lie on the source.

    Returns:
        Columns (1 or height, width) and rows (height, 1 or width), in source pixels;
        not finite where the source's CRS has no such place. The short forms are exact,
        for grids whose rows run alike.
    """
    placement = place_pixels(dst, to_src)
    return placement.cols, placement.rows


def place_pixels(
    dst: Grid, to_src: PointTransform, measure: Measure = gradient_length
) -> Placement:
    """Where the pixels of ``dst`` lie on the source, and how large they are there.

    Law: the placement of a block, ``dst.crop`` of whole blocks, is a part of that of
    ``dst``, to within rounding.
    """
    cols, rows, _ = _project_lattice(to_src, dst.window, _PROBE)
    finite = bool(np.isfinite(cols).all() and np.isfinite(rows).all())
    if finite and _runs_along(cols, rows):
        return _place_axes(to_src, dst)
    blocks = [
        [_place_block(to_src, window, measure) for window in line]
        for line in _block_windows(dst)
    ]
    if len(blocks) == len(blocks[0]) == 1:
        return blocks[0][0]
    return Placement(
        np.block([[block.cols for block in line] for line in blocks]),
        np.block([[block.rows for block in line] for line in blocks]),
        np.block([[block.widths for block in line] for line in blocks]),
        np.block([[block.heights for block in line] for line in blocks]),
    )


def _block_windows(dst: Grid) -> list[list[Window]]:
    """The grid's blocks from its first pixel on, line by line."""
    return [
        [
            Window(col, row, min(BLOCK, dst.width - col), min(BLOCK, dst.height - row))
            for col in range(0, dst.width, BLOCK)
        ]
        for row in range(0, dst.height, BLOCK)
    ]


def _place_block(to_src: PointTransform, window: Window, measure: Measure) -> Placement:
    """The placement of a window's pixels, all in the long form."""
    shape = window.height, window.width
    size = LATTICE
    while size <= max(shape) / 2:
        cols, rows, step = _project_lattice(to_src, window, size)
        if not (np.isfinite(cols).all() and np.isfinite(rows).all()):
            break
        if _interpolates(cols, rows, step):
            return Placement(
                interpolate_lattice(cols, shape),
                interpolate_lattice(rows, shape),
                _spread_cells(_cell_sizes(cols, step, measure), shape),
                _spread_cells(_cell_sizes(rows, step, measure), shape),
            )
        size = 2 * size - 1
    cols, rows = _evaluate(
        to_src,
        window.col + _centres(window.width),
        window.row + _centres(window.height),
    )
    return Placement(
        cols, rows, _pixel_sizes(cols, measure), _pixel_sizes(rows, measure)
    )


def _project_lattice(
    to_src: PointTransform, window: Window, size: int
) -> tuple[Floats, Floats, tuple[float, float]]:
    """Columns and rows (size, size) of a lattice over a window, and its spacing."""
    cols, rows = _evaluate(
        to_src,
        np.linspace(window.col, window.col_stop, size),
        np.linspace(window.row, window.row_stop, size),
    )
    return cols, rows, (window.width / (size - 1), window.height / (size - 1))


def _cell_sizes(lattice: Floats, step: tuple[float, float], measure: Measure) -> Floats:
    """How large pixels are in each cell of a lattice."""
    along = (np.diff(lattice, axis=1) / step[0])[:-1]
    down = (np.diff(lattice, axis=0) / step[1])[:, :-1]
    return measure(along, down)


def _spread_cells(cells: Floats, shape: tuple[int, int]) -> Floats:
    """The value of the cell that each of ``shape`` pixels lies in."""
    rows, cols = (
        _cells(count, size)[0] for count, size in zip(cells.shape, shape, strict=True)
    )
    return np.asarray(cells.take(rows, axis=0).take(cols, axis=1))


def _pixel_sizes(values: Floats, measure: Measure) -> Floats:
    """How large each pixel is; NaN where nobody can tell.

    That is beside what is not finite, and where steps to the left and to the right have
    nothing in common: there the projection is torn, and what looks like a pixel that
    covers all of the raster is one that has parts of it on either side.
    """
    with np.errstate(invalid="ignore"):
        along, down = _steps(values, axis=1), _steps(values, axis=0)
        size = measure(along[0], down[0])
        torn = np.hypot(along[1], down[1]) > np.hypot(along[0], down[0])
        return np.where(torn, np.nan, size)


def _steps(values: Floats, axis: int) -> tuple[Floats, Floats]:
    """First and second differences at each pixel; 0 where there are too few pixels."""
    count = values.shape[axis]
    none = np.zeros_like(values)
    first = np.gradient(values, axis=axis) if count > 1 else none
    if count < 3:
        return first, none
    second = np.diff(values, n=2, axis=axis)
    rim = [(0, 0), (0, 0)]
    rim[axis] = (1, 1)
    return first, np.pad(second, rim, mode="edge")


def sampling_factor(cols: Floats, rows: Floats, inside: NDArray[np.bool_]) -> float:
    """Source pixels per pixel, the smaller singular value of the Jacobian.

    At a pixel in the middle of those inside the raster: at the zooms that show a
    continent, the middle of the tile may be far from it.

    Args:
        cols: As ``locate_pixels`` returns them, likewise ``rows``.
        rows: See there.
        inside: (height, width), True somewhere.
    """
    found = np.flatnonzero(inside)
    row, col = divmod(int(found[len(found) // 2]), inside.shape[1])
    cols, rows = (np.broadcast_to(p, inside.shape) for p in (cols, rows))
    right = col + 1 if col + 1 < inside.shape[1] else col - 1
    below = row + 1 if row + 1 < inside.shape[0] else row - 1
    if right < 0 or below < 0:
        return 1.0
    steps = [
        axis[place] - axis[row, col]
        for axis in (cols, rows)
        for place in ((row, right), (below, col))
    ]
    if not np.isfinite(steps).all():
        return 1.0
    return float(_smaller_singular_value(*(np.asarray(step) for step in steps)))


def interpolate_lattice(lattice: Floats, shape: tuple[int, int]) -> Floats:
    """Bilinear values of ``lattice`` at the centres of ``shape`` pixels.

    The lattice's corners are the outer corners of the corner pixels. Separable, and not
    as two matrix products: BLAS spreads them over threads, which takes 0.05 ms on an
    idle machine and 20 ms on a busy one.
    """
    down, along = (
        _cells(points - 1, size)
        for points, size in zip(lattice.shape, shape, strict=True)
    )
    lines = lattice.take(down[0], axis=0)
    lines += np.diff(lattice, axis=0).take(down[0], axis=0) * down[1][:, None]
    values = lines.take(along[0], axis=1)
    values += np.diff(lines, axis=1).take(along[0], axis=1) * along[1]
    return values


def _cells(cells: int, size: int) -> tuple[NDArray[np.intp], Floats]:
    """The cell that each of ``size`` pixel centres lies in, and how far into it."""
    position = _centres(size) * (cells / size)
    cell = np.floor(position)
    return cell.astype(np.intp), position - cell


def _evaluate(
    to_src: PointTransform, cols: Floats, rows: Floats
) -> tuple[Floats, Floats]:
    grid_cols, grid_rows = np.meshgrid(cols, rows)
    return to_src(grid_cols, grid_rows)


def _place_axes(to_src: PointTransform, dst: Grid) -> Placement:
    """The placement of a grid whose rows run alike: one row and one column of it."""
    middle_col, middle_row = dst.width / 2, dst.height / 2
    edge_cols, edge_rows = (np.arange(size + 1.0) for size in (dst.width, dst.height))
    cols, _ = to_src(_centres(dst.width), np.full(dst.width, middle_row))
    _, rows = to_src(np.full(dst.height, middle_col), _centres(dst.height))
    left, _ = to_src(edge_cols, np.full(edge_cols.size, middle_row))
    _, top = to_src(np.full(edge_rows.size, middle_col), edge_rows)
    return Placement(
        cols[None, :],
        rows[:, None],
        np.abs(np.diff(left))[None, :],
        np.abs(np.diff(top))[:, None],
    )


def _centres(size: int) -> Floats:
    return np.arange(size, dtype=np.float64) + 0.5


def _runs_along(cols: Floats, rows: Floats) -> bool:
    """Whether columns depend on the column alone, and rows on the row."""
    # Of a pixel: far below the tolerance, far above rounding of coordinates in metres.
    return bool(np.ptp(cols, axis=0).max() < 1e-6 > np.ptp(rows, axis=1).max())


def _interpolates(cols: Floats, rows: Floats, step: tuple[float, float]) -> bool:
    """Whether interpolation between the points of a lattice is within the tolerance.

    Every other point is left out and compared with the line between its neighbours,
    along rows and along columns apart: in the middle of a cell, where both errors
    meet, they cancel out whenever both grids are conformal, as Mercator and UTM are.
    """
    along, down = (
        np.hypot(_midpoint_errors(cols, axis), _midpoint_errors(rows, axis)).max()
        for axis in (1, 0)
    )
    factor = _cell_factors((cols, rows), step).min()
    return bool(along + down <= _GAIN * TOLERANCE * max(factor, 1.0))


def _midpoint_errors(lattice: Floats, axis: int) -> Floats:
    """Every second value along an axis, less the mean of its neighbours."""
    values = np.moveaxis(lattice, axis, -1)
    return values[:, 1::2] - (values[:, :-1:2] + values[:, 2::2]) / 2


def _cell_factors(lattice: tuple[Floats, Floats], step: tuple[float, float]) -> Floats:
    """Source pixels per output pixel of each cell."""
    cols, rows = lattice
    return _smaller_singular_value(
        np.diff(cols, axis=1)[:-1] / step[0],
        np.diff(cols, axis=0)[:, :-1] / step[1],
        np.diff(rows, axis=1)[:-1] / step[0],
        np.diff(rows, axis=0)[:, :-1] / step[1],
    )


def _smaller_singular_value(a: Floats, b: Floats, c: Floats, d: Floats) -> Floats:
    """Of the matrices [[a, b], [c, d]]."""
    total = a * a + b * b + c * c + d * d
    determinant = a * d - b * c
    root = np.sqrt(np.maximum(total * total - 4 * determinant * determinant, 0.0))
    value: Floats = np.sqrt(np.maximum(total - root, 0.0) / 2)
    return value
