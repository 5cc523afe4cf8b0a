"""Blocks are read in order, ahead where that pays, and never many at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from affine import Affine

from raster_core.grid import Grid
from raster_core.raster import LayerInfo, RasterArray, Resampling
from raster_core.sources.ranges.gate import away, gated
from raster_core.zonal.coverage.blockplan import keep_blocks
from raster_core.zonal.coverage.cover import Coverage
from raster_core.zonal.engine import plan_zones
from raster_core.zonal.partials.partial import Totals
from raster_core.zonal.reading.ahead import (
    AHEAD,
    FAR_READERS,
    READERS,
    count_readers,
)
from raster_core.zonal.reading.summarise import read_blocks, summarise
from raster_core.zonal.zones.zone import Zone
from tests.fake_layer import FakeLayer

if TYPE_CHECKING:
    from raster_core.zonal.coverage.blockplan import BlockPlan

SIDE, BLOCK = 2048, 256


class SlowLayer:
    """Values that are their own row and column; takes its time, and keeps count."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.threads: set[int] = set()
        self.started = self.finished = 0
        self.lock = threading.Lock()
        grid = Grid("EPSG:4326", Affine(1e-3, 0, 10, 0, -1e-3, 48), SIDE, SIDE)
        row, col = np.mgrid[:SIDE, :SIDE]
        values = ((row * 3 + col) % 1000).astype(np.int16)
        self.layer = FakeLayer(values, grid, mask=values != 7, block=(BLOCK, BLOCK))

    @property
    def info(self) -> LayerInfo:
        return self.layer.info

    def read(
        self, grid: Grid, resampling: Resampling = Resampling.NEAREST
    ) -> RasterArray:
        with self.lock:
            self.threads.add(threading.get_ident())
            self.started += 1
        time.sleep(self.seconds)
        array = self.layer.read(grid, resampling)
        with self.lock:
            self.finished += 1
        return array


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """One block a read, so that there are many."""
    monkeypatch.setattr(
        "raster_core.zonal.coverage.blockplan.CHUNK_PIXELS", BLOCK * BLOCK
    )


def plan_of(layer: SlowLayer) -> BlockPlan:
    zones = [
        Zone(shapely.Point(11, 47).buffer(0.9)),
        Zone(shapely.box(10.3, 46.2, 11.1, 47.5)),
    ]
    return plan_zones(layer, zones)


def answers(layer: SlowLayer) -> list[tuple[int, object]]:
    summaries = summarise(layer, plan_of(layer), brief=True)
    return [(summary.zone, summary.partial) for summary in summaries]


def test_reading_ahead_changes_nothing_but_the_threads():
    layer, alone = SlowLayer(0.02), SlowLayer(0.001)

    ahead = answers(layer)
    plan = plan_of(alone)
    blocks = plan.blocks.tolist()
    parts = [keep_blocks(plan, [block]) for block in blocks]
    in_turn = [
        (summary.zone, summary.partial)
        for part in parts
        for summary in summarise(alone, part, brief=True)
    ]

    assert in_turn == ahead
    assert all(isinstance(partial, Totals) for _, partial in ahead)
    assert alone.threads == {threading.get_ident()}
    # The first chunks are read here, until it is known that reading takes long: by
    # waiting, so that many threads wait at once.
    assert READERS + 1 < len(layer.threads) <= FAR_READERS + 1


@pytest.mark.parametrize(
    ("clock", "processor", "readers"),
    [
        (1.0, 1.0, READERS),
        (1.0, 0.5, 2 * READERS),
        (1.0, 0.25, 4 * READERS),
        (1.0, 0.01, FAR_READERS),
        (1.0, 0.0, FAR_READERS),
        (0.0, 0.0, READERS),
    ],
)
def test_readers_are_as_many_as_keep_the_processors_busy(
    clock: float, processor: float, readers: int
):
    assert count_readers(clock, processor) == readers


def test_few_threads_compute_while_many_wait_for_a_store():
    gate, computing, most = threading.Semaphore(2), set(), []

    def read(number: int) -> None:
        with gated(gate):
            for _ in range(2):  # a file after the other
                with away():
                    computing.discard(number)
                    time.sleep(0.01)
                computing.add(number)
                most.append(len(computing))
                time.sleep(0.002)
            computing.discard(number)

    with ThreadPoolExecutor(12) as readers:
        list(readers.map(read, range(12)))

    assert max(most) <= 2
    assert len(most) == 24
    assert gate.acquire(blocking=False)
    assert gate.acquire(blocking=False)


def test_a_file_in_a_store_is_read_by_many_from_the_first_chunk_on():
    layer = SlowLayer(0.02)
    layer.layer.info = replace(layer.layer.info, far=True)

    assert answers(layer) == answers(SlowLayer(0))
    assert threading.get_ident() not in layer.threads
    assert READERS < len(layer.threads) <= FAR_READERS


def test_no_more_blocks_are_fetched_than_can_be_held():
    layer = SlowLayer(0.01)
    taken: set[int] = set()

    for block in read_blocks(layer, plan_of(layer)):
        taken.add(block.window.row * SIDE + block.window.col)
        assert layer.started <= len(taken) + FAR_READERS + AHEAD

    assert layer.started == layer.finished == len(taken)


def test_who_stops_taking_blocks_stops_the_reading():
    layer = SlowLayer(0.02)
    plan = plan_of(layer)
    blocks = read_blocks(layer, plan)
    for _ in range(6):
        next(blocks)

    begun = layer.started
    blocks.close()

    # Those that only waited for a thread are not read any more.
    assert layer.started == layer.finished <= begun + 1 < len(plan.blocks)


def test_a_plan_of_some_blocks_has_their_runs():
    plan = plan_of(SlowLayer(0))
    runs = [
        [getattr(plan.block_runs(place), name).tolist() for name in Coverage.__slots__]
        for place in range(len(plan.blocks))
    ]

    for places in ([0], [3, 4, 9], list(range(len(plan.blocks)))):
        some = keep_blocks(plan, plan.blocks[places].tolist())

        assert some.blocks.tolist() == plan.blocks[places].tolist()
        for place, origin in enumerate(places):
            part = some.block_runs(place)
            assert [getattr(part, n).tolist() for n in Coverage.__slots__] == (
                runs[origin]
            )
