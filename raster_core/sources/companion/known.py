"""A file of which some bytes are known, so that nobody is asked for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.sources.ranges.protocol import Range, Ranges

    type Part = tuple[int, bytes]
    """An offset in the file, and the bytes there."""


class KnownRanges:
    """The ranges of another, less those that lie in what is known."""

    def __init__(self, source: Ranges, parts: Sequence[Part]) -> None:
        """Nothing is read.

        Args:
            source: Asked for the rest, and closed with this.
            parts: What is known, of the same content.
        """
        self._source = source
        self._parts = [(offset, memoryview(content)) for offset, content in parts]

    @property
    def size(self) -> int | None:
        """Bytes of the file, if the source knows."""
        return self._source.size

    def read(self, ranges: Sequence[Range]) -> list[bytes | memoryview]:
        """As ``Ranges`` says; the source is asked once for all that is missing."""
        found = [self._find(one) for one in ranges]
        missing = [one for one, part in zip(ranges, found, strict=True) if part is None]
        others = iter(self._source.read(missing) if missing else [])
        return [next(others) if part is None else part for part in found]

    def _find(self, one: Range) -> memoryview | None:
        offset, length = one
        for start, content in self._parts:
            if start <= offset and offset + length <= start + len(content):
                return content[offset - start : offset - start + length]
        return None

    def close(self) -> None:
        """As ``Ranges`` says."""
        self._source.close()
