"""Open a GeoTIFF: by what is known of it, by its first bytes, or by GDAL.

A store that gives ranges is asked for the first bytes alone, and GDAL reads the header
from memory. What is not read directly in the end, GDAL opens when it is needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from affine import Affine

from raster_core.errors import RasterError, SourceError
from raster_core.sources.blocks.direct import Direct
from raster_core.sources.companion.carried import drop_carried, find_carried
from raster_core.sources.companion.head import read_head, spread_parts
from raster_core.sources.companion.known import KnownRanges
from raster_core.sources.file.decoding import Blocks
from raster_core.sources.file.gdal import (
    GdalFailure,
    explain_failure,
    gdal_path,
    in_memory,
    open_level,
    open_overviews,
)
from raster_core.sources.file.handles import Handle, Handles
from raster_core.sources.file.header import Header, check_header, read_header
from raster_core.sources.ranges.opening import open_ranges
from raster_core.sources.ranges.protocol import UnansweredError

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

    from raster_core.sources.companion.carried import Key
    from raster_core.sources.companion.companion import Companion
    from raster_core.sources.ranges.protocol import Ranges

# A strong entity tag, RFC 9110 section 8.8.3: If-Match takes no other.
_ENTITY_TAG = re.compile(r'"[!#-~]*"')


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A file that is open, one way or another."""

    header: Header
    handles: Handles
    ranges: Ranges | None
    """For the direct way; None if there is none."""
    assumed: bool = False
    """Whether the header is what the Item carries, and nothing was asked yet."""

    def direct(self) -> Direct:
        """The direct way to its blocks, as far as there is one."""
        dtypes = [band.dtype for band in self.header.bands]
        return Direct(self.ranges, levels=self.header.expected, dtypes=dtypes)


def open_file(key: Key, known: Header | None) -> Opened:
    """A file by its name and version.

    Args:
        key: The file.
        known: Its header, if it was open before.

    Raises:
        SourceError: As ``open_cog``. A store that fails is asked by one way only.
        BudgetError: As ``open_cog``.
    """
    href, version = key
    etag = version if _ENTITY_TAG.fullmatch(version) else None
    ranges = _find_ranges(href, etag) if "://" in href else None
    if ranges and (found := (known, ranges) if known else _open_by_head(ranges)):
        return Opened(found[0], Handles(href, etag), found[1])
    header, handle = _open_by_gdal(href, etag, known)
    handles = Handles(href, etag, [handle])
    if "://" not in href:
        ranges = _find_ranges(href, etag)
    return Opened(header, handles, ranges)


def open_carried(key: Key, text: str) -> Opened | None:
    """A file of which its Item says all; nothing is requested.

    Args:
        key: The file.
        text: What the Item carries; empty if that is not known here.

    Returns:
        None if the store has to be asked, with a note in the log if the text is not
        usable.
    """
    companion = find_carried(key, text) if "://" in key[0] else None
    ranges = _find_ranges(key[0], companion.etag) if companion else None
    if companion is None or ranges is None:
        return None
    if _ENTITY_TAG.fullmatch(key[1]) and key[1] != companion.etag:
        return None  # the store has said that it is another
    try:
        header = _make_header(companion)
    except RasterError as error:
        drop_carried(key, f"is not used: {error}")
        return None
    handles = Handles(key[0], companion.etag)
    known = KnownRanges(ranges, spread_parts(companion.parts))
    return Opened(header, handles, known, assumed=True)


def _make_header(companion: Companion) -> Header:
    levels = companion.levels
    header = Header(
        companion.grids(Affine),
        tuple(Blocks(level.block_shape, level.interleaved) for level in levels),
        companion.bands,
        companion.alpha,
        companion.mask_band,
    )
    check_header(header)
    return header


def _find_ranges(href: str, etag: str | None) -> Ranges | None:
    try:
        return open_ranges(href, etag)
    except SourceError:  # GDAL says what is wrong
        return None


def _open_by_head(ranges: Ranges) -> tuple[Header, Ranges] | None:
    """The header by the first bytes of a file; None if GDAL is to open it."""
    try:
        head = read_head(ranges)
        if head is None:
            return None
        with in_memory(head) as path:
            levels = _open_levels(path, None)
            try:
                header = read_header(levels)
            finally:
                Handle("", None, dict(enumerate(levels))).close()
    except UnansweredError:
        raise
    except (SourceError, *GdalFailure):
        return None
    return header, KnownRanges(ranges, [(0, head)])


def _open_by_gdal(
    href: str, etag: str | None, known: Header | None
) -> tuple[Header, Handle]:
    path = gdal_path(href)
    try:
        levels = [open_level(path, 0, etag)] if known else _open_levels(path, etag)
    except GdalFailure as error:
        raise explain_failure(error, href) from error
    handle = Handle(href, etag, dict(enumerate(levels)))
    try:
        return known or read_header(levels), handle
    except RasterError:
        handle.close()
        raise


def _open_levels(path: str, etag: str | None) -> list[DatasetReader]:
    native = open_level(path, 0, etag)
    return [native, *open_overviews(native, path, etag)]
