"""Figures by name: what is wanted is computed, and is the same as among all."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from raster_core.bands import BandInfo, RasterClass
from raster_core.zonal.coverage.cells import Cells
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.engine import Options, zonal_statistics
from raster_core.zonal.partials.partial import summarise_cells
from raster_core.zonal.reading.classed import as_classes
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.results.statistics import (
    BEYOND_SUMS,
    STATISTICS,
    ZoneStatistics,
    default_names,
)
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, open_file, write_cog
from tests.zonal.partial_statistics import statistics_of

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.zonal.partials.partial import Partial

SUMMED = ("count", "min", "max", "mean", "sum", "std", "variance", "valid_percent")
COMPUTED = sorted({*SUMMED, *BEYOND_SUMS})
BAND = BandInfo(
    1, "b1", "int16", scale=0.5, offset=3, classes=(RasterClass(4, "Forest", None),)
)

cells = st.lists(st.tuples(st.integers(-20, 20), st.integers(1, WHOLE)), min_size=1)


def partial_of(some: list[tuple[int, int]], *, brief: bool = False) -> Partial:
    values, weights = (np.array(column) for column in zip(*some, strict=True))
    chosen = Cells((), np.arange(len(values)), weights)
    return summarise_cells(values.astype(np.int16), None, chosen, brief=brief)


@given(cells, st.sets(st.sampled_from(COMPUTED), min_size=1))
def test_a_wanted_figure_is_the_same_as_among_all(
    some: list[tuple[int, int]], wanted: set[str]
):
    everything = statistics_of(partial_of(some), BAND, StatisticOptions())

    found = statistics_of(
        partial_of(some), BAND, StatisticOptions(wanted=frozenset(wanted))
    )

    for name in wanted:
        assert getattr(found, name) == getattr(everything, name)


@given(cells, st.floats(0.1, 3), st.floats(-5, 5))
def test_sums_do_where_no_histogram_is_wanted(
    some: list[tuple[int, int]], scale: float, offset: float
):
    band = replace(BAND, scale=-scale, offset=offset)
    options = StatisticOptions(wanted=frozenset(SUMMED))
    assert options.brief

    found = statistics_of(partial_of(some, brief=True), band, options)

    everything = statistics_of(partial_of(some), band, options)
    for name in SUMMED:
        assert getattr(found, name) == getattr(everything, name)


@pytest.mark.parametrize("name", sorted(BEYOND_SUMS))
def test_what_a_histogram_yields_is_not_to_be_had_from_sums(name: str):
    assert not StatisticOptions(wanted=frozenset({"mean", name})).brief
    assert not StatisticOptions(wanted=frozenset({"mean"}), percentiles=(5.0,)).brief
    assert not StatisticOptions().brief


@pytest.mark.parametrize("dtype", ["int16", "float32"])
@pytest.mark.parametrize("percentiles", [(), (50.0, 90.0)])
@pytest.mark.parametrize(
    ("by_name", "by_flag"), [(True, False), (False, True), (True, True), (False, False)]
)
def test_a_median_comes_by_name_or_by_flag(
    tmp_path: Path,
    dtype: str,
    percentiles: tuple[float, ...],
    by_name: bool,
    by_flag: bool,
):
    values = np.arange(30_000).reshape(1, 150, 200).astype(dtype)
    write_cog(tmp_path / "a.tif", Recipe(dtype=dtype, nodata=None), values)
    figures = StatisticOptions(
        wanted=frozenset({"mean", "median"} if by_name else {"mean"}),
        median=by_flag,
        percentiles=percentiles,
    )

    ((found,),) = zonal_statistics(
        open_file(tmp_path / "a.tif"),
        [Zone(shapely.box(9, 44, 13, 47))],
        Options(statistics=figures),
    )

    assert found.median == (14_999 if by_name or by_flag else None)
    assert (found.percentiles or ()) == (14_999, 26_999)[: len(percentiles)]
    assert found.mean == 14_999.5


def test_sums_of_nothing_have_a_reason():
    none = np.zeros(0, np.int64)
    partial = summarise_cells(
        np.zeros(4, np.int16), None, Cells((), none, none), brief=True
    )

    found = statistics_of(partial, BAND, StatisticOptions(wanted=frozenset({"mean"})))

    assert (found.count, found.mean, found.reason) == (0, None, "outside_raster")


def test_every_field_but_three_is_a_statistic_that_can_be_named():
    known = [f.name for f in fields(ZoneStatistics)]
    beside = {"reason", "percentiles", "approximation"}

    assert [each.name for each in STATISTICS] == [n for n in known if n not in beside]


def test_a_statistic_is_declared_once():
    """What else knows of statistics follows: names, defaults, the API's parameter."""
    assert all(each.text.endswith(".") for each in STATISTICS)
    by_band = {
        dtype: set(default_names(BandInfo(1, "b1", dtype, classes=BAND.classes)))
        for dtype in ("int16", "float32")
    }
    assert by_band["int16"] - by_band["float32"] == BEYOND_SUMS


@pytest.mark.parametrize("dtype", ["int16", "float32"])
def test_the_planar_area_is_that_of_the_covered_valid_pixels(
    tmp_path: Path, dtype: str
):
    """By hand: half of 10 x 4 pixels of 0.01 degrees, and one of them has no data."""
    values = np.ones((1, 150, 200), dtype)
    values[0, 100, 20] = -9999
    write_cog(tmp_path / "a.tif", Recipe(dtype=dtype, nodata=-9999), values)
    zone = Zone(shapely.box(10.2, 45.48, 10.3, 45.5))

    ((found,),) = zonal_statistics(open_file(tmp_path / "a.tif"), [zone])

    assert found.count == pytest.approx(19)
    assert found.planar_area == pytest.approx(19e-4, rel=1e-9)


def test_a_zone_without_data_has_no_planar_area(tmp_path: Path):
    values = np.full((1, 150, 200), -9999, np.int16)
    write_cog(tmp_path / "a.tif", Recipe(), values)
    zone = Zone(shapely.box(10.2, 45.48, 10.3, 45.5))

    ((found,),) = zonal_statistics(open_file(tmp_path / "a.tif"), [zone])

    assert (found.planar_area, found.reason) == (None, "no_valid_pixels")


def test_values_told_apart_have_their_ground(tmp_path: Path):
    values = (np.arange(30_000) % 3).astype(np.uint8).reshape(1, 150, 200)
    write_cog(tmp_path / "a.tif", Recipe(dtype="uint8", nodata=None), values)
    layer = open_file(tmp_path / "a.tif")
    bands = tuple(map(as_classes, layer.info.bands))
    named = replace(layer, info=replace(layer.info, bands=bands))
    zone = Zone(shapely.box(10.2, 45.2, 10.5, 45.5))
    options = Options(statistics=StatisticOptions(areas=True))

    ((found,),) = zonal_statistics(named, [zone], options)

    assert found.categories is not None
    assert [each.name for each in found.categories] == ["0", "1", "2"]
    shares = [each.area_m2 for each in found.categories]
    assert sum(filter(None, shares)) == pytest.approx(found.area_m2, rel=1e-12)
    assert min(filter(None, shares)) > 0.3 * (found.area_m2 or 0)


def test_a_wide_band_has_no_classes_whatever_the_catalogue_says(tmp_path: Path):
    """To tell a float's values apart would take a table without end."""
    values = np.linspace(-1e9, 1e9, 30_000).astype(np.float32).reshape(1, 150, 200)
    write_cog(tmp_path / "a.tif", Recipe(dtype="float32", nodata=None), values)
    layer = open_file(tmp_path / "a.tif")
    bands = (replace(layer.info.bands[0], classes=BAND.classes),)
    named = replace(layer, info=replace(layer.info, bands=bands))
    options = Options(statistics=StatisticOptions(areas=True))
    zone = Zone(shapely.box(10.2, 45.2, 10.5, 45.5))

    ((found,),) = zonal_statistics(named, [zone], options)

    assert found.categories is None
    assert found.area_m2 is not None
