"""Where the pixels of one grid lie on another, without projecting every one.

A coarse lattice of control points is projected and interpolated between; its error is
measured, and where it is too large, the lattice is refined, in the end to every pixel.
That is decided for every ``BLOCK`` of a grid by itself, so that a large grid and the
small ones it is made of get the same positions.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from raster_core.grid import Window
from raster_core.native.images.positions import interpolate
from raster_core.sources.warp.levels import smaller_singular_value
from raster_core.sources.warp.placement import (
    Placement,
    centres_of,
    grids_agree,
    locate_axes,
    measure_axes,
    pixel_sizes,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats, PointTransform
    from raster_core.sources.warp.placement import Measure

# Pixels of a side: a tile.
BLOCK = 256

# Control points a side to begin with. At z 8 and beyond, UTM and Albers pass at once.
LATTICE = 17

# Pixels of the source at the level that suits. The fraction of pixels that get a
# neighbour's value is up to twice the error: with 0.1 px, 0.7 % of a polar tile at z 4.
# GDAL's own warper allows 0.125.
TOLERANCE = 0.02

_NO_SIZE = np.zeros((1, 1))

# Points a side to see whether rows of both grids run alike.
_PROBE = 5

# Half the spacing has a quarter of the error; some is kept back for curves that do not
# yet behave like parabolas.
_GAIN = 3

# Share of the tolerance that a measured error may have: near a projection's kinks, in
# 8,000 random grids, the largest error was up to 6 % more than what is measured.
_MEASURED = 0.9


def locate_pixels(dst: Grid, to_src: PointTransform) -> tuple[Floats, Floats]:
    """Where the pixel centres of ``dst`` lie on the source.

    Law: those of a block, ``dst.crop`` of whole blocks, are a part of those of ``dst``,
    to within rounding.

    Returns:
        Columns (1 or height, width) and rows (height, 1 or width), float64 in source
        pixels; not finite where the source's CRS has no such position. The short forms
        are exact, for grids whose rows run alike.
    """
    if _axes_agree(dst, to_src):
        return locate_axes(to_src, dst)
    cols, rows = _join(dst, lambda window: _locate_block(to_src, window))
    return cols, rows


def place_points(dst: Grid, to_src: PointTransform) -> Placement:
    """The placement of pixel centres, which have no size."""
    return Placement(*locate_pixels(dst, to_src), _NO_SIZE, _NO_SIZE)


def place_pixels(dst: Grid, to_src: PointTransform, measure: Measure) -> Placement:
    """Where the pixels of ``dst`` lie on the source, and how large they are there.

    The centres are those of ``locate_pixels``, and the law is the same.
    """
    if _axes_agree(dst, to_src):
        return Placement(*locate_axes(to_src, dst), *measure_axes(to_src, dst))
    return Placement(*_join(dst, lambda window: _place_block(to_src, window, measure)))


def _axes_agree(dst: Grid, to_src: PointTransform) -> bool:
    """Whether rows and columns of both grids run alike."""
    points = _project_lattice(to_src, dst.window, _PROBE)
    return bool(np.isfinite(points).all()) and grids_agree(*points)


def _join(
    dst: Grid, locate: Callable[[Window], tuple[Floats, ...]]
) -> tuple[Floats, ...]:
    """The arrays (height, width) of a grid, from those of its blocks."""
    blocks = [[locate(window) for window in line] for line in _block_windows(dst)]
    if len(blocks) == len(blocks[0]) == 1:
        return blocks[0][0]
    kinds = range(len(blocks[0][0]))
    return tuple(
        np.block([[block[kind] for block in line] for line in blocks]) for kind in kinds
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


def _locate_block(to_src: PointTransform, window: Window) -> tuple[Floats, Floats]:
    """Columns and rows of a window's pixels, both (height, width)."""
    lattice = _fit_lattice(to_src, window)
    if lattice is None:
        return _evaluate_pixels(to_src, window)
    cols, rows = interpolate_lattice(lattice, (window.height, window.width))
    return cols, rows


def _place_block(
    to_src: PointTransform, window: Window, measure: Measure
) -> tuple[Floats, Floats, Floats, Floats]:
    """A placement of a window's pixels, four arrays (height, width)."""
    lattice = _fit_lattice(to_src, window)
    if lattice is None:
        cols, rows = _evaluate_pixels(to_src, window)
        return cols, rows, pixel_sizes(cols, measure), pixel_sizes(rows, measure)
    shape = window.height, window.width
    cols, rows = interpolate_lattice(lattice, shape)
    widths, heights = _spread_cells(measure(*_cell_steps(lattice, window)), shape)
    return cols, rows, widths, heights


def _fit_lattice(to_src: PointTransform, window: Window) -> Floats | None:
    """A lattice (2, points, points) that is fine enough for a window.

    None if every pixel must be projected.
    """
    size = LATTICE
    while size <= max(window.height, window.width) / 2:
        lattice = _project_lattice(to_src, window, size)
        if not np.isfinite(lattice).all():
            break
        if _interpolates(lattice, window):
            return lattice
        size = 2 * size - 1
    return None


def _project_lattice(to_src: PointTransform, window: Window, size: int) -> Floats:
    """Columns and rows (2, size, size) of a lattice over a window."""
    return np.stack(to_src(*_lattice_points(window, size)))


@lru_cache(maxsize=64)
def _lattice_points(window: Window, size: int) -> tuple[Floats, Floats]:
    """Columns and rows (size, size) of a lattice's points on the window's grid.

    All tiles have the same ones.
    """
    cols, rows = np.meshgrid(
        np.linspace(window.col, window.col_stop, size),
        np.linspace(window.row, window.row_stop, size),
    )
    cols.flags.writeable = rows.flags.writeable = False
    return cols, rows


def _cell_steps(lattice: Floats, window: Window) -> tuple[Floats, Floats]:
    """What columns and rows grow by from a pixel to the next, in each cell.

    Returns:
        Along the grid's rows and along its columns, (2, cells, cells) each.
    """
    cells = lattice.shape[1] - 1
    along = (lattice[:, :-1, 1:] - lattice[:, :-1, :-1]) / (window.width / cells)
    down = (lattice[:, 1:, :-1] - lattice[:, :-1, :-1]) / (window.height / cells)
    return along, down


def _spread_cells(cells: Floats, shape: tuple[int, int]) -> Floats:
    """The value of the cell that each pixel lies in, (…, height, width).

    Cells are (…, rows, columns); ``shape`` is (height, width).
    """
    rows, cols = (
        _cells(count, size)[0]
        for count, size in zip(cells.shape[-2:], shape, strict=True)
    )
    return np.asarray(cells.take(cols, axis=-1).take(rows, axis=-2))


def interpolate_lattice(lattice: Floats, shape: tuple[int, int]) -> Floats:
    """Bilinear values of ``lattice`` at the centres of ``shape`` pixels.

    The lattice's corners are the outer corners of the corner pixels.

    Args:
        lattice: (…, points, points); each but the last two axes by itself.
        shape: (height, width) of the result's last two axes.
    """
    down, across = (
        _cells(points - 1, size)
        for points, size in zip(lattice.shape[-2:], shape, strict=True)
    )
    return interpolate(np.ascontiguousarray(lattice), down, across)


@lru_cache(maxsize=64)
def _cells(cells: int, size: int) -> tuple[NDArray[np.int64], Floats]:
    """The cell that each of ``size`` pixel centres lies in, and how far into it.

    Indices and fractions of a cell, both (size,).
    """
    position = centres_of(size) * (cells / size)
    cell = np.floor(position)
    return cell.astype(np.int64), position - cell


def _evaluate(
    to_src: PointTransform, cols: Floats, rows: Floats
) -> tuple[Floats, Floats]:
    """Where the points of all ``cols`` and ``rows`` lie, (rows, cols) of each."""
    every = np.zeros((len(rows), len(cols)))
    return to_src(every + cols, every + rows[:, None])


def _evaluate_pixels(to_src: PointTransform, window: Window) -> tuple[Floats, Floats]:
    """Where the pixel centres of a window lie, (height, width) each."""
    return _evaluate(
        to_src,
        window.col + centres_of(window.width),
        window.row + centres_of(window.height),
    )


def _interpolates(lattice: Floats, window: Window) -> bool:
    """Whether interpolation between lattice points (2, n, n) is within the tolerance.

    Every point is compared with the line between its neighbours, along rows and along
    columns apart: in the middle of a cell, where both errors meet, they cancel out
    whenever both grids are conformal, as Mercator and UTM are.
    """
    along, down = (_deviations(points) for points in (lattice, lattice.swapaxes(1, 2)))
    curved = _largest(along) + _largest(down)
    # Neighbours of a smooth curve deviate alike. Where a projection jumps or has a kink
    # between two points, as Robinson's at every fifth parallel, they do not.
    rough = max(_largest(np.diff(along)), _largest(np.diff(down)))
    (a, c), (b, d) = _cell_steps(lattice, window)
    factor = smaller_singular_value(a, b, c, d).min()
    error = max(curved / _GAIN, curved / 4 + rough)
    return bool(error <= _MEASURED * TOLERANCE * max(factor, 1.0))


def _deviations(lattice: Floats) -> Floats:
    """Inner points of each row, less the mean of their neighbours, (…, points - 2)."""
    return lattice[..., 1:-1] - (lattice[..., :-2] + lattice[..., 2:]) / 2


def _largest(vectors: Floats) -> float:
    """The greatest length of vectors (2, …)."""
    return float(np.hypot(*vectors).max())
