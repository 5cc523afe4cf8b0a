"""Weighted sums of a window's pixels, in one order of additions.

Terms are added to 0 from the first tap to the last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.native.images.calls import address, check_types, find_kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Plane[T: np.floating] = NDArray[T]
    type Taps[T: np.floating] = tuple[NDArray[np.int64], NDArray[T]]
    """Along an axis: the first pixel for each of n positions, (n,), and the weights of
    the pixels from there on, (taps, n) in the type of the plane; both contiguous."""


def weigh_points[T: np.floating](
    plane: Plane[T], rows: Taps[T], cols: Taps[T]
) -> NDArray[T]:
    """Sums for points: over rows, of each row's sum over columns.

    Args:
        plane: float32 or float64 (row, col), contiguous.
        rows: Those of n points; positions may have any shape.
        cols: Those of the same points.

    Returns:
        One sum per point in that shape and the plane's type.

    Raises:
        IndexError: If a pixel is not one of the plane's.
    """
    (row, down), (col, across) = rows, cols
    _check_taps(plane, rows, cols)
    if row.shape != col.shape:
        raise ValueError(f"Rows of {row.shape} and columns of {col.shape} points")
    kernel = find_kernel(f"weigh_points_{plane.dtype}", "pnnppnppnnp")
    if kernel is None:
        return weigh_points_reference(plane, rows, cols)
    totals = np.empty(row.shape, plane.dtype)
    if kernel(
        *(address(plane), *plane.shape, address(row), address(down), len(down)),
        *(address(col), address(across), len(across), row.size, address(totals)),
    ):
        raise IndexError(f"A pixel is not one of a plane of {plane.shape}")
    return totals


def weigh_points_reference[T: np.floating](
    plane: Plane[T], rows: Taps[T], cols: Taps[T]
) -> NDArray[T]:
    """``weigh_points`` with numpy."""
    _check_reach(plane, rows, cols)
    flat, width = plane.ravel(), plane.shape[1]
    start = rows[0] * width + cols[0]
    total = np.zeros(start.shape, plane.dtype)
    line, term = np.empty_like(total), np.empty_like(total)
    for row, row_weights in enumerate(rows[1]):
        line[...] = 0
        for col, col_weights in enumerate(cols[1]):
            # Without new arrays, which would be most of the time; all pixels are in
            # the window, so there is nothing to clip.
            flat[row * width + col :].take(start, out=term, mode="clip")
            term *= col_weights
            line += term
        line *= row_weights
        total += line
    return total


def weigh_grid[T: np.floating](
    plane: Plane[T], rows: Taps[T], cols: Taps[T]
) -> NDArray[T]:
    """Sums for the points of n rows and m columns: over rows first, then columns.

    Args:
        plane: float32 or float64 (row, col), contiguous.
        rows: Those of the n rows.
        cols: Those of the m columns.

    Returns:
        (n, m) in the plane's type.

    Raises:
        IndexError: If a pixel is not one of the plane's.
    """
    (row, down), (col, across) = rows, cols
    _check_taps(plane, rows, cols)
    kernel = find_kernel(f"weigh_grid_{plane.dtype}", "pnnppnnppnnpp")
    if kernel is None:
        return weigh_grid_reference(plane, rows, cols)
    totals = np.empty((row.size, col.size), plane.dtype)
    line = np.empty(plane.shape[1], plane.dtype)
    if kernel(
        *(address(plane), *plane.shape),
        *(address(row), address(down), len(down), row.size),
        *(address(col), address(across), len(across), col.size),
        *(address(line), address(totals)),
    ):
        raise IndexError(f"A pixel is not one of a plane of {plane.shape}")
    return totals


def weigh_grid_reference[T: np.floating](
    plane: Plane[T], rows: Taps[T], cols: Taps[T]
) -> NDArray[T]:
    """``weigh_grid`` with numpy."""
    _check_reach(plane, rows, cols)
    lines = np.zeros((rows[0].size, plane.shape[1]), plane.dtype)
    for tap, weights in enumerate(rows[1]):
        lines += plane.take(rows[0] + tap, axis=0) * weights[:, None]
    total = np.zeros((lines.shape[0], cols[0].size), plane.dtype)
    for tap, weights in enumerate(cols[1]):
        total += lines.take(cols[0] + tap, axis=1) * weights
    return total


def _check_taps[T: np.floating](plane: Plane[T], *axes: Taps[T]) -> None:
    check_types("fd", plane)
    check_types("lq", *(first for first, _ in axes))
    if plane.ndim != 2:
        raise ValueError(f"A plane of {plane.shape} has not rows and columns")
    for first, weights in axes:
        if weights.shape[1:] != first.shape or weights.dtype != plane.dtype:
            raise ValueError(f"{first.shape} positions have {weights.shape} weights")


def _check_reach[T: np.floating](plane: Plane[T], *axes: Taps[T]) -> None:
    for (first, weights), size in zip(axes, plane.shape, strict=True):
        if first.size and not 0 <= first.min() <= first.max() <= size - len(weights):
            raise IndexError(f"A pixel is not one of a plane of {plane.shape}")
