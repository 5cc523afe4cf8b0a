"""The layers that `make layers` has built, and their zips unpacked."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.pack_code import pack_code
from layers.pack import read_zip

REPOSITORY = Path(__file__).resolve().parent.parent.parent
DIST = REPOSITORY / "layers" / "dist"
WORK = REPOSITORY / "build" / "layers"


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``/opt`` of a function on x86_64."""
    folder = tmp_path_factory.mktemp("opt")
    zips = sorted(DIST.glob("*-x86_64.zip"))
    assert zips, "make layers ARCH=x86_64 has not been run"
    for path in zips:
        read_zip(path, folder)
    return folder


@pytest.fixture(scope="session")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``/var/task`` of a function."""
    packed = tmp_path_factory.mktemp("packed") / "code.zip"
    pack_code(packed)
    folder = tmp_path_factory.mktemp("task")
    read_zip(packed, folder)
    return folder
