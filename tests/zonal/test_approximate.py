"""Approximate statistics: the outline exact, insides from an overview that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

from raster_core.errors import BudgetError, RequestError
from raster_core.zonal.engine import Options, zonal_statistics
from raster_core.zonal.figures import FigureOptions
from raster_core.zonal.geometry import Zone
from tests.cogs import Recipe, open_file, write_cog

if TYPE_CHECKING:
    from pathlib import Path

RECIPE = Recipe(
    1024,
    1024,
    "int16",
    transform=Affine(0.001, 0, 10, 0, -0.001, 46),
    nodata=None,
    blocksize=256,
)
ZONE = Zone(shapely.Point(10.5, 45.5).buffer(0.45))


@pytest.fixture(scope="module")
def smooth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("approximate") / "raster.tif"
    row, col = np.mgrid[:1024, :1024]
    values = (1000 + 300 * np.sin(row / 90) + 200 * np.cos(col / 70)).astype(np.int16)
    write_cog(path, RECIPE, values[None])
    return path


def approximate(max_pixels: int) -> Options:
    return Options(max_pixels=max_pixels, approximate=True)


def test_within_budget_every_pixel_is_read(smooth: Path):
    layer = open_file(smooth)
    ((exact,),) = zonal_statistics(layer, [ZONE])

    ((found,),) = zonal_statistics(layer, [ZONE], approximate(10**9))

    assert found.approximation is not None
    assert found.approximation.level == 0
    assert (found.count, found.mean, found.histogram) == (
        exact.count,
        exact.mean,
        exact.histogram,
    )


def test_over_budget_the_outline_stays_exact_and_the_share_is_told(smooth: Path):
    layer = open_file(smooth)
    ((exact,),) = zonal_statistics(layer, [ZONE])

    ((found,),) = zonal_statistics(layer, [ZONE], approximate(900_000))

    assert found.approximation is not None
    assert found.approximation.level == 1
    assert found.approximation.factor == 2
    assert 10 < found.approximation.approximated_percent < 90
    assert found.approximation.error_bound.startswith("none")
    assert found.count == pytest.approx(exact.count, rel=1e-12)
    assert found.mean == pytest.approx(exact.mean, rel=1e-3)
    assert found.mean != exact.mean


def test_the_level_is_the_finest_within_the_budget(smooth: Path):
    ((found,),) = zonal_statistics(open_file(smooth), [ZONE], approximate(810_000))

    assert found.approximation is not None
    assert found.approximation.level == 2


def test_an_outline_over_the_budget_is_refused_with_the_numbers(smooth: Path):
    with pytest.raises(BudgetError, match="with the coarsest overview inside"):
        zonal_statistics(open_file(smooth), [ZONE], approximate(100_000))


def test_two_zones_in_a_block_both_count_it(smooth: Path):
    layer = open_file(smooth)
    zones = [ZONE, Zone(shapely.Point(10.55, 45.5).buffer(0.4))]
    exact = zonal_statistics(layer, zones)

    found = zonal_statistics(layer, zones, approximate(900_000))

    for (own,), (true,) in zip(found, exact, strict=True):
        assert own.count == pytest.approx(true.count, rel=1e-12)
        assert own.mean == pytest.approx(true.mean, rel=2e-3)


def test_a_stale_overview_is_refused(tmp_path: Path):
    path = tmp_path / "stale.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=1024,
        height=1024,
        count=1,
        dtype="int16",
        crs="EPSG:4326",
        transform=RECIPE.transform,
        tiled=True,
        blockxsize=256,
        blockysize=256,
    ) as file:
        file.write(np.zeros((1, 1024, 1024), np.int16))
        file.build_overviews([2, 4])
    with rasterio.open(path, "r+", IGNORE_COG_LAYOUT_BREAK="YES") as file:
        file.write(np.full((1, 1024, 1024), 500, np.int16))

    with pytest.raises(RequestError, match="it is stale"):
        zonal_statistics(open_file(path), [ZONE], approximate(900_000))


def test_figures_that_need_every_pixel_are_refused(smooth: Path):
    options = Options(figures=FigureOptions(areas=True), approximate=True)

    with pytest.raises(RequestError, match="no ground areas"):
        zonal_statistics(open_file(smooth), [ZONE], options)
