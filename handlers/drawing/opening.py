"""Opening the layer that a request draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.layers.kinds import open_layer
from raster_core.layers.stored import read_as_floats
from raster_core.tile.algorithms.layer import apply_algorithm

if TYPE_CHECKING:
    from handlers.drawing.resolve import Resolved
    from raster_core.raster import Layer


def open_drawing(resolved: Resolved) -> Layer:
    """The layer that is drawn.

    Raises:
        SourceError: If the raster cannot be opened.
    """
    layer = open_layer(resolved.spec)
    if resolved.algorithm is None:
        return layer
    return apply_algorithm(read_as_floats(layer), resolved.algorithm)
