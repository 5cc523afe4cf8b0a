"""Scale and offset: numbers with which values stay numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from raster_core.bands import BandInfo

# The largest float32 times this, squared, times all pixels of a raster is a double.
MAX_SCALING = 1e100


def check_scaling(bands: Iterable[BandInfo]) -> None:
    """Refuse bands whose physical values would be no numbers, or all the same.

    Raises:
        SourceError: A scale or offset is not finite or beyond ``MAX_SCALING``, or a
            scale is nearer to 0 than its reciprocal.
    """
    for band in bands:
        size = abs(band.scale)
        if not (1 / MAX_SCALING <= size <= MAX_SCALING):  # nor is NaN
            raise SourceError(
                f"Band {band.index} of the raster has scale {band.scale:g}, which is "
                f"not between {1 / MAX_SCALING:g} and {MAX_SCALING:g}"
            )
        if not abs(band.offset) <= MAX_SCALING:
            raise SourceError(
                f"Band {band.index} of the raster has offset {band.offset:g}, which is "
                f"not between {-MAX_SCALING:g} and {MAX_SCALING:g}"
            )
