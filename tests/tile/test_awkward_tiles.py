"""Tiles of every awkward file: GDAL's pixels or a clear error, in time and memory."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import mercantile
import numpy as np
import pytest

from raster_core.errors import BudgetError, RasterError, SourceError
from raster_core.raster import Resampling
from raster_core.sources.crs.operations import pixel_transform
from raster_core.sources.file.cog import open_cog
from raster_core.sources.warp.budget import MAX_PIXELS
from raster_core.sources.warp.plan import Blend, Nothing
from raster_core.tile.grids.tms import tile_grid
from tests.cogs import open_file
from tests.memory import most_memory
from tests.tile.awkward_tiles_table import TABLE, Outcome
from tests.tile.warped import agreement, plan_of, usual_sizes, warp

if TYPE_CHECKING:
    from raster_core.grid import Grid, Window
    from raster_core.raster import RasterArray

ROOT = Path(__file__).resolve().parent.parent.parent

# Seconds after which a process counts as hanging.
PATIENCE = 60

# Bytes that a process may take for any of these files.
MEMORY = 2**30

HEAVY = (
    "derived/bomb_1000000.tif",
    "derived/ifd_loop.tif",
    "derived/sparse_16384.tif",
    "derived/tile_bytecount_huge.tif",
    "real/blacha_sparse.tiff",
    "real/usda_naip_512_jpeg_z5.tif",
    "real/abel-tasman-and-golden-bay_2016_dem_1m_BP25_10000_0404.tiff",
)

SMOOTH = (
    "derived/striped_no_overviews.tif",
    "derived/south_up.tif",
    "derived/west_left_negative_dx.tif",
    "derived/nonsquare_pixels.tif",
    "derived/rotated_30deg.tif",
    "derived/sheared.tif",
    "derived/nodata_nan.tif",
    "derived/ovr_nonpow2.tif",
    "derived/antimeridian_utm.tif",
    "real/cog_dateline.tif",
    "real/vestfold.tif",
)
"""Files of which the interpolating kernels are compared too."""


def find_tile(native: Grid, *, whole: bool) -> Grid:
    """A tile over a place left of the raster's middle.

    Its pixels are as large as the raster's there, or as much larger as it takes to show
    all of it.
    """
    spot = np.array([native.width * 0.45, native.width * 0.45 + 1])
    row = np.full(2, native.height * 0.4)
    mercator = tile_grid(0, 0, 0)
    # From pixels of the raster to those of the one tile of zoom 0.
    cols, rows = pixel_transform(mercator, native)(spot, row)
    step = math.hypot((cols[1] - cols[0] + 128) % 256 - 128, rows[1] - rows[0])
    zoom = min(max(round(-math.log2(step)), 0), 24)
    if whole:
        zoom -= 1 + math.ceil(math.log2(max(native.width, native.height, 256) / 256))
    zoom = max(zoom, 0)
    x, y = mercator.transform @ (cols[0] % 256, min(max(rows[0], 0), 255.9))
    lon, lat = mercantile.lnglat(x, y)
    tile = mercantile.tile(lon, lat, zoom)
    return tile_grid(tile.z, tile.x, tile.y)


@pytest.mark.parametrize("whole", [False, True], ids=["close", "whole"])
@pytest.mark.parametrize("name", TABLE)
def test_a_tile_of_the_file(
    name: str, whole: bool, test_data: Path, read_windows: list[Window]
):
    row, path = TABLE[name], test_data / "awkward" / name
    outcome = row.whole if whole else row.close
    try:
        layer = open_file(path, 1)
        grid = find_tile(layer.info.grid, whole=whole)
        found = layer.read(grid)
    except RasterError as error:
        kind = SourceError if outcome is Outcome.SOURCE else BudgetError
        assert isinstance(error, kind), row.note  # noqa: PT017
        assert path.name not in str(error)  # noqa: PT017
        assert outcome in {Outcome.SOURCE, Outcome.BUDGET}, row.note
    else:
        assert sum(window.pixels for window in read_windows) <= MAX_PIXELS
        assert outcome not in {Outcome.SOURCE, Outcome.BUDGET}, row.note
        if outcome is Outcome.UNHELPED:
            assert found.mask.any()
        else:
            check_against_gdal(path, grid, found, outcome)


def check_against_gdal(
    path: Path, grid: Grid, found: RasterArray, outcome: Outcome
) -> None:
    plan = plan_of(path, grid, Resampling.NEAREST)
    if isinstance(plan, Nothing):
        assert not found.mask.any()
        return
    expected = warp(path, grid, Resampling.NEAREST, level=plan.level)
    both = found.mask[0] & expected.mask
    # GDAL takes integers of 64 bits through float64.
    same = found.data[0].astype(float) == expected.values.astype(float)
    assert (same | ~both).mean() >= 0.995
    if outcome is Outcome.GDALS:
        assert (found.mask[0] == expected.mask).mean() >= 0.995


@pytest.mark.parametrize("kernel", [k for k in Resampling if k != "nearest"])
@pytest.mark.parametrize("name", [n for n in TABLE if TABLE[n].close != "SourceError"])
def test_every_kernel_copes_with_the_file(
    name: str, kernel: Resampling, test_data: Path, read_windows: list[Window]
):
    path = test_data / "awkward" / name
    for whole in (False, True):
        read_windows.clear()
        try:
            layer = open_file(path, 1)
            grid = find_tile(layer.info.grid, whole=whole)
            found = layer.read(grid, kernel)
        except BudgetError:
            assert Outcome.BUDGET in (TABLE[name].close, TABLE[name].whole)
            continue

        assert sum(window.pixels for window in read_windows) <= MAX_PIXELS
        assert found.data.dtype == layer.info.bands[0].dtype
        assert np.isfinite(found.data[found.mask].astype(float)).all()


@pytest.mark.parametrize(
    "kernel", [Resampling.BILINEAR, Resampling.CUBIC, Resampling.AVERAGE]
)
@pytest.mark.parametrize("name", SMOOTH)
def test_kernels_give_gdals_values(name: str, kernel: Resampling, test_data: Path):
    path = test_data / "awkward" / name
    grid = find_tile(open_file(path, 1).info.grid, whole=False)
    plan = plan_of(path, grid, kernel)
    assert isinstance(plan, Blend)
    found = open_file(path, 1).read(grid, kernel)

    sizes = usual_sizes(plan)
    expected = warp(path, grid, kernel, level=plan.level, sizes=sizes)

    result = agreement(found, expected)
    assert result.values >= 0.99
    assert result.masks >= 0.995


@pytest.mark.parametrize("name", HEAVY)
def test_no_tile_takes_the_memory_that_a_file_claims(name: str, test_data: Path):
    module = "tests.tile.test_awkward_tiles"
    code = f"import sys; from {module} import probe; probe(sys.argv[1])"

    done = subprocess.run(
        [sys.executable, "-c", code, str(test_data / "awkward" / name)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )

    assert int(done.stdout) < MEMORY


def probe(path: str) -> None:
    """Print the memory that tiles of a file took, through every kernel."""
    for whole in (False, True):
        for kernel in Resampling:
            try:
                layer = open_file(Path(path), 1)
                layer.read(find_tile(layer.info.grid, whole=whole), kernel)
            except (SourceError, BudgetError):
                continue
    print(most_memory())  # noqa: T201  read by the test


def test_external_overviews_are_not_looked_for(test_data: Path):
    """They are another file, which a catalogue does not name."""
    folder = test_data / "awkward" / "derived"

    assert len(open_cog(str(folder / "ovr_external.tif"), "test").levels) == 1


def test_a_stale_overview_shows_in_tiles_that_need_it_and_in_no_other(
    test_data: Path,
):
    """All its pixels are 0, those of the raster are not."""
    folder = test_data / "awkward" / "derived"
    stale, sound = (folder / name for name in ("ovr_stale.tif", "bigtiff.tif"))
    native = open_file(stale, 1).info.grid
    close, whole = (find_tile(native, whole=choice) for choice in (False, True))

    for kernel in Resampling:
        near, truth = (
            open_file(path, 1).read(close, kernel) for path in (stale, sound)
        )
        np.testing.assert_array_equal(near.data, truth.data)
        far = open_file(stale, 1).read(whole, kernel)
        assert far.mask.any()
        assert not far.data[far.mask].any()


@pytest.mark.parametrize("zoom", range(4, 13))
def test_overviews_of_3_and_9_are_chosen_by_their_factors(zoom: int, test_data: Path):
    path = test_data / "awkward" / "derived" / "ovr_nonpow2.tif"
    cog = open_cog(str(path), "test")
    native = cog.levels[0]
    factors = [round(native.width / grid.width) for grid in cog.levels]
    assert factors == [1, 3, 9]
    lon, lat = native.transform @ (native.width / 2, native.height / 2)
    tile = mercantile.tile(lon, lat, zoom)
    grid = tile_grid(tile.z, tile.x, tile.y)

    plan = plan_of(path, grid, Resampling.BILINEAR)

    # Degrees of latitude in a pixel of the tile, at the raster's middle.
    degrees = 360 / 256 / 2**zoom * math.cos(math.radians(lat))
    expected = [f for f in factors if f <= degrees / abs(native.transform.e) * 1.01]
    assert isinstance(plan, Blend)
    assert factors[plan.level] == max(expected, default=1)
