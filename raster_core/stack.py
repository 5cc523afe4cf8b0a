"""Bands of several files, read on one grid: Sentinel-2 and Landsat come that way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from raster_core.raster import RasterArray, Resampling
from raster_core.sampling import common_type, read_beside
from raster_core.source.versions import join_versions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.grid import Grid
    from raster_core.raster import Layer, LayerInfo


type Plane = tuple[NDArray[np.generic], NDArray[np.bool_]]
"""(row, col): the values of one band, and True where they are data."""


@dataclass(frozen=True, slots=True, eq=False)
class StackLayer:
    """Bands of several layers, on the grid of the finest."""

    info: LayerInfo
    layers: tuple[Layer, ...]
    places: tuple[tuple[int, int], ...]
    """For each band, which layer it comes from and its position there."""

    def read(
        self, grid: Grid, resampling: Resampling = Resampling.NEAREST
    ) -> RasterArray:
        """Stored values in the common type: every file is brought to ``grid``.

        Raises:
            BudgetError: As the files' ``read``, likewise ``SourceError``.
        """
        arrays = self._read_files(grid, resampling)
        shape = (len(self.places), *grid.shape)
        data, mask = (
            np.empty(shape, common_type(self.info.bands)),
            np.empty(shape, bool),
        )
        for number, (layer, place) in enumerate(self.places):
            data[number] = arrays[layer].data[place]
            mask[number] = arrays[layer].mask[place]
        return RasterArray(data, mask, grid, _least_alpha(arrays))

    def planes(self, grid: Grid) -> list[Plane]:
        """The nearest stored values of each band in its own type, with its mask.

        Raises:
            BudgetError: As the files' ``read``, likewise ``SourceError``.
        """
        arrays = self._read_files(grid, Resampling.NEAREST)
        return [
            (arrays[layer].data[place], arrays[layer].mask[place])
            for layer, place in self.places
        ]

    def _read_files(self, grid: Grid, resampling: Resampling) -> list[RasterArray]:
        return [
            layer.read(grid, resampling)
            if layer.info.grid == self.info.grid
            else read_beside(layer, self.info, grid, resampling)
            for layer in self.layers
        ]


def read_planes(layer: Layer, grid: Grid) -> list[Plane]:
    """The stored values of each band of a layer in its own type, with its mask.

    The common type of 64-bit integers and floats has not all values of both; of a
    stack, none is changed on the way.

    Args:
        layer: What to read, by the nearest pixel.
        grid: As for its ``read``.

    Raises:
        BudgetError: As ``layer.read``, likewise ``SourceError``.
    """
    if isinstance(layer, StackLayer):
        return layer.planes(grid)
    return split_bands(layer.read(grid), layer.info.bands)


def split_bands(array: RasterArray, bands: Sequence[BandInfo]) -> list[Plane]:
    """The bands of an array that was read in their common type, each in its own."""
    return [
        (plane.astype(band.dtype, copy=False), mask)
        for plane, mask, band in zip(array.data, array.mask, bands, strict=True)
    ]


def _least_alpha(arrays: Sequence[RasterArray]) -> NDArray[np.uint8] | None:
    """The alpha of a picture of several files: what each of them lets be seen."""
    graded = [array.alpha for array in arrays if array.alpha is not None]
    return np.minimum.reduce(graded) if graded else None


def stack_layers(
    layers: Sequence[Layer],
    places: Sequence[tuple[int, int]],
    *,
    bands: Sequence[BandInfo],
    finest: int,
) -> StackLayer:
    """One layer of bands of several.

    Args:
        layers: At least one.
        places: For each band, which layer it comes from and its position there.
        bands: What they are called here, as many.
        finest: The layer whose grid is that of the stack.
    """
    stored = [layers[layer].info.bands[place] for layer, place in places]
    described = tuple(
        replace(own, index=band.index, name=band.name)
        for own, band in zip(stored, bands, strict=True)
    )
    info = replace(
        layers[finest].info,
        bands=described,
        version=join_versions(layer.info.version for layer in layers),
        interleaved=sum(layer.info.planes for layer in layers),
    )
    return StackLayer(info, tuple(layers), tuple(places))
