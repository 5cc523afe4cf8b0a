"""The values at a position, and what each layer of an overlay gives to its score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from handlers.http.answers import json_answer
from raster_core.grid import Window
from raster_core.layers.kinds import open_layer
from raster_core.zonal.point import pixel_value, read_point
from raster_core.zonal.tracks.points import locate_positions

if TYPE_CHECKING:
    from handlers.platform.powertools import Response
    from raster_core.catalogue.dataset import Dataset
    from raster_core.catalogue.definition import OverlayDefinition
    from raster_core.layers.overlay import OverlayLayer
    from raster_core.layers.spec import LayerSpec
    from raster_core.zonal.point import PointValue

type Position = tuple[float, float]
"""Longitude and latitude."""


def answer_point(spec: LayerSpec, position: Position) -> Response[str]:
    """The values of all bands of a layer.

    Raises:
        SourceError: If the raster cannot be read.
    """
    found = read_point(open_layer(spec), *position)
    values = [_describe_value(value) for value in found]
    return json_answer({"coordinates": position, "values": values})


def answer_overlay_point(
    dataset: Dataset, definition: OverlayDefinition, position: Position
) -> Response[str]:
    """The score of an overlay, and the values of its layers in the same pixel.

    Args:
        dataset: The overlay, as ``overlay_dataset`` makes it of ``definition``.
        definition: Its definition.
        position: Anywhere; outside of the overlay, no layer is listed.

    Raises:
        SourceError: If a raster cannot be read.
    """
    assert dataset.overlay is not None  # noqa: S101  it is one
    layer = dataset.overlay.open()
    layers: list[dict[str, object]] = []
    (col,), (row,), (inside,) = locate_positions(layer.info.grid, np.array([position]))
    if inside:
        pixel = Window(int(col), int(row), 1, 1)
        layers = _describe_layers(layer, definition, pixel)
    values = [_describe_value(value) for value in read_point(layer, *position)]
    return json_answer({"coordinates": position, "values": values, "layers": layers})


def _describe_layers(
    layer: OverlayLayer, definition: OverlayDefinition, pixel: Window
) -> list[dict[str, object]]:
    """The value, the score and the weight of each layer in one pixel."""
    grid = layer.info.grid.crop(pixel)
    found = []
    for written, part, (array, score) in zip(
        definition.layers, layer.parts, layer.read_parts(grid), strict=True
    ):
        stored = array.data[0], array.mask[0]
        value = pixel_value(stored, part.layer.info.bands[0])
        found.append(
            {
                "dataset": written.dataset,
                **_describe_value(value),
                "score": float(score[0, 0]) if np.isfinite(score[0, 0]) else None,
                "weight": part.weight,
            }
        )
    return found


def _describe_value(value: PointValue) -> dict[str, object]:
    """One band's value as JSON."""
    return {
        "band": f"b{value.band.index}",
        "name": value.band.name,
        "value": value.value,
        "label": value.label,
        "unit": value.band.unit,
        "reason": value.reason,
    }
