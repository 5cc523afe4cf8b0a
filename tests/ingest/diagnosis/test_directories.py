from __future__ import annotations

import io

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from rasterio.enums import Resampling

from raster_core.ingest.diagnosis.directories import (
    MAX_DIRECTORIES,
    late_directories,
    read_directories,
)


@pytest.fixture(params=[{}, {"BIGTIFF": "YES"}, {"ENDIANNESS": "BIG"}])
def edited(request, tmp_path):
    """A file with two overviews at its end."""
    path = tmp_path / "a.tif"
    shape = {"width": 300, "height": 200, "count": 1, "dtype": "uint8"}
    options = {"driver": "GTiff", "crs": "EPSG:4326", **shape, **request.param}
    options["transform"] = rasterio.Affine(0.1, 0, 5, 0, -0.1, 9)
    with rasterio.open(path, "w", **options) as file:
        file.write(np.ones((1, 200, 300), np.uint8))
    with rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4], Resampling.nearest)
    return path


def test_directories_of_every_form_are_found(edited):
    with edited.open("rb") as file:
        found = read_directories(file)

    assert [entry.is_overview for entry in found] == [False, True, True]
    assert not any(entry.is_mask for entry in found)
    assert all(entry.pixels for entry in found)


def test_overviews_that_were_added_stand_behind_pixels(edited, sample):
    with edited.open("rb") as file:
        assert late_directories(read_directories(file)) == 2
    with (sample / "landcover_global_2019.tif").open("rb") as file:
        cog = read_directories(file)
    assert len(cog) > 2
    assert late_directories(cog) == 0


def test_a_cut_file_has_the_directories_that_are_left(edited):
    content = edited.read_bytes()

    for end in range(0, len(content), 997):
        assert len(read_directories(io.BytesIO(content[:end]))) <= 3


@given(
    st.binary(max_size=400), st.sampled_from([b"II*\0", b"MM\0*", b"II+\0\x08\0\0\0"])
)
def test_nothing_that_bytes_can_be_is_an_error(content, start):
    assert len(read_directories(io.BytesIO(start + content))) <= MAX_DIRECTORIES


def test_a_loop_ends():
    entry = b"\0" * 12
    loop = b"II*\0\x08\0\0\0" + b"\x01\0" + entry + b"\x08\0\0\0"

    assert len(read_directories(io.BytesIO(loop))) == 1
