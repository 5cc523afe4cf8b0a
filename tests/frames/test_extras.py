"""Weighted columns: exactextract as oracle, and what is refused."""

from __future__ import annotations

import geopandas
import numpy as np
import pytest
import shapely
from exactextract import exact_extract

import rasterlet
from raster_core.errors import RequestError
from tests.cogs import Recipe, write_cog

ZONES = geopandas.GeoDataFrame(
    geometry=[shapely.box(10.103, 45.21, 11.207, 46.04), shapely.box(0, 0, 1, 1)],
    crs=4326,
)


@pytest.fixture(scope="module")
def rasters(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weighted")
    write_cog(folder / "values.tif", Recipe())
    rng = np.random.default_rng(4)
    weights = rng.uniform(0, 9, (1, 150, 200)).astype("float32")
    write_cog(folder / "weights.tif", Recipe(dtype="float32"), weights)
    return folder / "values.tif", folder / "weights.tif"


def test_weighted_columns_are_those_of_exactextract(rasters):
    values, weights = rasters
    expected = exact_extract(
        values,
        ZONES,
        ["weighted_mean", "weighted_sum"],
        weights=weights,
        output="pandas",
    )

    table = rasterlet.zonal_stats(ZONES, values, stats="count", weights=weights)

    assert list(table.columns) == [
        *["count", "weighted_mean", "weighted_sum", "weight_sum", "reason", "note"]
    ]
    first, second = table.itertuples()
    assert first.weighted_mean == pytest.approx(expected.weighted_mean[0], rel=1e-6)
    assert first.weighted_sum == pytest.approx(expected.weighted_sum[0], rel=1e-6)
    assert np.isnan(second.weighted_mean)
    assert second.reason == "outside_raster"


def test_weighted_columns_stand_where_they_are_named(rasters):
    values, weights = rasters

    table = rasterlet.zonal_stats(
        ZONES, values, stats=["weighted_mean", "mean"], weights=rasterlet.open(weights)
    )

    assert list(table.columns) == ["weighted_mean", "mean", "reason", "note"]


def test_weights_of_one_change_nothing_of_lines(rasters, tmp_path):
    values, _ = rasters
    ones = np.ones((1, 150, 200), "float32")
    write_cog(tmp_path / "ones.tif", Recipe(dtype="float32", nodata=None), ones)
    line = geopandas.GeoSeries([shapely.LineString([(10.1, 45.1), (11, 46)])], crs=4326)

    table = rasterlet.zonal_stats(
        line,
        values,
        stats="count,sum,mean,weighted_mean,weighted_sum,weight_sum",
        weights=tmp_path / "ones.tif",
    )

    (row,) = table.itertuples()
    assert (row.weight_sum, row.weighted_sum, row.weighted_mean) == pytest.approx(
        (row.count, row.sum, row.mean), rel=1e-12
    )


def test_weighted_columns_take_weights_of_one_band(rasters, tmp_path):
    values, _ = rasters
    write_cog(tmp_path / "two.tif", Recipe(bands=2))

    with pytest.raises(RequestError, match="weighted_sum takes weights=, a raster"):
        rasterlet.zonal_stats(ZONES, values, stats="weighted_sum")
    with pytest.raises(
        RequestError, match=r"weights has 2 bands; choose one: .*select"
    ):
        rasterlet.zonal_stats(ZONES, values, weights=tmp_path / "two.tif")


def test_a_note_says_why_a_zone_with_values_is_not_weighted(rasters, tmp_path):
    values, _ = rasters
    none = np.zeros((1, 150, 200), "float32")
    write_cog(tmp_path / "zero.tif", Recipe(dtype="float32", nodata=None), none)
    write_cog(tmp_path / "void.tif", Recipe(dtype="float32"), none + Recipe().nodata)

    zero, void = (
        rasterlet.zonal_stats(ZONES, values, weights=tmp_path / name)
        for name in ("zero.tif", "void.tif")
    )

    assert zero["note"].tolist()[0] == "not weighted: no_weight"
    assert void["note"].tolist()[0] == "not weighted: no_valid_pixels"
    assert zero["reason"].isna().tolist() == [True, False]
    assert zero["note"].isna().tolist() == [False, True]
