"""Statistics by group: laws, numpy as oracle, and nine cells by hand."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from affine import Affine

from raster_core.bands import RasterClass
from raster_core.errors import BudgetError, RequestError
from raster_core.layers.file import FileSpec
from raster_core.layers.kinds import open_layer
from raster_core.stated import state_band
from raster_core.zonal import grouped
from raster_core.zonal.coverage.cover import Mode
from raster_core.zonal.crosstab import cross_tabulate
from raster_core.zonal.engine import Options, zonal_statistics
from raster_core.zonal.grouped import Group, grouped_statistics
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.results.statistics import ZoneStatistics
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, open_file, write_cog
from tests.fake_layer import CountingLayer
from tests.zonal.pairs import CLASSES, EVERYTHING, FINER, UTM, make, some_zones, whole

if TYPE_CHECKING:
    from pathlib import Path


def test_nine_cells_under_a_square_give_the_figures_computed_by_hand(tmp_path: Path):
    recipe = Recipe(3, 3, "uint8", transform=Affine(1, 0, 10, 0, -1, 48), nodata=99)
    values = np.arange(1, 10, dtype=np.uint8).reshape(1, 3, 3)
    groups = np.array([[[1, 1, 2], [1, 1, 2], [99, 99, 7]]], np.uint8)
    write_cog(tmp_path / "values.tif", recipe, values)
    write_cog(tmp_path / "groups.tif", recipe, groups)
    layers = [open_file(tmp_path / f"{name}.tif") for name in ("values", "groups")]
    square = Zone(shapely.box(10.5, 45.5, 12.5, 47.5))

    (found,) = grouped_statistics(*layers, [square])

    # Shares are 1/4 1/2 1/4, 1/2 1 1/2, 1/4 1/2 1/4.
    assert [(group.value, group.name) for group in found.groups] == [
        (1, "1"),
        (2, "2"),
        (7, "7"),
    ]
    first, second, third = (group.statistics[0] for group in found.groups)
    assert (first.count, first.sum) == (2.25, 1 / 4 + 2 / 2 + 4 / 2 + 5)
    assert (second.count, second.mean) == (0.75, (3 / 4 + 6 / 2) / 0.75)
    assert (third.count, third.min, third.max) == (0.25, 9, 9)
    assert found.ungrouped_pixels == 0.75
    assert found.reason is None


@pytest.mark.parametrize("dtype", ["int16", "float32"])
@pytest.mark.parametrize("second", [CLASSES, FINER], ids=["same grid", "finer"])
def test_whole_pixels_have_the_figures_of_numpy(
    tmp_path: Path, dtype: str, second: Recipe
):
    write_cog(tmp_path / "a.tif", Recipe(dtype=dtype))
    layer, groups = open_file(tmp_path / "a.tif"), make(tmp_path / "b.tif", second)

    (found,) = grouped_statistics(layer, groups, [EVERYTHING])

    values, valid = whole(layer)
    half, step = second.width // 400, second.width // 200
    by, grouped = (plane[half::step, half::step] for plane in whole(groups))
    assert [group.value for group in found.groups] == [0, 1, 2, 3, 4]
    for group in found.groups:
        chosen = grouped & (by == group.value)
        sample = values[chosen & valid].astype(float)
        (figures,) = group.statistics
        assert figures.count == sample.size
        assert figures.masked_pixels == (chosen & ~valid).sum()
        assert figures.mean == pytest.approx(sample.mean(), rel=1e-12)
        assert figures.std == pytest.approx(sample.std(), rel=1e-9)
        assert (figures.min, figures.max) == (sample.min(), sample.max())
        assert figures.sum == pytest.approx(sample.sum(), rel=1e-12)
    assert found.ungrouped_pixels == (~grouped).sum()


def assert_same(found: ZoneStatistics, expected: ZoneStatistics) -> None:
    """Equal but for the last bits of floats, and for what only a zone has."""
    for field in fields(ZoneStatistics):
        if field.name == "covered_percent":
            continue
        value = getattr(found, field.name)
        other = getattr(expected, field.name)
        if isinstance(other, float):
            assert value == pytest.approx(other, rel=1e-11, abs=1e-9), field.name
        else:
            assert value == other, field.name


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("dtype", ["int16", "float32"])
def test_one_group_has_the_figures_of_the_zone(tmp_path: Path, dtype: str, mode: Mode):
    write_cog(tmp_path / "a.tif", Recipe(dtype=dtype, bands=2, scale=0.5, offset=3.0))
    full = Recipe(dtype="uint8", nodata=None, width=210, height=160)
    one = make(tmp_path / "b.tif", full, classes=1)
    layer, options = (
        open_file(tmp_path / "a.tif"),
        Options(mode, StatisticOptions(areas=True)),
    )

    found = grouped_statistics(layer, one, some_zones(), options)

    expected = zonal_statistics(layer, some_zones(), options)
    for zone, figures in zip(found, expected, strict=True):
        (group,) = zone.groups
        assert zone.ungrouped_pixels == 0
        for own, other in zip(group.statistics, figures, strict=True):
            assert_same(own, other)


def test_groups_have_the_counts_and_areas_of_the_cross_tabulation(tmp_path: Path):
    """The groups of a raster by another hold the rows of their common table."""
    layer = make(tmp_path / "a.tif", CLASSES)
    groups = make(tmp_path / "b.tif", UTM, 1)
    named = tuple(RasterClass(value, f"class {value}", None) for value in range(5))
    band = replace(layer.info.bands[0], classes=named)  # areas are told apart by class
    layer = open_layer(FileSpec(str(tmp_path / "a.tif"), "test", (state_band(band),)))
    options = Options(statistics=StatisticOptions(areas=True))

    found = grouped_statistics(layer, groups, some_zones(), options)

    for zone, table in zip(
        found, cross_tabulate([layer, groups], some_zones()), strict=True
    ):
        categories = {
            (category.value, group.value): category
            for group in zone.groups
            for category in group.statistics[0].categories or ()
        }
        keys = list(map(tuple, table.values.tolist()))
        assert sorted(categories) == keys
        found_rows = [categories[key] for key in keys]
        assert tuple(row.count for row in found_rows) == table.counts
        areas = [row.area_m2 for row in found_rows]
        assert areas == pytest.approx(list(table.areas_m2), rel=1e-12)


@pytest.mark.parametrize("dtype", ["int16", "float32"])
def test_any_chunking_gives_identical_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dtype: str
):
    write_cog(tmp_path / "a.tif", Recipe(dtype=dtype))
    layer, groups = open_file(tmp_path / "a.tif"), make(tmp_path / "b.tif", UTM)
    expected = grouped_statistics(layer, groups, some_zones())

    monkeypatch.setattr("raster_core.zonal.coverage.blockplan.CHUNK_PIXELS", 1)

    assert grouped_statistics(layer, groups, some_zones()) == expected


def test_a_zone_has_the_same_figures_alone_and_among_others(tmp_path: Path):
    write_cog(tmp_path / "a.tif", Recipe(dtype="float32"))
    layer, groups = open_file(tmp_path / "a.tif"), make(tmp_path / "b.tif", UTM)

    together = grouped_statistics(layer, groups, some_zones())

    assert together == [
        grouped_statistics(layer, groups, [zone])[0] for zone in some_zones()
    ]


def test_many_groups_are_sorted_apart(tmp_path: Path):
    """More zones times values than 16 bits hold: the other way of sorting."""
    values = np.arange(30_000).reshape(1, 150, 200).astype(np.int16)
    write_cog(tmp_path / "a.tif", Recipe(nodata=None), values)
    layer = open_file(tmp_path / "a.tif")
    zones = [EVERYTHING, *some_zones()[:3], EVERYTHING]

    found = grouped_statistics(layer, layer, zones)

    assert [g.value for g in found[4].groups] == list(range(30_000))
    assert all(g.statistics[0].mean == g.value for g in found[4].groups)
    assert found[4] == found[0]


def test_groups_have_the_names_of_their_classes(tmp_path: Path):
    layer = make(tmp_path / "a.tif", CLASSES, classes=2)
    named = replace(layer.info.bands[0], classes=(RasterClass(1, "Water", None),))
    path = str(tmp_path / "a.tif")
    groups = open_layer(FileSpec(path, "test", (state_band(named),)))

    (found,) = grouped_statistics(layer, groups, [EVERYTHING])

    assert [group.name for group in found.groups] == ["0", "Water"]


def test_a_group_without_values_says_so(tmp_path: Path):
    layer = make(tmp_path / "a.tif", CLASSES, classes=2)
    values, _ = whole(layer)
    by = np.where(values == 255, 9, 1).astype(np.uint8)
    write_cog(tmp_path / "b.tif", Recipe(dtype="uint8", nodata=None), by[None])

    (found,) = grouped_statistics(layer, open_file(tmp_path / "b.tif"), [EVERYTHING])

    (filled,), (empty,) = (group.statistics for group in found.groups)
    assert filled.reason is None
    assert (empty.reason, empty.mean) == ("no_valid_pixels", None)
    assert empty.masked_pixels == (by == 9).sum()


def test_zones_without_groups_say_why(tmp_path: Path):
    layer = make(tmp_path / "a.tif", CLASSES)
    west = replace(CLASSES, transform=Affine(0.01, 0, 5, 0, -0.01, 46.5))
    off, on = Zone(shapely.box(100, 10, 101, 11)), Zone(shapely.box(10, 45, 11, 46))

    outside, masked = grouped_statistics(
        layer, make(tmp_path / "b.tif", west), [off, on]
    )

    assert (outside.groups, outside.reason) == ((), "outside_raster")
    assert (masked.groups, masked.reason) == ((), "no_valid_pixels")
    assert masked.ungrouped_pixels == pytest.approx(10_000)
    assert grouped_statistics(layer, layer, []) == []


def test_groups_of_floats_are_refused_before_reading(tmp_path: Path):
    layer = CountingLayer(make(tmp_path / "a.tif", CLASSES))
    floats = make(tmp_path / "b.tif", Recipe(dtype="float32"))

    with pytest.raises(RequestError, match="second raster is float32; grouping takes"):
        grouped_statistics(layer, floats, [EVERYTHING])

    assert layer.read_grids == []


@pytest.mark.parametrize(
    "figures", [StatisticOptions(median=True), StatisticOptions(percentiles=(5,))]
)
def test_quantiles_by_group_take_small_integers(
    tmp_path: Path, figures: StatisticOptions
):
    layer, options = make(tmp_path / "a.tif", CLASSES), Options(statistics=figures)
    floats = make(tmp_path / "b.tif", Recipe(dtype="float32"))

    (found,) = grouped_statistics(layer, layer, [EVERYTHING], options)
    assert all(isinstance(group, Group) for group in found.groups)
    assert [group.statistics[0].median for group in found.groups] == [0, 1, 2, 3, 4]
    with pytest.raises(RequestError, match="Band 1 is float32; by group"):
        grouped_statistics(floats, layer, [EVERYTHING], options)


def test_too_many_groups_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Five values, and what has none, in each of two zones."""
    layer = make(tmp_path / "a.tif", CLASSES)
    zones = [EVERYTHING, EVERYTHING]

    monkeypatch.setattr(grouped, "MAX_GROUPS", 12)
    assert len(grouped_statistics(layer, layer, zones)) == 2
    monkeypatch.setattr(grouped, "MAX_GROUPS", 11)
    with pytest.raises(BudgetError, match="more than 11 groups"):
        grouped_statistics(layer, layer, zones)
