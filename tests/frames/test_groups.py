"""Tables by group: the engine's groups as oracle, and what is refused."""

from __future__ import annotations

from pathlib import Path

import geopandas
import pytest
import shapely

import rasterlet
from raster_core.errors import RequestError
from raster_core.zonal.engine import Options
from raster_core.zonal.grouped import grouped_statistics
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.zones.zone import Zone

SAMPLE = Path(__file__).resolve().parents[2] / "sample"
COVER = SAMPLE / "landcover_global_2019.tif"
ELEVATION = SAMPLE / "elevation_yosemite.tif"
COUNTIES = SAMPLE / "counties_yosemite.geojson"


@pytest.fixture(scope="module")
def counties() -> geopandas.GeoDataFrame:
    found = geopandas.read_file(COUNTIES).set_index("fips")
    away = geopandas.GeoDataFrame(
        {"name": ["away"]}, geometry=[shapely.box(0, 0, 1, 1)], index=["0"], crs=4326
    )
    return geopandas.pd.concat([found, away])


def test_rows_are_the_groups_of_each_zone(counties):
    layer, groups = (rasterlet.open(path).layer for path in (ELEVATION, COVER))
    options = Options(statistics=StatisticOptions(areas=True, percentiles=(90.0,)))
    zones = [Zone(shape) for shape in counties.geometry]
    expected = grouped_statistics(layer, groups, zones, options)

    table = rasterlet.zonal_stats(
        counties,
        ELEVATION,
        stats="count,mean,p90,area_m2",
        group_by=COVER,
        include_columns=["name"],
    )

    assert list(table.columns) == [
        *["name", "group", "count", "mean", "p90", "area_m2", "reason", "note"]
    ]
    rows = iter(table.itertuples())
    for label, own in zip(counties.index, expected, strict=True):
        for group in own.groups:
            row, (figures,) = next(rows), group.statistics
            assert (row.Index, row.group) == (label, group.value)
            assert (row.count, row.mean) == (figures.count, figures.mean)
            assert (row.p90, row.area_m2) == (figures.percentiles[0], figures.area_m2)
        if not own.groups:
            row = next(rows)
            assert (row.Index, row.reason) == (label, "outside_raster")
    assert next(rows, None) is None
    assert str(table["group"].dtype) == "Int64"
    assert table["note"].str.startswith("partial: ").sum() == len(table) - 1


def test_groups_may_be_called_by_their_names(counties):
    table = rasterlet.zonal_stats(
        counties, ELEVATION, group_by=rasterlet.open(COVER), class_names=True
    )

    names = {each.name for each in rasterlet.open(COVER).bands[0].classes}
    assert set(table["group"].dropna()) <= names
    assert table["group"].isna().sum() == 1


def test_groups_of_lines_add_up_to_their_metres(counties):
    lines = counties.iloc[:3].set_geometry(counties.iloc[:3].boundary)

    whole = rasterlet.zonal_stats(lines, ELEVATION, stats=["count"])
    table = rasterlet.zonal_stats(lines, ELEVATION, stats=["count"], group_by=COVER)

    assert table["count"].groupby(level=0).sum().tolist() == pytest.approx(
        whole["count"].sort_index().tolist(), rel=1e-12
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stats": "values"}, "values is not computed by group"),
        ({"weights": COVER}, "weights= and group_by= cannot be combined"),
        ({"approximate": True}, "approximate= and group_by= cannot be combined"),
    ],
)
def test_what_there_is_not_by_group_is_refused(counties, options, message):
    with pytest.raises(RequestError, match=message):
        rasterlet.zonal_stats(counties, ELEVATION, group_by=COVER, **options)


def test_a_column_called_group_is_refused(counties):
    named = counties.rename(columns={"name": "group"})

    with pytest.raises(RequestError, match="'group' is called like a column"):
        rasterlet.zonal_stats(named, ELEVATION, group_by=COVER, include_columns=True)
