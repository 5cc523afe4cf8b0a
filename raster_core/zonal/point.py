"""The values of a layer at one position."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.bands import UNSCALED
from raster_core.grid import Window
from raster_core.layers.stored import read_planes
from raster_core.zonal.tracks.points import locate_positions

if TYPE_CHECKING:
    from raster_core.bands import BandInfo
    from raster_core.layers.stored import Plane
    from raster_core.raster import Layer


@dataclass(frozen=True, slots=True, repr=False)
class PointValue:
    """One band at one position."""

    band: BandInfo
    value: float | None
    """Physical; an int if stored values are integers without scale and offset."""
    label: str | None
    """The class's name."""
    reason: str | None
    """``outside_raster``, ``no_valid_pixels`` or ``overflow`` if there is no value."""

    def __repr__(self) -> str:
        """The band by its name, and what there is."""
        shown = [f"band={self.band.name!r}", f"value={self.value!r}"]
        known = {"unit": self.band.unit, "label": self.label, "reason": self.reason}
        shown += [f"{name}={text!r}" for name, text in known.items() if text]
        return f"PointValue({', '.join(shown)})"


def read_point(layer: Layer, longitude: float, latitude: float) -> list[PointValue]:
    """The pixel of the native grid that holds the position, for every band.

    A pixel holds its left and top side. Longitudes wrap onto the raster.

    Raises:
        SourceError: If the raster cannot be read.
    """
    bands = layer.info.bands
    (col,), (row,), (inside,) = locate_positions(
        layer.info.grid, np.array([[longitude, latitude]])
    )
    if not inside:
        return [PointValue(band, None, None, "outside_raster") for band in bands]
    pixel = layer.info.grid.crop(Window(int(col), int(row), 1, 1))
    planes = read_planes(layer, pixel)
    return [pixel_value(*found) for found in zip(planes, bands, strict=True)]


def pixel_value(plane: Plane, band: BandInfo) -> PointValue:
    """The value of the first pixel of a band.

    Args:
        plane: As ``read_planes`` returns it.
        band: What it is.
    """
    stored, valid = plane[0][0, 0], plane[1][0, 0]
    if not valid or not np.isfinite(stored):
        return PointValue(band, None, None, "no_valid_pixels")
    value = physical_value(stored.item(), band)
    reason = "overflow" if value is None else None
    return PointValue(band, value, band.class_names.get(stored.item()), reason)


def physical_value(stored: float, band: BandInfo) -> float | None:
    """A stored value in the band's unit; None if no double can hold it."""
    value = band.scaling.physical_value(stored)
    return value if band.scaling == UNSCALED or math.isfinite(value) else None
