"""Zones as they finish: the same figures, early, and those done are let go."""

from __future__ import annotations

import itertools
import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st

from raster_core.errors import BudgetError, SourceError, ZoneError
from raster_core.grid import Grid
from raster_core.raster import Resampling
from raster_core.zonal.columnar.gathering import Gatherer
from raster_core.zonal.coverage.weights import Weights
from raster_core.zonal.engine import (
    Options,
    plan_zones,
    stream_statistics,
    zonal_statistics,
)
from raster_core.zonal.faults import find_faults
from raster_core.zonal.finish import Footprints, Reduced, StatisticsPlan, finish_zones
from raster_core.zonal.partials.fractions import make_fractions
from raster_core.zonal.partials.reducing import Wanted
from raster_core.zonal.partials.rows import BandRows, ValueRows
from raster_core.zonal.reading.planned import Reading
from raster_core.zonal.reading.quantile_plan import plan_quantiles
from raster_core.zonal.reading.summarise import Reduction, reduce_blocks
from raster_core.zonal.results.listing import list_zones
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.steps import order_pieces
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, open_file, write_cog
from tests.fake_layer import CountingLayer, FakeLayer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from raster_core.raster import Layer
    from raster_core.zonal.results.listing import BandStatistics

# 8 x 6 blocks of 256 pixels, which are read one by one.
SIDE = 256
COLUMNS, ROWS = 8, 6
GRID = Grid("EPSG:4326", Affine(0.01, 0, 0, 0, -0.01, 20), COLUMNS * SIDE, ROWS * SIDE)


def fake(
    dtype: str = "int16",
    bands: int = 1,
    on_read: Callable[[Grid], None] = lambda _grid: None,
) -> CountingLayer:
    """Pixels that are their own row and column, every 13th of them without data."""
    row, col = np.mgrid[: GRID.height, : GRID.width]
    plane = (row * 7 + col * 3) % 1009
    values = np.stack([plane + band for band in range(bands)]).astype(dtype)
    return CountingLayer(
        FakeLayer(
            values, GRID, mask=values % 13 != 0, block=(SIDE, SIDE), on_read=on_read
        )
    )


def rows_read(layer: CountingLayer) -> list[int]:
    """The rows that the reads began with, in their order."""
    assert set(layer.kernels) <= {Resampling.NEAREST}
    return [GRID.window_of(grid).row for grid in layer.read_grids]  # type: ignore[union-attr]


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "raster_core.zonal.coverage.blockplan.CHUNK_PIXELS", SIDE * SIDE
    )


def row_zone(row: int) -> Zone:
    """Inside one row of blocks, across all of its columns."""
    top = 20 - row * SIDE * 0.01
    return Zone(shapely.box(0.05, top - 2.3, COLUMNS * SIDE * 0.01 - 0.05, top - 0.2))


OFF = Zone(shapely.box(100, 0, 101, 1))


def listed(
    layer: Layer, zones: list[Zone], options: Options | None = None
) -> dict[int, BandStatistics]:
    """The statistics of each zone that is streamed, in their order."""
    percentiles = (options or Options()).statistics.percentiles
    return {
        zone: own
        for batch in stream_statistics(layer, zones, options)
        for zone, own in zip(
            batch.zones.tolist(),
            list_zones(batch, layer.info.bands, percentiles),
            strict=True,
        )
    }


boxes = st.builds(
    lambda x, y, w, h: Zone(shapely.box(x, y, x + w, y + h)),
    st.floats(-2, 20),
    st.floats(4, 20),
    st.floats(0.001, 12),
    st.floats(0.001, 12),
)


@pytest.mark.parametrize(
    ("dtype", "options"),
    [
        (
            "int16",
            Options(statistics=StatisticOptions(areas=True, percentiles=(10.0,))),
        ),
        ("float32", Options(statistics=StatisticOptions(areas=True))),
        (
            "int32",
            Options(statistics=StatisticOptions(median=True, percentiles=(90.0,))),
        ),
    ],
    ids=["histograms", "moments", "quantiles of a wide type"],
)
@given(zones=st.lists(boxes, max_size=5))
@settings(deadline=None, max_examples=8)
def test_a_zone_comes_with_the_figures_that_it_has_alone(
    dtype: str, options: Options, zones: list[Zone]
):
    layer = fake(dtype, bands=2)

    found = listed(layer, zones, options)

    assert sorted(found) == list(range(len(zones)))
    for place, figures in found.items():
        assert figures == zonal_statistics(layer, [zones[place]], options)[0]
    together = [found[place] for place in range(len(zones))]
    assert together == zonal_statistics(layer, zones, options)


def test_zones_come_as_the_file_completes_them():
    layer = fake()
    zones = [row_zone(4), row_zone(1), OFF, row_zone(0)]

    come = [batch.zones.tolist() for batch in stream_statistics(layer, zones)]

    assert [zones for zones in come if zones] == [[2], [3], [1], [0]]


def test_a_zone_comes_before_later_blocks_are_read():
    layer = fake()
    last_row: dict[int, int] = {}

    for batch in stream_statistics(layer, [row_zone(row) for row in range(ROWS)]):
        for place in batch.zones.tolist():
            last_row[place] = max(rows_read(layer)) // SIDE

    # Three blocks are fetched ahead, of the eight in a row.
    assert list(last_row) == list(range(ROWS))
    assert all(row <= last <= row + 1 for row, last in last_row.items())
    assert len(rows_read(layer)) == COLUMNS * ROWS


def test_zones_without_cells_wait_for_the_first_block_only():
    layer = fake()

    first = next(stream_statistics(layer, [row_zone(0), OFF]))

    assert first.zones.tolist() == [1]
    assert first.reasons(0).tolist() == ["outside_raster"]
    assert len(rows_read(layer)) <= 4


def test_a_raster_that_cannot_be_read_is_known_before_any_zone():
    def fail(_grid: Grid) -> None:
        raise SourceError("The raster cannot be read")

    layer = fake(on_read=fail)

    with pytest.raises(SourceError):
        next(stream_statistics(layer, [OFF, row_zone(0)]))

    assert list(stream_statistics(layer, [OFF]))  # nobody reads it


def test_every_step_gives_a_server_the_word():
    layer = fake(bands=2)
    zones = [row_zone(0), row_zone(1)]

    batches = list(stream_statistics(layer, zones))

    assert len(batches) == 2 * COLUMNS + 1  # the blocks of both, and what is left
    assert [zone for batch in batches for zone in batch.zones.tolist()] == [0, 1]


def test_closing_the_stream_ends_the_reading():
    layer = fake()
    steps = stream_statistics(layer, [row_zone(row) for row in range(ROWS)])
    next(steps)

    steps.close()  # type: ignore[attr-defined]

    assert len(rows_read(layer)) < COLUMNS


def test_what_is_over_budget_is_refused_before_the_first_pair_is_asked_for():
    layer = fake()

    with pytest.raises(BudgetError):
        stream_statistics(layer, [row_zone(0)], Options(max_pixels=1000))

    assert rows_read(layer) == []


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float64", "int64"])
@pytest.mark.parametrize("brief", [False, True])
@given(order=st.permutations(range(COLUMNS * ROWS)))
@settings(deadline=None, max_examples=4)
def test_the_order_of_blocks_changes_no_bit(
    dtype: str, order: list[int], *, brief: bool
):
    layer = fake(dtype)
    zones = [row_zone(0), row_zone(3), Zone(shapely.box(0.5, 5, 15, 19.5))]
    reading = Reading(layer, plan_zones(layer, zones))
    quantiles = plan_quantiles([reading], make_fractions([]), zones=3)
    wanted = frozenset({"mean", "std", "area_m2"}) if brief else None
    options = StatisticOptions(wanted=wanted, areas=True)
    footprints = Footprints(np.full(3, 100.0), np.zeros(3, bool))
    plan = StatisticsPlan((reading,), quantiles, options, footprints)
    bands = layer.info.bands
    reduction = Reduction(GRID, bands, Wanted(options.brief), areas=True)
    blocks = list(map(Reduced, reduce_blocks(layer, reading.plan, reduction)))
    mixed = [blocks[n] for n in order if n < len(blocks)]

    straight, other = (
        {
            zone: own
            for batch in finish_zones(plan, some)
            for zone, own in zip(
                batch.zones.tolist(), list_zones(batch, bands, ()), strict=True
            )
        }
        for some in (blocks, mixed)
    )

    assert sorted(straight) == [0, 1, 2]
    assert straight == other


def test_the_plan_tells_how_many_blocks_a_zone_touches():
    layer = fake()
    whole = Zone(shapely.box(-1, 0, 30, 30))
    corner = Zone(shapely.box(2.5, 17.4, 2.6, 17.5))  # where four blocks meet

    plan = plan_zones(layer, [row_zone(2), OFF, whole, corner])

    assert plan.count_blocks(4).tolist() == [COLUMNS, 0, COLUMNS * ROWS, 4]


def rows_of_one(zone: int) -> BandRows:
    """What a block says of one zone that has 2,000 values in it."""
    values, zones = np.arange(2000, dtype=np.int16), np.array([zone])
    weight = Weights(np.ones(2000, np.int64), np.zeros(2000, np.int64))
    none = Weights(np.zeros(1, np.int64), np.zeros(1, np.int64))
    rows = ValueRows(np.repeat(zones, 2000), values, weight)
    return BandRows(zones, none, rows, None, None)


def test_rows_of_finished_zones_are_let_go():
    zones = 4000
    gatherer = Gatherer(zones)

    tracemalloc.start()
    for zone in range(zones):
        gatherer.add(rows_of_one(zone))
        gatherer.add(rows_of_one(zone))
        found = gatherer.take(np.array([zone]))
        assert found.rows is not None
        assert len(found.rows.zone) == 2000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 5_000_000  # all of them are 208 MB


def test_many_blocks_of_a_zone_are_merged_on_the_way():
    blocks = 3000
    gatherer = Gatherer(1)

    tracemalloc.start()
    for _ in range(blocks):
        gatherer.add(rows_of_one(0))
    found = gatherer.take(np.array([0])).rows
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert isinstance(found, ValueRows)
    assert found.weight.high.tolist() == [blocks] * 2000
    assert peak < 20_000_000  # all of them are 156 MB


@given(st.permutations(range(9)))
@settings(deadline=None)
def test_what_comes_early_waits_for_its_turn_and_no_longer(order: list[int]):
    steps = list(order_pieces(([place], [-place]) for place in order))

    assert list(itertools.chain.from_iterable(steps)) == [-n for n in range(9)]
    for count in range(1, 10):
        come = set(order[:count])
        in_turn = next(n for n in range(10) if n not in come)
        assert sum(map(len, steps[:count])) == in_turn


def test_pieces_without_zones_make_nothing_ready():
    pieces = [([], []), ([1, 2], ["b", "c"]), ([], []), ([0], ["a"])]

    assert list(order_pieces(pieces)) == [[], [], [], ["a", "b", "c"]]


def test_bad_zones_are_found_among_many():
    layer = fake()
    good = [row_zone(row) for row in range(ROWS)]
    bad = Zone(shapely.box(-2e6, -2e6, 2e6, 2e6), crs="EPSG:3413")  # around the pole

    with pytest.raises(ZoneError):
        plan_zones(layer, [*good[:4], bad, *good[4:], bad])
    assert set(find_faults(layer, [*good[:4], bad, *good[4:], bad])) == {4, 7}
    assert find_faults(layer, good) == {}


def test_a_file_streams_as_it_is_read_at_once(tmp_path: Path):
    write_cog(tmp_path / "a.tif", Recipe(width=600, height=400, dtype="float32"))
    layer = open_file(tmp_path / "a.tif")
    zones = [Zone(shapely.Point(10 + n / 2, 44).buffer(2.3)) for n in range(12)]

    found = listed(layer, zones)

    assert [found[place] for place in range(12)] == zonal_statistics(layer, zones)
