"""Images of rasters with a graded alpha band: colours with the pixels' opacity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.sources.warp.opacity import OPAQUE
from raster_core.tile.images.encode import MAX_COLORS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.raster import RasterArray
    from raster_core.sources.warp.opacity import Alpha
    from raster_core.tile.colors.arrays import Colors
    from raster_core.tile.images.indices import Indices

_LEVELS = OPAQUE + 1


def graded_alpha(array: RasterArray, shown: NDArray[np.bool_]) -> Alpha | None:
    """The alpha of an image, (row, col); None if all shown pixels are opaque.

    Args:
        array: The pixels.
        shown: (row, col), True where a pixel is drawn.
    """
    if array.alpha is None or bool((array.alpha[shown] == OPAQUE).all()):
        return None
    return array.alpha


def faded_alpha(alpha: Alpha, by: Alpha) -> Alpha:
    """Multiply two alphas of one shape: 255 stands for 1, results are rounded."""
    both = alpha.astype(np.uint16) * by
    return ((both + OPAQUE // 2) // OPAQUE).astype(np.uint8)


def faded_palette(
    indices: Indices, colors: Colors, alpha: Alpha
) -> tuple[NDArray[np.uint8], Colors] | None:
    """Make a palette of all combinations of colour and alpha in an image.

    Args:
        indices: (row, col); 0 for a transparent pixel, i > 0 for the colour i - 1.
        colors: The palette, (n, 4).
        alpha: (row, col), the opacity of the pixels.

    Returns:
        Indices and colours of the same image; None if there are more colours than
        ``MAX_COLORS``.
    """
    codes = indices.astype(np.intp) * _LEVELS + np.where(indices > 0, alpha, 0)
    counts = np.bincount(codes.ravel())
    counts[0] = 0
    used = np.flatnonzero(counts)
    if len(used) > MAX_COLORS:
        return None
    shades = colors[used // _LEVELS - 1].copy()
    shades[:, 3] = faded_alpha(shades[:, 3], (used % _LEVELS).astype(np.uint8))
    number = np.zeros(len(counts), np.uint8)
    number[used] = np.arange(1, len(used) + 1)
    return number.take(codes), shades
