"""LZW: both implementations, GDAL's encoder, and damaged bytes."""

from __future__ import annotations

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from rasterio.io import MemoryFile

from raster_core.native.library import without_library
from raster_core.native.lzw import LzwError, decode_lzw

SEEDS = st.integers(0, 2**32)


def encode(values: np.ndarray) -> bytes:
    """The one strip of a TIFF of bytes (row, col) that GDAL writes."""
    height, width = values.shape
    size = {"width": width, "height": height, "blockysize": height}
    options: dict[str, object] = {
        "driver": "GTiff",
        "compress": "LZW",
        "predictor": 1,
        "count": 1,
    }
    options |= {"crs": "EPSG:4326", "transform": Affine(1, 0, 0, 0, -1, 9)}
    with MemoryFile() as memory:
        with memory.open(**size, **options, dtype="uint8") as file:
            file.write(values, 1)
        with memory.open() as file:
            place = [
                int(file.get_tag_item(f"BLOCK_{what}_0_0", "TIFF", bidx=1))
                for what in ("OFFSET", "SIZE")
            ]
        return bytes(memory.getbuffer()[place[0] : sum(place)])


def decode_both(stored: bytes, length: int) -> list[bytes | None]:
    def decode() -> bytes | None:
        try:
            return decode_lzw(stored, length).tobytes()
        except LzwError:
            return None

    native = decode()
    with without_library():
        return [native, decode()]


@pytest.mark.parametrize("classes", [1, 2, 5, 256])
def test_what_gdal_encodes_comes_back(classes):
    values = np.random.default_rng(classes).integers(0, classes, (97, 101), np.uint8)

    found = decode_both(encode(values), values.size)

    assert found == [values.tobytes()] * 2


@given(SEEDS, st.integers(0, 300), st.integers(0, 4000))
def test_both_refuse_the_same_bytes(seed, stored, length):
    rng = np.random.default_rng(seed)
    content = bytes([0x80, *rng.integers(0, 64, stored, np.uint8)])

    native, reference = decode_both(content, length)

    assert native == reference


@given(st.data())
def test_damaged_bytes_give_the_same_or_nothing(data):
    stored = bytearray(DAMAGED)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(stored) - 1))
        stored[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(stored)))

    native, reference = decode_both(bytes(stored[:cut]), 40 * 41)

    assert native == reference


DAMAGED = encode(np.arange(40 * 41).reshape(40, 41).astype(np.uint8) // 3)


def test_codes_by_hand():
    codes = [256, 65, 66, 258, 260, 257]
    bits = "".join(f"{code:09b}" for code in codes)
    stored = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(
        -(-len(bits) // 8)
    )

    assert decode_both(stored, 7) == [b"ABABABA"] * 2
    assert decode_both(stored, 8) == [None, None]
    assert decode_both(b"", 0) == [b"", b""]
