"""The tile of what a request draws, for every route that answers tiles."""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING

import raster_core.sources.file.reading  # noqa: F401  a start is cheaper than a request
from handlers.drawing.image import answer_image, open_image
from handlers.drawing.values import check_npy
from handlers.http.answers import image_answer
from raster_core.errors import NotFoundError
from raster_core.tile.algorithms.layer import compute_gap
from raster_core.tile.grids.tms import lies_outside, tile_grid
from raster_core.tile.images.encode import MEDIA_TYPES, ImageFormat
from raster_core.tile.images.render import empty_image, render_image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.drawing.resolve import Resolved
    from handlers.params.requests.tile import Frame
    from handlers.platform.powertools import Response
    from raster_core.bands import BandInfo
    from raster_core.tile.algorithms.protocol import Algorithm
    from raster_core.tile.colors.renderings import Rendering

BLOCK_BYTES = 80 * 2**20
"""Bytes of the blocks around a map's view, 150 of 512 x 512 pixels of 16 bits. Tiles
all over a raster take a fifth less time than with 32 MB, and the process 230 MB in
all."""


def draw_tile(resolved: Resolved, frame: Frame) -> Response[bytes]:
    """The tile; one wholly outside the raster is answered without opening it.

    Args:
        resolved: What is drawn.
        frame: Where, and in which format.

    Raises:
        NotFoundError: If the tile is empty and ``frame.empty`` says 404.
        BudgetError: If it would read too much, or be too large an answer.
        SourceError: If the raster cannot be read.
    """
    if _lies_outside(resolved, frame):
        return _answer_outside(resolved, frame)
    opened = open_image(resolved)
    bands = opened.layer.info.bands
    if frame.form is ImageFormat.NPY:
        check_npy(bands, frame.grid)
    array = opened.read(frame.grid)
    if not array.mask.any():
        return _answer_empty(frame, bands)
    return answer_image(array, opened, frame.form)


def _lies_outside(resolved: Resolved, frame: Frame) -> bool:
    """Whether the tile is wholly outside the raster, and its image is known."""
    algorithm = resolved.algorithm
    is_drawn = algorithm is not None and algorithm.fills_gaps and not algorithm.colors
    if frame.form is ImageFormat.NPY or is_drawn:
        return False
    return lies_outside(frame.bounds, resolved.dataset.bounds)


def _answer_outside(resolved: Resolved, frame: Frame) -> Response[bytes]:
    """What stands for a tile that the raster does not touch."""
    algorithm = resolved.algorithm
    if algorithm is None or not algorithm.fills_gaps or algorithm.colors is None:
        return _answer_empty(frame, ())
    size, form = frame.grid.width, frame.form
    image = _gap_image(size, algorithm, algorithm.colors, form)
    return image_answer(image, MEDIA_TYPES[form])


def _answer_empty(frame: Frame, bands: Sequence[BandInfo]) -> Response[bytes]:
    """What stands for a tile without data."""
    if frame.empty is HTTPStatus.NOT_FOUND:
        raise NotFoundError("There is no data in this tile")
    image = empty_image(frame.grid.shape, frame.form, bands)
    answer = image_answer(image, MEDIA_TYPES[frame.form])
    if frame.empty is HTTPStatus.NO_CONTENT:
        answer.status_code, answer.body = HTTPStatus.NO_CONTENT, None
    return answer


@lru_cache(maxsize=8)
def _gap_image(
    size: int, algorithm: Algorithm, colors: Rendering, form: ImageFormat
) -> bytes:
    """A tile outside the raster, the same wherever it is."""
    array = compute_gap(algorithm, tile_grid(0, 0, 0, size=size))
    return render_image(array, algorithm.bands, colors, form)
