"""Tiles join: four of them are one read of their whole area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mercantile
import numpy as np
import pytest
from affine import Affine
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from raster_core.raster import Resampling
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE
from raster_core.sources.crs.operations import point_transform
from raster_core.sources.file.cog import open_cog
from raster_core.sources.warp.plan import Blend, Nothing
from raster_core.tile.grids.tms import tile_grid
from tests.cogs import Recipe, open_file, write_cog
from tests.tile.warped import plan_of

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.raster import RasterArray
    from raster_core.sources.warp.plan import ReadPlan

RASTERS = {
    "degrees": Recipe(500, 400, transform=Affine(0.02, 0, 5, 0, -0.02, 50)),
    "world": Recipe(720, 360, transform=Affine(0.5, 0, -180, 0, -0.5, 90)),
    "0 to 360": Recipe(720, 360, transform=Affine(0.5, 0, 0, 0, -0.5, 90)),
    "UTM": Recipe(
        500, 400, crs="EPSG:32633", transform=Affine(300, 0, 4e5, 0, -300, 5.2e6)
    ),
    "Albers": Recipe(
        500, 400, crs="EPSG:5070", transform=Affine(900, 0, -2e6, 0, -900, 2e6)
    ),
    "polar": Recipe(
        500, 400, crs="EPSG:3413", transform=Affine(900, 0, -2e5, 0, -900, -1e6)
    ),
    "UTM over 180": Recipe(
        500, 400, crs="EPSG:32601", transform=Affine(900, 0, 1e5, 0, -900, 8.2e6)
    ),
    "rotated": Recipe(
        500,
        400,
        crs="EPSG:32633",
        transform=Affine.translation(4e5, 5.2e6)
        @ Affine.rotation(30)
        @ Affine.scale(300, -300),
    ),
    "Mercator": Recipe(
        500, 400, crs="EPSG:3857", transform=Affine(1000, 0, 1e6, 0, -1000, 6e6)
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("join")
    for name, recipe in RASTERS.items():
        write_cog(path / f"{name}.tif", recipe)
    return path


def level_of(plan: ReadPlan) -> tuple[int, object] | None:
    """The level that a plan reads, and how much it is averaged further."""
    if isinstance(plan, Nothing):
        return None
    return plan.level, plan.shrink if isinstance(plan, Blend) else (1, 1)


def join(parts: list[list[RasterArray]]) -> tuple[np.ndarray, np.ndarray]:
    data = np.block([[part.data[0] for part in row] for row in parts])
    mask = np.block([[part.mask[0] for part in row] for row in parts])
    return data, mask


@given(
    st.sampled_from(sorted(RASTERS)),
    st.sampled_from(Resampling),
    st.integers(0, 9),
    st.tuples(st.floats(0, 0.999), st.floats(0, 0.999)),
)
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much],
)
def test_four_tiles_are_one_read_of_their_area(
    folder: Path, name: str, kernel: Resampling, zoom: int, place: tuple[float, float]
):
    path = folder / f"{name}.tif"
    native = open_cog(str(path), "test").levels[0]
    x, y = native.transform @ (place[0] * native.width, place[1] * native.height)
    to_degrees = point_transform(native.crs, LONGITUDE_LATITUDE)
    lon, lat = (float(value) for value in to_degrees(np.array(x), np.array(y)))
    assume(abs(lat) < 85)
    tile = mercantile.tile((lon + 180) % 360 - 180, lat, zoom)
    large = tile_grid(tile.z, tile.x, tile.y, size=512)
    small = [
        [tile_grid(zoom + 1, 2 * tile.x + right, 2 * tile.y + down) for right in (0, 1)]
        for down in (0, 1)
    ]
    plans = [plan_of(path, grid, kernel) for grid in (large, *small[0], *small[1])]
    # A tile of its own may do with a coarser level, and shows no neighbour's pixels.
    levels = {level_of(plan) for plan in plans} - {None}
    assume(len(levels) == 1)
    layer = open_file(path)

    data, mask = join([[layer.read(grid, kernel) for grid in row] for row in small])

    whole = layer.read(large, kernel)
    np.testing.assert_array_equal(mask, whole.mask[0])
    steps = np.abs(data.astype(int) - whole.data[0])[mask]
    if kernel is Resampling.NEAREST:
        assert not steps.any()
    elif kernel is Resampling.MODE:
        assert (steps > 0).mean() <= 1e-3 if steps.size else True
    else:
        assert steps.max(initial=0) <= 1


def test_no_seam_shows_where_a_raster_of_the_world_begins(tmp_path: Path):
    """At the antimeridian of one raster, which is in the middle of another."""
    row, col = np.mgrid[:360, :720]
    waves = 10_000 * np.cos(np.radians(col / 2)) * np.sin(np.radians(row / 2))
    values = np.rint(waves).astype("int16")[None]
    shifted = np.roll(values, 360, axis=2)
    first = Recipe(720, 360, transform=Affine(0.5, 0, -180, 0, -0.5, 90), nodata=None)
    other = Recipe(720, 360, transform=Affine(0.5, 0, 0, 0, -0.5, 90), nodata=None)
    write_cog(tmp_path / "first.tif", first, values)
    write_cog(tmp_path / "other.tif", other, shifted)

    for kernel in Resampling:
        for tile in [(0, 0, 0), (3, 0, 3), (3, 7, 3), (3, 3, 4), (3, 4, 4), (5, 31, 9)]:
            ours = open_file(tmp_path / "first.tif").read(tile_grid(*tile), kernel)
            theirs = open_file(tmp_path / "other.tif").read(tile_grid(*tile), kernel)

            assert ours.mask.all()
            assert theirs.mask.all()
            difference = np.abs(ours.data.astype(int) - theirs.data)
            assert difference.max() <= (0 if kernel is Resampling.NEAREST else 1)
