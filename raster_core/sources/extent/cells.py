"""Cells of the Earth that lie on a raster, finest where the raster or the Earth ends.

For rasters that reach beyond the Earth, whose border says nothing. Numbers only; what a
polygon is, ``zonal/outlines/raster_outline`` knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.sources.extent.positions import lie_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.grid import Bounds, Grid
    from raster_core.sources.crs.crs import Floats

    type Mask = NDArray[np.bool_]

# Cells along the longer side of the box to begin with, and how often those near an end
# are cut into four: to 0.7 degrees on a map of the world. A curve of the size of a full
# disk leaves the chord of such a cell by 0.001 degrees.
_CELLS, _LEVELS = 64, 4

# Halvings of a side of a cell that an end crosses: some metres on a map of the world.
_HALVINGS = 20

# Degrees from the ends of a box of a whole turn at which positions are looked up, so
# that it is known on which end they lie; a millimetre.
ASIDE = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A lattice over a box, and what of it lies on a raster."""

    x: Floats
    """Longitudes of the lattice's columns, ascending, (columns + 1,)."""
    y: Floats
    """Latitudes of its rows, ascending, (rows + 1,)."""
    on: Mask
    """Which of its points lie on the raster, (rows + 1, columns + 1)."""
    whole: Mask
    """Which cells lie on the raster wholly, (rows, columns)."""
    cut: Mask
    """Which cells an end crosses, (rows, columns)."""
    cross_x: Floats
    """Where the upper and lower sides of cells are crossed, (rows + 1, columns)."""
    cross_y: Floats
    """Where the other sides are crossed, (rows, columns + 1)."""


def find_cells(grid: Grid, box: Bounds) -> Cells:
    """The cells of a box in longitude and latitude that lie on a raster.

    Args:
        grid: The raster's.
        box: In one turn of longitudes, whichever it is.
    """
    size = max(box.right - box.left, box.top - box.bottom) / _CELLS
    columns = max(1, round((box.right - box.left) / size))
    rows = max(1, round((box.top - box.bottom) / size))
    whole = np.zeros((rows, columns), bool)
    pending = np.ones_like(whole)
    for level in range(_LEVELS):
        x = np.linspace(box.left, box.right, (columns << level) + 1)
        y = np.linspace(box.bottom, box.top, (rows << level) + 1)
        on = _look_up(grid, (x, y), pending, whole)
        every, some = _corners(on, np.logical_and), _corners(on, np.logical_or)
        cut = some & ~every
        if level < _LEVELS - 1:
            # Beside a cell that is cut, the end may pass between the corners.
            pending = _widen(cut)
            whole = every & ~pending
            pending, whole = (a.repeat(2, 0).repeat(2, 1) for a in (pending, whole))
    return Cells(
        *(x, y, on, every, cut),
        cross_x=_cross(grid, (x, y), on),
        cross_y=_cross(grid, (y, x), on.T, swapped=True).T,
    )


def _look_up(
    grid: Grid, lattice: tuple[Floats, Floats], pending: Mask, whole: Mask
) -> Mask:
    """Which points of a lattice lie on a grid; asked only around pending cells.

    Args:
        grid: The raster's.
        lattice: Longitudes (columns + 1,) and latitudes (rows + 1,) in degrees.
        pending: Cells to look at, (rows, columns).
        whole: Cells known to lie on the grid, likewise.

    Returns:
        (rows + 1, columns + 1).
    """
    x, y = lattice
    on = _spread(whole)
    row, col = np.nonzero(_spread(pending))
    on[row, col] = _ask(grid, lattice, x[col], y[row])
    return on


def _ask(
    grid: Grid, lattice: tuple[Floats, Floats], longitude: Floats, latitude: Floats
) -> Mask:
    """Which positions lie on a grid, those at the ends of a lattice a little inside.

    Longitudes and latitudes are degrees, (n,), and so is the answer.
    """
    x, _ = lattice
    return lie_on(grid, np.clip(longitude, x[0] + ASIDE, x[-1] - ASIDE), latitude)


def _spread(cells: Mask) -> Mask:
    """Which points are corners of some cells, (rows + 1, columns + 1)."""
    padded = np.pad(cells, 1)
    return _corners(padded, np.logical_or)


def _corners(points: Mask, join: np.ufunc) -> Mask:
    """What holds for all, or for any, of the four points around each cell.

    From (rows + 1, columns + 1) to (rows, columns).
    """
    found: Mask = join(
        join(points[:-1, :-1], points[:-1, 1:]), join(points[1:, :-1], points[1:, 1:])
    )
    return found


def _widen(cells: Mask) -> Mask:
    """Cells (rows, columns) that are True, and all that touch them."""
    return _corners(_spread(cells), np.logical_or)


def _cross(
    grid: Grid, lattice: tuple[Floats, Floats], on: Mask, *, swapped: bool = False
) -> Floats:
    """Where an end crosses the pieces between neighbours along the first axis.

    Args:
        grid: The raster's.
        lattice: Degrees along the axis, (positions,), and of its lines, (lines,).
        on: (lines, positions).
        swapped: Whether the axis is that of latitudes.

    Returns:
        Degrees along the axis, (lines, positions - 1); NaN for pieces that are not
        crossed.
    """
    axis, lines = lattice
    line, first = np.nonzero(on[:, 1:] != on[:, :-1])
    first_on = on[line, first]
    inner = np.where(first_on, axis[first], axis[first + 1])
    outer = np.where(first_on, axis[first + 1], axis[first])
    for _ in range(_HALVINGS):
        middle = (inner + outer) / 2
        if swapped:
            is_on = _ask(grid, (lines, axis), lines[line], middle)
        else:
            is_on = _ask(grid, lattice, middle, lines[line])
        inner, outer = np.where(is_on, middle, inner), np.where(is_on, outer, middle)
    crossings = np.full((len(lines), len(axis) - 1), np.nan)
    crossings[line, first] = inner
    return crossings
