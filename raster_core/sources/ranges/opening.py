"""The ranges of a file by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.sources.ranges.local import LocalRanges

if TYPE_CHECKING:
    from raster_core.sources.ranges.protocol import Ranges


def open_ranges(href: str, etag: str | None = None) -> Ranges | None:  # noqa: ARG001  for stores
    """The bytes of a file; None if only GDAL can read where it is.

    Nothing is requested of a store yet.

    Args:
        href: A path, ``s3://`` or ``https://``.
        etag: Strong entity tag in its quotes that a remote file must have in every
            read; None if it is not known.

    Raises:
        StoreError: If a local file cannot be opened.
    """
    if "://" in href or href.startswith("/vsi"):
        return None
    return LocalRanges(href)
