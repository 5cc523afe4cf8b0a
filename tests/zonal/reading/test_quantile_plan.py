"""Which zones keep their values, and what passes over the others read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from raster_core.layers.kinds import open_layer
from raster_core.layers.stack import StackBand, StackSpec
from raster_core.stated import state_band
from raster_core.zonal.engine import Options, plan_zones, zonal_statistics
from raster_core.zonal.reading import quantile_plan
from raster_core.zonal.reading.planned import Reading
from raster_core.zonal.reading.quantile_plan import (
    _choose_kept,
    _split_digits,
    plan_quantiles,
)
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, open_file, write_cog
from tests.fake_layer import CountingLayer

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.raster import Layer

MEDIAN = StatisticOptions(median=True)
RECIPE = Recipe(600, 500, "float32", blocksize=128, bands=2)

# Boxes of the raster, which lies at 10 to 16 E and 41.5 to 46.5 N.
BOXES = st.builds(
    lambda x, y, width, height: Zone(shapely.box(x, y, x + width, y + height)),
    st.floats(10, 15.5),
    st.floats(41.5, 46),
    st.floats(0.02, 4),
    st.floats(0.02, 4),
)


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Layer:
    path: Path = tmp_path_factory.mktemp("plan") / "raster.tif"
    write_cog(path, RECIPE)
    return open_file(path)


def test_medians_of_small_zones_read_no_block_again(layer: Layer):
    zones = [
        Zone(shapely.box(x, y, x + 0.05, y + 0.05))
        for x in np.arange(10.02, 15.9, 0.31)
        for y in np.arange(41.52, 46.4, 0.29)
    ]
    mean, median = CountingLayer(layer), CountingLayer(layer)

    zonal_statistics(mean, zones)
    zonal_statistics(median, zones, Options(statistics=MEDIAN))

    assert len(median.read_grids) == len(mean.read_grids)


@given(st.lists(BOXES, min_size=1, max_size=8), st.integers(0, 200_000))
def test_no_more_is_kept_at_a_time_than_may_be(
    layer: Layer, zones: list[Zone], limit: int
):
    plan = plan_zones(layer, zones)

    kept = _choose_kept([plan], len(zones), limit, spread=False)

    cells, live, most = plan.count_cells(len(zones)), 0, 0
    touching = [set(plan.block_runs(n).zone.tolist()) for n in range(len(plan.blocks))]
    for place, here in enumerate(touching):
        for zone in here:
            if kept[zone] and not any(zone in other for other in touching[:place]):
                live += cells[zone]
        most = max(most, live)
        for zone in here:
            if kept[zone] and not any(zone in other for other in touching[place + 1 :]):
                live -= cells[zone]
    assert most <= limit
    if kept.any() and not kept.all():
        assert cells[kept].max() <= cells[~kept].min()
    if cells.sum() <= limit:
        assert kept.all()


@pytest.mark.parametrize("kept", [0, 3_000, 40_000, 10**7])
def test_the_number_that_is_kept_changes_no_bit(
    layer: Layer, monkeypatch: pytest.MonkeyPatch, kept: int
):
    zones = [
        Zone(shapely.Point(12.3, 44.1).buffer(radius))
        for radius in (0.03, 0.2, 0.5, 1.1, 2)
    ]
    options = Options(
        statistics=StatisticOptions(percentiles=(0, 2.5, 33.3, 100), median=True)
    )
    expected = zonal_statistics(layer, zones, options)

    monkeypatch.setattr(quantile_plan, "MAX_KEPT", kept)

    assert zonal_statistics(layer, zones, options) == expected


@given(st.sampled_from([32, 64]), st.integers(0, 10**7))
def test_passes_find_every_bit_in_bounded_bins(bits: int, searches: int):
    digits = _split_digits(bits, searches)

    found = [
        bit
        for shift, width in digits
        for bit in range(shift + width - 1, shift - 1, -1)
    ]
    assert found == list(range(bits - 1, -1, -1))
    assert max(width for _, width in digits) <= 16
    if searches < 2**21:
        assert all(searches << width <= 2**22 for _, width in digits)


def test_passes_are_over_the_blocks_of_the_zones_that_take_them(
    layer: Layer, monkeypatch: pytest.MonkeyPatch
):
    zones = [Zone(shapely.box(10.1, 46, 10.2, 46.1)), Zone(shapely.box(13, 42, 15, 44))]
    monkeypatch.setattr(quantile_plan, "MAX_KEPT", 1000)
    reading = Reading(layer, plan_zones(layer, zones))

    found = plan_quantiles([reading], MEDIAN.fractions(), zones=2)

    assert found.kept.tolist() == [True, False]
    assert found.passes == 2
    large = plan_zones(layer, zones[1:])
    assert found.pixels == 2 * large.pixels
    assert found.cells == 2 * large.cells


def test_bands_of_several_widths_take_passes_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(quantile_plan, "MAX_KEPT", 0)
    parts = []
    for place, dtype in enumerate(("float64", "float32", "int16"), start=1):
        path = tmp_path / f"{dtype}.tif"
        write_cog(path, Recipe(dtype=dtype))
        info = open_file(path).info.bands[0]
        parts.append(
            StackBand(str(path), "test", 1, state_band(replace(info, index=place)))
        )
    layer = open_layer(StackSpec(tuple(parts)))
    zones = [Zone(shapely.Point(11, 45.7).buffer(0.4))]

    reading = Reading(layer, plan_zones(layer, zones))
    plan = plan_quantiles([reading], MEDIAN.fractions(), zones=1)
    ((wide, narrow, small),) = zonal_statistics(
        layer, zones, Options(statistics=MEDIAN)
    )

    assert [len(digits) for digits in plan.digits] == [4, 2]
    assert plan.passes == 4
    assert wide.median == narrow.median == small.median
