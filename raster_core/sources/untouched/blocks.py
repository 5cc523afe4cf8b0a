"""The bytes of a block as they are stored, where they are an image by themselves.

A grid that is exactly one block of a JPEG or WebP GeoTIFF, all of whose pixels have
data, needs no decoding to be answered in that format.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from raster_core.attention import check_attention
from raster_core.errors import SourceError
from raster_core.sources.file.cog import open_cog
from raster_core.sources.file.gdal import (
    GdalFailure,
    gdal_environment,
    rasterio_window,
)
from raster_core.sources.ranges.opening import open_ranges
from raster_core.sources.warp.planning import plan_paste

if TYPE_CHECKING:
    from raster_core.grid import Grid
    from raster_core.sources.file.cog import Cog
    from raster_core.sources.file.handles import Handle
    from raster_core.sources.warp.plan import Paste

# GDAL's word for a compression, with that of the image which a block then is.
_CODECS = {"YCbCr JPEG": "jpg", "JPEG": "jpg", "WEBP": "webp"}

# Bytes of a block: more than noise of 1024 x 1024 pixels takes in any of the codecs.
_MAX_BLOCK = 2**23

# Blocks whose place is known, of a few files: 100 bytes each.
_KNOWN = 1024


@dataclass(frozen=True, slots=True)
class StoredBlock:
    """A block, which may lack what all blocks of its file share."""

    codec: str
    """``jpg`` or ``webp``."""
    content: bytes
    tables: bytes
    """JPEG's tables, a stream of their own; empty if blocks have theirs."""
    is_ycbcr: bool
    """Whether a JPEG has luminance and chrominance, and not red, green and blue."""
    has_alpha: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a block is in its file, and what it is."""

    offset: int
    size: int
    tables: bytes
    compression: str


def read_block(
    href: str, version: str, grid: Grid, *, alpha_is_mask: bool
) -> StoredBlock | None:
    """The block that a grid is, whose first three bands are an image of it.

    Args:
        href: As ``open_cog`` takes it, likewise ``version``.
        version: See there.
        grid: What is wanted.
        alpha_is_mask: Whether an alpha band, if there is one, hides pixels.

    Returns:
        None if the grid is no block, the block is not stored or is no such image, some
        of its pixels have no data, or its bytes cannot be had by themselves.

    Raises:
        SourceError: As ``open_cog``.
    """
    check_attention()
    cog = open_cog(href, version)
    paste = plan_paste(grid, cog.levels)
    if paste is None or not _is_block(cog, paste):
        return None
    blocks, alpha = cog.header.blocks[paste.level], cog.header.alpha
    has_alpha = alpha == 4 == blocks.interleaved and alpha_is_mask
    if not has_alpha and (alpha is not None or blocks.interleaved != 3):
        return None
    try:
        place = _find_place(cog, paste)
        content = _read_bytes(cog, place) if place else None
    except (*GdalFailure, SourceError):  # whoever decodes it says what is wrong
        return None
    if place is None or content is None:
        return None
    return StoredBlock(
        _CODECS[place.compression],
        content,
        place.tables,
        place.compression.startswith("YCbCr"),
        has_alpha,
    )


def _is_block(cog: Cog, paste: Paste) -> bool:
    """Whether a window is a whole block, within the level."""
    height, width = cog.header.blocks[paste.level].shape
    window = paste.window
    return (
        (window.height, window.width) == (height, width)
        and window.row % height == window.col % width == 0
        and window.intersection(cog.levels[paste.level].window) == window
    )


@lru_cache(maxsize=_KNOWN)
def _find_place(cog: Cog, paste: Paste) -> _Place | None:
    """Where a block is; None if it is not stored, of another kind, or has holes."""
    height, width = cog.header.blocks[paste.level].shape
    number = f"{paste.window.col // width}_{paste.window.row // height}"
    remote = "://" in cog.href
    environment = gdal_environment() if remote else nullcontext()
    with environment, cog.handles.lend() as handle:
        dataset = handle.level(paste.level)
        compression = dataset.tags(ns="IMAGE_STRUCTURE").get("COMPRESSION", "")
        if compression not in _CODECS:
            return None
        offset = _tiff_item(handle, paste.level, f"BLOCK_OFFSET_{number}")
        size = _tiff_item(handle, paste.level, f"BLOCK_SIZE_{number}")
        tables = _tiff_item(handle, paste.level, "JPEGTABLES")
        if cog.header.mask_band:
            shown = dataset.read_masks(1, window=rasterio_window(paste.window))
            if not shown.all():
                return None
    if not offset or not size or not 0 < int(size) <= _MAX_BLOCK:
        return None
    return _Place(int(offset), int(size), bytes.fromhex(tables), compression)


def _tiff_item(handle: Handle, level: int, name: str) -> str:
    """What GDAL says of a TIFF's structure; empty if there is nothing of the name."""
    return str(handle.level(level).get_tag_item(name, "TIFF", bidx=1) or "")


def _read_bytes(cog: Cog, place: _Place) -> bytes | None:
    """The bytes of a block; None if they may be those of another file.

    GDAL has the file open, but does not give its bytes away: of the same file, and not
    of one that has taken its name since, they are sure to be by its entity tag, or
    where nothing has changed in its folder.
    """
    remote = "://" in cog.href
    if remote and cog.handles.etag is None:
        return None
    ranges = open_ranges(cog.href, cog.handles.etag)
    if ranges is None:
        return None
    try:
        (content,) = ranges.read([(place.offset, place.size)])
    finally:
        ranges.close()
    return None if not remote and _has_changed(cog) else bytes(content)


def _has_changed(cog: Cog) -> bool:
    """Whether a local file may not be the one that was opened."""
    stat = Path(cog.href).stat()
    opened = time.time() - (time.monotonic() - cog.opened)
    return max(stat.st_mtime, stat.st_ctime) >= opened - _SURE


# Seconds by which clocks and the time stamps of files may differ.
_SURE = 0.05
