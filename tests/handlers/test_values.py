"""Answers that hold values are weighed before anything is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from handlers.platform.settings import MAX_ANSWER
from raster_core.bands import BandInfo
from raster_core.drawing.values import MAX_STORED, check_geotiff, check_npy
from raster_core.errors import BudgetError
from raster_core.grid import Grid, Window
from raster_core.sources.file.cog import Cog
from raster_core.tile.images.encode import encode_npy, npy_size
from testing.client import get

DTYPES = st.sampled_from(["int8", "uint8", "int16", "float32", "int64", "float64"])


@dataclass
class Reads:
    """What was read of any file."""

    windows: list[Window] = field(default_factory=list)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    seen, read = Reads(), Cog.read

    def note(cog: Cog, level: int, window: Window, bands: list[BandInfo]) -> object:
        seen.windows.append(window)
        return read(cog, level, window, bands)

    monkeypatch.setattr(Cog, "read", note)
    return seen


def create_grid(side: int) -> Grid:
    return Grid("EPSG:32633", Affine(10, 0, 5e5, 0, -10, 5e6), side, side)


def create_bands(count: int, dtype: str = "float32") -> list[BandInfo]:
    return [BandInfo(number + 1, f"b{number + 1}", dtype) for number in range(count)]


@given(st.integers(1, 5), st.integers(1, 40), st.integers(1, 40), DTYPES)
def test_the_size_of_an_npy_is_known_beforehand(
    bands: int, height: int, width: int, dtype: str
):
    data = np.zeros((bands, height, width), dtype)

    written = len(encode_npy(data, data == 0))

    assert 0 <= written - npy_size(bands, (height, width), data.dtype) <= 256


def test_an_npy_of_many_bands_is_refused_before_it_is_read(reads: Reads):
    query = "bbox=10,45,12,46.5&width=2048&height=2048&bidx=1&bidx=2"

    answer = get("/datasets/grid/part.npy", query)

    assert answer.status == 413
    assert str(MAX_ANSWER) in answer.json()["detail"]
    assert re.search(r"2048x2048 pixels in 2 bands of int16", answer.json()["detail"])
    assert reads.windows == []


def test_so_is_a_tile_of_values(reads: Reads):
    query = "tilesize=512&" + "&".join(["bidx=1"] * 8)

    answer = get("/datasets/grid/tiles/7/67/45@2x.npy", query)

    assert answer.status == 413
    assert str(MAX_ANSWER) in answer.json()["detail"]
    assert reads.windows == []


def test_what_fits_is_answered(reads: Reads):
    query = "bbox=10,45,12,46.5&width=800&height=600&bidx=1&bidx=2"

    assert get("/datasets/grid/part.npy", query).status == 200
    assert reads.windows


def test_the_bounds_are_where_they_are_said_to_be():
    side = int((MAX_ANSWER / 8) ** 0.5)  # a band and its mask, 4 bytes each
    check_npy(create_bands(1), create_grid(side), MAX_ANSWER)
    with pytest.raises(BudgetError, match=str(MAX_ANSWER)):
        check_npy(create_bands(1), create_grid(side + 1), MAX_ANSWER)

    check_geotiff(create_bands(4), create_grid(4096))
    with pytest.raises(BudgetError, match=str(MAX_STORED)):
        check_geotiff(create_bands(5), create_grid(4096))
