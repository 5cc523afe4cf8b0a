"""Hold an overview against its pixels before it is believed.

An overview may show values that no pixel has for two reasons: its pixels have been
replaced since, or it was made with a kernel that overshoots. A file does not say which;
how far the values lie apart may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.errors import RequestError
from raster_core.grid import Window
from raster_core.sources.warp.budget import MAX_PIXELS

if TYPE_CHECKING:
    from raster_core.raster import RasterArray
    from raster_core.zonal.reading.planned import Reading

# Blocks that are looked at.
_CHECKED_BLOCKS = 3

# Fraction of the range of values around a pixel by which a kernel may leave it: twice
# the sum of its negative weights along one axis, times that of the positive ones. 0.70
# for Lanczos' with three lobes at its worst, 0.30 for cubic convolution.
_OVERSHOOT = 0.71

# Overview pixels that the widest of GDAL's kernels reaches on each side, over all
# levels of which each is made from the one before.
_REACH = 6


class _Range(NamedTuple):
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"


def check_overview(exact: Reading, inner: Reading, level: int) -> None:
    """Hold some blocks of an overview against their own pixels.

    Args:
        exact: How native pixels are read.
        inner: How the blocks are read from the overview.
        level: The number of the overview, from 1.

    Raises:
        RequestError: If the overview shows values beyond those of its pixels.
    """
    step = max(1, len(inner.plan.blocks) // _CHECKED_BLOCKS)
    for block in inner.plan.blocks[::step].tolist():
        window = exact.plan.window(block)
        native = exact.layer.read(exact.plan.grid.crop(window))
        overview = inner.layer.read(inner.plan.grid.crop(inner.plan.window(block)))
        if not native.mask.any() or not overview.mask.any():
            continue
        own, shown = _range(native), _range(overview)
        if shown.low < own.low or shown.high > own.high:
            factor = exact.plan.grid.width / inner.plan.grid.width
            window = _surround(window, int(factor * _REACH), exact)
            raise RequestError(
                f"Overview {level} shows values from {shown} where the pixels have "
                f"{own}; {_explain(shown, exact, window, level=level)}, so "
                "approximate=true is refused"
            )


def _surround(window: Window, reach: int, exact: Reading) -> Window:
    """The window with what a kernel reaches on each side, within the raster."""
    around = Window(
        window.col - reach,
        window.row - reach,
        window.width + 2 * reach,
        window.height + 2 * reach,
    )
    return around.intersection(exact.plan.grid.window)


def _explain(shown: _Range, exact: Reading, window: Window, *, level: int) -> str:
    """What may be wrong with an overview that shows values of no pixel."""
    if window.pixels <= MAX_PIXELS:
        around = exact.layer.read(exact.plan.grid.crop(window))
        if not _may_overshoot(shown, around, level):
            return "it is stale"
    return "it was made with a kernel that overshoots (cubic, lanczos) or is stale"


def _may_overshoot(shown: _Range, around: RasterArray, level: int) -> bool:
    """Whether kernels may make a range of values of the pixels around.

    Args:
        shown: The values of an overview.
        around: The pixels that it may be made from, (band, row, col).
        level: How many overviews may have been made, each from the one before.
    """
    if not around.mask.all():
        return True  # weights of the others are stretched, without a limit
    own = _range(around)
    spread = own.high - own.low
    beyond = spread * ((1 + 2 * _OVERSHOOT) ** level - 1) / 2
    if around.data.dtype.kind in "iu":
        beyond += 0.5 * level  # each is rounded
    return own.low - beyond <= shown.low and shown.high <= own.high + beyond


def _range(array: RasterArray) -> _Range:
    """The lowest and the highest value with data, of all bands."""
    values = array.data[array.mask].astype(np.float64)
    return _Range(float(values.min()), float(values.max()))
