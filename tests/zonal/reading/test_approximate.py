"""Approximate statistics: the outline exact, insides from an overview that fits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from raster_core.errors import BudgetError, DeadlineError, RequestError
from raster_core.zonal.engine import Options, plan_zones, zonal_statistics
from raster_core.zonal.reading.approximate import plan_approximate
from raster_core.zonal.reading.cost import PARTIAL_SECONDS, PIXEL_SECONDS, Budget
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, open_file, write_cog
from tests.zonal.peers import open_classes

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.raster import Layer

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


def approximate(max_pixels: int, figures: StatisticOptions | None = None) -> Options:
    return Options(
        statistics=figures or StatisticOptions(),
        max_pixels=max_pixels,
        approximate=True,
    )


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


def test_overview_pixels_have_the_ground_of_what_they_stand_for(smooth: Path):
    figures = StatisticOptions(areas=True)
    layer = open_file(smooth)
    ((exact,),) = zonal_statistics(layer, [ZONE], Options(statistics=figures))

    for budget in (900_000, 810_000):
        ((found,),) = zonal_statistics(layer, [ZONE], approximate(budget, figures))

        assert found.approximation is not None
        assert found.approximation.level > 0
        assert found.area_m2 == pytest.approx(exact.area_m2, rel=1e-12)
        assert found.planar_area == pytest.approx(exact.planar_area, rel=1e-12)
        assert found.area_weighted_mean == pytest.approx(
            exact.area_weighted_mean, rel=1e-3
        )
        assert found.area_weighted_mean != found.mean


def test_ground_is_that_of_native_pixels_where_the_overview_is_stretched(
    tmp_path: Path,
):
    """1001 pixels become 500, so the overview's own pixels are a bit wider."""
    recipe = replace(
        RECIPE,
        width=1001,
        height=777,
        crs="EPSG:32632",
        transform=Affine(30, 0, 500_000, 0, -30, 5_100_000),
    )
    row, col = np.mgrid[:777, :1001]
    write_cog(tmp_path / "a.tif", recipe, (row + col)[None].astype(np.int16))
    layer = open_file(tmp_path / "a.tif")
    zones = [Zone(shapely.box(8, 45, 10, 47))]
    figures = StatisticOptions(areas=True)
    ((exact,),) = zonal_statistics(layer, zones, Options(statistics=figures))

    ((found,),) = zonal_statistics(layer, zones, approximate(700_000, figures))

    assert found.approximation is not None
    assert found.approximation.level > 0
    assert found.count == exact.count == 777 * 1001
    assert found.planar_area == 777 * 1001 * 900
    assert found.area_m2 == pytest.approx(exact.area_m2, rel=1e-6)
    # On a ramp, each pixel is off by one native pixel at most.
    assert found.mean == pytest.approx(exact.mean, abs=1)
    assert (found.min, found.max) == (0, 776 + 1000)


def test_classes_have_the_ground_of_their_overview_pixels(tmp_path: Path):
    """Classes in squares of 8 pixels, which overviews of factor 2 and 4 keep."""
    recipe = replace(RECIPE, dtype="uint8")
    row, col = np.mgrid[:1024, :1024]
    values = (1 + (row // 8 + col // 8) % 3).astype(np.uint8)
    write_cog(tmp_path / "classes.tif", recipe, values[None])
    layer = open_classes(tmp_path / "classes.tif")
    figures = StatisticOptions(areas=True)
    ((exact,),) = zonal_statistics(layer, [ZONE], Options(statistics=figures))

    ((found,),) = zonal_statistics(layer, [ZONE], approximate(900_000, figures))

    assert found.approximation is not None
    assert found.approximation.level > 0
    assert found.categories is not None
    assert exact.categories is not None
    assert len(found.categories) == 3
    for own, truth in zip(found.categories, exact.categories, strict=True):
        assert own.count == pytest.approx(truth.count, rel=1e-12)
        assert own.area_m2 == pytest.approx(truth.area_m2, rel=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "int32", "float64"])
def test_quantiles_of_wide_types_are_those_of_small_integers(
    tmp_path: Path, smooth: Path, dtype: str
):
    """The same values, overviews included: the histogram is an oracle."""
    with rasterio.open(smooth) as file:
        values = file.read().astype(dtype)
    write_cog(tmp_path / "wide.tif", replace(RECIPE, dtype=dtype), values)
    figures = StatisticOptions(percentiles=(0, 2.5, 97.5, 100), median=True)
    options = approximate(900_000, figures)
    zones = [ZONE, Zone(shapely.Point(10.55, 45.5).buffer(0.4))]

    wide = zonal_statistics(open_file(tmp_path / "wide.tif"), zones, options)

    small = zonal_statistics(open_file(smooth), zones, options)
    for (own,), (truth,) in zip(wide, small, strict=True):
        assert own.approximation == truth.approximation
        assert own.approximation is not None
        assert own.approximation.level > 0
        assert (own.median, own.percentiles) == (truth.median, truth.percentiles)
        assert (own.count, own.mean) == pytest.approx((truth.count, truth.mean))


def test_too_little_time_takes_an_overview_or_is_refused_with_the_numbers(
    smooth: Path,
):
    layer = open_file(smooth)
    seconds = 900_000 * PIXEL_SECONDS + 16 * PARTIAL_SECONDS
    enough = Options(approximate=True, max_seconds=seconds)

    ((found,),) = zonal_statistics(layer, [ZONE], enough)

    assert found.approximation is not None
    assert found.approximation.level == 1
    with pytest.raises(
        DeadlineError, match=r"which take about \d+\.\d of 0\.0 seconds"
    ):
        zonal_statistics(layer, [ZONE], replace(enough, max_seconds=0.001))


@pytest.fixture(scope="module", params=["int16", "float32"])
def squares(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Layer:
    """Values in squares of 4 pixels, so that two overviews lose nothing."""
    path = tmp_path_factory.mktemp("approximate") / "squares.tif"
    row, col = np.mgrid[:1024, :1024] // 4
    values = ((37 * row + 11 * col) % 1009).astype(request.param)
    write_cog(path, replace(RECIPE, dtype=request.param, nodata=7), values[None])
    return open_file(path)


@settings(max_examples=25, deadline=None)
@given(
    circles=st.lists(
        st.builds(
            lambda x, y, r: Zone(shapely.Point(x, y).buffer(r)),
            st.floats(10.3, 10.7),
            st.floats(45.3, 45.7),
            st.floats(0.3, 0.5),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_where_overviews_lose_nothing_the_figures_are_the_exact_ones(
    squares: Layer, circles: list[Zone]
):
    figures = StatisticOptions(areas=True, percentiles=(5, 95), median=True)
    exact = zonal_statistics(squares, circles, Options(statistics=figures))
    touched = plan_zones(squares, circles).pixels

    try:
        found = zonal_statistics(squares, circles, approximate(touched - 1, figures))
    except BudgetError:  # no block is inside all its zones
        assume(False)

    for (own,), (truth,) in zip(found, exact, strict=True):
        assert own.approximation is not None
        assert own.approximation.level in {1, 2}
        for name in ("count", "masked_pixels", "min", "max", "median", "percentiles"):
            assert getattr(own, name) == getattr(truth, name)
        for name in ("mean", "std", "area_m2", "area_weighted_mean", "planar_area"):
            assert getattr(own, name) == pytest.approx(getattr(truth, name), rel=1e-11)
        if truth.histogram:
            assert own.histogram == truth.histogram
            assert (own.majority, own.minority) == (truth.majority, truth.minority)


def test_an_overview_reads_its_own_pixels_only(smooth: Path):
    layer = open_file(smooth)
    plan = plan_approximate(
        layer,
        plan_zones(layer, [ZONE]),
        zones=1,
        fractions=StatisticOptions().fractions(),
        budget=Budget(900_000),
    )
    assert plan.inner is not None
    overview = plan.inner.layer
    shifted = replace(
        overview.info.grid, transform=Affine(0.002, 0, 10.001, 0, -0.002, 46)
    )

    assert overview.read(overview.info.grid).data.shape == (1, 512, 512)
    with pytest.raises(ValueError, match="its own pixels"):
        overview.read(shifted)
