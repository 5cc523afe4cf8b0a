"""The values of a layer at one position."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.grid import Window
from raster_core.source.crs import (
    LONGITUDE_LATITUDE,
    TURNS,
    apply_affine,
    is_geographic,
    point_transform,
)

if TYPE_CHECKING:
    from raster_core.grid import BandInfo, Grid, Layer


@dataclass(frozen=True, slots=True)
class PointValue:
    """One band at one position."""

    band: BandInfo
    value: float | None
    """Physical; an int where it is a whole number as stored."""
    label: str | None
    """The class's name."""
    reason: str | None
    """``outside_raster`` or ``no_valid_pixels`` where there is no value."""


def read_point(layer: Layer, longitude: float, latitude: float) -> list[PointValue]:
    """The pixel of the native grid that holds the position, for every band.

    A pixel holds its left and top side. Longitudes wrap onto the raster.

    Raises:
        SourceError: The raster cannot be read.
    """
    bands = layer.info.bands
    pixel = locate_point(layer.info.grid, longitude, latitude)
    if pixel is None:
        return [PointValue(band, None, None, "outside_raster") for band in bands]
    array = layer.read(layer.info.grid.crop(pixel))
    return [
        _point_value(band, array.data[number, 0, 0], valid=array.mask[number, 0, 0])
        for number, band in enumerate(bands)
    ]


def locate_point(grid: Grid, longitude: float, latitude: float) -> Window | None:
    """The one-pixel window at a position; None outside the grid."""
    turns = np.array(TURNS) if is_geographic(grid.crs) else np.zeros(1)
    x, y = point_transform(LONGITUDE_LATITUDE, grid.crs)(
        np.array([longitude]), np.array([latitude])
    )
    cols, rows = apply_affine(~grid.transform, x + turns, y + 0 * turns)
    inside = (cols >= 0) & (cols < grid.width) & (rows >= 0) & (rows < grid.height)
    if not inside.any():
        return None
    hit = int(np.argmax(inside))
    return Window(math.floor(cols[hit]), math.floor(rows[hit]), 1, 1)


def _point_value(band: BandInfo, stored: np.generic, *, valid: bool) -> PointValue:
    if not valid or not np.isfinite(stored):
        return PointValue(band, None, None, "no_valid_pixels")
    labels = {entry.value: entry.name for entry in band.classes}
    value = stored.item()
    if (band.scale, band.offset) != (1.0, 0.0):
        value = value * band.scale + band.offset
    return PointValue(band, value, labels.get(stored.item()), None)
