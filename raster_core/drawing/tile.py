"""The tile of what is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from raster_core.drawing.image import draw_image, open_image, stored_image
from raster_core.drawing.values import check_npy
from raster_core.tile.algorithms.layer import compute_gap
from raster_core.tile.grids.tms import lies_outside, tile_grid
from raster_core.tile.images.encode import ImageFormat
from raster_core.tile.images.render import empty_image, render_image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.bands import BandInfo
    from raster_core.drawing.frame import Frame
    from raster_core.drawing.resolve import Resolved
    from raster_core.tile.algorithms.protocol import Algorithm
    from raster_core.tile.colors.renderings import Rendering


@dataclass(frozen=True, slots=True)
class DrawnTile:
    """The image of a tile."""

    image: bytes
    is_empty: bool = False
    """Whether it shows nothing; the image is transparent then, or white as JPEG."""


def draw_tile(
    resolved: Resolved, frame: Frame, *, max_bytes: float = math.inf
) -> DrawnTile:
    """The tile; one wholly outside the raster is drawn without opening it.

    Args:
        resolved: What is drawn.
        frame: Where, and in which format.
        max_bytes: The size of an npy beyond which it is refused.

    Raises:
        BudgetError: If it would read too much, or be too large.
        SourceError: If the raster cannot be read.
    """
    if _lies_outside(resolved, frame):
        return _draw_outside(resolved, frame)
    opened = open_image(resolved)
    bands = opened.layer.info.bands
    if frame.form is ImageFormat.NPY:
        check_npy(bands, frame.grid, max_bytes)
    stored = stored_image(opened, frame.grid, frame.form)
    if stored is not None:
        return DrawnTile(stored)
    array = opened.read(frame.grid)
    if not array.mask.any():
        return _draw_empty(frame, bands)
    return DrawnTile(draw_image(array, opened, frame.form))


def _lies_outside(resolved: Resolved, frame: Frame) -> bool:
    """Whether the tile is wholly outside the raster, and its image is known."""
    algorithm = resolved.algorithm
    is_drawn = algorithm is not None and algorithm.fills_gaps and not algorithm.colors
    if frame.form is ImageFormat.NPY or is_drawn:
        return False
    return lies_outside(frame.bounds, resolved.dataset.bounds)


def _draw_outside(resolved: Resolved, frame: Frame) -> DrawnTile:
    """What stands for a tile that the raster does not touch."""
    algorithm = resolved.algorithm
    if algorithm is None or not algorithm.fills_gaps or algorithm.colors is None:
        return _draw_empty(frame, ())
    size, form = frame.grid.width, frame.form
    return DrawnTile(_gap_image(size, algorithm, algorithm.colors, form))


def _draw_empty(frame: Frame, bands: Sequence[BandInfo]) -> DrawnTile:
    """What stands for a tile without data."""
    return DrawnTile(empty_image(frame.grid.shape, frame.form, bands), is_empty=True)


@lru_cache(maxsize=8)
def _gap_image(
    size: int, algorithm: Algorithm, colors: Rendering, form: ImageFormat
) -> bytes:
    """A tile outside the raster, the same wherever it is."""
    array = compute_gap(algorithm, tile_grid(0, 0, 0, size=size))
    return render_image(array, algorithm.bands, colors, form)
