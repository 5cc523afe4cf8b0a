"""The directories of a TIFF: classic and BigTIFF, either byte order.

All of it comes from the file, so nothing is believed: counts, offsets and loops are
checked before they are followed, and values are read when they are asked for.

Source: TIFF 6.0, section 2, and the BigTIFF design of libtiff.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.sources.blocks.plainness import NotPlainError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from raster_core.sources.ranges.protocol import Ranges

# What is read first: the directories of a COG lie there, and most often its indexes.
FIRST_BYTES = 32768

# Levels and masks of the largest pyramids there are, twice.
MAX_DIRECTORIES = 64

# GDAL writes some thirty tags.
MAX_TAGS = 512

# Values of a tag that is no index: as many as a file may have bands.
MAX_VALUES = 65536

# Entries of an index, which take 16 bytes each in memory: 4 TB of blocks of 512².
MAX_INDEX = 2**22

# Field type → what numpy calls it: BYTE, ASCII, SHORT, LONG, LONG8, IFD8.
_TYPES = {1: "u1", 2: "u1", 3: "u2", 4: "u4", 16: "u8", 18: "u8"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A tag whose values are not read yet."""

    kind: int
    """The field type."""
    count: int
    """How many values."""
    place: int
    """Where the first one is in the file."""


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """The bytes of a file, the first of which are at hand."""

    ranges: Ranges
    first: bytes | memoryview

    def read(self, offset: int, length: int) -> bytes | memoryview:
        """Some bytes.

        Raises:
            SourceError: As ``Ranges.read``.
        """
        if offset >= 0 and offset + length <= len(self.first):
            return self.first[offset : offset + length]
        return self.ranges.read([(offset, length)])[0]


@dataclass(frozen=True, slots=True, eq=False)
class Directory:
    """The tags of an image."""

    content: Content
    order: str
    """``<`` or ``>``."""
    entries: dict[int, Entry]

    def values(
        self, tag: int, default: int | None = None, *, most: int = MAX_VALUES
    ) -> NDArray[np.integer]:
        """The whole numbers of a tag, (count,).

        Args:
            tag: Its number.
            default: What an absent tag stands for; None if it must be there.
            most: How many there may be.

        Raises:
            NotPlainError: If it is absent, of another type, or has too many.
        """
        entry = self.entries.get(tag)
        if entry is None and default is not None:
            return np.array([default])
        if entry is None or entry.kind not in _TYPES:
            raise NotPlainError(f"Tag {tag} is missing or has no whole numbers")
        if not 0 < entry.count <= most:
            raise NotPlainError(f"Tag {tag} has {entry.count} values; {most} at most")
        dtype = np.dtype(self.order + _TYPES[entry.kind])
        stored = self.content.read(entry.place, entry.count * dtype.itemsize)
        return np.frombuffer(stored, dtype)

    def value(self, tag: int, default: int | None = None) -> int:
        """The one number of a tag, or the one that all of its values are.

        Raises:
            NotPlainError: As ``values``, or if they differ.
        """
        values = self.values(tag, default)
        if (values != values[0]).any():
            raise NotPlainError(f"Tag {tag} has different values")
        return int(values[0])

    def text(self, tag: int) -> bytes:
        """The bytes of a text; empty if the tag is absent."""
        return self.values(tag).tobytes() if tag in self.entries else b""


def read_directories(ranges: Ranges) -> list[Directory]:
    """All directories of a file, in its order.

    Raises:
        NotPlainError: If it is not a TIFF, or not one that ends within the limits.
        SourceError: If it cannot be read, or an offset lies beyond its end.
    """
    length = FIRST_BYTES if ranges.size is None else min(FIRST_BYTES, ranges.size)
    content = Content(ranges, ranges.read([(0, length)])[0])
    return list(_follow(content))


@dataclass(frozen=True, slots=True)
class _Form:
    """How numbers are written in a file: classic or BigTIFF."""

    order: str
    count: str
    """The number of a directory's tags."""
    offset: str
    """An offset, or the number of a tag's values."""

    def unpack(self, form: str, content: Content, place: int) -> tuple[int, ...]:
        """Numbers at a place."""
        layout = self.order + form
        return struct.unpack(layout, content.read(place, struct.calcsize(layout)))

    @property
    def entry(self) -> str:
        """Tag, type, number of values, and these or their offset as bytes."""
        return f"HH{self.offset}{struct.calcsize(self.offset)}s"


def _follow(content: Content) -> Iterator[Directory]:
    form, place = _read_header(content)
    seen: set[int] = set()
    while place:
        if place in seen or len(seen) == MAX_DIRECTORIES:
            raise NotPlainError("Its directories are too many, or go round in a circle")
        seen.add(place)
        directory, place = _read_directory(content, form, place)
        yield directory


def _read_header(content: Content) -> tuple[_Form, int]:
    """How the file is written, and where its first directory is."""
    start = bytes(content.read(0, 16))
    order = {b"II": "<", b"MM": ">"}.get(start[:2])
    if order is None:
        raise NotPlainError("It is not a TIFF")
    (version,) = struct.unpack_from(f"{order}H", start, 2)
    if version == 42:
        return _Form(order, "H", "I"), *struct.unpack_from(f"{order}I", start, 4)
    if version == 43 and struct.unpack_from(f"{order}HH", start, 4) == (8, 0):
        return _Form(order, "Q", "Q"), *struct.unpack_from(f"{order}Q", start, 8)
    raise NotPlainError("It is not a TIFF")


def _read_directory(content: Content, form: _Form, place: int) -> tuple[Directory, int]:
    """A directory, and where the next one is; 0 if it is the last."""
    (count,) = form.unpack(form.count, content, place)
    if count > MAX_TAGS:
        raise NotPlainError(f"A directory has {count} tags; {MAX_TAGS} at most")
    start = place + struct.calcsize(f"={form.count}")
    each, width = struct.calcsize(f"={form.entry}"), struct.calcsize(f"={form.offset}")
    table = content.read(start, count * each)
    entries: dict[int, Entry] = {}
    for at in range(0, count * each, each):
        tag, kind, number, inline = struct.unpack_from(
            form.order + form.entry, table, at
        )
        if tag in entries:
            raise NotPlainError(f"A directory has tag {tag} twice")
        size = int(_TYPES[kind][1]) * number if kind in _TYPES else 0
        inside = start + at + each - width
        (offset,) = struct.unpack(form.order + form.offset, inline)
        entries[tag] = Entry(kind, number, inside if size <= width else offset)
    (following,) = form.unpack(form.offset, content, start + count * each)
    return Directory(content, form.order, entries), following
