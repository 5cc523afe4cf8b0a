"""How far chords may be off their curves, known before an edge is looked at.

Most edges are so short that nothing can bend them. A lattice over all of them says how
much a transform bends there, for the price of some thousand points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from raster_core.sources.crs.crs import Floats

    type ToPixels = Callable[[Floats], Floats]
    """From points (n, 2) to pixels (n, 2); not finite where there is no image."""

# Cells of the lattice along each side.
_CELLS = 24

# Edges for each point of the lattice below which they are looked at themselves.
_WORTH = 2

# Edges that are looked at together: fresh memory takes longer than their sums.
_TOGETHER = 16_384

# How much more a transform may bend between the points of the lattice.
_SAFETY = 2.0


def bound_sagittas(start: Floats, end: Floats, to_pixels: ToPixels) -> Floats:
    """What edges are off their chords at most, in pixels, (n,); inf if unknown.

    A chord is off its curve by an eighth of the second derivative along it; that is
    taken from differences over the lattice, the largest about each cell. A jump of the
    transform is such a difference too.

    Args:
        start: (n, 2): where edges begin.
        end: (n, 2)
        to_pixels: The transform.
    """
    if len(start) < _WORTH * (_CELLS + 3) ** 2:
        return np.full(len(start), np.inf)
    axes = (*start.T, *end.T)  # ten times as fast as along axis 0
    west, south, west_end, south_end = (float(axis.min()) for axis in axes)
    east, north, east_end, north_end = (float(axis.max()) for axis in axes)
    low = np.array([min(west, west_end), min(south, south_end)])
    high = np.array([max(east, east_end), max(north, north_end)])
    size = (high - low) / _CELLS
    if not (np.isfinite(low) & np.isfinite(high) & (size > 0)).all():
        return np.full(len(start), np.inf)
    bends = _second_differences(low, size, to_pixels)
    found = np.empty(len(start))
    for first in range(0, len(start), _TOGETHER):
        some = slice(first, first + _TOGETHER)
        found[some] = _bound(
            (start[some] - low) / size, (end[some] - low) / size, bends
        )
    return found


def _bound(start: Floats, end: Floats, bends: tuple[Floats, ...]) -> Floats:
    """The bounds of edges given in cells of the lattice."""
    across, mixed, down = bends
    u, v = np.abs(end - start).T
    middle = ((start + end) / 2).astype(np.intp)
    cell = np.clip(middle, 0, _CELLS - 1) @ (1, _CELLS)
    with np.errstate(invalid="ignore"):  # inf * 0
        bent = across.ravel()[cell] * u * u + 2 * mixed.ravel()[cell] * u * v
        bent += down.ravel()[cell] * v * v
    # A longer edge has other cells beside its middle's than were looked at.
    far = (u > 1) | (v > 1) | ~np.isfinite(bent)
    return np.where(far, np.inf, _SAFETY / 8 * bent)


def _second_differences(
    low: Floats, size: Floats, to_pixels: ToPixels
) -> tuple[Floats, Floats, Floats]:
    """Largest second differences about each cell: along x, mixed, and along y.

    Args:
        low: (2,): the lattice's corner.
        size: (2,): its cells.
        to_pixels: The transform.

    Returns:
        In pixels for steps of one cell, (cells, cells) each as (row, col).
    """
    x, y = (low[axis] + size[axis] * np.arange(-1, _CELLS + 2) for axis in (0, 1))
    nodes = np.stack(np.meshgrid(x, y), axis=-1)
    image = to_pixels(nodes.reshape(-1, 2)).reshape(nodes.shape)
    with np.errstate(invalid="ignore"):  # inf - inf
        across = _lengths(image[:, 2:] - 2 * image[:, 1:-1] + image[:, :-2])[1:-1]
        down = _lengths(image[2:] - 2 * image[1:-1] + image[:-2])[:, 1:-1]
        mixed = _lengths(
            image[1:, 1:] - image[1:, :-1] - image[:-1, 1:] + image[:-1, :-1]
        )
    corners = (_largest(across, 2), _largest(down, 2))
    return corners[0], _largest(mixed, 3), corners[1]


def _lengths(differences: Floats) -> Floats:
    """Lengths of vectors (…, 2); inf where they are not finite."""
    length = np.hypot(differences[..., 0], differences[..., 1])
    return np.where(np.isfinite(length), length, np.inf)


def _largest(values: Floats, width: int) -> Floats:
    """The largest of every square of so many values a side."""
    windows = np.lib.stride_tricks.sliding_window_view(values, (width, width))
    return np.asarray(windows.max(axis=(2, 3)))
