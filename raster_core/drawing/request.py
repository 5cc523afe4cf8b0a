"""What is said about drawing a dataset; where nothing is said, the dataset decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raster_core.raster import Resampling
    from raster_core.tile.algorithms.protocol import Algorithm
    from raster_core.tile.colors.choice import RenderParams

MAX_BANDS = 64
"""Bands of one request: of a part of 2048 x 2048 pixels, they take a gigabyte."""

MAX_SIZE = 2048
"""Pixels per side of an image."""

DEFAULT_SIZE = 1024
"""Pixels of an image's longer side by default."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where pixels come from: bands of a dataset, or an expression over them."""

    bands: tuple[int | str, ...] = ()
    """Numbers from 1 or names; empty for the dataset's default."""
    expression: str | None = None
    nodata: float | None = None
    """Stored value that counts as no data, in place of the dataset's."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where pixels come from, and how they are drawn."""

    source: Source
    colors: RenderParams
    resampling: Resampling | None = None
    algorithm: Algorithm | None = None
