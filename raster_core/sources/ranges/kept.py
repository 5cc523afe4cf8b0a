"""Bytes of stores that are asked for again soon: neighbouring tiles share blocks."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from raster_core.sources.ranges.protocol import Range

# Bytes that are kept of all files together: as much as GDAL keeps of what it fetches.
KEPT = 2**24

# Bytes of one read from which on nothing of it is kept: statistics read once.
_LARGE = 2**22

_lock = threading.Lock()

# By file and range, the one used last at the end.
_content: OrderedDict[tuple[int, Range], bytes] = OrderedDict()

_total = [0]

_numbers = iter(range(2**62))


class KeptRanges:
    """Those of one open file; all files share the space."""

    def __init__(self) -> None:
        with _lock:
            self._number = next(_numbers)

    def find(self, ranges: Sequence[Range]) -> dict[Range, bytes | memoryview]:
        """Those that are kept."""
        found: dict[Range, bytes | memoryview] = {}
        with _lock:
            for one in ranges:
                key = self._number, one
                if key in _content:
                    _content.move_to_end(key)
                    found[one] = _content[key]
        return found

    def keep(self, contents: Mapping[Range, bytes | memoryview]) -> None:
        """Keep the bytes of one read, unless they are many."""
        if sum(map(len, contents.values())) > _LARGE:
            return
        with _lock:
            for one, content in contents.items():
                key = self._number, one
                if key not in _content:
                    # A copy: a view would keep all that it was fetched with.
                    _content[key] = bytes(content)
                    _total[0] += len(content)
            while _total[0] > KEPT:
                _total[0] -= len(_content.popitem(last=False)[1])

    def close(self) -> None:
        """Forget the file."""
        with _lock:
            for key in [key for key in _content if key[0] == self._number]:
                _total[0] -= len(_content.pop(key))
