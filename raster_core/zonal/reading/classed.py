"""A layer whose values are counted as classes, whether or not they have names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from raster_core.bands import RasterClass
from raster_core.layers.stored import read_planes
from raster_core.raster import Resampling
from raster_core.zonal.partials.partial import keeps_histogram

if TYPE_CHECKING:
    from raster_core.bands import BandInfo
    from raster_core.grid import Grid
    from raster_core.layers.stored import Plane
    from raster_core.raster import Layer, LayerInfo, RasterArray


UNNAMED = (RasterClass(0, "0", None),)
"""Classes of a band whose values are counted one by one without having names."""


def as_classes(band: BandInfo) -> BandInfo:
    """The band with a class for each value, named by its digits.

    A band that has classes stays as it is, and so does one that has too many values to
    count each of them.
    """
    if band.classes or not keeps_histogram(band.dtype):
        return band
    return replace(band, classes=UNNAMED)


@dataclass(frozen=True, slots=True, eq=False)
class ClassedLayer:
    """A ``Layer`` with other classes on its bands; made by ``class_layer``."""

    info: LayerInfo
    layer: Layer

    def read(
        self, grid: Grid, resampling: Resampling = Resampling.NEAREST
    ) -> RasterArray:
        """The pixels of the layer underneath, and its errors."""
        return self.layer.read(grid, resampling)

    def planes(self, grid: Grid) -> list[Plane]:
        """The bands of the layer underneath, each in its own type."""
        return read_planes(self.layer, grid)


def class_layer(layer: Layer) -> Layer:
    """The layer with classes on every band that can have some (``as_classes``)."""
    bands = tuple(map(as_classes, layer.info.bands))
    info = replace(layer.info, bands=bands)
    return ClassedLayer(info, layer)
