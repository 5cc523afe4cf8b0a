"""Single cells in tables: arrays in the rows of zones, and a row for each."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from exactextract import exact_extract

import rasterlet
from raster_core.errors import BudgetError, RequestError, ZoneError
from tests.cogs import Recipe, write_cog

SAMPLE = Path(__file__).resolve().parents[2] / "sample"
COVER = SAMPLE / "landcover_global_2019.tif"
NAMES = ["cell_id", "coverage", "values", "center_x", "center_y"]


@pytest.fixture
def zones() -> geopandas.GeoDataFrame:
    shapes = [
        shapely.Point(10.01, 45.02).buffer(0.33),
        shapely.Polygon(),
        shapely.box(-60.02, -10.01, -59.91, -9.92),
    ]
    names = {"name": ["a", "b", "c"]}
    return geopandas.GeoDataFrame(names, geometry=shapes, crs=4326, index=[7, 8, 9])


def test_arrays_of_cells_are_those_of_exactextract(zones):
    good = zones.loc[[7, 9]]
    expected = exact_extract(COVER, good, NAMES, output="pandas")

    table = rasterlet.zonal_stats(good, COVER, stats=[*NAMES, "count"])

    assert list(table.columns) == [*NAMES, "count", "reason", "note"]
    for name in NAMES:
        for own, other in zip(table[name], expected[name], strict=True):
            assert own == pytest.approx(other, abs=1e-6)
    assert [own.sum() for own in table["coverage"]] == pytest.approx(table["count"])


def test_the_long_table_has_the_same_cells(zones):
    arrays = rasterlet.zonal_stats(zones, COVER, stats=NAMES)

    table = rasterlet.zonal_cells(zones, COVER, include_columns=["name"])

    assert list(table.columns) == [
        *["name", "cell_id", "center_x", "center_y", "coverage", "value"]
    ]
    exploded = arrays.explode(NAMES).dropna(subset="cell_id")
    assert table.index.tolist() == exploded.index.tolist()
    assert table["name"].tolist() == ["a" if n == 7 else "c" for n in table.index]
    for name in NAMES:
        own = table["value" if name == "values" else name]
        assert own.tolist() == exploded[name].tolist()


def test_statistics_follow_from_the_long_table(zones):
    statistics = rasterlet.zonal_stats(zones, COVER, stats="count,mean,max")

    cells = rasterlet.zonal_cells(zones, COVER)

    by_zone = cells.assign(sum=cells.coverage * cells.value).groupby(level=0)
    mean = by_zone["sum"].sum() / by_zone["coverage"].sum()
    assert mean.tolist() == pytest.approx(statistics["mean"].dropna().tolist())
    assert by_zone["value"].max().tolist() == statistics["max"].dropna().tolist()


def test_bands_have_columns_each_with_gaps(tmp_path):
    recipe = Recipe(bands=2)
    values = np.arange(60_000, dtype=np.int16).reshape(2, 150, 200) % 300
    values[0, 0, 0] = values[1, 0, 1] = values[0, 0, 2] = values[1, 0, 2] = -9999
    write_cog(tmp_path / "two.tif", recipe, values)

    cells = rasterlet.zonal_cells(
        shapely.box(10, 46.49, 10.04, 46.5), tmp_path / "two.tif"
    )

    assert cells["cell_id"].tolist() == [0, 1, 3]
    assert list(cells.columns[-2:]) == ["band_1", "band_2"]
    assert cells["band_1"].isna().tolist() == [True, False, False]
    assert cells["band_2"].isna().tolist() == [False, True, False]


def test_no_zone_has_no_rows_and_the_same_columns(zones):
    cells = rasterlet.zonal_cells(zones[:0], COVER)

    assert cells.shape == (0, 5)


def test_too_many_cells_are_refused(zones):
    with pytest.raises(BudgetError, match="cells, which exceeds 100; ask for fewer"):
        rasterlet.zonal_cells(zones, COVER, max_cells=100)


def test_zones_of_which_none_can_be_counted_are_refused():
    line = geopandas.GeoSeries([shapely.LineString([(1, 1), (1, 1)])], crs=4326)

    with pytest.raises(ZoneError, match="Row 0: The line has no length"):
        rasterlet.zonal_cells(line, COVER)


def test_a_column_called_like_one_of_the_cells_is_refused(zones):
    with pytest.raises(RequestError, match="'value' is called like a column"):
        rasterlet.zonal_cells(
            zones.rename(columns={"name": "value"}), COVER, include_columns=True
        )
