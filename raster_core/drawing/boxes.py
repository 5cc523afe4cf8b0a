"""Boxes as they are given: in degrees, or in units of a projection."""

from __future__ import annotations

from raster_core.earth import FAR
from raster_core.grid import Bounds
from raster_core.sources.crs.crs import MAX_LATITUDE, MAX_LONGITUDE, is_geographic

_DEGREES_RULE = (
    "of the form west,south,east,north with south < north and both within "
    f"{MAX_LATITUDE:g}"
)
_PLANE_RULE = "of the form left,bottom,right,top with left < right and bottom < top"


def box_rule(crs: str) -> str:
    """Completes "bbox '…' is not …"."""
    return _DEGREES_RULE if is_geographic(crs) else _PLANE_RULE


def check_box(box: Bounds, crs: str) -> Bounds:
    """A box as it is read from.

    In degrees, west > east is a box across the antimeridian; its right then exceeds
    180 degrees.

    Raises:
        ValueError: If it breaks ``box_rule``, or is farther than any place on Earth.
    """
    degrees = is_geographic(crs)
    wide, high = (MAX_LONGITUDE, MAX_LATITUDE) if degrees else (FAR, FAR)
    left, bottom, right, top = box
    # Written so that NaN is refused.
    if not (abs(left) <= wide and abs(right) <= wide):
        raise ValueError(box)
    if not (abs(bottom) <= high and abs(top) <= high):
        raise ValueError(box)
    right += 360.0 * (degrees and right < left)
    if not (left < right and bottom < top) or (degrees and right - left > 360):
        raise ValueError(box)
    return Bounds(left, bottom, right, top)
