"""What a window takes to decode: whole blocks, however little of them is used.

Pure arithmetic, asked before anything is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.errors import BudgetError
from raster_core.sources.warp.budget import MAX_PIXELS

if TYPE_CHECKING:
    from raster_core.grid import Window

MAX_DECODED_VALUES = 8 * MAX_PIXELS
"""Values that one read may decode. The largest window of one band, in blocks of its own
size and aligned with none of them, takes half of it; three bands and alpha in tiles of
512 pixels take little more than that."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """How a level of a file is stored."""

    shape: tuple[int, int]
    """(height, width) in pixels."""
    interleaved: int = 1
    """Bands in each block: one, or all of the file's."""

    def count(self, window: Window) -> int:
        """How many blocks a window of one band touches; 0 if it is empty.

        Args:
            window: Within the level.
        """
        if window.pixels == 0:
            return 0
        height, width = self.shape
        rows = -(-window.row_stop // height) - window.row // height
        cols = -(-window.col_stop // width) - window.col // width
        return rows * cols


def count_values(blocks: Blocks, window: Window, bands: int) -> int:
    """Values that are decoded for a window.

    Args:
        blocks: How the level is stored.
        window: Within the level; an empty one takes nothing.
        bands: How many are wanted.
    """
    height, width = blocks.shape
    return blocks.count(window) * max(bands, blocks.interleaved) * height * width


def check_decoding(blocks: Blocks, window: Window, bands: int) -> None:
    """Refuse a window whose blocks hold more than a read may decode.

    Args:
        blocks: How the level is stored.
        window: Within the level; an empty one takes nothing.
        bands: How many are wanted.

    Raises:
        BudgetError: If they hold more than ``MAX_DECODED_VALUES`` values.
    """
    height, width = blocks.shape
    count, planes = blocks.count(window), max(bands, blocks.interleaved)
    values = count_values(blocks, window, bands)
    if values > MAX_DECODED_VALUES:
        raise BudgetError(
            f"Reading {window.width}x{window.height} pixels decodes {count} blocks of "
            f"{width}x{height} pixels in {planes} bands: {values} values, more than "
            f"{MAX_DECODED_VALUES}; rewrite the raster as a COG "
            "(gdal_translate -of COG), or ask for a smaller area or fewer bands"
        )
