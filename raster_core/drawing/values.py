"""The size of images that hold values, checked before anything is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.errors import BudgetError
from raster_core.raster import common_type
from raster_core.tile.images.encode import npy_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.bands import BandInfo
    from raster_core.grid import Grid

MAX_STORED = 2**28
"""Bytes of values that go into a GeoTIFF: with their mask, a copy of either and the
file itself, a function of 1,769 MB has room for twice as many."""


def check_npy(bands: Sequence[BandInfo], grid: Grid, limit: float) -> None:
    """Refuse an npy that exceeds a limit.

    Raises:
        BudgetError: If it has more than ``limit`` bytes.
    """
    dtype = common_type(bands)
    size = npy_size(len(bands), grid.shape, dtype)
    if size > limit:
        raise BudgetError(
            f"An npy of {_describe(bands, grid)} and their mask has {size} bytes, "
            f"which exceeds {limit}; ask for fewer pixels or bands"
        )


def check_geotiff(bands: Sequence[BandInfo], grid: Grid) -> None:
    """Refuse a GeoTIFF whose values would exceed a function's memory.

    Raises:
        BudgetError: If they have more than ``MAX_STORED`` bytes.
    """
    size = len(bands) * grid.window.pixels * common_type(bands).itemsize
    if size > MAX_STORED:
        raise BudgetError(
            f"{_describe(bands, grid)} have {size} bytes before they are compressed, "
            f"which exceeds {MAX_STORED}; ask for fewer pixels or bands"
        )


def _describe(bands: Sequence[BandInfo], grid: Grid) -> str:
    size = f"{grid.width}x{grid.height}"
    return f"{size} pixels in {len(bands)} bands of {common_type(bands)}"
