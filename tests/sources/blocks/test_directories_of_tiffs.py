"""Headers that come from anywhere."""

from __future__ import annotations

import struct
import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from raster_core.errors import SourceError
from raster_core.grid import Window
from raster_core.sources.blocks.cache import BlockCache
from raster_core.sources.blocks.directories import (
    MAX_DIRECTORIES,
    MAX_TAGS,
    read_directories,
)
from raster_core.sources.blocks.plain import Expected, open_plain
from raster_core.sources.blocks.plainness import NotPlainError
from raster_core.sources.blocks.structure import MAX_BLOCK, find_structure
from raster_core.sources.ranges.checks import check_ranges

if TYPE_CHECKING:
    from collections.abc import Sequence


class Bytes:
    """Ranges of what is in memory."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.size = len(content)

    def read(self, ranges: Sequence[tuple[int, int]]) -> list[bytes | memoryview]:
        check_ranges(ranges, self.size)
        return [self.content[offset : offset + length] for offset, length in ranges]

    def close(self) -> None:
        """Nothing is held."""


def tiff(bigtiff: str, endianness: str) -> bytes:
    with rasterio.MemoryFile() as memory:
        with memory.open(
            driver="GTiff", dtype="int16", count=2, width=70, height=60,
            crs="EPSG:4326", transform=Affine(1, 0, 0, 0, -1, 9), tiled=True,
            blockxsize=32, blockysize=32, compress="DEFLATE", predictor=2,
            bigtiff=bigtiff, endianness=endianness,
        ) as file:  # fmt: skip
            file.write(np.arange(2 * 60 * 70).reshape(2, 60, 70).astype(np.int16))
            file.build_overviews([2])
        return bytes(memory.getbuffer())


FILES = [tiff(big, order) for big in ("YES", "NO") for order in ("LITTLE", "BIG")]
LEVELS = [Expected((60, 70), (32, 32)), Expected((30, 35), (32, 32))]


@pytest.mark.parametrize("content", FILES)
def test_a_header_says_how_levels_are_stored(content):
    first, second = map(find_structure, read_directories(Bytes(content)))

    assert (first.height, first.width, first.bands) == (60, 70, 2)
    assert (first.across, first.per_band, first.interleaved) == (3, 6, True)
    assert first.packing.shape == (32, 32)
    assert first.packing.dtype == np.int16
    assert (second.height, second.width) == (30, 35)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    content = bytearray(draw(st.sampled_from(FILES)))
    places = st.one_of(st.integers(0, 700), st.integers(0, len(content) - 1))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(places)
        piece = draw(st.one_of(st.binary(min_size=1, max_size=8), st.just(b"\xff" * 4)))
        content[place : place + len(piece)] = piece
    return bytes(content[: draw(st.integers(0, len(content)))] or content)


@given(damaged())
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=300)
def test_damaged_files_are_read_or_left_to_gdal(content):
    """No other exception, and no more memory than the limits allow."""
    tracemalloc.start()
    try:
        file = open_plain(
            Bytes(content), BlockCache(2**20), levels=LEVELS, dtypes=["int16"] * 2
        )
        for number, (shape, _) in enumerate(LEVELS):
            window = Window(0, 0, shape[1], shape[0])
            values = file.read(number, window, [2, 1])
            assert values.shape == (2, *shape)
    except (NotPlainError, SourceError):
        pass
    finally:
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert most < 2**20


def test_directories_in_a_circle_end():
    content = bytearray(tiff("NO", "LITTLE"))
    first = int.from_bytes(content[4:8], "little")
    count = int.from_bytes(content[first : first + 2], "little")
    link = first + 2 + 12 * count
    content[link : link + 4] = first.to_bytes(4, "little")

    with pytest.raises(NotPlainError, match="circle"):
        read_directories(Bytes(bytes(content)))


def test_a_chain_of_directories_has_an_end():
    count = MAX_DIRECTORIES + 1
    content = bytearray(b"II*\0" + (8).to_bytes(4, "little"))
    for number in range(count):
        content += bytes(2) + (8 + 6 * (number + 1)).to_bytes(4, "little")
    content += bytes(64)

    with pytest.raises(NotPlainError, match="too many"):
        read_directories(Bytes(bytes(content)))


def test_a_directory_of_too_many_tags_is_not_read():
    content = (
        b"II*\0" + (8).to_bytes(4, "little") + (MAX_TAGS + 1).to_bytes(2, "little")
    )

    with pytest.raises(NotPlainError, match=f"{MAX_TAGS + 1} tags; {MAX_TAGS} at most"):
        read_directories(Bytes(content + bytes(12 * (MAX_TAGS + 1) + 4)))


def test_blocks_of_too_many_bytes_are_left_to_gdal():
    """The header alone states their size: nothing of it is in the file."""
    content = bytearray(tiff("NO", "LITTLE"))
    (first, *_) = read_directories(Bytes(bytes(content)))
    assert find_structure(first).packing.shape == (32, 32)
    for tag in (322, 323):  # width and height of tiles, as whole numbers of 16 bits
        place = content.index(struct.pack("<HHI", tag, 3, 1))
        content[place + 8 : place + 10] = (16384).to_bytes(2, "little")

    (first, *_) = read_directories(Bytes(bytes(content)))
    with pytest.raises(NotPlainError, match=f"{2**30} bytes; {MAX_BLOCK} at most"):
        find_structure(first)


@pytest.mark.parametrize(
    "content", [b"", b"II", b"PNG " * 9, b"II+\0\4\0\0\0" + bytes(32)]
)
def test_what_is_no_tiff_is_left_to_gdal(content):
    with pytest.raises((NotPlainError, SourceError)):
        read_directories(Bytes(content))
