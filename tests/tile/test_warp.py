"""Tiles against GDAL's own warper over the same overview level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import mercantile
import numpy as np
import pytest
import rasterio
import rasterio.warp
from affine import Affine
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT

from raster_core.layer import BandLayer
from raster_core.source.cog import open_cog
from raster_core.source.crs import column_period, pixel_transform
from raster_core.source.lattice import locate_pixels
from raster_core.source.plan import Gather, plan_read
from raster_core.tile.tms import tile_grid
from tests.cogs import Recipe, open_file, write_cog

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.grid import RasterArray

HIDDEN = -99999.0


def warped(path: Path, level: int, tile: tuple[int, int, int]) -> np.ndarray:
    """GDAL's tile from an overview level, float64, nodata as ``HIDDEN``."""
    grid = tile_grid(*tile)
    options = {"overview_level": level - 1} if level else {}
    with (
        rasterio.open(path, **options) as dataset,
        WarpedVRT(
            dataset,
            crs=grid.crs,
            transform=grid.transform,
            width=grid.width,
            height=grid.height,
            resampling=Resampling.nearest,
            tolerance=0.01,
            dtype="float64",
            nodata=HIDDEN,
        ) as vrt,
    ):
        return vrt.read(1)


@dataclass(frozen=True)
class OwnTile:
    values: np.ndarray
    """float64, nodata as ``HIDDEN``"""
    level: int
    around: np.ndarray
    """(9, height, width): the level's pixels around the one that was taken."""


def own(path: Path, tile: tuple[int, int, int]) -> OwnTile:
    layer = open_file(path, 1)
    assert isinstance(layer, BandLayer)
    cog = open_cog(str(path), "test")
    levels, grid = cog.levels, tile_grid(*tile)
    to_native = pixel_transform(levels[0], grid)
    plan = plan_read(grid, levels, to_native, period=column_period(levels[0]))
    assert isinstance(plan, Gather)

    level = levels[plan.level]
    stored = visible(cog.read(plan.level, level.window, layer.info.bands))
    cols, rows = locate_pixels(grid, to_native)
    col = np.floor(cols * (level.width / levels[0].width)).clip(-1, level.width)
    row = np.floor(rows * (level.height / levels[0].height)).clip(-1, level.height)
    # A pixel beyond the border has only hidden ones around it, but for the border's.
    padded = np.pad(stored, 2, constant_values=HIDDEN)
    around = [
        padded[row.astype(int) + 2 + down, col.astype(int) + 2 + right]
        for down in (-1, 0, 1)
        for right in (-1, 0, 1)
    ]
    return OwnTile(visible(layer.read(grid)), plan.level, np.stack(around))


def visible(array: RasterArray) -> np.ndarray:
    return np.where(array.mask[0], array.data[0].astype(float), HIDDEN)


SAMPLE_TILES = [
    ("landcover_global_2019.tif", (0, 0, 0)),
    ("landcover_global_2019.tif", (2, 0, 3)),
    ("landcover_global_2019.tif", (3, 2, 4)),
    ("landcover_global_2019.tif", (5, 11, 17)),
    ("landcover_global_2019.tif", (7, 43, 66)),
    ("elevation_yosemite.tif", (7, 21, 49)),
    ("elevation_yosemite.tif", (9, 86, 198)),
    ("elevation_yosemite.tif", (11, 345, 792)),
    ("elevation_yosemite.tif", (13, 1381, 3168)),
]


def assert_same(path: Path, tile: tuple[int, int, int]) -> None:
    found = own(path, tile)

    expected = warped(path, found.level, tile)

    assert (found.values == expected).mean() >= 0.995
    assert (found.around == expected).any(axis=0).all()


@pytest.mark.parametrize(("name", "tile"), SAMPLE_TILES)
def test_a_tile_of_the_sample_is_gdals(
    sample: Path, name: str, tile: tuple[int, int, int]
):
    assert_same(sample / name, tile)


PROJECTED = {
    "UTM": Recipe(
        500, 400, crs="EPSG:32633", transform=Affine(300, 0, 4e5, 0, -300, 5.2e6)
    ),
    "Albers": Recipe(
        500, 400, crs="EPSG:5070", transform=Affine(300, 0, -2e6, 0, -300, 2e6)
    ),
    "rotated": Recipe(
        500,
        400,
        crs="EPSG:32633",
        transform=Affine.translation(4e5, 5.2e6)
        @ Affine.rotation(30)
        @ Affine.scale(300, -300),
    ),
    "south-up": Recipe(500, 400, transform=Affine(0.01, 0, 10, 0, 0.01, 45)),
    "Mercator": Recipe(
        500, 400, crs="EPSG:3857", transform=Affine(250, 0, 1e6, 0, -250, 5.5e6)
    ),
    "polar": Recipe(
        500, 400, crs="EPSG:3413", transform=Affine(900, 0, -2e5, 0, -900, -1e6)
    ),
}


@pytest.mark.parametrize("zoom", [4, 6, 8, 10])
@pytest.mark.parametrize("recipe", PROJECTED.values(), ids=PROJECTED.keys())
def test_a_tile_of_any_projection_is_gdals(tmp_path: Path, recipe: Recipe, zoom: int):
    path = tmp_path / "raster.tif"
    write_cog(path, recipe)
    with rasterio.open(path) as dataset:
        middle = dataset.transform @ (310.5, 170.5)
        ((lon,), (lat,)) = rasterio.warp.transform(
            dataset.crs, "EPSG:4326", [middle[0]], [middle[1]]
        )
    tile = mercantile.tile(lon, lat, zoom)

    assert_same(path, (tile.z, tile.x, tile.y))


def test_neighbouring_tiles_join_without_a_seam(tmp_path: Path):
    path = tmp_path / "raster.tif"
    write_cog(path, PROJECTED["UTM"])
    layer = open_file(path)

    parts = [[layer.read(tile_grid(9, x, y)) for x in (275, 276)] for y in (178, 179)]
    whole = layer.read(tile_grid(8, 137, 89, size=512))

    joined = np.block([[part.data[0] for part in row] for row in parts])
    same = joined == whole.data[0] if joined.shape == whole.data[0].shape else False
    assert np.mean(same) >= 0.995
