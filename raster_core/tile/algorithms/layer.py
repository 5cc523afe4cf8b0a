"""A layer of an algorithm's results, which is drawn like any other layer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from raster_core.bands import BandInfo
from raster_core.errors import RequestError
from raster_core.grid import Grid, Window
from raster_core.raster import RasterArray, Resampling, empty_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.raster import Layer, LayerInfo
    from raster_core.tile.algorithms.protocol import Algorithm


@dataclass(frozen=True, slots=True, eq=False)
class AlgorithmLayer:
    """A ``Layer`` of an algorithm's results; made by ``apply_algorithm``."""

    info: LayerInfo
    source: Layer
    algorithm: Algorithm

    def read(
        self, grid: Grid, resampling: Resampling = Resampling.NEAREST
    ) -> RasterArray:
        """Compute the algorithm on ``grid``.

        Neighbouring grids join without a seam, since each reads the halo, too.

        Args:
            grid: A grid in any CRS.
            resampling: How the source is resampled. With the nearest pixel, heights
                become terraces where the grid is finer than the raster.

        Raises:
            BudgetError: If the source's ``read`` raises it; likewise ``SourceError``.
        """
        algorithm = self.algorithm
        array = self.source.read(_widen(grid, algorithm.halo), resampling)
        if not algorithm.fills_gaps and not _has_data(array, algorithm.halo):
            return _no_data(algorithm, grid)
        return algorithm.compute(array, self.source.info.bands, grid)


def apply_algorithm(layer: Layer, algorithm: Algorithm) -> AlgorithmLayer:
    """Make the layer of an algorithm's results.

    Args:
        layer: The source.
        algorithm: The algorithm.

    Raises:
        RequestError: If the number of the source's bands is not the algorithm's.
    """
    check_inputs(algorithm, layer.info.bands)
    info = replace(layer.info, bands=algorithm.bands)
    return AlgorithmLayer(info, layer, algorithm)


def check_inputs(algorithm: Algorithm, bands: Sequence[BandInfo]) -> None:
    """Refuse bands that an algorithm cannot take.

    Raises:
        RequestError: If there are more or fewer than it takes.
    """
    if len(bands) != algorithm.inputs:
        raise RequestError(
            f"The algorithm {algorithm.name} takes {algorithm.wants}, not "
            f"{len(bands)}; give {algorithm.inputs} bidx"
        )


def compute_gap(algorithm: Algorithm, grid: Grid) -> RasterArray:
    """Compute an algorithm on a grid outside the raster, where no pixel has data."""
    if not algorithm.fills_gaps:
        return _no_data(algorithm, grid)
    bands = [BandInfo(index, "", "uint8") for index in range(1, algorithm.inputs + 1)]
    array = empty_array(_widen(grid, algorithm.halo), algorithm.inputs, np.uint8)
    return algorithm.compute(array, bands, grid)


def _no_data(algorithm: Algorithm, grid: Grid) -> RasterArray:
    dtype = np.result_type(*(band.dtype for band in algorithm.bands))
    return empty_array(grid, len(algorithm.bands), dtype)


def _widen(grid: Grid, halo: int) -> Grid:
    """The grid, enlarged by ``halo`` pixels on each side."""
    if not halo:
        return grid
    width, height = grid.width + 2 * halo, grid.height + 2 * halo
    return grid.crop(Window(-halo, -halo, width, height))


def _has_data(array: RasterArray, halo: int) -> bool:
    """Whether any pixel inside the halo has data."""
    inner = array.mask[:, halo:-halo, halo:-halo] if halo else array.mask
    return bool(inner.any())
