"""Segments of lines cut at the sides of a box.

Of a polygon the pieces have to be closed again; those of a line stay what they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.outlines.outline import Segments

if TYPE_CHECKING:
    from raster_core.grid import Bounds
    from raster_core.sources.crs.crs import Floats


def clip_segments(segments: Segments, box: Bounds) -> Segments:
    """What of segments lies in a box, its left and bottom side included.

    So of two boxes side by side, one has what runs along the side between them.

    Args:
        segments: Pieces of lines.
        box: In their coordinates.

    Returns:
        The pieces inside, with the rings and zones of ``segments``.
    """
    low, high = np.array(box[:2]), np.array(box[2:])
    run = segments.end - segments.start
    first, last = _inside(segments.start, run, low, high)
    start = segments.start + first[:, None] * run
    end = segments.start + last[:, None] * run
    end = np.where((last < 1)[:, None], end, segments.end)
    middle = (start + end) / 2
    kept = (last > first) & ((middle >= low) & (middle < high)).all(axis=1)
    return Segments(
        start[kept],
        end[kept],
        segments.ring[kept],
        segments.zone_of_ring,
        segments.is_hole,
    )


def shift_segments(segments: Segments, shift: float) -> Segments:
    """The segments moved along x."""
    by = np.array([shift, 0.0])
    return Segments(
        segments.start + by,
        segments.end + by,
        segments.ring,
        segments.zone_of_ring,
        segments.is_hole,
    )


def _inside(
    start: Floats, run: Floats, low: Floats, high: Floats
) -> tuple[Floats, Floats]:
    """The part of each segment between two corners, from 0 to 1: (n,) both.

    Source: Liang and Barsky (1984). Where the first is not below the second, no part.

    Args:
        start: (n, 2)
        run: (n, 2): from start to end.
        low: (2,)
        high: (2,)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        at_low, at_high = (low - start) / run, (high - start) / run
    level = run == 0
    beside = level & ((start < low) | (start > high))
    enters = np.where(level, 0.0, np.minimum(at_low, at_high))
    leaves = np.where(level, 1.0, np.maximum(at_low, at_high))
    leaves = np.where(beside, -1.0, leaves)
    return enters.max(axis=1, initial=0.0), leaves.min(axis=1, initial=1.0)
