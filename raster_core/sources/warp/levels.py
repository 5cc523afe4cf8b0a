"""Which level of a pyramid is read, by how far apart pixels are on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats

# Finest overview pixels per output pixel: overview factors are rarely whole numbers
# (1138 pixels halve to 569, 285, 143), so a level 1 % too coarse still counts.
LEVEL_SLACK = 1.01


def sampling_factor(cols: Floats, rows: Floats, inside: NDArray[np.bool_]) -> float:
    """Source pixels per pixel, the smaller singular value of the Jacobian.

    At a pixel in the middle of those inside the raster: at the zooms that show a
    continent, the middle of the tile may be far from it.

    Args:
        cols: Columns of the pixel centres as ``locate_pixels`` returns them, float64
            (1 or height, width) in source pixels.
        rows: Rows likewise, (height, 1 or width).
        inside: bool (height, width), True somewhere.

    Returns:
        1 where it cannot be known: for a grid of one pixel, or beside what is not
        finite.
    """
    row, col = divmod(_middle(inside), inside.shape[1])
    cols, rows = (np.broadcast_to(p, inside.shape) for p in (cols, rows))
    right = col + 1 if col + 1 < inside.shape[1] else col - 1
    below = row + 1 if row + 1 < inside.shape[0] else row - 1
    if right < 0 or below < 0:
        return 1.0
    steps = [
        axis[index] - axis[row, col]
        for axis in (cols, rows)
        for index in ((row, right), (below, col))
    ]
    if not np.isfinite(steps).all():
        return 1.0
    return float(smaller_singular_value(*(np.asarray(step) for step in steps)))


def _middle(inside: NDArray[np.bool_]) -> int:
    """The flat index of the middle one of the pixels inside, of which there is one."""
    if inside.all():
        return inside.size // 2
    found = np.flatnonzero(inside)
    return int(found[len(found) // 2])


def smaller_singular_value(a: Floats, b: Floats, c: Floats, d: Floats) -> Floats:
    """The smaller singular value of the matrices [[a, b], [c, d]].

    Args:
        a: Upper left elements, float64 of any shape.
        b: Upper right ones, of the same shape.
        c: Lower left ones.
        d: Lower right ones.

    Returns:
        One value per matrix, in that shape; NaN if one of its elements is NaN.
    """
    total = a * a + b * b + c * c + d * d
    determinant = a * d - b * c
    root = np.sqrt(np.maximum(total * total - 4 * determinant * determinant, 0.0))
    value: Floats = np.sqrt(np.maximum(total - root, 0.0) / 2)
    return value


def choose_level(factor: float, levels: Sequence[Grid]) -> int:
    """The coarsest level that is not coarser than ``factor`` native pixels."""
    fitting = [
        level
        for level, grid in enumerate(levels)
        if decimation(levels[0], grid) <= LEVEL_SLACK * factor
    ]
    return max(
        fitting, key=lambda level: decimation(levels[0], levels[level]), default=0
    )


def decimation(native: Grid, overview: Grid) -> float:
    """Native pixels per overview pixel; the larger of both axes.

    Sizes round up, so an axis of few pixels understates it: 1 pixel halves to 1.
    """
    return max(native.width / overview.width, native.height / overview.height)
