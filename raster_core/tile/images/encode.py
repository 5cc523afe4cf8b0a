"""Encode pixels: PNG by hand, WebP and JPEG with Pillow, npy with numpy.

A palette PNG takes a tenth of the time of a true-colour one, since only a quarter of
the bytes are compressed. GDAL's WMTS client reads it, but refuses a grey PNG.
"""

from __future__ import annotations

import io
import struct
import zlib
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from raster_core.native.images.coloring import mark_used
from raster_core.native.images.lines import pack_lines
from raster_core.tile.images.compression import compress_lines

if TYPE_CHECKING:
    from raster_core.tile.colors.arrays import Colors, Pixels

type Indices = NDArray[np.uint8]
"""(height, width): 0 for nothing, i > 0 for a palette's colour i - 1."""


class ImageFormat(StrEnum):
    """The format of an image; the value is the end of its URL."""

    PNG = "png"
    WEBP = "webp"
    JPEG = "jpg"
    NPY = "npy"


MEDIA_TYPES = {
    ImageFormat.PNG: "image/png",
    ImageFormat.WEBP: "image/webp",
    ImageFormat.JPEG: "image/jpeg",
    ImageFormat.NPY: "application/x-binary",  # as titiler; no type is registered
}

MAX_COLORS = 255
"""The most colours of a palette, beside its transparent entry."""

# Milliseconds, bytes and decibels of a 256-pixel tile of an aerial photograph, with
# quality 80: method 0 1.5, 11,061, 35.2; 2 2.4, 9,970, 35.0; 4 4.8, 9,648, 35.2.
_WEBP = {"quality": 80, "method": 2}

# Without loss, the quality is the effort. A tile of classes: method 0 0.5 ms, 3,887
# bytes; 4 1.5 ms, 2,744 bytes; quality 50 with method 4 2.1 ms, 2,729 bytes.
_WEBP_LOSSLESS = {"lossless": True, "quality": 0, "method": 4}

# Quality 80 with full chroma (0.28 ms, 15,760 bytes, 35.5 decibels) is better for its
# bytes than 85 with subsampled chroma (0.20, 14,581, 34.9), above all for colormaps.
_JPEG = {"quality": 80, "subsampling": 0}

_SIGNATURE = b"\x89PNG\r\n\x1a\n"

# Colour types of PNG.
_PALETTE, _RGB, _RGBA = 3, 2, 6


def encode_palette_png(indices: Indices, colors: Colors, *, smooth: bool) -> bytes:
    """Encode a palette PNG whose entry 0 is transparent.

    Source: W3C PNG specification (third edition), sections 5, 9 and 11.

    Args:
        indices: (row, col); i > 0 has the colour ``colors[i - 1]``.
        colors: (n, 4), n at most ``MAX_COLORS``.
        smooth: Whether neighbours differ a little, as in elevation, instead of being
            equal or unrelated, as in classes.
    """
    if not smooth:
        return _encode_numbers(indices, np.arange(256, dtype=np.uint8), colors)
    lines = _filter_up(np.ascontiguousarray(indices))
    return _assemble_palette(indices.shape, 8, colors, lines, smooth=True)


def encode_used_png(indices: Indices, colors: Colors) -> bytes:
    """``encode_palette_png`` of classes, with only those colours that are there.

    Most tiles have fewer classes than their dataset, and so fewer bits per pixel.
    """
    used = mark_used(np.ascontiguousarray(indices))
    used[0] = True
    numbers = (np.cumsum(used) - 1).astype(np.uint8)
    return _encode_numbers(indices, numbers, colors[used[1 : 1 + len(colors)]])


def _encode_numbers(
    indices: Indices, numbers: NDArray[np.uint8], colors: Colors
) -> bytes:
    """Encode classes, given the number (256,) in the palette of each index.

    With four bits per pixel, land cover has 11 to 35 % fewer bytes and takes two thirds
    of the time.
    """
    bits = next(bits for bits in (1, 2, 4, 8) if len(colors) < 2**bits)
    lines = pack_lines(np.ascontiguousarray(indices), numbers, bits)
    return _assemble_palette(indices.shape, bits, colors, lines, smooth=False)


def _assemble_palette(
    shape: tuple[int, ...],
    bits: int,
    colors: Colors,
    lines: NDArray[np.uint8],
    *,
    smooth: bool,
) -> bytes:
    """Compress and assemble the lines of a palette PNG of (height, width)."""
    height, width = shape
    alpha = b"\0" + colors[:, 3].tobytes().rstrip(b"\xff")
    chunks = (
        (b"PLTE", b"\0\0\0" + colors[:, :3].tobytes()),
        (b"tRNS", alpha),
        (b"IDAT", compress_lines(lines, smooth=smooth)),
    )
    return _assemble((width, height), (bits, _PALETTE), chunks)


def encode_rgb_png(pixels: Pixels) -> bytes:
    """Encode a true-colour PNG, with alpha if the pixels have it.

    Of differences to the line above (the Up filter), which take a tenth of the time of
    Pillow's choice among all filters, for 6 % more bytes of an aerial photograph.
    """
    height, width, channels = pixels.shape
    lines = np.ascontiguousarray(pixels).reshape(height, width * channels)
    compressed = compress_lines(_filter_up(lines), smooth=True)
    kind = _RGBA if channels == 4 else _RGB
    return _assemble((width, height), (8, kind), ((b"IDAT", compressed),))


def encode_webp(pixels: Pixels, *, lossless: bool) -> bytes:
    """Encode a WebP image, with alpha if the pixels have it."""
    return _save(pixels, "WEBP", _WEBP_LOSSLESS if lossless else _WEBP)


def encode_jpeg(pixels: Pixels) -> bytes:
    """Encode a JPEG of red, green and blue."""
    return _save(pixels, "JPEG", _JPEG)


def encode_npy(
    data: NDArray[np.generic],
    mask: NDArray[np.bool_],
    alpha: NDArray[np.uint8] | None = None,
) -> bytes:
    """Encode values as a file of numpy, (band + 1, row, col), like rio-tiler's.

    The last band is the mask of all bands together: 0 where any band has no data, else
    the opacity, which is 255 without an alpha band. The type is that of the data, or
    int16 if that is int8, which cannot hold 255.

    Args:
        data: (band, row, col), of any numeric type.
        mask: (band, row, col); True means data.
        alpha: (row, col), from 1 to 255 where there is data; None for 255.
    """
    stack = np.empty((len(data) + 1, *data.shape[1:]), npy_type(data.dtype))
    stack[:-1] = data
    stack[-1] = mask.all(axis=0) * (np.uint8(255) if alpha is None else alpha)
    out = io.BytesIO()
    np.save(out, stack)
    return out.getvalue()


def npy_size(bands: int, shape: tuple[int, int], dtype: np.dtype[Any]) -> int:
    """The bytes that ``encode_npy`` returns, without the header's hundred."""
    return (bands + 1) * shape[0] * shape[1] * npy_type(dtype).itemsize


def npy_type(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The type of an npy of values of ``dtype``."""
    return np.result_type(dtype, np.uint8)


def _save(pixels: Pixels, form: str, options: dict[str, int]) -> bytes:
    # Loading Pillow takes 30 ms, and most answers are PNG.
    from PIL import Image  # noqa: PLC0415

    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(out, form, **options)
    return out.getvalue()


def _filter_up(lines: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Differences of lines (row, byte) to the one above, behind their filter's number.

    With Paeth's filter, a tile of the sample's elevation has 15 % fewer bytes and takes
    70 % longer.
    """
    filtered = np.empty((len(lines), 1 + lines.shape[1]), np.uint8)
    filtered[:, 0] = 2
    filtered[:1, 1:] = lines[:1]
    np.subtract(lines[1:], lines[:-1], out=filtered[1:, 1:])
    return filtered


def _assemble(
    size: tuple[int, int],
    kind: tuple[int, int],
    chunks: tuple[tuple[bytes, bytes], ...],
) -> bytes:
    """Assemble a PNG of (width, height) and of (bits, colour type)."""
    header = struct.pack(">IIBBBBB", *size, *kind, 0, 0, 0)
    every = ((b"IHDR", header), *chunks, (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(name, content) for name, content in every)


def _chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(content, zlib.crc32(name))
    return b"".join(
        (struct.pack(">I", len(content)), name, content, struct.pack(">I", checksum))
    )
