"""Where the pixels of one grid lie on another, without projecting every one.

A coarse lattice of control points is projected and interpolated between; its error is
measured, and where it is too large, the lattice is refined, in the end to every pixel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.source.crs import Floats, PointTransform

# Control points a side to begin with; an odd number, so that every other one is a
# lattice too. At z 8 and beyond, UTM and Albers pass at once.
LATTICE = 17

# Of a source pixel at the level that suits. The share of pixels that get a neighbour's
# value is up to twice the error: with 0.1 px, 0.7 % of a polar tile at z 4. GDAL's own
# warper allows 0.125.
TOLERANCE = 0.02

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
    size = LATTICE
    while size <= max(dst.shape) / 2:
        ticks = np.linspace(0.0, dst.width, size), np.linspace(0.0, dst.height, size)
        cols, rows = _evaluate(to_src, *ticks)
        if not (np.isfinite(cols).all() and np.isfinite(rows).all()):
            break
        if _runs_along(cols, rows):
            return _evaluate_axes(to_src, dst)
        if _interpolates(cols, rows, (ticks[0][1], ticks[1][1])):
            return (
                interpolate_lattice(cols, dst.shape),
                interpolate_lattice(rows, dst.shape),
            )
        size = 2 * size - 1
    return _evaluate(to_src, _centres(dst.width), _centres(dst.height))


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


def _evaluate_axes(to_src: PointTransform, dst: Grid) -> tuple[Floats, Floats]:
    """Columns (1, width) and rows (height, 1) of a transform that keeps axes."""
    cols, _ = to_src(_centres(dst.width), np.full(dst.width, dst.height / 2))
    _, rows = to_src(np.full(dst.height, dst.width / 2), _centres(dst.height))
    return cols[None, :], rows[:, None]


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
