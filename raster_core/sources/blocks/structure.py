"""Decide from a directory whether its blocks can be read directly, and how."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from raster_core.native.unpacking import FLOAT_BYTES, PLAIN, Packing
from raster_core.sources.blocks.plainness import NotPlainError

if TYPE_CHECKING:
    from raster_core.sources.blocks.directories import Directory


class Tag(IntEnum):
    """Tags of TIFF that matter here."""

    SUBFILE = 254
    WIDTH = 256
    HEIGHT = 257
    BITS = 258
    COMPRESSION = 259
    PHOTOMETRIC = 262
    FILL_ORDER = 266
    STRIP_OFFSETS = 273
    SAMPLES = 277
    STRIP_SIZES = 279
    PLANAR = 284
    PREDICTOR = 317
    TILE_WIDTH = 322
    TILE_HEIGHT = 323
    TILE_OFFSETS = 324
    TILE_SIZES = 325
    FORMAT = 339
    DEPTH = 32997
    TILE_DEPTH = 32998
    NODATA = 42113


class Compression(IntEnum):
    """Those that are decoded here; both numbers of DEFLATE are one format."""

    NONE = 1
    LZW = 5
    DEFLATE = 8
    OLD_DEFLATE = 32946
    ZSTD = 50000


# Bytes of a block that is decoded here; larger ones are rare, and GDAL's.
MAX_BLOCK = 64 * 2**20

# Sides of a block and samples of a pixel that the kernels take.
_MAX_SIDE = 2**22

_KINDS = {1: "u", 2: "i", 3: "f"}
_BYTES = {"u": (1, 2, 4, 8), "i": (1, 2, 4, 8), "f": (2, 4, 8)}

# Values are stored as they are: grey either way, RGB, palette.
_PHOTOMETRIC = (0, 1, 2, 3)

# Bits of NewSubfileType.
_REDUCED, _MASK = 1, 4


@dataclass(frozen=True, slots=True)
class Structure:
    """How a level is stored."""

    height: int
    width: int
    bands: int
    compression: Compression
    packing: Packing
    """Of a block, which has all bands or one."""
    nodata: bytes
    """The tag's text: what a block that is not stored consists of."""

    @property
    def interleaved(self) -> bool:
        """Whether a block has all bands."""
        return self.packing.samples == self.bands

    @property
    def across(self) -> int:
        """Blocks side by side."""
        return -(-self.width // self.packing.shape[1])

    @property
    def per_band(self) -> int:
        """Blocks of one band, or of all together."""
        return self.across * -(-self.height // self.packing.shape[0])

    @property
    def blocks(self) -> int:
        """Blocks of all bands."""
        return self.per_band * (self.bands // self.packing.samples)


def find_structure(directory: Directory) -> Structure:
    """How a directory's image is stored.

    Raises:
        NotPlainError: If its blocks are GDAL's to read; the reason is its text.
        SourceError: If a tag's values lie beyond the end of the file.
    """
    _refuse_oddities(directory)
    bands = directory.value(Tag.SAMPLES, 1)
    together = directory.value(Tag.PLANAR, 1)
    compression = _find_compression(directory)
    shape = directory.value(Tag.TILE_HEIGHT), directory.value(Tag.TILE_WIDTH)
    dtype = _find_type(directory)
    if together not in {1, 2} or not 0 < bands <= 65535:
        raise NotPlainError(f"{bands} bands in planes of kind {together}")
    if not all(0 < side <= _MAX_SIDE for side in shape):
        raise NotPlainError(f"Blocks of {shape} pixels")
    packing = Packing(
        shape,
        bands if together == 1 else 1,
        dtype,
        _find_predictor(directory, compression, dtype),
        big_endian=directory.order == ">",
    )
    if packing.bytes > MAX_BLOCK:
        raise NotPlainError(f"Blocks of {packing.bytes} bytes; {MAX_BLOCK} at most")
    return Structure(
        directory.value(Tag.HEIGHT),
        directory.value(Tag.WIDTH),
        bands,
        compression,
        packing,
        directory.text(Tag.NODATA),
    )


def is_overview(directory: Directory) -> bool:
    """Whether the image is a smaller version of the first one, and not its mask."""
    kind = directory.value(Tag.SUBFILE, 0)
    return bool(kind & _REDUCED) and not kind & _MASK


def _refuse_oddities(directory: Directory) -> None:
    """What changes the meaning of blocks, and is hardly ever seen in tiles."""
    for tag in (Tag.STRIP_OFFSETS, Tag.STRIP_SIZES):
        if tag in directory.entries:
            raise NotPlainError("It is stored in strips")
    for tag in (Tag.FILL_ORDER, Tag.DEPTH, Tag.TILE_DEPTH):
        if directory.value(tag, 1) != 1:
            raise NotPlainError(f"{tag.name} is {directory.value(tag)}")
    photometric = directory.value(Tag.PHOTOMETRIC)
    if photometric not in _PHOTOMETRIC:
        raise NotPlainError(f"Its photometric interpretation is {photometric}")


def _find_compression(directory: Directory) -> Compression:
    number = directory.value(Tag.COMPRESSION, 1)
    try:
        return Compression(number)
    except ValueError:
        raise NotPlainError(f"Its compression is {number}") from None


def _find_type(directory: Directory) -> np.dtype[np.generic]:
    bits, form = directory.value(Tag.BITS), directory.value(Tag.FORMAT, 1)
    kind = _KINDS.get(form)
    if kind is None or bits % 8 or bits // 8 not in _BYTES[kind]:
        raise NotPlainError(f"Its samples have {bits} bits of format {form}")
    return np.dtype(f"{kind}{bits // 8}")


def _find_predictor(
    directory: Directory, compression: Compression, dtype: np.dtype[np.generic]
) -> int:
    """What libtiff undoes: it heeds no predictor where nothing is compressed."""
    if compression == Compression.NONE:
        return PLAIN
    predictor = directory.value(Tag.PREDICTOR, PLAIN)
    if not PLAIN <= predictor <= FLOAT_BYTES:
        raise NotPlainError(f"Its predictor is {predictor}")
    if predictor == FLOAT_BYTES and dtype.kind != "f":
        raise NotPlainError("Predictor 3 of whole numbers")
    return predictor
