"""How long lines are on the ground, wherever the raster ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.sources.crs.crs import is_geographic
from raster_core.sources.crs.ellipsoid import geodetic
from raster_core.zonal.tracks.ground import ground_steps

if TYPE_CHECKING:
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.outlines.outline import Segments

# Longest piece that is measured at once, in degrees and in metres: shorter than a line
# through most cells.
_DEGREES, _METRES = 0.05, 5000.0

# Pieces that one segment is cut into at most.
_MOST = 8_000


def line_metres(segments: Segments, crs: str, zones: int) -> Floats:
    """Metres of line that each zone has, (zones,).

    Args:
        segments: In ``crs``.
        crs: A geographic one, or a projection.
        zones: How many zones there are.
    """
    step = _DEGREES if is_geographic(crs) else _METRES / geodetic(crs).unit
    run = segments.end - segments.start
    count = np.clip(np.ceil(np.abs(run).max(axis=1, initial=0) / step), 1, _MOST)
    count = count.astype(np.intp)
    segment = np.repeat(np.arange(len(count)), count + 1)
    begins = np.cumsum(count + 1) - (count + 1)
    at = (np.arange(len(segment)) - begins[segment]) / count[segment]
    metres = ground_steps(crs, segments.start[segment] + at[:, None] * run[segment])
    inside = segment[1:] == segment[:-1]
    zone = segments.zone_of_ring[segments.ring[segment[1:]]]
    return np.bincount(zone[inside], metres[inside], zones)
