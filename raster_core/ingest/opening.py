"""What an Item is to carry of a file, so that nothing is asked before its blocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from raster_core.errors import SourceError
from raster_core.sources.companion.companion import (
    Companion,
    Stored,
    encode_companion,
)
from raster_core.sources.companion.head import (
    head_length,
    index_extents,
    read_head,
    read_within,
)
from raster_core.sources.companion.known import KnownRanges
from raster_core.sources.ranges.merging import merge_ranges
from raster_core.sources.ranges.opening import open_ranges
from raster_core.sources.ranges.protocol import MAX_READ
from raster_core.sources.ranges.remote import RemoteRanges

if TYPE_CHECKING:
    from raster_core.sources.companion.known import Part
    from raster_core.sources.file.cog import Cog

_STRONG = re.compile(r'"[!#-~]*"')


def describe_opening(cog: Cog) -> str | None:
    """The text for the Item of an open file; None where it would be of no use.

    That is so if the file is not in a store, or the store does not tell its strong
    entity tag, if not all of its blocks are read directly, or if the text would be too
    long. Asks the store for the first bytes again, and for the index.
    """
    plain = cog.direct.plain_levels()
    if "://" not in cog.href or plain != frozenset(range(len(cog.levels))):
        return None
    try:
        source = open_ranges(cog.href)
        if not isinstance(source, RemoteRanges):
            return None
        parts = _read_parts(source)
    except SourceError:
        return None
    if not parts or not _STRONG.fullmatch(source.etag):
        return None
    return encode_companion(_compose(cog, source.etag, parts))


def _read_parts(source: RemoteRanges) -> list[Part]:
    """The directories and the index of all levels; nothing if they are far apart."""
    head = read_head(source)
    directories = read_within(head or b"")
    end = head_length(directories)
    if head is None or end is None:
        return []
    extents = [(0, end), *index_extents(directories)]
    fetched = merge_ranges(extents, 0, MAX_READ).fetched
    contents = KnownRanges(source, [(0, head)]).read(fetched)
    return [
        (offset, bytes(content))
        for (offset, _), content in zip(fetched, contents, strict=True)
    ]


def _compose(cog: Cog, etag: str, parts: list[Part]) -> Companion:
    header = cog.header
    native = header.levels[0]
    levels = tuple(
        Stored(grid.width, grid.height, blocks.shape, blocks.interleaved)
        for grid, blocks in zip(header.levels, header.blocks, strict=True)
    )
    return Companion(
        etag,
        native.crs,
        tuple(native.transform)[:6],
        levels,
        header.bands,
        header.alpha,
        header.mask_band,
        tuple(parts),
    )
