"""What tiles, previews and parts share: opening a raster, and encoding an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.drawing.opening import open_drawing
from raster_core.drawing.ranges import settle_style
from raster_core.layers.stored import BlocksLayer, read_as_image
from raster_core.tile.colors.renderings import Composite
from raster_core.tile.images.encode import ImageFormat, encode_npy
from raster_core.tile.images.render import render_image
from raster_core.tile.images.stored import check_webp, complete_jpeg

if TYPE_CHECKING:
    from raster_core.drawing.resolve import Resolved
    from raster_core.grid import Grid
    from raster_core.raster import Layer, RasterArray, Resampling
    from raster_core.tile.colors.renderings import Rendering


_STORED_FORMATS = frozenset({ImageFormat.JPEG, ImageFormat.WEBP})

_CHANNELS = [1, 2, 3]


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


def stored_image(opened: Opened, grid: Grid, form: ImageFormat) -> bytes | None:
    """The block that an image would be made of, if it is that image already.

    That is so where the grid is exactly a block of a file, of the format wanted, and
    its bands are drawn as they are: the first three as red, green and blue, from 0 to
    255, with no value that stands for no data.

    Returns:
        None if the image has to be drawn.

    Raises:
        SourceError: If the file cannot be opened.
    """
    layer = opened.layer
    if form not in _STORED_FORMATS or not isinstance(layer, BlocksLayer):
        return None
    if not _draws_stored_bytes(opened):
        return None
    block = layer.stored_block(grid)
    if block is None or block.codec != form:
        return None
    if form is ImageFormat.WEBP:
        return check_webp(block.content, grid.shape, has_alpha=block.has_alpha)
    if block.has_alpha:
        return None
    return complete_jpeg(
        block.content, block.tables, grid.shape, is_ycbcr=block.is_ycbcr
    )


def _draws_stored_bytes(opened: Opened) -> bool:
    rendering, bands = opened.rendering, opened.layer.info.bands
    if not isinstance(rendering, Composite) or rendering.exact or rendering.formula:
        return False
    return [band.index for band in bands] == _CHANNELS and all(
        band.dtype == "uint8"
        and band.nodata is None
        and ends == tuple(map(band.scaling.physical_value, (0.0, 255.0)))
        for band, ends in zip(bands, rendering.ranges, strict=True)
    )
