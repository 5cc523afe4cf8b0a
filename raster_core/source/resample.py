"""Fill a grid from the pixels of a window, as a ``Gather`` plan says.

Masks go the way of the values: a pixel has data exactly if the one it was taken from
has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.grid import Grid, RasterArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.source.plan import Gather


def gather_nearest(array: RasterArray, plan: Gather, grid: Grid) -> RasterArray:
    """The pixel of ``array`` for each pixel of ``grid``; no data outside the raster.

    Args:
        array: The window that the plan asked for.
        plan: Which of its pixels.
        grid: What is filled; its shape is the plan's.
    """
    data = _take(array.data, plan)
    mask = _take(array.mask, plan) & plan.inside
    return RasterArray(data, mask, grid)


def _take[T: np.generic](values: NDArray[T], plan: Gather) -> NDArray[T]:
    """``values[:, rows, cols]``, in the order that touches least memory."""
    if plan.rows.shape[1] == 1 and plan.cols.shape[0] == 1:
        taken = values.take(plan.rows[:, 0], axis=1).take(plan.cols[0], axis=2)
    else:
        flat = plan.rows * values.shape[2] + plan.cols
        taken = values.reshape(values.shape[0], -1).take(flat, axis=1)
    return np.asarray(taken, values.dtype)
