"""Undo TIFF's predictor 2, horizontal differencing."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import numpy as np

from raster_core.native.library import library

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIZE = ctypes.c_size_t


def undo_differences(block: NDArray[np.unsignedinteger]) -> None:
    """Make values of differences to the pixel on the left, in place.

    Sums wrap around, as the specification has it.

    Args:
        block: (row, col, band), contiguous, native byte order, 8 to 64 bits.

    Source: TIFF 6.0, section 14.

    Raises:
        ValueError: If the array is not contiguous, or not writeable.
    """
    if not (block.flags.c_contiguous and block.flags.writeable):
        raise ValueError("The block has to be contiguous and writeable")
    native = library()
    if native is None:
        undo_differences_reference(block)
        return
    kernel = native[f"rasterlet_undo_differences_{8 * block.itemsize}"]
    sizes = map(_SIZE, (block.size, *block.shape))
    if kernel(ctypes.c_void_p(block.ctypes.data), *sizes):
        raise ValueError(f"{block.shape} samples are more than the block has")


def undo_differences_reference(block: NDArray[np.unsignedinteger]) -> None:
    """``undo_differences`` with numpy."""
    np.cumsum(block, axis=1, dtype=block.dtype, out=block)
