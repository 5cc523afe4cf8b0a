"""Where the pixels of a grid lie on a raster: interpolated, and as indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.native.images.calls import address, check_types, find_kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Floats = NDArray[np.float64]
    type Mask = NDArray[np.bool_]
    type Cells = tuple[NDArray[np.int64], Floats]
    """The cell that each place on an axis lies in, and how far into it: (size,)."""
    type Found = tuple[NDArray[np.int32], int, int]


def interpolate(points: Floats, down: Cells, across: Cells) -> Floats:
    """Bilinear values between the points of lattices, columns first.

    Args:
        points: float64 (…, rows, columns), contiguous.
        down: Cells of the result's rows, each from 0 to ``rows - 2``.
        across: Cells of the result's columns likewise.

    Returns:
        float64 (…, height, width).

    Raises:
        IndexError: If a cell is not one of the lattice's.
    """
    (rows, below), (cols, beyond) = down, across
    check_types("d", points, below, beyond)
    check_types("lq", rows, cols)
    if not (rows.shape == below.shape == (rows.size,) and points.ndim > 1):
        raise ValueError(f"Cells of {rows.shape} have places of {below.shape}")
    if cols.shape != beyond.shape or cols.ndim != 1:
        raise ValueError(f"Cells of {cols.shape} have places of {beyond.shape}")
    kernel = find_kernel("interpolate", "pnnnppnppnpp")
    if kernel is None:
        return interpolate_reference(points, down, across)
    planes, lattice = points.shape[:-2], points.shape[-2:]
    values = np.empty((*planes, rows.size, cols.size))
    lines = np.empty((lattice[0], cols.size))
    if kernel(
        *(address(points), values.size // max(1, rows.size * cols.size), *lattice),
        *(address(rows), address(below), rows.size),
        *(address(cols), address(beyond), cols.size),
        *(address(lines), address(values)),
    ):
        raise IndexError(f"A cell is not one of a lattice of {lattice} points")
    return values


def interpolate_reference(points: Floats, down: Cells, across: Cells) -> Floats:
    """``interpolate`` with numpy.

    Not as two matrix products: BLAS spreads them over threads, which takes 0.05 ms on
    an idle machine and 20 ms on a busy one. Rows last, which are copied whole.
    """
    (rows, below), (cols, beyond) = down, across
    _check_cells(rows, points.shape[-2])
    _check_cells(cols, points.shape[-1])
    lines = (points[..., 1:] - points[..., :-1]).take(cols, axis=-1)
    lines *= beyond
    lines += points.take(cols, axis=-1)
    values: Floats = (lines[..., 1:, :] - lines[..., :-1, :]).take(rows, axis=-2)
    values *= below[:, None]
    values += lines.take(rows, axis=-2)
    return values


def index_positions(
    positions: Floats,
    used: Mask,
    limits: tuple[int, int],
    *,
    scale: float,
    nudge: float,
) -> Found:
    """Pixels from the first used one on, that one, and how many there are.

    Args:
        positions: float64 in pixels, of any shape, contiguous; finite where used.
        used: Of the same shape, True somewhere. Other positions get the index of the
            first that is used.
        limits: The pixels [low, high) that there are, less than 2**31.
        scale: What positions are multiplied by first; positive.
        nudge: What is added to them before they are rounded down.

    Returns:
        int32 in the shape of ``positions``, from 0 on.

    Raises:
        ValueError: If the shapes differ, or none is used.
    """
    check_types("d", positions)
    check_types("?", used)
    every = bool(used.all())
    if positions.shape != used.shape or not (every or used.any()):
        raise ValueError(f"{positions.shape} positions are used as {used.shape} say")
    kernel = find_kernel("index_positions", "ppnddpp")
    if kernel is None:
        return index_positions_reference(
            positions, used, limits, scale=scale, nudge=nudge
        )
    ends = np.array([limits[0], limits[1] - 1], np.float64)
    indices = np.empty(positions.shape, np.int32)
    if kernel(
        *(address(positions), None if every else address(used)),
        *(positions.size, scale, nudge),
        *(address(ends), address(indices)),
    ):
        raise ValueError(f"Pixels of {limits} are more than an index counts")
    first, last = map(int, ends)
    return indices, first, last - first + 1


def index_positions_reference(
    positions: Floats,
    used: Mask,
    limits: tuple[int, int],
    *,
    scale: float,
    nudge: float,
) -> Found:
    """``index_positions`` with numpy."""
    known, (low, high) = positions * scale, limits
    counted = known[used]
    first = min(max(int(np.floor(counted.min() + nudge)), low), high - 1)
    last = min(max(int(np.floor(counted.max() + nudge)), low), high - 1)
    # Nothing is negative, so that to cut the fraction off is to round down.
    known += nudge - first
    known = np.fmin(np.fmax(known, 0, out=known), last - first, out=known)
    pixels = known.astype(np.int32)
    pixels[~used] = pixels.flat[used.argmax()]
    return pixels, first, last - first + 1


def _check_cells(cells: NDArray[np.int64], points: int) -> None:
    if cells.size and not 0 <= cells.min() <= cells.max() < points - 1:
        raise IndexError(f"A cell is not one of those between {points} points")
