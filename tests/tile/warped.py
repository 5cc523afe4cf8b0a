"""GDAL's own warper over one level of a file: what tiles are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.enums import Resampling as GdalResampling
from rasterio.vrt import WarpedVRT

from raster_core.sources.crs.crs import column_period
from raster_core.sources.crs.operations import pixel_transform
from raster_core.sources.file.cog import open_cog
from raster_core.sources.warp.planning import plan_read

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.raster import RasterArray, Resampling
    from raster_core.sources.warp.plan import Blend, ReadPlan


@dataclass(frozen=True, eq=False)
class Warped:
    """One band of a tile."""

    values: NDArray[np.generic]
    mask: NDArray[np.bool_]
    """True means data."""


def plan_of(path: Path, grid: Grid, resampling: Resampling) -> ReadPlan:
    """How a file's pixels come onto a grid."""
    levels = open_cog(str(path), "test").levels
    return plan_read(
        grid,
        levels,
        pixel_transform(levels[0], grid),
        period=column_period(levels[0]),
        resampling=resampling,
    )


def warp(
    path: Path,
    grid: Grid,
    resampling: Resampling,
    *,
    level: int,
    sizes: tuple[float, float] | None = None,
) -> Warped:
    """The first band on a grid, as GDAL takes it from a level.

    Args:
        path: The file.
        grid: What is filled.
        resampling: The kernel.
        level: 0 is full resolution, 1 the first overview.
        sizes: Pixels of the level that one of the grid is wide and high. GDAL guesses
            them from the window that it reads, which is wrong where the raster ends in
            the tile.
    """
    scales: dict[str, str | None] = {}
    if sizes is not None:
        scales |= {
            name: str(1 / max(1.0, size))
            for name, size in zip(("XSCALE", "YSCALE"), sizes, strict=True)
        }
    options = {"overview_level": level - 1} if level else {}
    with rasterio.open(path, **options) as dataset:
        masked = MaskFlags.per_dataset in dataset.mask_flag_enums[0]
        alpha = ColorInterp.alpha in dataset.colorinterp
        if masked and not alpha:
            # GDAL's masks leave nodata out beside a mask band; its warper, the mask.
            scales["src_nodata"] = None
            hidden = False
        else:
            hidden = alpha or dataset.nodata is not None
        with WarpedVRT(
            dataset,
            crs=grid.crs,
            transform=grid.transform,
            width=grid.width,
            height=grid.height,
            resampling=GdalResampling[resampling.value],
            tolerance=0.01,
            add_alpha=not hidden,
            **scales,
        ) as vrt:
            return read_band(vrt)


def read_band(vrt: WarpedVRT) -> Warped:
    values = vrt.read(1)
    mask = np.ones(values.shape, bool)
    if values.dtype.kind == "f":
        mask = np.isfinite(values)
    if vrt.nodata is not None and not np.isnan(vrt.nodata):
        mask &= values != np.asarray(vrt.nodata).astype(values.dtype)
    for band, meaning in enumerate(vrt.colorinterp, start=1):
        if meaning is ColorInterp.alpha:
            mask &= vrt.read(band) > 0
    return Warped(values, mask)


def usual_sizes(plan: Blend) -> tuple[float, float]:
    """Level pixels that a wanted one is wide and high, in the middle of the range."""
    placement, inside = plan.placement, plan.inside
    width, height = (
        float(np.median(np.broadcast_to(sizes, inside.shape)[inside]))
        for sizes in (placement.widths, placement.heights)
    )
    return width, height


def away_from(missing: NDArray[np.bool_], distance: int) -> NDArray[np.bool_]:
    """Pixels with nothing missing within a distance; beyond the rim, all is like it."""
    padded = np.pad(missing, distance, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(
        padded, (2 * distance + 1, 2 * distance + 1)
    )
    return ~windows.any(axis=(2, 3))


@dataclass(frozen=True)
class Agreement:
    """Shares of a tile's pixels."""

    values: float
    """Within 1 % of the range, of those away from missing ones."""
    masks: float
    compared: int
    """Pixels."""


def agreement(found: RasterArray, expected: Warped) -> Agreement:
    data = found.mask[0] & expected.mask
    # A pixel of the level may be some of the tile's, and a kernel reach several.
    away = data & away_from(~data, 8)
    if not away.any():
        away = data
    values, truth = found.data[0].astype(float), expected.values.astype(float)
    tolerance = 0.01 * np.ptp(truth[data])
    return Agreement(
        float((np.abs(values - truth)[away] <= tolerance).mean()),
        float((found.mask[0] == expected.mask).mean()),
        int(away.sum()),
    )
