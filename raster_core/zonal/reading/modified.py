"""What if: a layer some of whose pixels have other values.

Inside a modification's zone, pixels whose centre lies there (``coverage.Mode.CENTRE``)
have its value, those without data included. Later modifications overrule earlier ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import BudgetError, RequestError
from raster_core.raster import RasterArray, Resampling, common_type
from raster_core.sources.file.nodata import is_nodata
from raster_core.zonal.coverage.cells import split_by_zone
from raster_core.zonal.coverage.cover import Mode, cover
from raster_core.zonal.coverage.covering import cover_zones

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.grid import Grid, Window
    from raster_core.raster import Layer, LayerInfo
    from raster_core.zonal.coverage.cover import Coverage
    from raster_core.zonal.outlines.outline import Edges
    from raster_core.zonal.zones.zone import Zone


# Pixels of all modifications of one request, in all bands: writing takes 1 ns each.
MAX_MODIFIED = 5_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Modification:
    """One value for the pixels of one zone."""

    zone: Zone
    value: float
    """Physical, on every band."""


@dataclass(frozen=True, slots=True, eq=False)
class ModifiedLayer:
    """A ``Layer`` with modifications; made by ``modify_layer``.

    It reads crops of its native grid only, as statistics do: an overview's pixels may
    be averages, whose modified values are not known.
    """

    layer: Layer
    edges: Edges
    """Outlines of the modifications' zones on the native grid."""
    stored: NDArray[np.generic]
    """(band, modification): values as stored."""

    @property
    def info(self) -> LayerInfo:
        """That of the layer underneath, without its overviews, which are unmodified.

        The version does not tell the two layers apart.
        """
        return replace(self.layer.info, overviews=())

    def read(
        self, grid: Grid, resampling: Resampling = Resampling.NEAREST
    ) -> RasterArray:
        """Stored values on a crop of the native grid.

        Raises:
            ValueError: If the grid is not such a crop.
            SourceError: If the raster cannot be read.
        """
        window = self.info.grid.window_of(grid)
        if window is None:
            raise ValueError("A modified layer reads its native pixels only")
        array = self.layer.read(grid, resampling)
        data, mask = array.data.copy(), array.mask.copy()
        part = window.intersection(self.info.grid.window)
        index = (slice(None), *part.index_in(window))
        self._apply(data[index], mask[index], part)
        return RasterArray(data, mask, grid)

    def _apply(
        self, data: NDArray[np.generic], mask: NDArray[np.bool_], window: Window
    ) -> None:
        """Write the modifications into arrays (band, row, col) that lie at a window."""
        if not window.pixels:
            return
        runs = cover(self.edges, window, Mode.CENTRE)
        if not runs.zone.size:
            return
        values = data.reshape(len(data), window.pixels)
        valid = mask.reshape(len(mask), window.pixels)
        # By ranges and not by cells: a modification of everything is one range.
        for zone, cells in split_by_zone(runs, window):
            for start, stop in cells.whole:
                values[:, start:stop] = self.stored[:, zone, None]
                valid[:, start:stop] = True
        data[:] = values.reshape(data.shape)
        mask[:] = valid.reshape(mask.shape)


def modify_layer(
    layer: Layer,
    modifications: Sequence[Modification],
    *,
    max_crossings: float = math.inf,
) -> ModifiedLayer:
    """The layer with modifications, applied in order.

    Args:
        layer: The layer whose native pixels are modified.
        modifications: In order; where several modify a pixel, the last holds.
        max_crossings: As in ``engine.Options``.

    Raises:
        RequestError: If a band cannot hold a value.
        ZoneError: If a zone cannot be brought to the layer's CRS.
        BudgetError: If outlines cross more than ``max_crossings``, or there are more
            pixels than ``MAX_MODIFIED``.
    """
    info = layer.info
    zones = [part.zone for part in modifications]
    edges, runs = cover_zones(
        zones, info.grid, Mode.CENTRE, max_crossings=max_crossings
    )
    _check_pixels(runs, len(info.bands))
    stored = [
        [_stored_value(part.value, band) for part in modifications]
        for band in info.bands
    ]
    shape = len(info.bands), len(modifications)
    values = np.array(stored, common_type(info.bands)).reshape(shape)
    return ModifiedLayer(layer, edges, values)


def _check_pixels(runs: Coverage, bands: int) -> None:
    """Refuse modifications that would write too much."""
    pixels = bands * int(np.sum(runs.stop - runs.start, dtype=np.int64))
    if pixels > MAX_MODIFIED:
        raise BudgetError(
            f"The modifications have {pixels} pixels in all bands, which exceeds "
            f"{MAX_MODIFIED}; ask for fewer or smaller ones"
        )


def _stored_value(value: float, band: BandInfo) -> np.generic:
    """The value as the band stores it.

    Raises:
        RequestError: If the band cannot hold it, or it stands for missing data.
    """
    dtype = np.dtype(band.dtype)
    raw = (value - band.offset) / band.scale
    if dtype.kind in "iu":
        raw = _whole(raw)
        limits = np.iinfo(dtype)
        fits = limits.min <= raw <= limits.max
    else:
        fits = abs(raw) <= float(np.finfo(dtype).max)
    if not fits:  # nor does NaN
        raise RequestError(f"Band {band.index} ({band.dtype}) cannot hold {value:g}")
    stored: np.generic = dtype.type(raw)
    if is_nodata(stored, band.nodata):
        raise RequestError(f"In band {band.index}, {value:g} stands for missing data")
    return stored


def _whole(raw: float) -> float:
    """The whole number next to a quotient; NaN if it is too far away."""
    nearest = float(np.rint(raw))
    return nearest if abs(raw - nearest) <= 1e-6 else float("nan")
