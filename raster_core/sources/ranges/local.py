"""The bytes of a local file."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING

from raster_core.errors import StoreError
from raster_core.sources.ranges.checks import check_ranges
from raster_core.sources.ranges.merging import merge_ranges, take_apart
from raster_core.sources.ranges.protocol import MAX_READ

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.sources.ranges.protocol import Range

# Bytes between two ranges that are read along: a page costs less than a call.
_GAP = 4096


class LocalRanges:
    """A file of this machine, whose content stays the opened one's.

    Like any open descriptor it outlives another file that takes the name. Not mapped
    into memory: a file that is cut off meanwhile would end the process.
    """

    def __init__(self, path: str) -> None:
        try:
            file = io.FileIO(path)
        except OSError as error:
            raise StoreError("The raster cannot be opened", path) from error
        self._path = path
        self._file = file
        self._size = file.seek(0, io.SEEK_END)
        # A position belongs to the descriptor; copies of pages take microseconds.
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._size

    def read(self, ranges: Sequence[Range]) -> list[bytes | memoryview]:
        """As ``Ranges`` says."""
        check_ranges(ranges, self._size)
        merged = merge_ranges(ranges, _GAP, MAX_READ)
        contents = [self._read(offset, length) for offset, length in merged.fetched]
        return take_apart(merged, contents, ranges)

    def _read(self, offset: int, length: int) -> bytes:
        try:
            with self._lock:
                self._file.seek(offset)
                content = self._file.read(length)
        except (OSError, ValueError) as error:
            raise StoreError("The raster cannot be read", self._path) from error
        if len(content) < length:
            raise StoreError("The raster has become shorter", self._path)
        return content

    def close(self) -> None:
        """As ``Ranges`` says."""
        with self._lock:
            self._file.close()
