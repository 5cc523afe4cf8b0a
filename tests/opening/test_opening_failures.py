from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import rasterlet
from raster_core.errors import ChangedError, RasterError, SourceError
from raster_core.ingest.item import ItemOptions, describe_raster
from testing.rangeserver import Fault, RangeServer
from tests.cogs import Recipe, write_cog

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_cog(tmp_path / "dem.tif", Recipe(width=600, height=600))
    return tmp_path / "dem.tif"


def damage(path: Path) -> None:
    """Overwrite all but the header, in place, as an open file is."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4000)
        file.write(np.random.default_rng(1).bytes(size - 4000))


def test_a_file_that_is_written_while_it_is_open_is_said_to_be(path: Path) -> None:
    raster = rasterlet.open(path)
    later = time.time() + 5
    damage(path)
    os.utime(path, (later, later))

    with pytest.raises(ChangedError, match="was written again since it was opened"):
        raster.read()


def test_a_damaged_file_is_named(path: Path) -> None:
    damage(path)
    os.utime(path, (1e9, 1e9))
    raster = rasterlet.open(path)

    with pytest.raises(SourceError, match=r"dem\.tif' cannot be used: .*damaged"):
        raster.read()


def test_an_item_whose_file_is_gone_says_so_when_it_is_needed(path: Path) -> None:
    item: dict[str, Any] = describe_raster(path, ItemOptions("dem", "dem.tif"))
    item["properties"]["version"] = "of a file that this process has not open"
    (path.parent / "item.json").write_text(json.dumps(item))
    path.unlink()
    raster = rasterlet.open(path.parent / "item.json")

    with pytest.raises(RasterError, match=r"dem\.tif' does not exist"):
        raster.point(11, 46)


def test_a_store_is_asked_why_pixels_do_not_come(path: Path) -> None:
    with RangeServer(path.parent) as store:
        raster = rasterlet.open(store.url("dem.tif"))
        assert raster.bands
        store.faults["dem.tif"] = Fault(status=404)

        with pytest.raises(SourceError, match="does not exist"):
            raster.read()
