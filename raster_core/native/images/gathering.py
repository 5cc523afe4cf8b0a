"""Take the pixels of a window that those of a grid lie in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.native.images.calls import address, check_types, find_kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Indices = NDArray[np.int32]


def gather[T: np.generic](
    values: NDArray[T], rows: Indices, cols: Indices
) -> NDArray[T]:
    """``values[:, rows, cols]``.

    Args:
        values: (band, row, col), contiguous, of 8 to 64 bits.
        rows: int32, (height, 1) or (height, width), contiguous, from 0 on.
        cols: int32, (1, width) or (height, width) likewise.

    Returns:
        (band, height, width) of the same type.

    Raises:
        IndexError: If there is no such row or column.
    """
    check_types("i", rows, cols)
    if not values.ndim == 3 == rows.ndim + 1 == cols.ndim + 1:
        raise ValueError(f"{values.shape} has not bands, rows and columns")
    kernel = find_kernel(f"gather_{8 * values.itemsize}", "pnnnppnnnp")
    if kernel is None:
        return gather_reference(values, rows, cols)
    along = rows.shape[1] == cols.shape[0] == 1
    height, width = rows.shape[0], cols.shape[1]
    if not along:
        rows, cols = (
            np.ascontiguousarray(np.broadcast_to(axis, (height, width)))
            for axis in (rows, cols)
        )
    taken = np.empty((values.shape[0], height, width), values.dtype)
    if kernel(
        *(address(values), *values.shape, address(rows), address(cols)),
        *(height, width, along, address(taken)),
    ):
        raise IndexError(f"A pixel is not one of a window of {values.shape}")
    return taken


def gather_reference[T: np.generic](
    values: NDArray[T], rows: Indices, cols: Indices
) -> NDArray[T]:
    """``gather`` with numpy, in the order that is fastest."""
    for axis, size in ((rows, values.shape[1]), (cols, values.shape[2])):
        if axis.size and not 0 <= axis.min() <= axis.max() < size:
            raise IndexError(f"A pixel is not one of a window of {values.shape}")
    if rows.shape[1] == 1 and cols.shape[0] == 1:
        taken = values.take(rows[:, 0], axis=1).take(cols[0], axis=2)
    else:
        flat = (rows * values.shape[2] + cols).astype(np.intp)
        taken = values.reshape(values.shape[0], -1).take(flat, axis=1)
    return np.asarray(taken, values.dtype)
