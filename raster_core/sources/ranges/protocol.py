"""What readers of blocks need of a file: its bytes, by ranges, from any thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from raster_core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    type Range = tuple[int, int]
    """Offset and length in bytes."""

# Bytes that one call of ``read`` may ask for: a plan of blocks is bounded long before,
# and an untrusted index must not be able to ask for more.
MAX_READ = 2**29


class RefusedError(StoreError):
    """The store does not answer plain requests for ranges; GDAL may know how to ask."""


class UnansweredError(StoreError):
    """The store has failed as often as it is asked; nobody asks it once more."""


class Ranges(Protocol):
    """The bytes of one file, whose content is the same in every read.

    Law: however ranges are split over calls, the bytes are the same.
    """

    @property
    def size(self) -> int | None:
        """Bytes of the file; None if they are not known without a request."""

    def read(self, ranges: Sequence[Range]) -> list[bytes | memoryview]:
        """The bytes of each range, in order; exactly as many as asked for.

        Any thread may call it, several at once. A store merges neighbours and
        requests the rest side by side. No ranges, no request; an empty range is
        empty wherever it lies.

        Args:
            ranges: (offset, length) pairs in any order; they may overlap.

        Raises:
            SourceError: If a range is negative, lies beyond the end of the file, or
                all of them exceed ``MAX_READ``.
            StoreError: If the store does not give them, or the file is another one
                than the one that was opened. A ``RefusedError`` if GDAL may succeed.
        """

    def close(self) -> None:
        """Give descriptors or connections back; a read that runs ends first."""
