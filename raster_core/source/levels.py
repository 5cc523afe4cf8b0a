"""Which level of a pyramid is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.grid import Grid

# Finest overview pixels per output pixel: overview factors are rarely whole numbers
# (1138 pixels halve to 569, 285, 143), so a level 1 % too coarse still counts.
LEVEL_SLACK = 1.01


def choose_level(factor: float, levels: Sequence[Grid]) -> int:
    """The coarsest level that is not coarser than ``factor`` native pixels."""
    fitting = [
        level
        for level, grid in enumerate(levels)
        if decimation(levels[0], grid) <= LEVEL_SLACK * factor
    ]
    return max(
        fitting, key=lambda level: decimation(levels[0], levels[level]), default=0
    )


def decimation(native: Grid, overview: Grid) -> float:
    """Native pixels per overview pixel; the larger of both axes.

    Sizes round up, so an axis of few pixels understates it: 1 pixel halves to 1.
    """
    return max(native.width / overview.width, native.height / overview.height)
