"""Layers of files, and the versions that they are kept under."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from raster_core.errors import SourceError
from raster_core.layers.file import describe_file, file_version
from raster_core.layers.kinds import open_layer
from testing.rangeserver import RangeServer
from tests.cogs import Recipe, write_cog

if TYPE_CHECKING:
    from pathlib import Path

RECIPE = Recipe(nodata=None)


def write_flat(path: Path, value: int) -> None:
    write_cog(path, RECIPE, np.full((1, 150, 200), value, np.int16))


def first_value(href: str) -> int:
    layer = open_layer(describe_file(href))
    return int(layer.read(layer.info.grid).data[0, 0, 0])


def test_a_file_that_was_rewritten_is_read_again(tmp_path: Path):
    path = tmp_path / "raster.tif"
    found = []
    for value in (1, 2, 3):
        write_flat(path, value)
        found.append(first_value(str(path)))

    assert found == [1, 2, 3]


def test_a_file_that_was_replaced_within_a_tick_of_the_clock_is_read_again(
    tmp_path: Path,
):
    path, other = tmp_path / "raster.tif", tmp_path / "other.tif"
    write_flat(path, 1)
    write_flat(other, 2)
    before = file_version(str(path))
    assert first_value(str(path)) == 1
    stat = path.stat()
    os.utime(other, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    other.replace(path)

    assert file_version(str(path)) != before
    assert first_value(str(path)) == 2


def test_a_remote_file_is_read_again_when_it_is_described_again(tmp_path: Path):
    with RangeServer(tmp_path) as server:
        href = f"http://{server.endpoint}/raster.tif"
        found = []
        for value in (1, 2):
            write_flat(tmp_path / "raster.tif", value)
            found.append(first_value(href))

    assert found == [1, 2]


def test_a_file_is_read_once_while_it_stays_the_same(tmp_path: Path):
    path = str(tmp_path / "raster.tif")
    write_flat(tmp_path / "raster.tif", 1)

    assert describe_file(path) == describe_file(path)
    assert describe_file(path, version="7").version == "7"


def test_bands_are_described_in_the_order_asked(tmp_path: Path):
    path = str(tmp_path / "raster.tif")
    write_cog(tmp_path / "raster.tif", Recipe(bands=3))

    assert [band.index for band in describe_file(path).bands] == [1, 2, 3]
    assert [band.index for band in describe_file(path, 3, 1).bands] == [3, 1]
    with pytest.raises(SourceError, match="Band 4 does not exist; the raster has 3"):
        describe_file(path, 4)


def test_a_missing_file_has_no_version(tmp_path: Path):
    with pytest.raises(SourceError):
        describe_file(str(tmp_path / "missing.tif"))
