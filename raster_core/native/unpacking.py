"""Values of a decoded block of a TIFF: byte order, predictors, planes of samples."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from raster_core.native.library import library

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    type Stored = bytes | bytearray | memoryview

_SIZE = ctypes.c_size_t

# Predictors of TIFF: none, differences of integers, differences of a float's bytes.
PLAIN, DIFFERENCES, FLOAT_BYTES = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Packing:
    """How the samples of a block are stored once it is decompressed."""

    shape: tuple[int, int]
    """(height, width) of the block in pixels."""
    samples: int
    """How many each pixel has; they lie together."""
    dtype: np.dtype[Any]
    """Of a sample, in the machine's byte order; 1, 2, 4 or 8 bytes."""
    predictor: int
    """``PLAIN``, ``DIFFERENCES`` or ``FLOAT_BYTES``."""
    big_endian: bool
    """The byte order of samples, but for ``FLOAT_BYTES``, whose order is its own."""

    @property
    def bytes(self) -> int:
        """Of the whole block."""
        return self.shape[0] * self.row_bytes

    @property
    def row_bytes(self) -> int:
        """Of a row of the block."""
        return self.shape[1] * self.samples * self.dtype.itemsize

    @property
    def swapped(self) -> bool:
        """Whether the byte order is not the machine's."""
        return self.big_endian == (sys.byteorder == "little")


@dataclass(frozen=True, slots=True)
class Part:
    """What of a block is wanted."""

    rows: slice
    """Start and stop within the block."""
    cols: slice
    """Likewise."""
    samples: Sequence[int]
    """From 0, in the order in which they are written."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """(sample, row, col)."""
        height = self.rows.stop - self.rows.start
        return len(self.samples), height, self.cols.stop - self.cols.start


def whole(packing: Packing) -> Part:
    """All samples of all pixels."""
    height, width = packing.shape
    return Part(slice(0, height), slice(0, width), range(packing.samples))


def unpack(stored: Stored, packing: Packing, part: Part, out: NDArray[Any]) -> None:
    """Write a part of a block's values.

    Args:
        stored: The block decompressed, at least ``packing.bytes``.
        packing: What it consists of.
        part: What is wanted of it; an empty one writes nothing.
        out: (sample, row, col) of ``part.shape`` and ``packing.dtype``; rows may lie
            apart, as those of a window in a larger array do, columns not.

    Source: TIFF 6.0, sections 14 and 15, and its technical note 3 (predictor 3).

    Raises:
        ValueError: If the arrays do not fit, or the part is not in the block.
    """
    if out.shape != part.shape or out.dtype != packing.dtype:
        raise ValueError(f"{part.shape} samples do not fit {out.shape} of {out.dtype}")
    if len(stored) < packing.bytes:
        raise ValueError(f"{len(stored)} bytes are less than {packing.bytes}")
    size = out.itemsize
    plane, line, step = out.strides
    apart = step != size or min(plane, line) < 0 or plane % size or line % size
    if apart and out.size:
        raise ValueError(f"Columns {out.strides} bytes apart are not written")
    native = library()
    if native is None or out.size == 0:
        unpack_reference(stored, packing, part, out)
        return
    reach = (part.shape[0] - 1) * plane + (part.shape[1] - 1) * line
    fields = (_SIZE * 13)(
        *packing.shape, packing.samples, size, packing.predictor, packing.swapped,
        part.rows.start, part.rows.stop, part.cols.start, part.cols.stop,
        part.shape[0], plane // size, line // size,
    )  # fmt: skip
    scratch = np.empty(0 if packing.predictor == PLAIN else packing.row_bytes, np.uint8)
    source = np.frombuffer(stored, np.uint8)
    failed = native.rasterlet_unpack(
        ctypes.c_void_p(source.ctypes.data),
        _SIZE(source.size),
        fields,
        (_SIZE * part.shape[0])(*part.samples),
        ctypes.c_void_p(scratch.ctypes.data),
        _SIZE(scratch.size),
        ctypes.c_void_p(out.ctypes.data),
        _SIZE(reach // size + part.shape[2]),
    )
    if failed:
        raise ValueError(f"{part} is not a part of {packing}")


def unpack_reference(
    stored: Stored, packing: Packing, part: Part, out: NDArray[Any]
) -> None:
    """``unpack`` with numpy."""
    limits = (*packing.shape, packing.samples)
    stops = (part.rows.stop, part.cols.stop, max(part.samples, default=-1) + 1)
    starts = (part.rows.start, part.cols.start, min(part.samples, default=0))
    if packing.predictor not in {PLAIN, DIFFERENCES, FLOAT_BYTES} or not all(
        0 <= start <= stop <= limit
        for start, stop, limit in zip(starts, stops, limits, strict=True)
        if part.samples or limit != packing.samples
    ):
        raise ValueError(f"{part} is not a part of {packing}")
    height, width = packing.shape
    raw = np.frombuffer(stored, np.uint8, packing.bytes)
    rows = raw.reshape(height, packing.row_bytes)[part.rows]
    shape = (len(rows), width, packing.samples)
    if packing.predictor == FLOAT_BYTES:
        values = _join_bytes(rows, packing)
    else:
        stored_type = packing.dtype.newbyteorder(">" if packing.big_endian else "<")
        values = rows.view(stored_type).reshape(shape)
        values = values.astype(packing.dtype)
        if packing.predictor == DIFFERENCES:
            whole_numbers = values.view(f"u{packing.dtype.itemsize}")
            np.cumsum(
                whole_numbers, axis=1, dtype=whole_numbers.dtype, out=whole_numbers
            )
    wanted = values[:, part.cols][..., list(part.samples)]
    out[...] = np.moveaxis(wanted, -1, 0)


def _join_bytes(rows: NDArray[np.uint8], packing: Packing) -> NDArray[Any]:
    """Floats (row, col, sample) of rows of bytes that predictor 3 has made."""
    width, samples, size = packing.shape[1], packing.samples, packing.dtype.itemsize
    sums = rows.reshape(len(rows), width * size, samples).copy()
    np.cumsum(sums, axis=1, dtype=np.uint8, out=sums)
    planes = sums.reshape(len(rows), size, width, samples)
    values = np.ascontiguousarray(np.moveaxis(planes, 1, -1))
    return values.view(packing.dtype.newbyteorder(">"))[..., 0].astype(packing.dtype)
