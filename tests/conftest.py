"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

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
