"""Layers: what tiles and statistics read from. Today, bands of one file.

A spec is data and crosses processes; ``open_layer`` turns it into something that
reads. Law of every ``read``: a crop of the native grid, or of an overview's, comes
back as stored.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from raster_core.errors import RequestError, SourceError
from raster_core.grid import (
    BandInfo,
    Grid,
    Layer,
    LayerInfo,
    RasterArray,
    Resampling,
)
from raster_core.source.cog import open_cog
from raster_core.source.crs import column_period, pixel_transform
from raster_core.source.plan import Gather, Paste, plan_read
from raster_core.source.resample import gather_nearest


@dataclass(frozen=True, slots=True)
class BandSpec:
    """Bands of one file."""

    href: str
    version: str
    bands: tuple[BandInfo, ...]
    """What the catalogue says of them; it overrules the file, but for the type."""


@dataclass(frozen=True, slots=True, eq=False)
class BandLayer:
    """Bands of an open file, as a ``Layer``."""

    info: LayerInfo
    href: str

    def read(
        self, grid: Grid, resampling: Resampling = Resampling.NEAREST
    ) -> RasterArray:
        """Stored values on ``grid``: a paste where grids agree, else nearest.

        Raises:
            RequestError: Another kernel than the nearest pixel's is asked for.
            BudgetError: The grid needs a larger read than ``plan.MAX_PIXELS``.
            SourceError: The file's blocks cannot be read.
        """
        if resampling is not Resampling.NEAREST:
            raise RequestError(f"resampling '{resampling}' is not nearest")
        # Every thread reads from a file that it opened itself.
        cog = open_cog(self.href, self.info.version)
        levels = cog.levels
        to_native = pixel_transform(levels[0], grid)
        plan = plan_read(grid, levels, to_native, period=column_period(levels[0]))
        if isinstance(plan, Paste):
            array = cog.read(plan.level, plan.window, self.info.bands)
            return RasterArray(array.data, array.mask, grid)
        if isinstance(plan, Gather):
            array = cog.read(plan.level, plan.window, self.info.bands)
            return gather_nearest(array, plan, grid)
        shape = (len(self.info.bands), *grid.shape)
        data = np.zeros(shape, self.info.bands[0].dtype)
        return RasterArray(data, np.zeros(shape, bool), grid)


def open_layer(spec: BandSpec) -> Layer:
    """The layer of a spec; files stay open for the next one.

    Raises:
        SourceError: The file cannot be opened or lacks a band.
    """
    cog = open_cog(spec.href, spec.version)
    last = max(band.index for band in spec.bands)
    if last > len(cog.bands):
        raise SourceError(f"Band {last} is not among the raster's {len(cog.bands)}")
    bands = tuple(_merge(band, cog.bands[band.index - 1]) for band in spec.bands)
    info = LayerInfo(
        cog.levels[0], cog.block_shape, bands, spec.version, cog.levels[1:]
    )
    return BandLayer(info, spec.href)


def _merge(band: BandInfo, stored: BandInfo) -> BandInfo:
    """The catalogue's word on a band, the file's where the catalogue is silent."""
    return replace(
        band,
        dtype=stored.dtype,
        nodata=stored.nodata if band.nodata is None else band.nodata,
        unit=band.unit or stored.unit,
        scale=stored.scale if band.scale == 1.0 else band.scale,
        offset=stored.offset if band.offset == 0.0 else band.offset,
    )
