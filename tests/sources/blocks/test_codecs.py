"""Compressed blocks that come from anywhere."""

from __future__ import annotations

import tracemalloc
import zlib
from contextlib import suppress

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from raster_core.sources.blocks import codecs
from raster_core.sources.blocks.codecs import Compression, decompress
from raster_core.sources.blocks.plainness import NotPlainError

CONTENT = bytes(range(256)) * 40
PACKED = {
    Compression.NONE: CONTENT,
    Compression.DEFLATE: zlib.compress(CONTENT),
    Compression.OLD_DEFLATE: zlib.compress(CONTENT, 9),
    Compression.ZSTD: zstandard.compress(CONTENT),
}


@pytest.mark.parametrize("compression", PACKED)
def test_what_was_compressed_comes_back(compression):
    found = decompress(PACKED[compression], compression, len(CONTENT))

    assert bytes(found) == CONTENT


def test_a_frame_that_does_not_state_its_length_comes_back():
    parts = zstandard.ZstdCompressor().compressobj()
    stored = parts.compress(CONTENT) + parts.flush()

    assert zstandard.frame_content_size(stored) == -1
    assert decompress(stored, Compression.ZSTD, len(CONTENT)) == CONTENT


@pytest.mark.parametrize("inflate", [codecs._inflate(), codecs._inflate_by_zlib])
def test_bytes_beyond_the_block_are_left_alone(inflate):
    assert inflate(PACKED[Compression.DEFLATE] + b"more", len(CONTENT)) == CONTENT
    assert inflate(PACKED[Compression.DEFLATE], 100) == CONTENT[:100]
    assert len(inflate(PACKED[Compression.DEFLATE], 10**5)) == len(CONTENT)


@pytest.mark.parametrize("compression", PACKED)
def test_a_block_of_fewer_bytes_is_left_to_gdal(compression):
    with pytest.raises(NotPlainError):
        decompress(PACKED[compression], compression, len(CONTENT) + 1)


@given(st.sampled_from(list(PACKED)), st.integers(0, 200), st.binary(max_size=9))
def test_damaged_bytes_give_as_many_or_are_left_to_gdal(compression, place, piece):
    stored = bytearray(PACKED[compression])
    stored[place : place + len(piece)] = piece
    found = None
    with suppress(NotPlainError):
        found = decompress(bytes(stored), compression, len(CONTENT))

    whole = None if found is None else len(found) >= len(CONTENT)
    assert whole is not False


def test_a_bomb_is_not_set_off():
    """A frame that says 1 GB, and a stream that has 100 MB."""
    large = bytes(10**8)
    bombs = {
        Compression.ZSTD: zstandard.compress(large),
        Compression.DEFLATE: zlib.compress(large),
    }
    tracemalloc.start()
    for compression, bomb in bombs.items():
        try:
            decompress(bomb, compression, 1000)
        except NotPlainError:
            continue
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 10**6
