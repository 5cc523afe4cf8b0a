"""Stored blocks as images: the JPEG or WebP that a GeoTIFF has in them.

Source: ITU-T T.81, annex B; T.872, section 6.5.3 (the Adobe marker); RFC 9649 (WebP).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_START, _END = b"\xff\xd8", b"\xff\xd9"
_SCAN, _APPLICATION_14 = 0xDA, 0xEE
# Frames that all decoders know: baseline, extended, progressive.
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length."""

_CHANNELS = 3


def complete_jpeg(
    content: bytes, tables: bytes, shape: tuple[int, int], *, is_ycbcr: bool
) -> bytes | None:
    """A JPEG file of a stored block and the tables that it shares with others.

    Args:
        content: The block, a stream that may lack tables.
        tables: A stream of tables alone; empty if the block has its own.
        shape: (height, width) that it must have.
        is_ycbcr: Whether its channels are luminance and chrominance, else red, green
            and blue: said by a marker, where decoders would have to guess.

    Returns:
        None if it is no complete stream of 8 bits in three channels and that shape.
    """
    if not (content.startswith(_START) and content.endswith(_END)):
        return None
    segments = dict(_segments(content))
    frame = next((segments[kind] for kind in _FRAMES if kind in segments), b"")
    if frame[:6] != struct.pack(">BHHB", 8, *shape, _CHANNELS):
        return None
    if tables and not (tables.startswith(_START) and tables.endswith(_END)):
        return None
    marker = b"" if _APPLICATION_14 in segments else _adobe_marker(is_ycbcr)
    return b"".join((_START, marker, tables[2:-2], content[2:]))


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The markers of a stream before its scan, with what they hold."""
    place = len(_START)
    while place + 4 <= len(content) and content[place] == 0xFF:
        kind = content[place + 1]
        if kind == 0xFF:  # one to fill
            place += 1
            continue
        if kind == _SCAN:
            return
        if kind in _ALONE:
            place += 2
            continue
        (length,) = struct.unpack_from(">H", content, place + 2)
        yield kind, content[place + 4 : place + 2 + length]
        place += 2 + length


def _adobe_marker(is_ycbcr: bool) -> bytes:  # noqa: FBT001  what it says
    content = b"Adobe" + struct.pack(">HHHB", 100, 0, 0, is_ycbcr)
    return struct.pack(">BBH", 0xFF, _APPLICATION_14, 2 + len(content)) + content


def check_webp(
    content: bytes, shape: tuple[int, int], *, has_alpha: bool
) -> bytes | None:
    """A stored block, if it is a WebP file of (height, width); else None.

    Args:
        content: The block.
        shape: What it must have.
        has_alpha: Whether it may have an alpha channel.
    """
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return None
    if len(content) != int.from_bytes(content[4:8], "little") + 8:
        return None
    found = _webp_frame(content[12:16], content[20:30])
    if found is None or found[:2] != shape or (found[2] and not has_alpha):
        return None
    return content


def _webp_frame(kind: bytes, start: bytes) -> tuple[int, int, bool] | None:
    """Height, width and whether there is alpha, from the first bytes of a chunk."""
    if kind == b"VP8 " and start[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", start[6:10])
        return height & 0x3FFF, width & 0x3FFF, False
    if kind == b"VP8L" and start[:1] == b"\x2f":
        bits = int.from_bytes(start[1:5], "little")
        return (bits >> 14 & 0x3FFF) + 1, (bits & 0x3FFF) + 1, bool(bits >> 28 & 1)
    if kind == b"VP8X" and not start[0] & 2:  # no animation
        width = int.from_bytes(start[4:7], "little") + 1
        return int.from_bytes(start[7:10], "little") + 1, width, bool(start[0] & 16)
    return None
