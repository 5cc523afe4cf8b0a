"""Handles: one reader each, none left open."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import numpy as np
import pytest

from raster_core.grid import Window
from raster_core.sources.file import cog
from raster_core.sources.file.cog import open_cog
from raster_core.sources.file.handles import MAX_IDLE, Handles
from tests.cogs import Recipe, open_file, write_cog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    write_cog(tmp_path / "raster.tif", Recipe())
    yield tmp_path / "raster.tif"
    cog.forget(str(tmp_path / "raster.tif"))


@pytest.fixture
def handles(path: Path) -> Iterator[Handles]:
    made = Handles(str(path), None)
    yield made
    made.close()


def test_readers_at_the_same_time_have_handles_of_their_own(handles: Handles):
    with handles.lend() as first, handles.lend() as second:
        assert first is not second
        assert first.level(0) is not second.level(0)


def test_a_handle_that_was_given_back_is_lent_again(handles: Handles):
    with handles.lend() as first:
        dataset = first.level(0)

    with handles.lend() as second:
        assert second.level(0) is dataset


def test_a_handle_comes_back_from_a_reader_that_failed(handles: Handles):
    with pytest.raises(ZeroDivisionError), handles.lend():
        _ = 1 / 0

    assert len(handles.idle) == 1


def test_a_handle_in_use_is_closed_when_it_is_given_back(handles: Handles):
    with handles.lend() as handle:
        dataset = handle.level(0)
        handles.close()
        assert not dataset.closed

    assert dataset.closed
    assert not handles.idle


def test_only_so_many_stay_open(handles: Handles):
    lent = [handles.lend() for _ in range(MAX_IDLE + 2)]
    opened = [lend.__enter__().level(0) for lend in lent]
    for lend in lent:
        lend.__exit__(None, None, None)

    assert sum(not dataset.closed for dataset in opened) == MAX_IDLE


def test_threads_that_open_a_file_at_once_can_all_read(path: Path):
    start = Barrier(4)

    def open_late() -> cog.Cog:
        start.wait()
        return open_cog(str(path), "test")

    with ThreadPoolExecutor(4) as threads:
        opened = [threads.submit(open_late) for _ in range(4)]

    kept = cog._open_files[str(path), "test"]
    # Whoever came late may have closed what others have; they read all the same.
    for future in opened:
        array = future.result().read(0, Window(3, 5, 20, 10), kept.bands)
        expected = kept.read(0, Window(3, 5, 20, 10), kept.bands)
        np.testing.assert_array_equal(array.data, expected.data)


def test_many_threads_read_what_one_does(path: Path):
    layer = open_file(path)
    windows = [Window(7 * n, 5 * n, 40, 30) for n in range(20)]
    grids = [layer.info.grid.crop(window) for window in windows]
    expected = [layer.read(grid).data for grid in grids]

    with ThreadPoolExecutor(6) as threads:
        for _ in range(5):
            found = list(threads.map(lambda grid: layer.read(grid).data, grids))
            for one, other in zip(found, expected, strict=True):
                np.testing.assert_array_equal(one, other)
