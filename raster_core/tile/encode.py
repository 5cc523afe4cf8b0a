"""Pixels to bytes: PNG by hand, WebP and JPEG by Pillow, npy by numpy.

A palette PNG costs a tenth of a true-colour one: a quarter of the bytes go through
the compressor, and GDAL's WMTS client reads it, where it refuses plain grey.
"""

from __future__ import annotations

import io
import struct
import zlib
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from raster_core.tile.colors.arrays import Colors, Pixels

type Indices = NDArray[np.uint8]
"""(height, width): 0 for nothing, i > 0 for a palette's colour i - 1."""


class ImageFormat(StrEnum):
    """What an answer's bytes are; the value is the end of its URL."""

    PNG = "png"
    WEBP = "webp"
    JPEG = "jpg"
    NPY = "npy"


MEDIA_TYPES = {
    ImageFormat.PNG: "image/png",
    ImageFormat.WEBP: "image/webp",
    ImageFormat.JPEG: "image/jpeg",
    ImageFormat.NPY: "application/x-binary",  # titiler's word; none is registered
}

MAX_COLORS = 255
"""Of a palette, beside the transparent entry."""

# zlib's, for classes. Milliseconds and bytes of a tile of the sample's land cover, with
# 4 bits a pixel: level 1 0.10 and 3,540; 3 0.15 and 3,294; 4 0.16 and 3,091; 6 0.38 and
# 2,892. (GDAL's RGBA PNG of the same: 3.7 and 6,638.) Runs alone have one level.
_LEVEL = 4

# Quality and effort. Of a 256-pixel tile of an aerial photograph, in milliseconds,
# bytes and decibels: quality 80 with effort 0 1.5, 11,061, 35.2; 2 2.4, 9,970, 35.0;
# 4 4.8, 9,648, 35.2.
_WEBP = {"quality": 80, "method": 2}

# Here the quality is how hard to try. Classes: effort 0 0.5 ms, 3,887 bytes; 4 1.5 ms,
# 2,744 bytes; quality 50 with 4 2.1 ms, 2,729 bytes.
_WEBP_LOSSLESS = {"lossless": True, "quality": 0, "method": 4}

# 80 with colours as sharp as brightness (0.28 ms, 15,760 bytes, 35.5 decibels) looks
# better for the same bytes than 85 with colours halved (0.20, 14,581, 34.9), the more
# so where colours are a colour map's.
_JPEG = {"quality": 80, "subsampling": 0}

_SIGNATURE = b"\x89PNG\r\n\x1a\n"

# Colour types of PNG.
_PALETTE, _RGB, _RGBA = 3, 2, 6


def encode_palette_png(indices: Indices, colors: Colors, *, smooth: bool) -> bytes:
    """A palette PNG whose entry 0 is transparent.

    Source: W3C PNG specification (third edition), sections 5, 9 and 11.

    Args:
        indices: (height, width); i > 0 has the colour ``colors[i - 1]``.
        colors: (n, 4), n at most ``MAX_COLORS``.
        smooth: Whether neighbours are alike, as in elevation, and not just equal, as in
            classes.
    """
    height, width = indices.shape
    if smooth:
        bits, compressed = 8, _compress_smooth(indices)
    else:
        # With four bits a pixel, land cover has 11 to 35 % fewer bytes and takes two
        # thirds of the time.
        bits = next(bits for bits in (1, 2, 4, 8) if len(colors) < 2**bits)
        compressed = _compress_flat(_pack(indices, bits))
    alpha = b"\0" + colors[:, 3].tobytes().rstrip(b"\xff")
    chunks = (
        (b"PLTE", b"\0\0\0" + colors[:, :3].tobytes()),
        (b"tRNS", alpha),
        (b"IDAT", compressed),
    )
    return _assemble((width, height), (bits, _PALETTE), chunks)


def encode_rgb_png(pixels: Pixels) -> bytes:
    """A true-colour PNG, with alpha if the pixels have it.

    Of a tile of an aerial photograph: 1.3 ms and 91 kB, where Pillow's takes 13 ms for
    86 kB, and choosing Paeth's filter 2.1 ms for 87 kB.
    """
    height, width, channels = pixels.shape
    compressed = _compress_smooth(pixels.reshape(height, width * channels))
    kind = _RGBA if channels == 4 else _RGB
    return _assemble((width, height), (8, kind), ((b"IDAT", compressed),))


def encode_webp(pixels: Pixels, *, lossless: bool) -> bytes:
    """A WebP image, with alpha if the pixels have it."""
    return _save(pixels, "WEBP", _WEBP_LOSSLESS if lossless else _WEBP)


def encode_jpeg(pixels: Pixels) -> bytes:
    """A JPEG of red, green and blue."""
    return _save(pixels, "JPEG", _JPEG)


def encode_npy(
    data: NDArray[np.generic],
    mask: NDArray[np.bool_],
    alpha: NDArray[np.uint8] | None = None,
) -> bytes:
    """Values as numpy's own file, (band + 1, row, col), as rio-tiler lays it out.

    The last band is the mask of all bands together: 0 where any of them has no data,
    else how opaque the raster is there, 255 without an alpha band. The type is the
    data's, or int16 where int8 could not hold 255.

    Args:
        data: (band, row, col)
        mask: Likewise; True means data.
        alpha: (row, col), from 1 to 255 where there is data; None for 255.
    """
    stack = np.empty((len(data) + 1, *data.shape[1:]), npy_type(data.dtype))
    stack[:-1] = data
    stack[-1] = mask.all(axis=0) * (np.uint8(255) if alpha is None else alpha)
    out = io.BytesIO()
    np.save(out, stack)
    return out.getvalue()


def npy_size(bands: int, shape: tuple[int, int], dtype: np.dtype[Any]) -> int:
    """Bytes of what ``encode_npy`` returns, but for the header's hundred."""
    return (bands + 1) * shape[0] * shape[1] * npy_type(dtype).itemsize


def npy_type(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The type in which values of ``dtype`` go into an npy."""
    return np.result_type(dtype, np.uint8)


def _save(pixels: Pixels, form: str, options: dict[str, int]) -> bytes:
    # Most answers are PNG, and Pillow takes 30 ms to import.
    from PIL import Image  # noqa: PLC0415

    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(out, form, **options)
    return out.getvalue()


def _compress_smooth(lines: Indices) -> bytes:
    """Lines of alike neighbours as the content of an IDAT chunk.

    As differences to the line above (the Up filter), which are noise with runs of
    nothing in it: to look for longer matches takes longer and finds less. A tile of the
    sample's elevation: 0.25 ms and 10,252 bytes; with matches 0.44 and 10,189 at level
    4, 0.27 and 11,201 at level 1; by Paeth's filter 0.42 and 8,700. (GDAL's RGBA PNG of
    the same: 7.8 and 23,552.)
    """
    filtered = np.empty((len(lines), 1 + lines.shape[1]), np.uint8)
    filtered[:, 0] = 2
    filtered[:1, 1:] = lines[:1]
    np.subtract(lines[1:], lines[:-1], out=filtered[1:, 1:])
    return _deflate(filtered, zlib.Z_RLE)


def _compress_flat(lines: Indices) -> bytes:
    """Lines of equal neighbours: no filter, but shapes that recur are found."""
    unfiltered = np.zeros((len(lines), 1 + lines.shape[1]), np.uint8)
    unfiltered[:, 1:] = lines
    return _deflate(unfiltered, zlib.Z_DEFAULT_STRATEGY)


def _deflate(lines: Indices, strategy: int) -> bytes:
    stream = zlib.compressobj(_LEVEL, zlib.DEFLATED, strategy=strategy)
    return stream.compress(lines) + stream.flush()


def _pack(indices: Indices, bits: int) -> Indices:
    """Indices below ``2**bits`` with so many bits each, lines filled up to bytes."""
    packed = indices
    while bits < 8:
        if packed.shape[1] % 2:
            packed = np.pad(packed, ((0, 0), (0, 1)))
        # As one number, the left of two neighbours is the lower byte.
        pairs = np.ascontiguousarray(packed).view("<u2")
        packed = (pairs << bits | pairs >> 8).astype(np.uint8)
        bits *= 2
    return packed


def _assemble(
    size: tuple[int, int],
    kind: tuple[int, int],
    chunks: tuple[tuple[bytes, bytes], ...],
) -> bytes:
    """A PNG of (width, height), of (bits, colour type)."""
    header = struct.pack(">IIBBBBB", *size, *kind, 0, 0, 0)
    every = ((b"IHDR", header), *chunks, (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(name, content) for name, content in every)


def _chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(content, zlib.crc32(name))
    return b"".join(
        (struct.pack(">I", len(content)), name, content, struct.pack(">I", checksum))
    )
