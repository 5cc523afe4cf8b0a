"""Several rasters in one table: each is what it is alone."""

from __future__ import annotations

from pathlib import Path

import geopandas
import pandas as pd
import pytest

import rasterlet
from raster_core.errors import RequestError
from tests.cogs import Recipe, write_cog

SAMPLE = Path(__file__).resolve().parents[2] / "sample"
COVER = SAMPLE / "landcover_global_2019.tif"
ELEVATION = SAMPLE / "elevation_yosemite.tif"


@pytest.fixture(scope="module")
def counties() -> geopandas.GeoDataFrame:
    return geopandas.read_file(SAMPLE / "counties_yosemite.geojson").set_index("fips")


def test_columns_are_those_of_each_raster_with_its_name(counties):
    sources = {"dem": ELEVATION, "cover": rasterlet.open(COVER)}

    table = rasterlet.zonal_stats(
        counties, sources, include_columns=["name"], include_geometry=True
    )

    for name, source in sources.items():
        alone = rasterlet.zonal_stats(counties, source).add_prefix(f"{name}_")
        pd.testing.assert_frame_equal(pd.DataFrame(table[alone.columns]), alone)
    assert table.columns[0] == "name"
    assert isinstance(table, geopandas.GeoDataFrame)
    assert table.columns[-1] == "geometry"


def test_files_give_their_names(counties):
    table = rasterlet.zonal_stats(counties, [ELEVATION, COVER], stats=["mean"])

    assert [name for name in table.columns if name.endswith("mean")] == [
        "elevation_yosemite_mean",
        "landcover_global_2019_mean",
    ]


def test_notes_that_are_the_same_stand_once(counties):
    sources = {"a": COVER, "b": COVER}

    table = rasterlet.zonal_stats(counties, sources, stats="mean")

    assert list(table.columns) == ["a_mean", "a_reason", "b_mean", "b_reason", "note"]


def test_rasters_of_one_name_are_refused(counties):
    with pytest.raises(RequestError, match=r"2 of the rasters are called 'landcover_"):
        rasterlet.zonal_stats(counties, [COVER, COVER])


def test_columns_of_one_name_are_refused(counties, tmp_path):
    write_cog(tmp_path / "two.tif", Recipe(bands=2))
    sources = {"a": tmp_path / "two.tif", "a_band_1": COVER}

    with pytest.raises(RequestError, match="Two columns are called 'a_band_1_mean'"):
        rasterlet.zonal_stats(counties, sources, stats=["mean"], reasons=False)


def test_groups_take_one_raster(counties):
    with pytest.raises(RequestError, match="group_by= takes one raster at a time"):
        rasterlet.zonal_stats(counties, [ELEVATION, COVER], group_by=COVER)


def test_labels_of_zones_may_repeat(counties):
    twice = counties.set_index(pd.Index(["a"] * len(counties)))

    several = rasterlet.zonal_stats(
        twice, {"dem": ELEVATION}, stats="mean", include_columns=["name"]
    )
    groups = rasterlet.zonal_stats(
        twice, ELEVATION, stats="mean", group_by=COVER, include_columns=["name"]
    )
    cells = rasterlet.zonal_cells(twice, COVER, include_columns=["name"])

    assert several["name"].tolist() == counties["name"].tolist()
    assert groups["name"].unique().tolist() == counties["name"].tolist()
    assert cells["name"].unique().tolist() == counties["name"].tolist()
