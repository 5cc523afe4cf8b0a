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

from raster_core.layers.file import FileLayer
from raster_core.raster import Resampling
from raster_core.sources.crs.operations import pixel_transform
from raster_core.sources.file.cog import open_cog
from raster_core.sources.warp.lattice import locate_pixels
from raster_core.sources.warp.plan import Blend, Gather
from raster_core.tile.grids.tms import tile_grid
from tests.cogs import Recipe, open_file, write_cog
from tests.tile.warped import (
    Agreement,
    agreement,
    plan_of,
    usual_sizes,
    warp,
)

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.raster import RasterArray

type Tile = tuple[int, int, int]

HIDDEN = -99999.0

INTERPOLATING = (Resampling.BILINEAR, Resampling.CUBIC, Resampling.AVERAGE)


@dataclass(frozen=True)
class OwnTile:
    values: np.ndarray
    """float64, nodata as ``HIDDEN``"""
    level: int
    around: np.ndarray
    """(9, height, width): the level's pixels around the one that was taken."""


def own(path: Path, tile: Tile) -> OwnTile:
    layer = open_file(path, 1)
    assert isinstance(layer, FileLayer)
    cog, grid = open_cog(str(path), "test"), tile_grid(*tile)
    plan = plan_of(path, grid, Resampling.NEAREST)
    assert isinstance(plan, Gather)

    level, native = cog.levels[plan.level], cog.levels[0]
    stored = visible(cog.read(plan.level, level.window, layer.info.bands))
    cols, rows = locate_pixels(grid, pixel_transform(native, grid))
    col = np.floor(cols * (level.width / native.width)).clip(-1, level.width)
    row = np.floor(rows * (level.height / native.height)).clip(-1, level.height)
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

ELEVATION_TILES = [entry for entry in SAMPLE_TILES if "elevation" in entry[0]]
LAND_COVER_TILES = [entry for entry in SAMPLE_TILES if "landcover" in entry[0]]


def assert_same(path: Path, tile: Tile) -> None:
    found = own(path, tile)

    expected = warp(path, tile_grid(*tile), Resampling.NEAREST, level=found.level)

    shown = np.where(expected.mask, expected.values.astype(float), HIDDEN)
    assert (found.values == shown).mean() >= 0.995
    assert (found.around == shown).any(axis=0).all()


@pytest.mark.parametrize(("name", "tile"), SAMPLE_TILES)
def test_a_tile_of_the_sample_is_gdals(sample: Path, name: str, tile: Tile):
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
    "sheared": Recipe(
        500,
        400,
        crs="EPSG:32633",
        transform=Affine.translation(4e5, 5.2e6)
        @ Affine.shear(20, 0)
        @ Affine.scale(300, -300),
    ),
    "oblong": Recipe(
        500, 400, crs="EPSG:32633", transform=Affine(600, 0, 4e5, 0, -200, 5.2e6)
    ),
    "south-up": Recipe(500, 400, transform=Affine(0.01, 0, 10, 0, 0.01, 45)),
    "west-left": Recipe(500, 400, transform=Affine(-0.01, 0, 15, 0, -0.01, 49)),
    "Mercator": Recipe(
        500, 400, crs="EPSG:3857", transform=Affine(250, 0, 1e6, 0, -250, 5.5e6)
    ),
    "polar": Recipe(
        500, 400, crs="EPSG:3413", transform=Affine(900, 0, -2e5, 0, -900, -1e6)
    ),
}


def tile_over(path: Path, zoom: int) -> Tile:
    with rasterio.open(path) as dataset:
        middle = dataset.transform @ (310.5, 170.5)
        ((lon,), (lat,)) = rasterio.warp.transform(
            dataset.crs, "EPSG:4326", [middle[0]], [middle[1]]
        )
    tile = mercantile.tile(lon, lat, zoom)
    return tile.z, tile.x, tile.y


@pytest.mark.parametrize("zoom", [4, 6, 8, 10])
@pytest.mark.parametrize("recipe", PROJECTED.values(), ids=PROJECTED.keys())
def test_a_tile_of_any_projection_is_gdals(tmp_path: Path, recipe: Recipe, zoom: int):
    path = tmp_path / "raster.tif"
    write_cog(path, recipe)

    assert_same(path, tile_over(path, zoom))


def compare(path: Path, tile: Tile, kernel: Resampling) -> Agreement:
    """A tile through a kernel beside GDAL's, from the same level."""
    grid = tile_grid(*tile)
    plan = plan_of(path, grid, kernel)
    assert isinstance(plan, Blend)
    found = open_file(path, 1).read(grid, kernel)

    level, sizes = plan.level, usual_sizes(plan)
    expected = warp(path, grid, kernel, level=level, sizes=sizes)

    return agreement(found, expected)


@pytest.mark.parametrize("kernel", INTERPOLATING)
@pytest.mark.parametrize(("name", "tile"), ELEVATION_TILES)
def test_every_kernel_gives_gdals_elevations(
    sample: Path, name: str, tile: Tile, kernel: Resampling
):
    result = compare(sample / name, tile, kernel)

    assert result.values >= 0.99
    assert result.masks >= 0.995


@pytest.mark.parametrize(("name", "tile"), LAND_COVER_TILES)
def test_the_most_frequent_classes_are_gdals(sample: Path, name: str, tile: Tile):
    path, grid = sample / name, tile_grid(*tile)
    plan = plan_of(path, grid, Resampling.MODE)
    assert isinstance(plan, Blend)

    found = open_file(path, 1).read(grid, Resampling.MODE)

    expected = warp(path, grid, Resampling.MODE, level=plan.level)
    assert (found.data[0] == expected.values).mean() >= 0.99
    assert (found.mask[0] == expected.mask).mean() >= 0.995


def write_smooth(path: Path, recipe: Recipe) -> None:
    """A raster of waves, some ten pixels long, with a hole."""
    row, col = np.mgrid[: recipe.height, : recipe.width]
    waves = np.sin(row / 5.3 + col / 17) + np.cos(col / 4.1 - row / 23)
    values = np.rint(6000 * waves).astype("int16")
    values[(row - 90) ** 2 + (col - 140) ** 2 < 40**2] = recipe.nodata
    write_cog(path, recipe, values[None])


@pytest.mark.parametrize("zoom", [6, 8, 9])
@pytest.mark.parametrize("kernel", INTERPOLATING)
@pytest.mark.parametrize("recipe", PROJECTED.values(), ids=PROJECTED.keys())
def test_kernels_agree_with_gdal_in_any_projection(
    tmp_path: Path, recipe: Recipe, kernel: Resampling, zoom: int
):
    path = tmp_path / "raster.tif"
    write_smooth(path, recipe)

    result = compare(path, tile_over(path, zoom), kernel)

    assert result.compared > 100
    assert result.values >= 0.99
    assert result.masks >= 0.995


REAL_TILES = [
    ("dem/srtm90_sierra_nevada.tif", (10, 173, 396)),
    ("dem/srtm90_sierra_nevada.tif", (11, 346, 792)),
    ("dem/alexandria_dsm_2m.tif", (15, 9370, 12545)),
    ("dem/alexandria_dsm_2m.tif", (16, 18741, 25090)),
    ("dem/gebco_2020_antarctica_tile.tif", (8, 178, 218)),
    ("multispectral/naip_2019_north_dakota.tif", (13, 1839, 2880)),
    ("multispectral/naip_2019_north_dakota.tif", (14, 3679, 5761)),
    ("multispectral/landsat8_pennsylvania_u16.tif", (7, 36, 48)),
    ("multispectral/landsat8_pennsylvania_u16.tif", (8, 73, 96)),
    ("continuous/philadelphia_elevation_3857.tif", (10, 298, 387)),
]


@pytest.mark.parametrize("kernel", INTERPOLATING)
@pytest.mark.parametrize(("name", "tile"), REAL_TILES)
def test_kernels_agree_with_gdal_on_real_rasters(
    test_data: Path, name: str, tile: Tile, kernel: Resampling
):
    result = compare(test_data / name, tile, kernel)

    assert result.values >= 0.99
    assert result.masks >= 0.995


@pytest.mark.parametrize(
    ("name", "tile"),
    [
        ("landcover/cdl_2021_kansas_30m.tif", (11, 471, 780)),
        ("landcover/cdl_2021_kansas_30m.tif", (12, 943, 1561)),
        ("landcover/drcog_lulc_2018_E3220000_N1710000.tif", (15, 6857, 12426)),
        ("landcover/mcd12c1_igbp_2019_0p05deg.tif", (4, 8, 7)),
    ],
)
def test_the_most_frequent_classes_of_real_rasters_are_gdals(
    test_data: Path, name: str, tile: Tile
):
    path, grid = test_data / name, tile_grid(*tile)
    plan = plan_of(path, grid, Resampling.MODE)
    assert isinstance(plan, Blend)

    found = open_file(path, 1).read(grid, Resampling.MODE)

    expected = warp(path, grid, Resampling.MODE, level=plan.level)
    both = found.mask[0] & expected.mask
    assert both.sum() > 10_000
    assert (found.data[0] == expected.values)[both].mean() >= 0.99
    assert (found.mask[0] == expected.mask).mean() >= 0.995
