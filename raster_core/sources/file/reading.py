"""Read bands of a file on a grid: the plan, its window, the kernel."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from raster_core.raster import LayerInfo, empty_array
from raster_core.sources.crs.crs import column_period
from raster_core.sources.crs.operations import pixel_transform
from raster_core.sources.file.cog import open_cog
from raster_core.sources.warp.plan import Blend, Gather, Paste
from raster_core.sources.warp.planning import plan_read
from raster_core.sources.warp.resample import read_around, resample
from raster_core.stated import check_scaling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.grid import Grid, Window
    from raster_core.raster import RasterArray, Resampling
    from raster_core.sources.file.cog import Cog
    from raster_core.sources.warp.plan import ReadPlan
    from raster_core.stated import StatedBand

# Pixels of a grid whose plan is kept for the next file on the same grid: those of a
# tile. It takes 2 ms to make, and up to 4 MB.
SHARED_PIXELS = 512 * 512


def describe_bands(
    href: str, version: str, bands: Sequence[StatedBand], *, carried: str = ""
) -> LayerInfo:
    """What is known of bands of a file once it is open.

    Args:
        href: As ``open_cog`` takes it, likewise ``version``.
        version: See there.
        bands: At least one; what is said of them overrules the file.
        carried: See ``open_cog``.

    Raises:
        SourceError: If the file cannot be opened or lacks a band, or if a scale or an
            offset is not usable.
    """
    cog = open_cog(href, version, carried)
    known = tuple(cog.effective(band.complete(cog.band(band.index))) for band in bands)
    check_scaling(known)
    return LayerInfo(
        cog.levels[0],
        cog.header.block_shape,
        known,
        version,
        cog.levels[1:],
        cog.header.blocks[0].interleaved,
        far="://" in href,
    )


def read_bands(
    href: str,
    info: LayerInfo,
    *,
    grid: Grid,
    resampling: Resampling,
    together: bool,
) -> RasterArray:
    """Stored values on ``grid``, (band, row, col) in the type that ``info`` names.

    A grid beside the raster has no data.

    Args:
        href: The file.
        info: As ``describe_bands`` returned it; the type may be another.
        grid: In any CRS.
        resampling: The kernel, unless pixels can be pasted.
        together: Whether a pixel with data in any band has data in all of them.

    Raises:
        BudgetError: If the grid needs a larger read than ``budget.MAX_PIXELS``.
        SourceError: If the file's blocks cannot be read.
    """
    cog = open_cog(href, info.version)

    def read(level: int, window: Window) -> RasterArray:
        return _read_level(cog, level, window, info.bands, together=together)

    plan = _share_plan(grid, cog.levels, resampling)
    if isinstance(plan, Paste):
        return replace(read(plan.level, plan.window), grid=grid)
    if isinstance(plan, Gather | Blend):
        level = plan.level
        array = read_around(lambda part: read(level, part), plan.window, plan.turn)
        return resample(array, plan, grid)
    return empty_array(grid, len(info.bands), info.bands[0].dtype)


def _read_level(
    cog: Cog, level: int, window: Window, bands: Sequence[BandInfo], *, together: bool
) -> RasterArray:
    """Stored values of a window, (band, row, col) in the type of the first band."""
    array = cog.read(level, window, bands)
    data = array.data.astype(bands[0].dtype, copy=False)
    mask = _mask_together(array) if together else array.mask
    return replace(array, data=data, mask=mask)


def _mask_together(array: RasterArray) -> NDArray[np.bool_]:
    """The mask of an image, likewise (band, row, col)."""
    if len(array.mask) == 1 or array.mask.all():
        return array.mask
    seen = np.broadcast_to(array.mask.any(axis=0), array.mask.shape)
    return seen & np.isfinite(array.data) if array.data.dtype.kind == "f" else seen


def _share_plan(
    grid: Grid, levels: tuple[Grid, ...], resampling: Resampling
) -> ReadPlan:
    """The plan, computed once for the files of a stack: most lie on one grid."""
    if grid.window.pixels > SHARED_PIXELS:
        return _plan(grid, levels, resampling)
    return _known_plan(grid, levels, resampling)


def _plan(grid: Grid, levels: tuple[Grid, ...], resampling: Resampling) -> ReadPlan:
    return plan_read(
        grid,
        levels,
        pixel_transform(levels[0], grid),
        period=column_period(levels[0]),
        resampling=resampling,
    )


_known_plan = lru_cache(maxsize=4)(_plan)
