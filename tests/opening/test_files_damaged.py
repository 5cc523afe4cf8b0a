"""GeoTIFF's keys with a damaged byte: read, or refused by an error of ours."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
from affine import Affine

import rasterlet
from raster_core.errors import RasterError

if TYPE_CHECKING:
    from pathlib import Path

# The tag of the directory of keys, as big-endian files have it.
KEYS = struct.pack(">HH", 34735, 3)


def write_file(path: Path) -> tuple[bytes, int, int]:
    """A file, and where its keys begin and end."""
    with rasterio.open(
        path, "w", driver="GTiff", width=80, height=60, count=1, dtype="uint8",
        crs="EPSG:4326", transform=Affine(0.01, 0, 9, 0, -0.01, 45), tiled=True,
        blockxsize=64, blockysize=64, endianness="BIG",
    ) as file:  # fmt: skip
        file.write(np.ones((1, 60, 80), np.uint8))
    content = path.read_bytes()
    place = content.index(KEYS) + len(KEYS)
    count, start = struct.unpack_from(">II", content, place)
    return content, start, start + 2 * count


@pytest.mark.parametrize("bit", [0x01, 0x80, 0xFF])
def test_whatever_byte_of_the_keys_is_damaged(tmp_path: Path, bit: int):
    content, start, stop = write_file(tmp_path / "whole.tif")
    opened, refused = [], []
    for place in range(start, stop):
        damaged = bytearray(content)
        damaged[place] ^= bit
        path = tmp_path / f"{place}.tif"
        path.write_bytes(damaged)
        try:
            opened.append(rasterlet.open(path).read(size=(9, 9)).shape)
        except RasterError as error:
            refused.append((path.name, str(error)))

    assert set(opened) == {(1, 9, 9)}
    assert all(name in message for name, message in refused)
