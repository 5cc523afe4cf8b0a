"""Ranges that may be asked for, before they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.errors import SourceError
from raster_core.sources.ranges.protocol import MAX_READ

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.sources.ranges.protocol import Range


def check_ranges(ranges: Sequence[Range], size: int | None) -> None:
    """Refuse ranges that no file of this size has.

    Args:
        ranges: (offset, length) pairs.
        size: Bytes of the file; None if not known.

    Raises:
        SourceError: If one is negative or reaches beyond the file, or all of them
            exceed ``MAX_READ``.
    """
    total = 0
    for offset, length in ranges:
        if offset < 0 or length < 0:
            raise SourceError(f"Bytes {offset}+{length} of the raster are no range")
        if size is not None and length and offset + length > size:
            raise SourceError(
                f"Bytes {offset}+{length} lie beyond the end of the raster, which has "
                f"{size} bytes; it is cut off or damaged"
            )
        total += length
    if total > MAX_READ:
        raise SourceError(
            f"Blocks of {total} bytes exceed {MAX_READ} bytes in one read"
        )
