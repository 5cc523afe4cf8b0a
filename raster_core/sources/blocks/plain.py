"""Read windows of plain GeoTIFFs, block by block.

A file is plain as far as its blocks can be decoded here; one level may be and another
not. Whatever is odd ends in ``NotPlainError``, and GDAL reads instead.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from raster_core.native.unpacking import Part, unpack, whole
from raster_core.sources.blocks.cache import BlockCache, keeps_blocks
from raster_core.sources.blocks.codecs import can_decode, decompress, most_stored
from raster_core.sources.blocks.directories import MAX_INDEX, read_directories
from raster_core.sources.blocks.filling import filler
from raster_core.sources.blocks.plainness import NotPlainError
from raster_core.sources.blocks.structure import Tag, find_structure, is_overview

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from raster_core.grid import Window
    from raster_core.sources.blocks.directories import Directory
    from raster_core.sources.blocks.structure import Structure
    from raster_core.sources.ranges.protocol import Range, Ranges

_numbers = itertools.count()


class Expected(NamedTuple):
    """What GDAL says of a level, with which its directory must agree."""

    shape: tuple[int, int]
    """(height, width) in pixels."""
    block_shape: tuple[int, int]
    """Likewise of a block."""


class _Piece(NamedTuple):
    """The part of a window that lies in one block."""

    number: int
    part: Part
    out: NDArray[Any]
    """(sample, row, col): where it is written."""


@dataclass(slots=True, eq=False)
class PlainLevel:
    """A level whose blocks are read here."""

    number: int
    directory: Directory
    structure: Structure
    index: tuple[NDArray[np.integer], NDArray[np.integer]] | None = None
    """Offsets and lengths of all blocks, once one is needed."""

    def find_ranges(self, blocks: Sequence[int]) -> list[Range]:
        """Where blocks are in the file; nothing (0, 0) is not stored.

        Raises:
            NotPlainError: If the index does not have as many blocks as the level, or
                a block has more bytes than it can need.
        """
        if self.index is None:
            self.index = self._read_index()
        offsets, sizes = self.index
        ranges = [(int(offsets[block]), int(sizes[block])) for block in blocks]
        most = most_stored(self.structure.packing.bytes)
        for offset, size in ranges:
            if size > most or (offset == 0) != (size == 0):
                raise NotPlainError(f"A block has {size} bytes at {offset}")
        return ranges

    def _read_index(self) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
        wanted = self.structure.blocks
        offsets = self.directory.values(Tag.TILE_OFFSETS, most=MAX_INDEX)
        sizes = self.directory.values(Tag.TILE_SIZES, most=MAX_INDEX)
        if not len(offsets) == len(sizes) == wanted:
            raise NotPlainError(f"The index of {wanted} blocks has {len(offsets)}")
        return offsets, sizes


@dataclass(frozen=True, slots=True, eq=False)
class PlainFile:
    """The levels of a file that are read here."""

    ranges: Ranges
    cache: BlockCache
    levels: dict[int, PlainLevel]
    number: int = field(default_factory=lambda: next(_numbers))
    """Unique in this process."""

    def read(
        self, level: int, window: Window, bands: Sequence[int]
    ) -> NDArray[np.generic]:
        """Stored values of a window that lies within the level.

        (band, row, col) in the file's type.

        Args:
            level: 0 is the native one, then overviews.
            window: At least one pixel.
            bands: From 1, in the order wanted.

        Raises:
            NotPlainError: If GDAL is to read it.
            SourceError: If bytes cannot be read.
        """
        if level not in self.levels:
            raise NotPlainError(f"Level {level} is not plain")
        source = self.levels[level]
        shape = (len(bands), window.height, window.width)
        values = np.empty(shape, source.structure.packing.dtype)
        missing = [
            piece
            for piece in _pieces(source.structure, window, bands, values)
            if not self._take_kept(level, piece)
        ]
        if not missing:
            return values
        ranges = source.find_ranges([piece.number for piece in missing])
        for piece, stored in zip(missing, self.ranges.read(ranges), strict=True):
            self._decode(source, piece, stored)
        return values

    def _take_kept(self, level: int, piece: _Piece) -> bool:
        """Whether the block was kept; then its part is written."""
        block = self.cache.find((self.number, level, piece.number))
        if block is not None:
            _copy(block, piece)
        return block is not None

    def _decode(
        self, source: PlainLevel, piece: _Piece, stored: bytes | memoryview
    ) -> None:
        structure = source.structure
        packing = structure.packing
        if not len(stored):
            piece.out[...] = filler(structure.nodata, packing.dtype)
            return
        content = decompress(stored, structure.compression, packing.bytes)
        if not keeps_blocks():
            unpack(content, packing, piece.part, piece.out)
            return
        every = whole(packing)
        block = np.empty(every.shape, packing.dtype)
        unpack(content, packing, every, block)
        self.cache.keep((self.number, source.number, piece.number), block)
        _copy(block, piece)

    def close(self) -> None:
        """Give back the descriptor and the blocks."""
        self.ranges.close()
        self.cache.forget_file(self.number)


def open_plain(
    ranges: Ranges,
    cache: BlockCache,
    *,
    levels: Sequence[Expected],
    dtypes: Sequence[str],
) -> PlainFile:
    """The levels of a file that are read here; there may be none.

    Args:
        ranges: The file's bytes; the result closes them.
        cache: For its decoded blocks.
        levels: As GDAL found them, the native one first.
        dtypes: Of its bands, in numpy's names.

    Raises:
        NotPlainError: If its directories are not those that GDAL found.
        SourceError: If its header cannot be read.
    """
    every = read_directories(ranges)
    directories = [*every[:1], *filter(is_overview, every[1:])]
    if len(directories) != len(levels):
        count = len(directories)
        raise NotPlainError(f"It has {count} levels, of which GDAL sees {len(levels)}")
    found = PlainFile(ranges, cache, {})
    for number, directory in enumerate(directories):
        if level := _open_level(number, directory, levels[number], dtypes):
            found.levels[number] = level
    return found


def _open_level(
    number: int, directory: Directory, expected: Expected, dtypes: Sequence[str]
) -> PlainLevel | None:
    """A level; None if it is not plain."""
    try:
        structure = find_structure(directory)
    except NotPlainError:
        return None
    shape = structure.height, structure.width
    packing = structure.packing
    if (
        shape != expected.shape
        or packing.shape != expected.block_shape
        or [packing.dtype.name] * structure.bands != list(dtypes)
        or not can_decode(structure.compression)
        or structure.blocks > MAX_INDEX
    ):
        return None
    return PlainLevel(number, directory, structure)


def _pieces(
    structure: Structure,
    window: Window,
    bands: Sequence[int],
    values: NDArray[Any],
) -> Iterator[_Piece]:
    """The parts of a window, and where they go in ``values`` (band, row, col)."""
    height, width = structure.packing.shape
    for down in range(window.row // height, -(-window.row_stop // height)):
        rows, to_rows = _overlap(down * height, height, window.row, window.row_stop)
        for right in range(window.col // width, -(-window.col_stop // width)):
            cols, to_cols = _overlap(right * width, width, window.col, window.col_stop)
            number = down * structure.across + right
            out = values[:, to_rows, to_cols]
            if structure.interleaved:
                part = Part(rows, cols, [band - 1 for band in bands])
                yield _Piece(number, part, out)
                continue
            for position, band in enumerate(bands):
                plane = (band - 1) * structure.per_band
                one = out[position : position + 1]
                yield _Piece(plane + number, Part(rows, cols, [0]), one)


def _overlap(start: int, length: int, first: int, stop: int) -> tuple[slice, slice]:
    """What a block and a window share along one axis: in the block, in the window."""
    low, high = max(start, first), min(start + length, stop)
    return slice(low - start, high - start), slice(low - first, high - first)


def _copy(block: NDArray[Any], piece: _Piece) -> None:
    part = piece.part
    for position, sample in enumerate(part.samples):
        piece.out[position] = block[sample, part.rows, part.cols]
