"""The bytes of a file in a store: ranges side by side, tried again, all of one file."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from raster_core.errors import StoreError
from raster_core.sources.ranges.checks import check_ranges
from raster_core.sources.ranges.connections import get_range
from raster_core.sources.ranges.gate import away
from raster_core.sources.ranges.kept import KeptRanges
from raster_core.sources.ranges.merging import merge_ranges, take_apart
from raster_core.sources.ranges.protocol import RefusedError, UnansweredError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from raster_core.sources.ranges.asking import Way
    from raster_core.sources.ranges.connections import Answer
    from raster_core.sources.ranges.protocol import Range

# Bytes between two ranges that are fetched along: 3 ms of a connection's bandwidth,
# where another request takes 30.
_GAP = 2**18

# Bytes from which on neighbours are requests of their own, which arrive side by side.
_MOST = 2**22

# Requests in flight for all files of a process, beside those that readers make.
FETCHERS = 16

# A throttled store says 503, and many are overtaxed for a moment: as GDAL tries.
_PASSING = frozenset({429, 500, 502, 503, 504})
TRIES = 3
DELAY = 0.1

_PARTIAL, _CHANGED = 206, 412

_MESSAGE = "The raster's pixels cannot be read"

_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


class RemoteRanges:
    """A file in a store that answers plain requests for ranges."""

    def __init__(
        self, href: str, find_way: Callable[[], Way | None], etag: str | None
    ) -> None:
        """Nothing is requested yet.

        Args:
            href: For errors.
            find_way: How the file is asked for now: credentials expire.
            etag: What every answer must have.
        """
        self._href = href
        self._find_way = find_way
        self._etag = etag
        self._size: int | None = None
        self._opened = time.monotonic()
        self._kept = KeptRanges()
        self.etag = etag or ""
        """The entity tag of the last answer; empty before, or without one."""

    @property
    def size(self) -> int | None:
        """Bytes of the file, once an answer has told."""
        return self._size

    def read(self, ranges: Sequence[Range]) -> list[bytes | memoryview]:
        """As ``Ranges`` says.

        Raises:
            RefusedError: If the store does not answer requests like these.
        """
        check_ranges(ranges, self._size)
        found = self._kept.find(ranges)
        missing = [one for one in ranges if one not in found]
        merged = merge_ranges(missing, _GAP, _MOST)
        with away():
            contents = self._fetch_all(merged.fetched)
        parts = take_apart(merged, contents, missing)
        fetched = dict(zip(missing, parts, strict=True))
        self._kept.keep(fetched)
        return [found[one] if one in found else fetched[one] for one in ranges]

    def _fetch_all(self, ranges: Sequence[Range]) -> list[bytes]:
        """Each range by a request, side by side; the first one by this thread."""
        if len(ranges) < 2:
            return [self._fetch(one) for one in ranges]
        others = [_fetchers().submit(self._fetch, one) for one in ranges[1:]]
        try:
            return [self._fetch(ranges[0]), *(other.result() for other in others)]
        finally:
            for other in others:
                other.cancel()

    def _fetch(self, one: Range) -> bytes:
        offset, length = one
        for left in reversed(range(TRIES)):
            try:
                answer = self._ask(offset, length)
            except OSError as error:
                if not left:
                    raise self._silence() from error
            else:
                if answer.status not in _PASSING:
                    content = self._check(answer, offset, length)
                    if content is not None:
                        return content
            if left:
                time.sleep(DELAY)
        raise self._silence()

    def _ask(self, offset: int, length: int) -> Answer:
        way = self._find_way()
        if way is None:
            raise RefusedError("The raster takes other requests", self._href)
        headers = way.headers(datetime.now(UTC))
        headers["Range"] = f"bytes={offset}-{offset + length - 1}"
        if self._etag is not None:
            headers["If-Match"] = self._etag
        return get_range(way, headers, length)

    def _check(self, answer: Answer, offset: int, length: int) -> bytes | None:
        """The bytes of a range; None if the connection broke off.

        Raises:
            StoreError: If the file is another one.
            RefusedError: If the store answers with something else.
        """
        if answer.status == _CHANGED:
            raise self._failure()
        said = _CONTENT_RANGE.fullmatch(answer.part)
        if answer.status != _PARTIAL or said is None or int(said[1]) != offset:
            raise RefusedError("The raster's store gives no ranges", self._href)
        self.etag = answer.etag
        if said[3] != "*":
            self._size = int(said[3])
        if int(said[2]) != offset + length - 1:
            raise self._failure()  # the file ends before
        return answer.content if len(answer.content) == length else None

    def _failure(self) -> StoreError:
        return StoreError(_MESSAGE, self._href, opened=self._opened)

    def _silence(self) -> UnansweredError:
        return UnansweredError(_MESSAGE, self._href, opened=self._opened)

    def close(self) -> None:
        """As ``Ranges`` says: connections are shared, and stay."""
        self._kept.close()


_starting = threading.Lock()


def _fetchers() -> ThreadPoolExecutor:
    with _starting:
        return _make_fetchers(threading.main_thread().native_id)


@cache
def _make_fetchers(_process: int | None) -> ThreadPoolExecutor:
    """Threads of this process; a fork has none of them."""
    return ThreadPoolExecutor(FETCHERS, "ranges")
