"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from raster_core.sources.file.cog import Cog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.bands import BandInfo
    from raster_core.grid import Window
    from raster_core.raster import RasterArray

# A machine that others use too is not what a law is about.
settings.register_profile("rasterlet", deadline=None)
settings.load_profile("rasterlet")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def sample() -> Path:
    return ROOT / "sample"


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Real rasters and zones, which are not part of the repository."""
    folder = os.environ.get("RASTERLET_TEST_DATA")
    if not folder:
        pytest.skip("RASTERLET_TEST_DATA is not set")
    path = (ROOT / folder).resolve()
    assert path.is_dir(), f"RASTERLET_TEST_DATA is no folder: {path}"
    return path


@pytest.fixture
def read_windows(monkeypatch: pytest.MonkeyPatch) -> list[Window]:
    """The windows that are read from files during the test: what time depends on."""
    windows: list[Window] = []
    read = Cog.read

    def note(
        cog: Cog, level: int, window: Window, bands: Sequence[BandInfo]
    ) -> RasterArray:
        windows.append(window.intersection(cog.levels[level].window))
        return read(cog, level, window, bands)

    monkeypatch.setattr(Cog, "read", note)
    return windows
