"""Decoded blocks, within their number of bytes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from raster_core.sources.blocks.cache import BlockCache, keeps_blocks, reading_once

BLOCK = np.zeros((1, 10, 10), np.uint8)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(0, 120))))
def test_never_more_than_the_budget_and_the_size_is_the_sum(steps):
    cache = BlockCache(400)
    for file, number, size in steps:
        cache.keep((file, 0, number), np.zeros((1, 1, size), np.uint8))
    kept = [cache.find((file, 0, number)) for file in range(3) for number in range(10)]

    assert cache.size == sum(block.nbytes for block in kept if block is not None)
    assert cache.size <= cache.budget == 400


def test_the_block_used_last_stays():
    cache = BlockCache(400)
    for number in range(4):
        cache.keep((0, 0, number), BLOCK)
    cache.find((0, 0, 0))

    cache.keep((0, 0, 4), BLOCK)

    assert cache.find((0, 0, 0)) is not None
    assert cache.find((0, 0, 1)) is None


def test_what_gdal_may_have_kept_is_taken_off_as_far_as_a_quarter():
    cache = BlockCache(400)
    for number in range(4):
        cache.keep((0, 0, number), BLOCK)

    cache.count_elsewhere(150)
    assert (cache.budget, cache.size) == (250, 200)
    cache.count_elsewhere(10**9)
    assert (cache.budget, cache.size) == (100, 100)
    cache.grow(1000)
    assert cache.budget == 600


def test_a_large_block_drives_out_no_others():
    cache = BlockCache(400)
    cache.keep((0, 0, 0), BLOCK)

    cache.keep((0, 0, 1), np.zeros((1, 101, 1), np.uint8))

    assert cache.find((0, 0, 0)) is BLOCK
    assert cache.find((0, 0, 1)) is None


def test_blocks_of_a_closed_file_go():
    cache = BlockCache(400)
    cache.keep((0, 0, 0), BLOCK)
    cache.keep((1, 0, 0), BLOCK)

    cache.forget_file(0)

    assert cache.find((0, 0, 0)) is None
    assert cache.size == 100


def test_a_thread_that_reads_once_keeps_nothing():
    with reading_once():
        with ThreadPoolExecutor(1) as pool:
            other = pool.submit(keeps_blocks).result()
        with reading_once():
            pass
        here = keeps_blocks()

    assert (here, other, keeps_blocks()) == (False, True, True)


def test_threads_may_share_it():
    cache = BlockCache(1000)

    def use(seed: int) -> None:
        rng = np.random.default_rng(seed)
        for number in rng.integers(0, 40, 300).tolist():
            if cache.find((0, 0, number)) is None:
                cache.keep((0, 0, number), BLOCK)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(use, range(8)))

    assert cache.size <= 1000
    assert cache.size % 100 == 0
