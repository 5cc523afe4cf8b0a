"""What tiles, previews and parts share: opening a raster, and encoding an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.drawing.opening import open_drawing
from handlers.drawing.ranges import settle_style
from handlers.http.answers import image_answer
from raster_core.layers.stored import read_as_image
from raster_core.tile.colors.renderings import Composite
from raster_core.tile.images.encode import MEDIA_TYPES, encode_npy
from raster_core.tile.images.render import render_image

if TYPE_CHECKING:
    from handlers.drawing.resolve import Resolved
    from handlers.platform.powertools import Response
    from raster_core.grid import Grid
    from raster_core.raster import Layer, RasterArray, Resampling
    from raster_core.tile.colors.renderings import Rendering
    from raster_core.tile.images.encode import ImageFormat


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """An open layer, and how it is drawn."""

    layer: Layer
    rendering: Rendering | None
    """With all ranges known; None if values are answered."""
    resampling: Resampling

    def read(self, grid: Grid) -> RasterArray:
        """The pixels on ``grid``, as ``Layer.read`` returns them."""
        return self.layer.read(grid, self.resampling)


def open_image(resolved: Resolved) -> Opened:
    """The layer that is drawn, and its rendering with all ranges known.

    Raises:
        SourceError: If the raster cannot be opened, or not be sampled.
    """
    layer, rendering = open_drawing(resolved), None
    if resolved.style is not None:
        rendering, _ = settle_style(resolved, resolved.style)
    if isinstance(rendering, Composite):
        layer = read_as_image(layer)
    return Opened(layer, rendering, resolved.resampling)


def answer_image(
    array: RasterArray, opened: Opened, form: ImageFormat
) -> Response[bytes]:
    """Pixels as an image, with or without data.

    Args:
        array: As ``opened.read`` returns it.
        opened: What they were read from.
        form: What the answer's bytes are.
    """
    if opened.rendering is None:
        image = encode_npy(array.data, array.mask, array.alpha)
    else:
        bands = opened.layer.info.bands
        image = render_image(array, bands, opened.rendering, form)
    return image_answer(image, MEDIA_TYPES[form])
