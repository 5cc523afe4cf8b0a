"""Layers for tests: one held in memory, and one that notes what is read of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.bands import BandInfo
from raster_core.raster import LayerInfo, RasterArray, Resampling

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.raster import Layer


class FakeLayer:
    """A layer held in memory; reads crops of its own grid only.

    Args:
        values: (row, col), or (band, row, col).
        grid: As large as a plane of the values.
        mask: In the shape of the values, True is data; None means that all is.
        block: (height, width) of the blocks.
        on_read: Called with each grid before it is read; may wait, or raise.
    """

    def __init__(
        self,
        values: NDArray[np.generic],
        grid: Grid,
        *,
        mask: NDArray[np.bool_] | None = None,
        block: tuple[int, int] = (256, 256),
        on_read: Callable[[Grid], None] = lambda _grid: None,
    ) -> None:
        shape = (-1, grid.height, grid.width)
        self.values = values.reshape(shape)
        self.mask = np.ones(values.shape, bool) if mask is None else mask
        self.mask = self.mask.reshape(shape)
        self.on_read = on_read
        bands = tuple(
            BandInfo(number, f"b{number}", values.dtype.name)
            for number in range(1, len(self.values) + 1)
        )
        self.info = LayerInfo(grid, block, bands, "1")

    def read(
        self, grid: Grid, _resampling: Resampling = Resampling.NEAREST
    ) -> RasterArray:
        """The pixels of a crop, whatever the kernel."""
        self.on_read(grid)
        window = self.info.grid.window_of(grid)
        assert window is not None
        rows = slice(window.row, window.row_stop)
        cols = slice(window.col, window.col_stop)
        return RasterArray(self.values[:, rows, cols], self.mask[:, rows, cols], grid)


class CountingLayer:
    """Another layer, with what was read of it."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.read_grids: list[Grid] = []
        self.kernels: list[Resampling] = []

    @property
    def info(self) -> LayerInfo:
        """The other's."""
        return self.layer.info

    @property
    def read_pixels(self) -> list[int]:
        """How many pixels each read had."""
        return [grid.window.pixels for grid in self.read_grids]

    def read(
        self, grid: Grid, resampling: Resampling = Resampling.NEAREST
    ) -> RasterArray:
        """What the other reads, noted before."""
        self.read_grids.append(grid)
        self.kernels.append(resampling)
        return self.layer.read(grid, resampling)
