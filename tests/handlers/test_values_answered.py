"""Answers that hold values are weighed before anything is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from handlers.platform.settings import MAX_ANSWER
from raster_core.sources.file.cog import Cog
from testing.client import get

if TYPE_CHECKING:
    from raster_core.bands import BandInfo
    from raster_core.grid import Window


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
