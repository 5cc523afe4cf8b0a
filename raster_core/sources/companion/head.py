"""The first bytes of a file, if they say all that opening it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.errors import SourceError
from raster_core.sources.blocks.directories import FIRST_BYTES, read_directories
from raster_core.sources.blocks.plainness import NotPlainError
from raster_core.sources.blocks.structure import Tag
from raster_core.sources.companion.known import KnownRanges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.sources.blocks.directories import Directory
    from raster_core.sources.companion.known import Part
    from raster_core.sources.ranges.protocol import Range, Ranges

# Bytes of a value by field type. Source: TIFF 6.0, section 2; BigTIFF.
_SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}

# Where blocks are: nobody needs it to open a file.
INDEX = (Tag.TILE_OFFSETS, Tag.TILE_SIZES)


class _Nothing:
    """A file of which nothing can be read any more."""

    size = None

    def read(self, ranges: Sequence[Range]) -> list[bytes | memoryview]:
        """Refuse."""
        raise NotPlainError(f"{len(ranges)} ranges lie beyond the first bytes")

    def close(self) -> None:
        """Nothing is open."""


def read_head(ranges: Ranges) -> bytes | None:
    """The first bytes of a TIFF; None unless all directories lie in them.

    All their values as well, but for the index of blocks. One request, or two of a file
    that has fewer bytes than are usually asked for.

    Raises:
        SourceError: If the file cannot be read.
    """
    head = _read_first(ranges)
    end = head_length(read_within(head))
    return head if end is not None and end <= len(head) else None


def read_within(head: bytes) -> list[Directory]:
    """The directories of a file by its first bytes; none if they go on beyond."""
    try:
        return read_directories(KnownRanges(_Nothing(), [(0, _pad(head))]))
    except (NotPlainError, SourceError):
        return []


def head_length(directories: Sequence[Directory]) -> int | None:
    """Where the last value of some directories ends, the index left out.

    None without directories, or if one has a value of a type that is not known.
    """
    entries = [
        entry
        for directory in directories
        for tag, entry in directory.entries.items()
        if tag not in INDEX or entry.count == 1
    ]
    if not entries or any(entry.kind not in _SIZES for entry in entries):
        return None
    return max(entry.place + entry.count * _SIZES[entry.kind] for entry in entries)


def index_extents(directories: Sequence[Directory]) -> list[Range]:
    """Where the directories of a file say that their blocks' index is."""
    return [
        (entry.place, entry.count * _SIZES[entry.kind])
        for directory in directories
        for tag in INDEX
        if (entry := directory.entries.get(tag)) and entry.kind in _SIZES
    ]


def spread_parts(parts: Sequence[Part]) -> list[Part]:
    """Parts of a file, with zeros between those of the bytes that are asked for first.

    Args:
        parts: What is known; whatever is read of the directories lies in them.
    """
    first = bytearray(FIRST_BYTES)
    for offset, content in parts:
        room = max(0, FIRST_BYTES - offset)
        first[offset : offset + len(content)] = content[:room]
    return [(0, bytes(first[:FIRST_BYTES])), *parts]


def _pad(head: bytes) -> bytes:
    """As many bytes as are asked for first."""
    return head + bytes(max(0, FIRST_BYTES - len(head)))


def _read_first(ranges: Ranges) -> bytes:
    try:
        return bytes(ranges.read([(0, _length(ranges))])[0])
    except SourceError:
        if ranges.size is None or ranges.size >= FIRST_BYTES:
            raise
    return bytes(ranges.read([(0, ranges.size)])[0])


def _length(ranges: Ranges) -> int:
    return FIRST_BYTES if ranges.size is None else min(FIRST_BYTES, ranges.size)
