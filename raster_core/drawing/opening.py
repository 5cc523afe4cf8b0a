"""Opening the layer that is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.layers.kinds import open_layer
from raster_core.layers.stored import read_as_floats
from raster_core.tile.algorithms.layer import apply_algorithm

if TYPE_CHECKING:
    from raster_core.layers.spec import LayerSpec
    from raster_core.raster import Layer
    from raster_core.tile.algorithms.protocol import Algorithm


def open_drawing(spec: LayerSpec, algorithm: Algorithm | None) -> Layer:
    """The layer that is drawn.

    Args:
        spec: The layer that is read.
        algorithm: What is computed from it; None if it is drawn as it is.

    Raises:
        SourceError: If the raster cannot be opened.
    """
    layer = open_layer(spec)
    if algorithm is None:
        return layer
    return apply_algorithm(read_as_floats(layer), algorithm)
