"""Work as data: split anywhere, run anywhere, the same bits."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from raster_core.errors import RequestError
from raster_core.layers.file import FileSpec, describe_file
from raster_core.layers.kinds import open_layer
from raster_core.zonal.coverage.cover import Mode
from raster_core.zonal.engine import (
    Options,
    distribute_statistics,
    plan_zones,
    zonal_statistics,
)
from raster_core.zonal.outlines.projecting import project_zones
from raster_core.zonal.reading.task import (
    Job,
    decode_blocks,
    decode_task,
    encode_blocks,
    encode_task,
    reduce_task,
    run_task,
    split_plan,
)
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, write_cog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

ZONES = [
    Zone(shapely.Point(11, 45.8).buffer(0.6) - shapely.Point(11.1, 45.9).buffer(0.2)),
    Zone(shapely.box(10.003, 45.1, 11.999, 45.107)),
    Zone(shapely.Point(10.5, 46).buffer(0.01)),
    Zone(shapely.box(50, 10, 51, 11)),
]


class Shuffling:
    """An executor that runs calls in random order, each through text."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  order, not secrets

    def map(
        self, function: Callable[[str], str], texts: Iterable[str]
    ) -> Iterator[str]:
        calls = list(texts)
        self.random.shuffle(calls)
        return map(function, calls)


@pytest.fixture(params=["int16", "float32", "uint8"])
def spec(request: pytest.FixtureRequest, tmp_path: Path) -> FileSpec:
    path = tmp_path / "raster.tif"
    nodata = 200 if request.param == "uint8" else -9999
    write_cog(
        path,
        Recipe(1100, 900, request.param, nodata=nodata, blocksize=128, bands=2),
    )
    return describe_file(str(path), version="test")


@pytest.mark.parametrize("pieces", [1, 2, 7, 64])
def test_any_number_of_pieces_in_any_order_gives_the_same_bits(
    spec: FileSpec, pieces: int
):
    whole = zonal_statistics(open_layer(spec), ZONES)

    for seed in range(3):
        found = distribute_statistics(spec, ZONES, Shuffling(seed), pieces=pieces)

        assert found == whole


@pytest.mark.parametrize("mode", Mode)
def test_every_mode_may_be_split(spec: FileSpec, mode: Mode):
    options = Options(mode=mode)
    whole = zonal_statistics(open_layer(spec), ZONES, options)

    assert distribute_statistics(spec, ZONES, Shuffling(1), options, pieces=5) == whole


def test_areas_and_further_passes_may_be_split(spec: FileSpec):
    figures = StatisticOptions(areas=True, median=True, percentiles=(5.0, 99.5))
    options = Options(statistics=figures)
    whole = zonal_statistics(open_layer(spec), ZONES, options)

    assert distribute_statistics(spec, ZONES, Shuffling(2), options, pieces=6) == whole


def test_sums_without_histograms_may_be_split(spec: FileSpec):
    wanted = frozenset({"count", "min", "max", "mean", "sum", "std"})
    options = Options(statistics=StatisticOptions(wanted=wanted, areas=True))
    whole = zonal_statistics(open_layer(spec), ZONES, options)

    found = distribute_statistics(spec, ZONES, Shuffling(3), options, pieces=6)
    with_histograms = zonal_statistics(open_layer(spec), ZONES)

    assert found == whole
    for zone, full in zip(found, with_histograms, strict=True):
        for brief, every in zip(zone, full, strict=True):
            assert {name: getattr(brief, name) for name in wanted} == {
                name: getattr(every, name) for name in wanted
            }


def test_threads_give_the_same_bits(spec: FileSpec):
    whole = zonal_statistics(open_layer(spec), ZONES)

    with ThreadPoolExecutor(4) as threads:
        assert distribute_statistics(spec, ZONES, threads, pieces=9) == whole


def test_processes_give_the_same_bits(spec: FileSpec):
    whole = zonal_statistics(open_layer(spec), ZONES)

    with ProcessPoolExecutor(2) as processes:
        assert distribute_statistics(spec, ZONES, processes, pieces=4) == whole


@pytest.mark.parametrize("brief", [False, True])
def test_a_task_survives_its_json(spec: FileSpec, *, brief: bool):
    layer = open_layer(spec)
    edges = project_zones(ZONES, layer.info.grid)
    job = Job(spec, Mode.CENTRE, areas=True, brief=brief)
    (task,) = split_plan(plan_zones(layer, ZONES), job, edges, pieces=1)

    again = decode_task(encode_task(task))

    assert (again.job, again.blocks) == (job, task.blocks)
    assert (again.edges.col0 == task.edges.col0).all()
    travelled = decode_blocks(run_task(encode_task(task)))
    assert encode_blocks(reduce_task(task)) == encode_blocks(travelled)


def test_json_of_empty_partials_has_no_infinity(tmp_path: Path):
    path = tmp_path / "raster.tif"
    nothing = np.full((1, 150, 200), np.nan, np.float32)
    write_cog(path, Recipe(dtype="float32", nodata=None), nothing)
    spec = describe_file(str(path), version="test")
    layer = open_layer(spec)
    plan = plan_zones(layer, ZONES)
    edges = project_zones(ZONES, layer.info.grid)

    for task in split_plan(plan, Job(spec), edges, pieces=3):
        json.loads(run_task(encode_task(task)), parse_constant=pytest.fail)


def test_another_version_is_refused():
    with pytest.raises(RequestError, match="Version 99 of a task is not 6"):
        decode_task('{"version": 99}')


def test_an_executor_may_refuse_iterators_and_keep_values(spec: FileSpec):
    """As Dask's does, whose scheduler has to know how many calls there are."""

    class Strict:
        def map(
            self, function: Callable[[str], str], *texts: Sequence[str]
        ) -> Iterator[str]:
            if any(isinstance(part, Iterator) or not len(part) for part in texts):
                raise TypeError("Dask no longer supports mapping over Iterators")
            return map(function, *texts)

    options = Options(statistics=StatisticOptions(median=True))
    whole = zonal_statistics(open_layer(spec), ZONES, options)

    assert distribute_statistics(spec, ZONES, Strict(), options, pieces=5) == whole


def test_a_failing_worker_fails_the_request(spec: FileSpec):
    class Broken:
        def map(self, _function: object, _texts: object) -> Iterator[str]:
            future: Future[str] = Future()
            future.set_exception(OSError("worker lost"))
            yield future.result()

    with pytest.raises(OSError, match="worker lost"):
        distribute_statistics(spec, ZONES, Broken())
