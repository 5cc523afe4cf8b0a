"""Cross-tabulation: laws, numpy as oracle, and nine cells by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from rasterio.enums import Resampling

from raster_core.errors import BudgetError, RequestError
from raster_core.zonal import crosstab
from raster_core.zonal.coverage.cover import Mode
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.crosstab import CrossTable, cross_tabulate
from raster_core.zonal.engine import Options, zonal_statistics
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, open_file, write_cog
from tests.fake_layer import CountingLayer
from tests.zonal.pairs import CLASSES, EVERYTHING, FINER, UTM, make, some_zones, whole

if TYPE_CHECKING:
    from pathlib import Path


def content(table: CrossTable) -> tuple[object, ...]:
    return table.values.tolist(), table.weights, table.areas_m2, table.masked


def rows(table: CrossTable) -> dict[tuple[int, ...], float]:
    keys = map(tuple, table.values.tolist())
    return dict(zip(keys, table.counts, strict=True))


def test_nine_cells_under_a_square_give_the_table_computed_by_hand(tmp_path: Path):
    recipe = Recipe(3, 3, "uint8", transform=Affine(1, 0, 10, 0, -1, 48), nodata=9)
    first = np.array([[[1, 1, 2], [1, 1, 2], [3, 3, 9]]], np.uint8)
    second = np.array([[[5, 6, 6], [5, 5, 6], [5, 9, 5]]], np.uint8)
    write_cog(tmp_path / "first.tif", recipe, first)
    write_cog(tmp_path / "second.tif", recipe, second)
    layers = [open_file(tmp_path / f"{name}.tif") for name in ("first", "second")]
    square = Zone(shapely.box(10.5, 45.5, 12.5, 47.5))

    (table,) = cross_tabulate(layers, [square])

    # Shares are 1/4 1/2 1/4, 1/2 1 1/2, 1/4 1/2 1/4; below, two cells lack a value.
    assert rows(table) == {(1, 5): 1.75, (1, 6): 0.5, (2, 6): 0.75, (3, 5): 0.25}
    assert table.masked == 0.75 * WHOLE
    assert table.fractions == (1.75 / 3.25, 0.5 / 3.25, 0.75 / 3.25, 0.25 / 3.25)
    assert table.reason is None


@pytest.mark.parametrize("second", [CLASSES, FINER], ids=["same grid", "finer"])
def test_whole_pixels_are_those_that_numpy_counts(tmp_path: Path, second: Recipe):
    layers = [make(tmp_path / "a.tif", CLASSES), make(tmp_path / "b.tif", second, 1)]

    (table,) = cross_tabulate(layers, [EVERYTHING])

    step = second.width // CLASSES.width
    (own, own_valid), (other, other_valid) = map(whole, layers)
    other, other_valid = (
        p[step // 2 :: step, step // 2 :: step] for p in (other, other_valid)
    )
    valid = own_valid & other_valid
    expected = Counter(zip(own[valid].tolist(), other[valid].tolist(), strict=True))
    assert rows(table) == expected
    assert table.masked == (~valid).sum() * WHOLE


@pytest.mark.parametrize("mode", list(Mode))
def test_tables_add_up_to_the_figures_of_the_first_raster(tmp_path: Path, mode: Mode):
    full = Recipe(dtype="uint8", nodata=None, width=210, height=160)
    layers = [make(tmp_path / "a.tif", CLASSES), make(tmp_path / "b.tif", full, 1)]
    zones = some_zones()
    options = Options(mode, StatisticOptions(areas=True))

    tables = cross_tabulate(layers, zones, options)

    statistics = zonal_statistics(layers[0], zones, options)
    for table, (figures,) in zip(tables, statistics, strict=True):
        assert sum(table.weights) / WHOLE == figures.count
        assert table.masked / WHOLE == figures.masked_pixels
        assert sum(table.areas_m2) == pytest.approx(figures.area_m2, rel=1e-12)
        total = sum(value * count for (value, _), count in rows(table).items())
        assert total == pytest.approx(figures.sum)


def test_the_order_of_rasters_on_one_grid_turns_the_columns_alone(tmp_path: Path):
    layers = [make(tmp_path / f"{n}.tif", CLASSES, n) for n in range(3)]
    zones = some_zones()

    straight = cross_tabulate(layers, zones)
    turned = cross_tabulate(layers[::-1], zones)

    for one, other in zip(straight, turned, strict=True):
        assert rows(one) == {key[::-1]: count for key, count in rows(other).items()}
        assert one.masked == other.masked


def test_a_raster_beside_itself_has_equal_values_only(tmp_path: Path):
    layer = make(tmp_path / "a.tif", CLASSES)

    for table in cross_tabulate([layer] * 4, some_zones()):
        assert (table.values == table.values[:, :1]).all()


@pytest.mark.parametrize("second", [CLASSES, FINER, UTM], ids=["same", "finer", "UTM"])
def test_any_chunking_gives_identical_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, second: Recipe
):
    layers = [make(tmp_path / "a.tif", CLASSES), make(tmp_path / "b.tif", second, 1)]
    zones = some_zones()
    expected = list(map(content, cross_tabulate(layers, zones)))

    monkeypatch.setattr("raster_core.zonal.coverage.blockplan.CHUNK_PIXELS", 1)
    monkeypatch.setattr("raster_core.zonal.partials.tally._MIN_WAITING", 0)

    assert list(map(content, cross_tabulate(layers, zones))) == expected


def test_a_zone_has_the_same_table_alone_and_among_others(tmp_path: Path):
    layers = [make(tmp_path / "a.tif", CLASSES), make(tmp_path / "b.tif", UTM, 1)]
    zones = some_zones()

    together = cross_tabulate(layers, zones)

    alone = [cross_tabulate(layers, [zone])[0] for zone in zones]
    assert list(map(content, together)) == list(map(content, alone))


def test_disjoint_zones_add_up_to_their_union(tmp_path: Path):
    layers = [make(tmp_path / "a.tif", CLASSES), make(tmp_path / "b.tif", FINER, 1)]
    left, right = (
        shapely.box(10.1, 45.2, 10.9, 46.1),
        shapely.box(10.9, 45.2, 11.7, 46.1),
    )
    union = shapely.box(10.1, 45.2, 11.7, 46.1)

    tables = cross_tabulate(layers, [Zone(zone) for zone in (left, right, union)])

    first, second, both = map(rows, tables)
    assert both.keys() == first.keys() | second.keys()
    for key, count in both.items():
        parts = first.get(key, 0) + second.get(key, 0)
        assert count == pytest.approx(parts, abs=1e-9)


def test_four_bands_of_16_bits_keep_all_their_values_apart(tmp_path: Path):
    rng = np.random.default_rng(2)
    values = rng.integers(-(2**15), 2**15, (4, 150, 200)).astype(np.int16)
    recipe = Recipe(bands=4, nodata=None)
    write_cog(tmp_path / "a.tif", recipe, values)
    layers = [open_file(tmp_path / "a.tif", band) for band in (1, 2, 3, 4)]

    (table,) = cross_tabulate(layers, [EVERYTHING])

    expected = Counter(map(tuple, values.reshape(4, -1).T.tolist()))
    assert rows(table) == expected
    assert table.values.tolist() == sorted(table.values.tolist())


def test_bands_of_one_layer_are_columns_too(tmp_path: Path):
    make(tmp_path / "a.tif", Recipe(dtype="uint8", bands=2, nodata=255))
    together = open_file(tmp_path / "a.tif")
    apart = [open_file(tmp_path / "a.tif", band) for band in (1, 2)]

    (joint,), (single,) = (
        cross_tabulate(layers, [EVERYTHING]) for layers in ([together], apart)
    )

    assert content(joint) == content(single)


def test_averaged_overviews_invent_no_classes(tmp_path: Path):
    """Most files of classes without a palette have such overviews: GDAL's default."""
    values = np.random.default_rng(4).choice([10, 200], (1, 600, 800)).astype(np.uint8)
    fine = Recipe(800, 600, "uint8", transform=FINER.transform, nodata=None)
    write_cog(tmp_path / "fine.tif", replace(fine, overviews=False), values)
    with rasterio.open(
        tmp_path / "fine.tif", "r+", IGNORE_COG_LAYOUT_BREAK=True
    ) as file:
        file.build_overviews([2, 4, 8, 16, 32], Resampling.average)
    coarse = Recipe(
        20, 15, "uint8", transform=Affine(0.1, 0, 10, 0, -0.1, 46.5), nodata=None
    )
    layers = [make(tmp_path / "coarse.tif", coarse), open_file(tmp_path / "fine.tif")]

    (table,) = cross_tabulate(layers, [EVERYTHING])

    assert set(table.values[:, 1].tolist()) == {10, 200}


def test_zones_without_a_row_say_why(tmp_path: Path):
    layers = [make(tmp_path / "a.tif", CLASSES), make(tmp_path / "b.tif", CLASSES, 1)]
    west = Recipe(
        dtype="uint8", nodata=255, transform=Affine(0.01, 0, 5, 0, -0.01, 46.5)
    )
    apart = [layers[0], make(tmp_path / "c.tif", west)]
    off, on = Zone(shapely.box(100, 10, 101, 11)), Zone(shapely.box(10, 45, 11, 46))

    (outside,) = cross_tabulate(layers, [off])
    (masked,) = cross_tabulate(apart, [on])

    assert (outside.reason, outside.masked) == ("outside_raster", 0)
    assert (masked.reason, masked.masked / WHOLE) == (
        "no_valid_pixels",
        pytest.approx(10_000),
    )
    assert outside.values.shape == masked.values.shape == (0, 2)
    assert outside.fractions == masked.counts == ()


def test_no_zones_have_no_tables(tmp_path: Path):
    assert cross_tabulate([make(tmp_path / "a.tif", CLASSES)] * 2, []) == []


def test_floats_are_refused_before_reading(tmp_path: Path):
    layer = CountingLayer(make(tmp_path / "a.tif", CLASSES))
    floats = make(tmp_path / "b.tif", Recipe(dtype="float32"))

    with pytest.raises(RequestError, match="Band 1 of raster 2 is float32"):
        cross_tabulate([layer, floats], [EVERYTHING])

    assert layer.read_grids == []


def test_too_many_combinations_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """25 pairs of values, and a row for what is masked."""
    layers = [make(tmp_path / f"{n}.tif", CLASSES, n) for n in range(2)]

    monkeypatch.setattr(crosstab, "MAX_ROWS", 26)
    (table,) = cross_tabulate(layers, [EVERYTHING])
    assert len(table.weights) == 25
    monkeypatch.setattr(crosstab, "MAX_ROWS", 25)
    with pytest.raises(BudgetError, match="more than 25 combinations"):
        cross_tabulate(layers, [EVERYTHING])


def test_land_cover_by_terrain_has_the_counts_of_the_land_cover(sample: Path):
    """Real files: 5 km in degrees, and a finer raster under few of its pixels."""
    landcover = open_file(sample / "landcover_global_2019.tif")
    elevation = open_file(sample / "elevation_yosemite.tif")
    county = Zone(shapely.box(-119.6, 37.6, -119.2, 38.0))

    (by_cover,) = cross_tabulate([landcover, elevation], [county])
    (by_height,) = cross_tabulate([elevation, landcover], [county])

    assert set(by_cover.values[:, 0].tolist()) <= set(by_height.values[:, 1].tolist())
    assert sum(by_cover.counts) == pytest.approx(0.4 * 0.4 / 0.05**2)
