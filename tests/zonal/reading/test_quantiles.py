"""Exact quantiles in passes, against numpy's inverted distribution function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from raster_core.bands import BandInfo
from raster_core.zonal.coverage.cells import Cells
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.engine import Options, zonal_statistics
from raster_core.zonal.partials.partial import summarise_cells
from raster_core.zonal.reading import quantile_plan
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, open_file, write_cog
from tests.zonal.partial_statistics import statistics_of

if TYPE_CHECKING:
    from pathlib import Path

WIDE = ("float32", "float64", "int32", "uint32", "int64")
EVERYWHERE = Zone(shapely.box(9, 44, 13, 47))


@pytest.mark.parametrize("dtype", WIDE)
@pytest.mark.parametrize(
    "limits",
    [(10**6, 0), (0, 2**22), (0, 2**12), (0, 2**8), (0, 12)],
    ids=["kept", "16 bits a pass", "9 bits", "5 bits", "1 bit"],
)
@pytest.mark.parametrize("scale", [1.0, -1.0])
def test_quantiles_of_a_raster_are_numpys(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    dtype: str,
    *,
    limits: tuple[int, int],
    scale: float,
):
    rng = np.random.default_rng(3)
    values = (rng.normal(0, 1e5, (1, 150, 200))).round(2).astype(dtype)
    recipe = Recipe(dtype=dtype, nodata=None, scale=scale)
    write_cog(tmp_path / "raster.tif", recipe, values)
    layer = open_file(tmp_path / "raster.tif")
    percentiles = (0, 0.1, 25, 50, 99.9, 100)
    monkeypatch.setattr(quantile_plan, "MAX_KEPT", limits[0])
    monkeypatch.setattr(quantile_plan, "_MAX_BINS", limits[1])
    options = Options(statistics=StatisticOptions(percentiles=percentiles))

    ((found,),) = zonal_statistics(layer, [EVERYWHERE], options)

    shares = (0, 0.001, 0.25, 0.5, 0.999, 1)
    physical = scale * values.astype(np.float64)
    expected = np.quantile(physical, shares, method="inverted_cdf")
    assert found.percentiles == tuple(expected.tolist())


@pytest.mark.parametrize("interpolate", [False, True])
@pytest.mark.parametrize("unscale", [False, True])
@pytest.mark.parametrize("scale", [1.0, -2.0])
def test_the_weighted_median_of_a_float_raster_is_that_of_its_integers(
    tmp_path: Path, *, scale: float, unscale: bool, interpolate: bool
):
    write_cog(tmp_path / "whole.tif", Recipe(scale=scale))
    layer = open_file(tmp_path / "whole.tif")
    values = layer.read(layer.info.grid)
    floats = np.where(values.mask, values.data, np.nan).astype(np.float32)
    recipe = Recipe(dtype="float32", nodata=None, scale=scale)
    write_cog(tmp_path / "float.tif", recipe, floats)
    zones = [Zone(shapely.Point(11, 45.7).buffer(r)) for r in (0.004, 0.1, 0.6)]
    statistics = StatisticOptions(
        percentiles=(0, 2.5, 97.5, 100),
        median=True,
        unscale=unscale,
        interpolate=interpolate,
    )
    options = Options(statistics=statistics)

    whole = zonal_statistics(layer, zones, options)
    wide = zonal_statistics(open_file(tmp_path / "float.tif"), zones, options)

    for (exact,), (found,) in zip(whole, wide, strict=True):
        if interpolate:  # between stored values here, physical ones there
            assert found.median == pytest.approx(exact.median, rel=1e-14)
            assert found.percentiles == pytest.approx(exact.percentiles, rel=1e-14)
        else:
            assert found.median == exact.median
            assert found.percentiles == exact.percentiles


@pytest.mark.parametrize(
    ("dtype", "far"), [("int64", 2**62), ("int64", -(2**62)), ("uint64", 2**63)]
)
def test_large_integers_keep_all_digits(tmp_path: Path, dtype: str, far: int):
    """Float64 has one number in 512 of these."""
    values = np.arange(30_000, dtype=dtype) + np.array(far, dtype)
    write_cog(
        tmp_path / "raster.tif",
        Recipe(dtype=dtype, nodata=None),
        values.reshape(1, 150, 200),
    )
    options = Options(
        statistics=StatisticOptions(percentiles=(0, 10, 100), median=True)
    )

    ((found,),) = zonal_statistics(
        open_file(tmp_path / "raster.tif"), [EVERYWHERE], options
    )

    assert found.percentiles == (far, far + 2_999, far + 29_999)
    assert found.median == far + 14_999
    assert {type(value) for value in (found.median, *found.percentiles)} == {int}


@pytest.mark.parametrize("unscale", [True, False])
def test_large_integers_with_a_scale_are_physical(tmp_path: Path, unscale: bool):
    recipe = Recipe(dtype="int64", nodata=None, scale=0.5, offset=10)
    write_cog(tmp_path / "raster.tif", recipe, np.full((1, 150, 200), 2**53 + 1))
    options = Options(statistics=StatisticOptions(median=True, unscale=unscale))

    ((found,),) = zonal_statistics(
        open_file(tmp_path / "raster.tif"), [EVERYWHERE], options
    )

    assert found.median == ((2**53 + 1) * 0.5 + 10 if unscale else 2**53 + 1)


@pytest.mark.parametrize("dtype", ["int16", "float32"])
def test_a_partial_multiplied_is_that_of_repeated_cells(dtype: str):
    values = np.arange(10, dtype=dtype)
    valid = values != 3
    once = Cells([(0, 4)], np.arange(4, 10), np.arange(1, 7) * (WHOLE // 7))
    repeated = summarise_cells(
        np.repeat(values, 5),
        np.repeat(valid, 5),
        Cells([(0, 20)], np.arange(20, 50), np.repeat(once.weights, 5)),
    )

    band = BandInfo(1, "b1", dtype)
    found = summarise_cells(values, valid, once)

    own, truth = (
        statistics_of(part, band, StatisticOptions(), times)
        for part, times in ((found, 5), (repeated, 1))
    )
    assert own.masked_pixels == truth.masked_pixels == 5
    assert (own.count, own.median, own.histogram) == (
        truth.count,
        truth.median,
        truth.histogram,
    )
    assert (own.mean, own.std) == pytest.approx((truth.mean, truth.std), rel=1e-14)


def test_a_zone_without_values_has_no_quantiles(tmp_path: Path):
    nothing = np.full((1, 150, 200), np.nan, np.float32)
    write_cog(tmp_path / "raster.tif", Recipe(dtype="float32", nodata=None), nothing)
    options = Options(statistics=StatisticOptions(percentiles=(50.0,), median=True))

    ((found,),) = zonal_statistics(
        open_file(tmp_path / "raster.tif"), [EVERYWHERE], options
    )

    assert found.median is None
    assert found.reason == "no_valid_pixels"
