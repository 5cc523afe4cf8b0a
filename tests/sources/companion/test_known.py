"""Known bytes of a file come from memory, and the same bytes as from the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from raster_core.sources.companion.known import KnownRanges

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTENT = bytes(number * 11 % 253 for number in range(400))

pieces = st.lists(
    st.integers(0, 399).flatmap(
        lambda start: st.tuples(st.just(start), st.integers(0, 400 - start))
    ),
    max_size=6,
)


@dataclass
class Asked:
    """The whole content; keeps what it was asked for."""

    asked: list[list[tuple[int, int]]] = field(default_factory=list)
    closed: bool = False
    size: int | None = len(CONTENT)

    def read(self, ranges: Sequence[tuple[int, int]]) -> list[bytes | memoryview]:
        self.asked.append(list(ranges))
        return [CONTENT[start : start + length] for start, length in ranges]

    def close(self) -> None:
        self.closed = True


@given(pieces, pieces)
def test_the_bytes_are_those_of_the_file(
    known: list[tuple[int, int]], ranges: list[tuple[int, int]]
) -> None:
    source = Asked()
    parts = [(start, CONTENT[start : start + length]) for start, length in known]

    read = KnownRanges(source, parts).read(ranges)

    assert [bytes(part) for part in read] == [
        CONTENT[start : start + length] for start, length in ranges
    ]
    assert len(source.asked) <= 1


def test_the_source_is_asked_for_nothing_that_is_known() -> None:
    source = Asked()
    ranges = KnownRanges(source, [(0, CONTENT[:50]), (100, CONTENT[100:120])])

    ranges.read([(10, 40), (100, 20)])
    assert source.asked == []
    ranges.read([(0, 5), (45, 10), (119, 2)])
    assert source.asked == [[(45, 10), (119, 2)]]
    assert ranges.size == len(CONTENT)
    ranges.close()
    assert source.closed
