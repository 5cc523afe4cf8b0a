"""Ranges of local files: any split and merge gives the same bytes."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.errors import SourceError, StoreError
from raster_core.sources.ranges.merging import merge_ranges, take_apart
from raster_core.sources.ranges.opening import open_ranges
from raster_core.sources.ranges.protocol import MAX_READ

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = bytes(number * 7 % 251 for number in range(1000))

ranges_of_content = st.lists(
    st.integers(0, len(CONTENT)).flatmap(
        lambda offset: st.tuples(st.just(offset), st.integers(0, len(CONTENT) - offset))
    ),
    max_size=12,
)


@given(ranges_of_content, st.integers(0, 300), st.integers(1, 2000))
def test_merged_ranges_taken_apart_are_those_asked_for(
    ranges: list[tuple[int, int]], gap: int, most: int
) -> None:
    merged = merge_ranges(ranges, gap, most)
    contents = [CONTENT[start : start + length] for start, length in merged.fetched]

    assert [bytes(part) for part in take_apart(merged, contents, ranges)] == [
        CONTENT[start : start + length] for start, length in ranges
    ]


@given(ranges_of_content, st.integers(0, 300), st.integers(1, 2000))
def test_no_byte_is_fetched_twice(
    ranges: list[tuple[int, int]], gap: int, most: int
) -> None:
    fetched = merge_ranges(ranges, gap, most).fetched

    ends = [(start, start + length) for start, length in fetched]
    assert all(stop <= start for (_, stop), (start, _) in pairwise(ends))
    assert all(length > 0 for _, length in fetched)


def test_neighbours_are_fetched_at_once_and_gaps_along() -> None:
    merged = merge_ranges([(40, 10), (0, 10), (12, 8), (20, 5)], gap=2, most=100)

    assert merged.fetched == ((0, 25), (40, 10))


def test_a_merged_range_is_no_longer_than_it_may_be() -> None:
    merged = merge_ranges([(0, 10), (10, 10), (20, 10)], gap=0, most=20)

    assert merged.fetched == ((0, 20), (20, 10))


def test_a_file_gives_its_ranges_in_the_order_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(CONTENT)
    opened = open_ranges(str(path))
    assert opened is not None

    parts = opened.read([(990, 10), (0, 3), (500, 0), (1, 4)])

    assert [bytes(part) for part in parts] == [
        CONTENT[990:],
        CONTENT[:3],
        b"",
        CONTENT[1:5],
    ]
    assert opened.size == len(CONTENT)
    opened.close()


@pytest.mark.parametrize("wrong", [(-1, 5), (0, -1), (0, 1001), (1000, 1), (2**62, 1)])
def test_ranges_that_a_file_does_not_have_are_refused(
    tmp_path: Path, wrong: tuple[int, int]
) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(CONTENT)
    opened = open_ranges(str(path))
    assert opened is not None

    with pytest.raises(SourceError, match="Bytes"):
        opened.read([(0, 1), wrong])
    opened.close()


def test_one_read_is_bounded_before_memory_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    with path.open("wb") as file:
        file.truncate(MAX_READ + 1)
    opened = open_ranges(str(path))
    assert opened is not None

    with pytest.raises(SourceError, match=str(MAX_READ)):
        opened.read([(0, MAX_READ), (0, 1)])
    opened.close()


def test_a_file_that_became_shorter_is_said_to_have(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(CONTENT)
    opened = open_ranges(str(path))
    assert opened is not None
    path.write_bytes(CONTENT[:10])

    with pytest.raises(StoreError, match="shorter"):
        opened.read([(5, 20)])
    opened.close()


def test_a_missing_file_is_a_failure_of_its_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        open_ranges(str(tmp_path / "none.tif"))
