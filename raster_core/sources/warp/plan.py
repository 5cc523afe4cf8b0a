"""How a grid is read from a pyramid: the plans that ``planning.plan_read`` makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from raster_core.grid import Window
    from raster_core.raster import Resampling
    from raster_core.sources.warp.placement import Placement

type Indices = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Paste:
    """The wanted pixels are pixels of a level: copy them."""

    level: int
    window: Window
    """On the level's grid; may reach beyond it, where there is no data."""


@dataclass(frozen=True, slots=True, eq=False)
class Gather:
    """Each wanted pixel is the level's pixel at (row, col), or nothing."""

    level: int
    window: Window
    """What to read."""
    rows: Indices
    """Rows within the window, (height, 1) if rows of both grids run alike, else
    (height, width)."""
    cols: Indices
    """Columns within the window, (1, width) or (height, width) likewise."""
    inside: NDArray[np.bool_]
    """(height, width); False where the raster has no pixel."""
    turn: int | None = None
    """Columns after which the level comes round again, if it does."""


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """Each wanted pixel follows from the level's pixels around its centre."""

    level: int
    window: Window
    """What to read: all that the kernel reaches."""
    placement: Placement
    """Where the wanted pixels lie within the window."""
    inside: NDArray[np.bool_]
    """(height, width); False where the raster has no pixel."""
    kernel: Resampling
    """Any but the nearest pixel's."""
    shrink: tuple[int, int] = (1, 1)
    """Rows and columns of the window that count as one, their mean; ``placement`` is in
    pixels of that size."""
    turn: int | None = None
    """As in ``Gather``."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """The grid lies off the raster: there is nothing to read."""


type ReadPlan = Paste | Gather | Blend | Nothing
