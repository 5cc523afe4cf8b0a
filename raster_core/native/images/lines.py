"""The lines of a PNG of few bits per pixel.

Source: W3C PNG specification (third edition), sections 7 and 9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.native.images.calls import address, check_types, find_kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Bytes = NDArray[np.uint8]


def pack_lines(indices: Bytes, numbers: Bytes, bits: int) -> Bytes:
    """Numbers for indices, packed, behind the number of no filter.

    Args:
        indices: uint8 (row, col), contiguous.
        numbers: uint8 (256,): the number of each index, below ``2**bits``.
        bits: 1, 2, 4 or 8 for a number, the left one uppermost.

    Returns:
        uint8 (row, 1 + byte).

    Raises:
        ValueError: If the numbers are not 256, or bits are another number.
    """
    if numbers.shape != (256,) or bits not in {1, 2, 4, 8}:
        raise ValueError(f"{numbers.size} numbers of {bits} bits cannot be packed")
    check_types("B", indices, numbers)
    kernel = find_kernel("pack_lines", "pnnpnp")
    if kernel is None:
        return pack_lines_reference(indices, numbers, bits)
    rows, size = indices.shape
    packed = np.empty((rows, 1 + -(-size * bits // 8)), np.uint8)
    kernel(address(indices), rows, size, address(numbers), bits, address(packed))
    return packed


def pack_lines_reference(indices: Bytes, numbers: Bytes, bits: int) -> Bytes:
    """``pack_lines`` with numpy."""
    packed = numbers.take(indices)
    while bits < 8:
        if packed.shape[1] % 2:
            packed = np.pad(packed, ((0, 0), (0, 1)))
        # In a pair read as one number, the left pixel is the lower byte.
        pairs = np.ascontiguousarray(packed).view("<u2")
        packed = (pairs << bits | pairs >> 8).astype(np.uint8)
        bits *= 2
    return np.pad(packed, ((0, 0), (1, 0)))
