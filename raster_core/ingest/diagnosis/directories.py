"""The directories of a TIFF, in the order of the file: where a reader has to look.

Source: TIFF 6.0, section 2; the BigTIFF design of AWare Systems.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

# A file of more is damaged, or its chain is a loop.
MAX_DIRECTORIES = 256

# Offsets of blocks that are looked at: the first of a level are its lowest but in files
# that were edited.
_MAX_BLOCKS = 4096

_KIND, _STRIPS, _TILES = 254, 273, 324

# Bits of NewSubfileType.
_REDUCED, _MASK = 1, 4

_SIZES = {1: 1, 3: 2, 4: 4, 13: 4, 16: 8, 18: 8}
_FORMS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}


@dataclass(frozen=True, slots=True)
class Directory:
    """One image of a file: the raster, an overview, or the mask of one."""

    offset: int
    """Where it stands, in bytes."""
    pixels: int | None
    """Where the first of its blocks begins; None if it has none."""
    is_overview: bool
    is_mask: bool


class _Form(NamedTuple):
    """How numbers and entries are written."""

    order: str
    big: bool


def read_directories(file: BinaryIO) -> tuple[Directory, ...]:
    """The directories of a TIFF; empty for a file that is damaged, or none.

    Args:
        file: Open for reading at its beginning.
    """
    try:
        return tuple(_walk(file))
    except (struct.error, KeyError, OSError, OverflowError):
        return ()


def late_directories(directories: tuple[Directory, ...]) -> int:
    """How many stand behind pixels, where each takes a request of its own."""
    pixels = [found.pixels for found in directories if found.pixels is not None]
    first = min(pixels, default=0)
    return sum(found.offset > first for found in directories) if pixels else 0


def _walk(file: BinaryIO) -> Iterator[Directory]:
    start = file.read(16)
    order = {b"II": "<", b"MM": ">"}[start[:2]]
    (version,) = struct.unpack_from(f"{order}H", start, 2)
    big = {42: False, 43: True}[version]
    form = _Form(order, big)
    (offset,) = struct.unpack_from(
        order + ("Q" if big else "I"), start, 8 if big else 4
    )
    seen: set[int] = set()
    while offset and offset not in seen and len(seen) < MAX_DIRECTORIES:
        seen.add(offset)
        found, offset = _read_directory(file, offset, form)
        yield found


def _read_directory(file: BinaryIO, offset: int, form: _Form) -> tuple[Directory, int]:
    """A directory, and where the next one is; 0 if it is the last."""
    wide, entry = ("Q", 20) if form.big else ("H", 12)
    file.seek(offset)
    (count,) = _unpack(file, form.order + wide)
    content = file.read(min(count, 65536) * entry)
    (following,) = _unpack(file, form.order + ("Q" if form.big else "I"))
    kind, pixels = 0, None
    for start in range(0, len(content), entry):
        (tag,) = struct.unpack_from(f"{form.order}H", content, start)
        if tag == _KIND:
            kind = _values(file, content[start : start + entry], form)[0]
        elif tag in (_STRIPS, _TILES):
            blocks = _values(file, content[start : start + entry], form)
            pixels = min(filter(None, blocks), default=None)
    return Directory(
        offset, pixels, bool(kind & _REDUCED), bool(kind & _MASK)
    ), following


def _values(file: BinaryIO, entry: bytes, form: _Form) -> tuple[int, ...]:
    """The first numbers of an entry, from it or from where it points."""
    head = form.order + ("HHQ" if form.big else "HHI")
    _, kind, count = struct.unpack_from(head, entry)
    at, room = struct.calcsize(head), 8 if form.big else 4
    count = min(count, _MAX_BLOCKS)
    if count * _SIZES[kind] > room:
        (place,) = struct.unpack_from(
            form.order + ("Q" if form.big else "I"), entry, at
        )
        file.seek(place)
        return _unpack(file, f"{form.order}{count}{_FORMS[kind]}")
    return struct.unpack_from(f"{form.order}{count}{_FORMS[kind]}", entry, at)


def _unpack(file: BinaryIO, form: str) -> tuple[int, ...]:
    return struct.unpack(form, file.read(struct.calcsize(form)))
