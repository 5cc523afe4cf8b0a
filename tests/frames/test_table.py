"""``rasterlet.zonal_stats``, end to end."""

from __future__ import annotations

import inspect
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st

import rasterlet
from raster_core.errors import BudgetError, RequestError, ZoneError
from tests.cogs import Recipe, write_cog

SAMPLE = Path(__file__).resolve().parents[2] / "sample"
COVER = SAMPLE / "landcover_global_2019.tif"
ELEVATION = SAMPLE / "elevation_yosemite.tif"
COUNTIES = SAMPLE / "counties_yosemite.geojson"

SQUARE = shapely.box(10, 45, 12, 46)
AWAY = shapely.box(10, 45, 12, 46.5)


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory) -> Path:
    """Three by three pixels of a degree, 1 to 9, and the last without data."""
    path = tmp_path_factory.mktemp("by_hand") / "nine.tif"
    values = np.arange(1, 10, dtype="int16").reshape(1, 3, 3)
    values[0, 2, 2] = -9999
    degrees = Affine(1, 0, 0, 0, -1, 3)
    recipe = Recipe(width=3, height=3, transform=degrees, overviews=False)
    write_cog(path, recipe, values)
    return path


@pytest.fixture
def counties() -> geopandas.GeoDataFrame:
    return geopandas.read_file(COUNTIES)


def frame(shapes, **options) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(geometry=shapes, crs="EPSG:4326", **options)


def test_statistics_by_hand(by_hand):
    zones = [
        shapely.box(0, 2, 1, 3),  # the 1
        shapely.box(0.5, 1, 1.5, 3),  # halves of 1, 2, 4 and 5
        shapely.box(1, 0, 3, 1),  # the 8, and the one without data
    ]

    table = rasterlet.zonal_stats(
        zones, by_hand, stats=["count", "mean", "p50", "unique", "masked_pixels"]
    )

    assert table["count"].tolist() == [1.0, 2.0, 1.0]
    assert table["mean"].tolist() == [1.0, 3.0, 8.0]
    assert table["p50"].tolist() == [1.0, 2.0, 8.0]
    assert table["unique"].tolist() == [1, 4, 1]
    assert table["masked_pixels"].tolist() == [0.0, 0.0, 1.0]


def test_rows_keep_order_and_index(counties):
    index = pd.MultiIndex.from_product([["a", "b", "c"], [1, 2]])[:5]

    alone = rasterlet.zonal_stats(counties, ELEVATION)
    repeated = rasterlet.zonal_stats(counties.set_index(pd.Index([7] * 5)), ELEVATION)
    nested = rasterlet.zonal_stats(counties.set_index(index), ELEVATION)

    assert alone.index.equals(pd.RangeIndex(5))
    assert repeated.index.tolist() == [7] * 5
    assert nested.index.equals(index)
    pd.testing.assert_frame_equal(repeated.reset_index(drop=True), alone)
    pd.testing.assert_frame_equal(nested.reset_index(drop=True), alone)


def test_columns_and_geometries_follow_labels_that_repeat(counties):
    options = {"stats": "mean", "include_columns": ["name"], "include_geometry": True}
    zones = counties.iloc[[4, 0, 2, 2]].set_index(pd.Index(["b", "a", "a", "a"]))

    table = rasterlet.zonal_stats(zones, ELEVATION, **options)
    alone = rasterlet.zonal_stats(counties, ELEVATION, **options)

    assert table.index.equals(zones.index)
    assert table["name"].tolist() == zones["name"].tolist()
    assert table["mean"].tolist() == alone["mean"].iloc[[4, 0, 2, 2]].tolist()
    assert table.geometry.geom_equals(zones.geometry, align=False).all()


def test_an_empty_list_is_an_empty_table():
    table = rasterlet.zonal_stats([], ELEVATION)

    assert len(table) == 0
    assert table.columns.tolist() == ["count", "min", "max", "mean", "reason", "note"]


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(6)))
def test_permuted_zones_give_permuted_rows(order):
    zones = geopandas.read_file(COUNTIES)
    zones = pd.concat([zones, frame([None])], ignore_index=True)
    stats = ["count", "mean", "median", "covered_percent"]

    whole = rasterlet.zonal_stats(zones, ELEVATION, stats=stats)
    permuted = rasterlet.zonal_stats(zones.iloc[order], ELEVATION, stats=stats)

    pd.testing.assert_frame_equal(permuted, whole.iloc[order], check_exact=True)


def test_quantities_and_classes_have_defaults_of_their_own():
    quantity = rasterlet.zonal_stats(COUNTIES, ELEVATION, reasons=False)
    classes = rasterlet.zonal_stats(COUNTIES, COVER, reasons=False)

    assert quantity.columns.tolist() == ["count", "min", "max", "mean"]
    assert classes.columns[:4].tolist() == ["count", "majority", "frac_0", "frac_1"]


def test_missing_empty_and_distant_zones_are_rows_with_a_reason():
    zones = frame([SQUARE, None, shapely.Polygon(), shapely.box(0, 0, 1, 1)])

    table = rasterlet.zonal_stats(zones, ELEVATION, stats=["count", "mean", "unique"])

    assert table["reason"].fillna("").tolist() == [
        "outside_raster",
        "empty_geometry",
        "empty_geometry",
        "outside_raster",
    ]
    assert table["count"].tolist() == [0.0] * 4
    assert table["mean"].isna().all()
    assert table["unique"].isna().all()
    assert table["note"].isna().all()


def test_an_invalid_zone_is_repaired_and_says_so():
    tie = shapely.Polygon([(10, 45), (12, 46), (12, 45), (10, 46)])

    table = rasterlet.zonal_stats([SQUARE, tie], COVER, stats="count")

    assert table["count"].tolist() == [800.0, 400.0]
    assert table["note"].fillna("").tolist() == [
        "",
        "repaired: Self-intersection[11 45.5]",
    ]


def test_a_zone_that_lies_half_beside_the_raster_says_so(by_hand):
    zones = [shapely.box(-1, 1, 1, 2), shapely.box(0, 1, 1, 2)]

    table = rasterlet.zonal_stats(zones, by_hand, stats="mean")

    assert table["mean"].tolist() == [4.0, 4.0]
    assert table["note"].fillna("").tolist() == [
        "partial: 50 % of the zone lies on the raster",
        "",
    ]


def test_a_zone_of_which_hardly_anything_is_missing_is_not_said_to_be_all_there(
    by_hand,
):
    zones = [shapely.box(-1e-5, 1, 1, 2)]

    table = rasterlet.zonal_stats(zones, by_hand, stats="mean")

    assert table["note"].tolist() == [
        "partial: more than 99.9 % of the zone lies on the raster"
    ]


def test_a_zone_that_cannot_be_counted_fails_its_row_only():
    zones = frame([shapely.box(0, 0, 1, 91), SQUARE], index=["bad", "good"])

    table = rasterlet.zonal_stats(zones, COVER, stats=["count", "unique", "frac"])

    assert "latitudes within 90" in table.loc["bad", "reason"]
    assert pd.isna(table.loc["good", "reason"])
    assert table["count"].tolist() == [0.0, 800.0]
    with pytest.raises(ZoneError, match="Row 'bad': Coordinates"):
        rasterlet.zonal_stats(zones.iloc[:1], COVER)


def test_no_zones_give_the_same_columns_and_types(counties):
    stats = ["count", "unique", "p90", "frac"]

    some = rasterlet.zonal_stats(counties, COVER, stats=stats, include_columns=["name"])
    none = rasterlet.zonal_stats(
        counties.iloc[:0], COVER, stats=stats, include_columns=["name"]
    )

    assert len(none) == 0
    pd.testing.assert_series_equal(none.dtypes, some.dtypes)


def test_columns_and_geometries_come_along(counties):
    zones = counties.rename_geometry("outline")

    table = rasterlet.zonal_stats(
        zones,
        ELEVATION,
        stats="mean",
        include_columns=["name", "fips"],
        include_geometry=True,
        reasons=False,
    )

    assert isinstance(table, geopandas.GeoDataFrame)
    assert table.columns.tolist() == ["name", "fips", "mean", "outline"]
    assert table.crs == zones.crs
    assert table.geometry.equals(zones.geometry)
    assert table["name"].equals(zones["name"])
    without = rasterlet.zonal_stats(zones, ELEVATION, include_columns=True)
    assert type(without) is pd.DataFrame
    assert [c for c in without.columns if c in counties.columns] == [
        c for c in counties.columns if c != "geometry"
    ]


def test_a_column_called_like_a_statistic_is_refused_before_counting(counties):
    zones = counties.rename(columns={"name": "mean"})

    with pytest.raises(RequestError, match=r"'mean' is called like .* gdf.rename"):
        rasterlet.zonal_stats(zones, ELEVATION, include_columns=["mean"])
    with pytest.raises(RequestError, match="'mean' is called like"):
        rasterlet.zonal_stats(zones, ELEVATION, include_columns=True)
    with pytest.raises(RequestError, match="'max' is called like"):
        rasterlet.zonal_stats(
            counties.rename_geometry("max"), ELEVATION, include_geometry=True
        )
    assert "mean" in rasterlet.zonal_stats(zones, ELEVATION)


def test_columns_that_the_zones_lack_are_named(counties):
    with pytest.raises(RequestError, match=r"'nmae', which the zones do not; .*'name'"):
        rasterlet.zonal_stats(counties, ELEVATION, include_columns=["nmae"])
    with pytest.raises(RequestError, match=r"give a list: \['name'\]"):
        rasterlet.zonal_stats(counties, ELEVATION, include_columns="name")


def test_several_bands_begin_their_columns(tmp_path):
    path = tmp_path / "three.tif"
    write_cog(path, Recipe(bands=2))

    table = rasterlet.zonal_stats(AWAY, path, stats=["min", "mean"], reasons=False)
    one = rasterlet.zonal_stats(AWAY, rasterlet.open(path).select(2), stats=["mean"])

    assert table.columns.tolist() == [
        "band_1_min",
        "band_1_mean",
        "band_2_min",
        "band_2_mean",
    ]
    assert one["mean"].tolist() == table["band_2_mean"].tolist()


def test_fractions_of_classes_have_a_column_each():
    by_value = rasterlet.zonal_stats(SQUARE, COVER, stats=["frac"], reasons=False)
    by_name = rasterlet.zonal_stats(
        SQUARE, COVER, stats=["frac"], reasons=False, class_names=True
    )

    assert by_value.to_numpy().sum() == pytest.approx(1.0)
    assert by_value["frac_12"].item() > 0
    assert by_name.to_numpy().tolist() == by_value.to_numpy().tolist()


def test_values_without_names_are_counted_when_asked_for(by_hand):
    zones = [shapely.box(0, 2, 2, 3), None, shapely.box(0.5, 2, 1, 3)]

    table = rasterlet.zonal_stats(
        zones, by_hand, stats="count", categorical=True, reasons=False
    )

    assert table.columns.tolist() == ["count", "frac_1", "frac_2"]
    assert table["frac_1"].tolist()[::2] == [0.5, 1.0]
    assert table["frac_2"].tolist()[::2] == [0.5, 0.0]
    assert table.iloc[1, 1:].isna().all()


def test_budgets_and_choices_are_those_of_the_service():
    with pytest.raises(BudgetError, match="exceeds 10"):
        rasterlet.zonal_stats(SQUARE, COVER, max_pixels=10)
    with pytest.raises(RequestError, match="'center' is not one of fraction, centre"):
        rasterlet.zonal_stats(SQUARE, COVER, coverage="center")


def test_cells_that_are_hardly_covered_can_be_left_out(by_hand):
    zone = shapely.box(0.7, 2, 1.7, 3)

    every = rasterlet.zonal_stats(zone, by_hand, stats=["count", "mean"])
    some = rasterlet.zonal_stats(
        zone, by_hand, stats=["count", "mean"], min_coverage=0.5
    )

    assert every["count"].item() == pytest.approx(1.0)
    assert some["count"].item() == pytest.approx(0.7)
    assert some["mean"].item() == 2.0
    with pytest.raises(RequestError, match=r"min_coverage 50 is not a fraction"):
        rasterlet.zonal_stats(zone, by_hand, min_coverage=50)


def test_zones_and_raster_in_the_wrong_order_are_told_apart(counties):
    for wrong in (
        (ELEVATION, counties),
        (str(ELEVATION), str(COUNTIES)),
        (rasterlet.open(ELEVATION), counties.geometry),
        (counties, counties),
        (ELEVATION, ELEVATION),
    ):
        with pytest.raises(RequestError, match=r"zonal_stats\(zones, raster\)"):
            rasterlet.zonal_stats(*wrong)


def test_progress_counts_to_the_end(counties):
    seen = []

    rasterlet.zonal_stats(
        counties, ELEVATION, progress=lambda done, total: seen.append((done, total))
    )

    assert seen[-1] == (5, 5)
    assert seen == sorted(seen)


def test_a_raster_counts_as_the_function_does(counties):
    raster = rasterlet.open(ELEVATION)

    pd.testing.assert_frame_equal(
        raster.zonal_stats(counties), rasterlet.zonal_stats(counties, raster)
    )
    by_itself = inspect.signature(rasterlet.zonal_stats).parameters
    as_method = inspect.signature(raster.zonal_stats).parameters
    assert [p for p in by_itself.values() if p.name != "source"] == list(
        as_method.values()
    )
