"""Decode TIFF's LZW."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import numpy as np

from raster_core.native.library import library

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CLEAR, _END, _FIRST, _CODES = 256, 257, 258, 4096


class LzwError(ValueError):
    """The bytes are not LZW, or decode to fewer than there should be."""


def decode_lzw(stored: bytes | memoryview, length: int) -> NDArray[np.uint8]:
    """The first ``length`` bytes of a block.

    Args:
        stored: The block; the highest bit of a byte comes first.
        length: How many there should be at least.

    Returns:
        uint8 (length,).

    Source: TIFF 6.0, section 13.

    Raises:
        LzwError: If it holds fewer, does not begin with the code that clears the
            table, or has one that stands for nothing.
    """
    native = library()
    if native is None:
        return decode_lzw_reference(stored, length)
    source, out = np.frombuffer(stored, np.uint8), np.empty(length, np.uint8)
    if native.rasterlet_lzw(
        ctypes.c_void_p(source.ctypes.data),
        ctypes.c_size_t(source.size),
        ctypes.c_void_p(out.ctypes.data),
        ctypes.c_size_t(length),
    ):
        raise LzwError(f"{len(stored)} bytes are not {length} of LZW")
    return out


def decode_lzw_reference(stored: bytes | memoryview, length: int) -> NDArray[np.uint8]:
    """``decode_lzw`` code by code, a thousand times slower."""
    failure = LzwError(f"{len(stored)} bytes are not {length} of LZW")
    bits, place, width = int.from_bytes(stored), 8 * len(stored), 9
    table: list[bytes] = []
    out, before, cleared = bytearray(), b"", False
    while len(out) < length:
        place -= width
        if place < 0:
            raise failure
        code = bits >> place & (1 << width) - 1
        if code == _CLEAR:
            table, width, before, cleared = [], 9, b"", True
            continue
        if code == _END or not cleared:
            raise failure
        if code < _CLEAR:
            string = bytes([code])
        elif before and code - _FIRST < len(table):
            string = table[code - _FIRST]
        elif before and code - _FIRST == len(table):
            string = before + before[:1]
        else:
            raise failure
        if before and _FIRST + len(table) < _CODES:
            table.append(before + string[:1])
            if _FIRST + len(table) + 1 >= 1 << width and width < 12:
                width += 1
        before = string
        out += string
    return np.frombuffer(bytes(out[:length]), np.uint8)
