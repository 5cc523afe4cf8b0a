"""What tiles, previews and parts share: opening a raster, and encoding an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.drawing.opening import open_drawing
from raster_core.drawing.ranges import settle_style
from raster_core.layers.stored import read_as_image
from raster_core.tile.colors.renderings import Composite
from raster_core.tile.images.encode import encode_npy
from raster_core.tile.images.render import render_image

if TYPE_CHECKING:
    from raster_core.drawing.resolve import Resolved
    from raster_core.grid import Grid
    from raster_core.raster import Layer, RasterArray, Resampling
    from raster_core.tile.colors.renderings import Rendering
    from raster_core.tile.images.encode import ImageFormat


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """An open layer, and how it is drawn."""

    layer: Layer
    rendering: Rendering | None
    """With all ranges known; None if values are wanted."""
    resampling: Resampling

    def read(self, grid: Grid) -> RasterArray:
        """The pixels on ``grid``, as ``Layer.read`` returns them."""
        return self.layer.read(grid, self.resampling)


def open_image(resolved: Resolved) -> Opened:
    """The layer that is drawn, and its rendering with all ranges known.

    Raises:
        SourceError: If the raster cannot be opened, or not be sampled.
    """
    layer, rendering = open_drawing(resolved.spec, resolved.algorithm), None
    if resolved.style is not None:
        rendering, _ = settle_style(resolved, resolved.style)
    if isinstance(rendering, Composite):
        layer = read_as_image(layer)
    return Opened(layer, rendering, resolved.resampling)


def draw_image(array: RasterArray, opened: Opened, form: ImageFormat) -> bytes:
    """Pixels as an image, with or without data.

    Args:
        array: As ``opened.read`` returns it.
        opened: What they were read from.
        form: The format of the image.
    """
    if opened.rendering is None:
        return encode_npy(array.data, array.mask, array.alpha)
    return render_image(array, opened.layer.info.bands, opened.rendering, form)
