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

from raster_core.bands import BandInfo
from raster_core.errors import BudgetError, SourceError, ZoneError
from raster_core.grid import Grid
from raster_core.raster import Resampling
from raster_core.zonal.engine import (
    Options,
    plan_zones,
    step_statistics,
    stream_statistics,
    zonal_statistics,
)
from raster_core.zonal.faults import find_faults
from raster_core.zonal.finish import gather_zones
from raster_core.zonal.partials.merge import BlockSummary
from raster_core.zonal.partials.partial import Histogram
from raster_core.zonal.reading.summarise import summarise
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.steps import (
    PROGRESS,
    Finished,
    finished_only,
    in_order,
    order_steps,
)
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, open_file, write_cog
from tests.fake_layer import CountingLayer, FakeLayer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

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

    found = list(stream_statistics(layer, zones, options))

    assert sorted(place for place, _ in found) == list(range(len(zones)))
    for place, figures in found:
        assert figures == zonal_statistics(layer, [zones[place]], options)[0]
    assert list(in_order(found)) == zonal_statistics(layer, zones, options)


def test_zones_come_as_the_file_completes_them():
    layer = fake()
    zones = [row_zone(4), row_zone(1), OFF, row_zone(0)]

    come = [place for place, _ in stream_statistics(layer, zones)]

    assert come == [2, 3, 1, 0]


def test_a_zone_comes_before_later_blocks_are_read():
    layer = fake()
    last_row: dict[int, int] = {}

    for place, _ in stream_statistics(layer, [row_zone(row) for row in range(ROWS)]):
        last_row[place] = max(rows_read(layer)) // SIDE

    # Three blocks are fetched ahead, of the eight in a row.
    assert list(last_row) == list(range(ROWS))
    assert all(row <= last <= row + 1 for row, last in last_row.items())
    assert len(rows_read(layer)) == COLUMNS * ROWS


def test_zones_without_cells_wait_for_the_first_block_only():
    layer = fake()

    first = next(stream_statistics(layer, [row_zone(0), OFF]))

    assert first[0] == 1
    assert first[1][0].reason == "outside_raster"
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

    steps = list(step_statistics(layer, zones))

    assert len(steps) == 2 * COLUMNS * 2  # zones, blocks of each, bands
    assert [step.zone for step in finished_only(steps)] == [0, 1]


def test_closing_the_stream_ends_the_reading():
    layer = fake()
    steps = step_statistics(layer, [row_zone(row) for row in range(ROWS)])
    next(steps)

    steps.close()  # type: ignore[attr-defined]

    assert len(rows_read(layer)) < COLUMNS


def test_what_is_over_budget_is_refused_before_the_first_pair_is_asked_for():
    layer = fake()

    with pytest.raises(BudgetError):
        stream_statistics(layer, [row_zone(0)], Options(max_pixels=1000))

    assert rows_read(layer) == []


@given(order=st.permutations(range(24)))
@settings(deadline=None, max_examples=10)
def test_the_order_of_summaries_changes_no_bit(order: list[int]):
    layer = fake("float64")
    zones = [row_zone(0), row_zone(3), Zone(shapely.box(0.5, 5, 15, 19.5))]
    plan = plan_zones(layer, zones)
    summaries = list(summarise(layer, plan, areas=True))
    blocks, bands = plan.count_blocks(3), layer.info.bands
    rest = summaries[24:]

    straight, mixed = (
        dict(finished_only(gather_zones(some, blocks, bands)))
        for some in (summaries, [*rest, *(summaries[n] for n in order)])
    )

    for place in range(3):
        (one,), (other,) = straight[place], mixed[place]
        assert one is not None
        assert other is not None
        assert one.area == other.area
        assert one.partial.masked == other.partial.masked
        assert set(one.partial.blocks) == set(other.partial.blocks)  # type: ignore[union-attr]


def test_the_plan_tells_how_many_blocks_a_zone_touches():
    layer = fake()
    whole = Zone(shapely.box(-1, 0, 30, 30))
    corner = Zone(shapely.box(2.5, 17.4, 2.6, 17.5))  # where four blocks meet

    plan = plan_zones(layer, [row_zone(2), OFF, whole, corner])

    assert plan.count_blocks(4).tolist() == [COLUMNS, 0, COLUMNS * ROWS, 4]


def test_partials_of_finished_zones_are_let_go():
    zones, values = 4000, np.arange(2000)
    weight = np.ones(2000, np.int64)
    band = BandInfo(1, "b1", "int16")

    def summarise_each() -> Iterator[BlockSummary]:
        for zone in range(zones):
            for _ in range(2):
                part = Histogram(values.copy(), weight.copy(), weight.copy(), 0)
                yield BlockSummary(zone, 0, part)

    tracemalloc.start()
    steps = gather_zones(summarise_each(), np.full(zones, 2), [band])
    done = sum(1 for _ in finished_only(steps))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert done == zones
    assert peak < 5_000_000  # all of them are 192 MB


def test_many_blocks_of_a_zone_are_merged_on_the_way():
    band, blocks = BandInfo(1, "b1", "int16"), 3000

    def summarise_each() -> Iterator[BlockSummary]:
        for _ in range(blocks):
            values = np.arange(2000)
            yield BlockSummary(0, 0, Histogram(values, values * 0 + 1, values * 0, 0))

    tracemalloc.start()
    steps = gather_zones(summarise_each(), np.array([blocks]), [band])
    (found,) = finished_only(steps)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found[1][0] is not None
    assert found[1][0].partial.high.tolist() == [blocks] * 2000  # type: ignore[union-attr]
    assert peak < 10_000_000  # all of them are 144 MB


@given(st.permutations(range(9)))
@settings(deadline=None)
def test_what_comes_early_waits_for_its_turn_and_no_longer(order: list[int]):
    steps = list(order_steps(Finished(place, -place) for place in order))

    assert list(itertools.chain.from_iterable(steps)) == [-n for n in range(9)]
    for count in range(1, 10):
        come = set(order[:count])
        in_turn = next(n for n in range(10) if n not in come)
        assert sum(map(len, steps[:count])) == in_turn


def test_steps_that_finish_nothing_make_nothing_ready():
    assert list(
        order_steps([PROGRESS, Finished(1, "b"), PROGRESS, Finished(0, "a")])
    ) == [
        (),
        (),
        (),
        ("a", "b"),
    ]


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

    assert list(in_order(stream_statistics(layer, zones))) == zonal_statistics(
        layer, zones
    )
