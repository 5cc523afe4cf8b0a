"""Decompress blocks, outside of the interpreter's lock.

Blocks come from anywhere: the length of what they hold is known from the header, and no
more than that is allocated, whatever they say.
"""

from __future__ import annotations

import threading
import zlib
from functools import cache
from typing import TYPE_CHECKING, Protocol

from raster_core.native.library import library
from raster_core.native.lzw import LzwError, decode_lzw
from raster_core.sources.blocks.plainness import NotPlainError
from raster_core.sources.blocks.structure import Compression

if TYPE_CHECKING:
    from types import ModuleType

    from raster_core.native.unpacking import Stored

# Bytes of a ZSTD frame's window, which its header states: what level 19 uses, twice.
_ZSTD_WINDOW = 2**24

# What a compressor may add to values that do not compress.
_MOST_ADDED = 65536

_own = threading.local()


class _Inflate(Protocol):
    def __call__(self, stored: bytes | memoryview, length: int) -> Stored: ...


def can_decode(compression: Compression) -> bool:
    """Whether the library that it takes is there."""
    if compression == Compression.LZW:
        return library() is not None
    return compression != Compression.ZSTD or _zstandard() is not None


def most_stored(length: int) -> int:
    """Bytes beyond which a block of ``length`` decoded ones is not read."""
    return 2 * length + _MOST_ADDED


def decompress(
    stored: bytes | memoryview, compression: Compression, length: int
) -> Stored:
    """A block's bytes: ``length``, or more where nothing is compressed.

    Args:
        stored: As they are in the file.
        compression: One that ``can_decode``.
        length: How many they are decompressed.

    Raises:
        NotPlainError: If they cannot be decompressed to as many.
    """
    if compression == Compression.NONE:
        found: Stored = stored
    elif compression == Compression.LZW:
        found = _decode_lzw(stored, length)
    elif compression == Compression.ZSTD:
        found = _decode_zstd(stored, length)
    else:
        found = _inflate()(stored, length)
    if len(found) < length:
        raise NotPlainError(f"A block has {len(found)} bytes in place of {length}")
    return found


def _decode_lzw(stored: bytes | memoryview, length: int) -> Stored:
    try:
        return decode_lzw(stored, length).data
    except LzwError as error:
        raise NotPlainError(str(error)) from error


def _decode_zstd(stored: bytes | memoryview, length: int) -> Stored:
    zstandard = _zstandard()
    if zstandard is None:
        raise NotPlainError("zstandard is not installed")
    try:
        # A frame may state its length, which would be allocated.
        if zstandard.frame_content_size(stored) not in {-1, length}:
            raise NotPlainError(f"A block does not have {length} bytes")
        found: bytes = _decompressor(zstandard).decompress(
            stored, max_output_size=length
        )
    except zstandard.ZstdError as error:
        raise NotPlainError("A block is not ZSTD") from error
    return found


def _decompressor(zstandard: ModuleType) -> ZstdDecompressor:
    """This thread's: it has a state."""
    if not hasattr(_own, "zstd"):
        _own.zstd = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    found: ZstdDecompressor = _own.zstd
    return found


class ZstdDecompressor(Protocol):
    """As the library has it."""

    def decompress(self, data: bytes | memoryview, max_output_size: int) -> bytes:
        """The bytes of a frame."""


@cache
def _zstandard() -> ModuleType | None:
    try:
        import zstandard  # noqa: PLC0415  a third of the files that are read need it
    except ImportError:
        return None
    return zstandard


@cache
def _inflate() -> _Inflate:
    """libdeflate, in less than half of the time that zlib takes."""
    try:
        import deflate  # noqa: PLC0415  likewise
    except ImportError:
        return _inflate_by_zlib

    def inflate(stored: bytes | memoryview, length: int) -> Stored:
        try:
            return deflate.zlib_decompress(stored, length)
        except deflate.DeflateError:
            # Bytes beyond the block's, which libtiff leaves alone, too.
            return _inflate_by_zlib(stored, length)

    return inflate


def _inflate_by_zlib(stored: bytes | memoryview, length: int) -> Stored:
    if not length:
        return b""
    try:
        return zlib.decompressobj().decompress(stored, length)
    except zlib.error as error:
        raise NotPlainError("A block is not DEFLATE") from error
