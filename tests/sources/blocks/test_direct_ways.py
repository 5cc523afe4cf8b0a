"""Which way each file of the test data takes, and the same bits by both."""

from __future__ import annotations

from pathlib import Path

import pytest

from raster_core.errors import RasterError
from raster_core.grid import Window
from raster_core.native.library import library
from raster_core.sources.file.cog import open_cog
from raster_core.sources.file.gdal import GdalFailure

TABLE = Path(__file__).with_name("ways.tsv")

WAYS = dict(line.split("\t") for line in TABLE.read_text().splitlines())
"""By path: how many levels are read directly, of how many; ``-`` opens by neither."""

# Pixels of a level that are compared, from its corner and from its middle.
SIDE = 700


def find_way(path: Path) -> str:
    """As in the table."""
    try:
        cog = open_cog(str(path), "ways")
    except RasterError:
        return "-"
    return f"{len(cog.direct.plain_levels())} of {len(cog.levels)}"


@pytest.mark.skipif(library() is None, reason="LZW is decoded by the kernels alone")
def test_each_file_takes_the_way_of_the_table(test_data: Path):
    files = [path for path in test_data.rglob("*") if path.suffix in {".tif", ".tiff"}]

    found = {path.relative_to(test_data).as_posix(): find_way(path) for path in files}

    assert {name: way for name, way in found.items() if WAYS.get(name) != way} == {}
    assert WAYS.keys() == found.keys()


@pytest.mark.parametrize("name", [name for name in WAYS if WAYS[name][0] not in "-0"])
def test_both_ways_give_the_same_bits(test_data: Path, name: str):
    cog = open_cog(str(test_data / name), "ways")
    bands = [band.index for band in cog.bands]
    for level in cog.direct.plain_levels():
        for part in (0, 2):
            grid = cog.levels[level]
            col, row = (side // 2 * part // 2 for side in (grid.width, grid.height))
            window = Window(col, row, SIDE, SIDE).intersection(grid.window)
            found = cog.direct.read(level, window, bands)
            try:
                expected, _ = cog.handles.read(level, window, bands, 0)
            except GdalFailure:
                assert found is None
                continue
            assert found is not None
            assert found.dtype == expected.dtype
            assert found.tobytes() == expected.tobytes()
