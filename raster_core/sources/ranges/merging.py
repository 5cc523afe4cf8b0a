"""Ranges that lie close together are fetched as one, and taken apart again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.sources.ranges.protocol import Range


@dataclass(frozen=True, slots=True)
class Merged:
    """Fewer ranges that have all bytes of some others."""

    fetched: tuple[Range, ...]
    """What is fetched: ascending, none empty, none overlapping or touching."""
    place: tuple[tuple[int, int], ...]
    """For each range asked for: which of ``fetched`` has it, and from which byte on."""


def merge_ranges(ranges: Sequence[Range], gap: int, most: int) -> Merged:
    """Ranges joined where little lies between them.

    Args:
        ranges: (offset, length) pairs in any order; they may overlap.
        gap: Bytes between two ranges that are fetched along rather than left out.
        most: Bytes from which on a joined range takes up no more; those that overlap
            it are taken up nevertheless.
    """
    fetched: list[tuple[int, int]] = []
    place = [(0, 0)] * len(ranges)
    for index in sorted(range(len(ranges)), key=ranges.__getitem__):
        offset, length = ranges[index]
        if not length:
            continue
        if fetched:
            start, stop = fetched[-1]
            joined = max(stop, offset + length)
            near = offset <= stop + gap and joined - start <= most
            if near or offset < stop:
                fetched[-1] = start, joined
                place[index] = len(fetched) - 1, offset - start
                continue
        place[index] = len(fetched), 0
        fetched.append((offset, offset + length))
    return Merged(tuple((start, stop - start) for start, stop in fetched), tuple(place))


def take_apart(
    merged: Merged, contents: Sequence[bytes], ranges: Sequence[Range]
) -> list[bytes | memoryview]:
    """The bytes of each range, without a copy.

    Args:
        merged: What ``merge_ranges`` made of ``ranges``.
        contents: The bytes of each of its ``fetched``.
        ranges: Those asked for.
    """
    views = [memoryview(content) for content in contents]
    return [
        views[number][start : start + length] if length else b""
        for (number, start), (_, length) in zip(merged.place, ranges, strict=True)
    ]
