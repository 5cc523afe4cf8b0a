"""What a plan says that it costs, and what is refused before anything is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely

from raster_core.errors import BudgetError, DeadlineError
from raster_core.zonal.engine import Options, plan_zones, zonal_statistics
from raster_core.zonal.reading import quantile_plan
from raster_core.zonal.reading.cost import (
    MAX_PARTIALS,
    PARTIAL_SECONDS,
    PIXEL_SECONDS,
    Budget,
    Cost,
    estimate_cost,
)
from raster_core.zonal.reading.planned import Reading
from raster_core.zonal.reading.quantile_plan import plan_quantiles
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, open_file, write_cog
from tests.fake_layer import CountingLayer

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.raster import Layer

RECIPE = Recipe(512, 512, "float32", blocksize=256, bands=3)
WHOLE = Zone(shapely.box(10, 41.38, 15.12, 46.5))
PIXELS = 512 * 512


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Layer:
    path: Path = tmp_path_factory.mktemp("cost") / "raster.tif"
    write_cog(path, RECIPE)
    return open_file(path)


def cost_of(layer: Layer, zones: list[Zone], options: StatisticOptions) -> Cost:
    reading = Reading(layer, plan_zones(layer, zones))
    quantiles = plan_quantiles([reading], options.fractions(), zones=len(zones))
    return estimate_cost([reading], quantiles)


def test_one_place_is_read_once_and_counted_for_every_zone(layer: Layer):
    cost = cost_of(layer, [WHOLE] * 7, StatisticOptions())

    assert cost.decoded == 3 * PIXELS
    assert cost.counted == 7 * 3 * PIXELS
    assert cost.partials == 7 * 3 * 4
    assert cost.seconds == pytest.approx(
        cost.counted * PIXEL_SECONDS + cost.partials * PARTIAL_SECONDS
    )


def test_passes_are_part_of_the_cost(layer: Layer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(quantile_plan, "MAX_KEPT", 0)

    cost = cost_of(layer, [WHOLE] * 2, StatisticOptions(median=True))

    assert cost.passes == 2
    assert cost.decoded == 3 * 3 * PIXELS
    assert cost.counted == 2 * 3 * 3 * PIXELS
    with pytest.raises(BudgetError, match=r"524288 more in 2 passes for quantiles"):
        cost.check(Budget(cost.decoded - 1))


@pytest.mark.parametrize(
    ("copies", "max_pixels", "told"),
    [
        (
            1,
            3 * PIXELS - 1,
            "touch 262144 pixels in 4 blocks of 3 bands, 786432 in all",
        ),
        (2, 6 * PIXELS - 1, "count 1572864 pixels"),
    ],
)
def test_what_is_read_and_what_is_counted_are_refused_by_number(
    layer: Layer, copies: int, max_pixels: int, told: str
):
    counting = CountingLayer(layer)

    with pytest.raises(BudgetError, match=f"{told}.* exceeds {max_pixels}"):
        zonal_statistics(counting, [WHOLE] * copies, Options(max_pixels=max_pixels))

    assert not counting.read_grids
    zonal_statistics(counting, [WHOLE] * copies, Options(max_pixels=max_pixels + 1))


def test_time_counts_copies(layer: Layer):
    enough = cost_of(layer, [WHOLE], StatisticOptions()).seconds

    zonal_statistics(layer, [WHOLE], Options(max_seconds=1.01 * enough))
    told = r"have 1572864 cells in 24 parts, .* let an overview stand"
    with pytest.raises(DeadlineError, match=told):
        zonal_statistics(layer, [WHOLE] * 2, Options(max_seconds=1.01 * enough))


def test_pairs_of_a_zone_and_a_block_are_refused_by_number():
    cost = Cost(pixels=1, blocks=1, bands=2, cells=1, parts=MAX_PARTIALS // 2)

    assert cost.fits(Budget())
    with pytest.raises(BudgetError, match=f"in 1000002 .* exceeds {MAX_PARTIALS}"):
        Cost(1, 1, 2, 1, MAX_PARTIALS // 2 + 1).check(Budget())
