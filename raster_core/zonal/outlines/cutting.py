"""Shapes in turns of longitude and near a raster: moved, folded and cut.

All of it before they are projected, while they still are polygons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from raster_core.grid import Bounds
from raster_core.sources.crs.crs import MAX_LATITUDE, TURNS
from raster_core.zonal.zones.turns import WHOLE_TURN, translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.zonal.zones.turns import Owners, Shapes

type Strip = tuple[float, float]
"""From one longitude to another."""

# Degrees beyond the raster at which a zone is cut before it is projected: far enough
# that the cut stays outside, near enough that the projection is still defined.
CUT_MARGIN = 0.1

# Degrees to either side of a seam that belong to neither, so that no vertex is taken
# for one of the other side: 11 micrometres. PROJ lets longitudes overshoot by half of
# that (adjlon.cpp: 1e-12 radians).
SEAM = 1e-10

# As ``CUT_MARGIN`` for zones in a projection: of the longer side of the raster's box.
CUT_SHARE = 0.05


def wrap_onto(parts: Shapes, owners: Owners, box: Bounds) -> tuple[Shapes, Owners]:
    """Each part in every turn of longitude in which it meets the box.

    Args:
        parts: (n,): shapes in longitude and latitude; may be empty.
        owners: (n,): a number for each of them, which its images keep.
        box: In degrees; ``left > right`` over the antimeridian.

    Returns:
        Shapes and their owners, (m,) each.
    """
    right = box.right + WHOLE_TURN * (box.right < box.left)
    wrapped, wrapped_owners = [], []
    for turn in TURNS:
        bounds = shapely.bounds(parts) + np.array([turn, 0.0, turn, 0.0])
        meets = (
            (bounds[:, 0] < right)
            & (bounds[:, 2] > box.left)
            & (bounds[:, 1] < box.top)
            & (bounds[:, 3] > box.bottom)
        )
        shift = np.array([turn, 0.0])
        wrapped.append(translate(parts[meets], shift) if turn else parts[meets])
        wrapped_owners.append(owners[meets])
    return np.concatenate(wrapped), np.concatenate(wrapped_owners)


def cut_around(
    parts: Shapes, owners: Owners, box: Bounds, seams: Sequence[float]
) -> tuple[Shapes, Owners]:
    """The parts near a raster's box, once each, in pieces that its projection holds.

    They are cut around the box, because a projection ends somewhere beyond, where the
    projection is torn, and at the antimeridian: so a zone is in the same pieces
    whichever turn of longitude it is drawn in, and whether it is split there or not.

    Args:
        parts: (n,): shapes in longitude and latitude; may be empty.
        owners: (n,): a number for each of them, which its pieces keep.
        box: In degrees; ``left > right`` over the antimeridian.
        seams: Longitudes at which the projection has a discontinuity.

    Returns:
        Pieces and their owners, (m,) each.
    """
    bounds = shapely.bounds(parts)
    found, found_owners = [], []
    for strip in strips_around(box, seams):
        for turn in TURNS:
            moved = bounds + np.array([turn, 0.0, turn, 0.0])
            meets = (
                (moved[:, 0] < strip.right)
                & (moved[:, 2] > strip.left)
                & (moved[:, 1] < strip.top)
                & (moved[:, 3] > strip.bottom)
            )
            near, near_owners = parts[meets], owners[meets]
            if turn and near.size:
                near = translate(near, np.array([turn, 0.0]))
            pieces, piece_owners = _cut(near, near_owners, strip)
            found.append(pieces)
            found_owners.append(piece_owners)
    return np.concatenate(found), np.concatenate(found_owners)


def strips_around(box: Bounds, seams: Sequence[float]) -> list[Bounds]:
    """The boxes around a raster's box that its projection holds without a tear.

    Args:
        box: In degrees; ``left > right`` over the antimeridian.
        seams: Longitudes at which the projection has a discontinuity.
    """
    right = box.right + WHOLE_TURN * (box.right < box.left)
    middle = (box.left + right) / 2
    bottom = max(box.bottom - CUT_MARGIN, -MAX_LATITUDE)
    top = min(box.top + CUT_MARGIN, MAX_LATITUDE)
    west = max(box.left - CUT_MARGIN, middle - WHOLE_TURN / 2)
    east = min(right + CUT_MARGIN, middle + WHOLE_TURN / 2)
    return [
        Bounds(start, bottom, stop, top) for start, stop in _strips(west, east, seams)
    ]


def _strips(west: float, east: float, seams: Sequence[float]) -> list[Strip]:
    """What lies between cuts; at a seam, strips do not touch."""
    turns = np.array(TURNS)
    torn = np.add.outer(np.array(seams), turns).ravel()
    lines = np.append(torn, WHOLE_TURN / 2 + turns)
    inner = np.unique(lines[(lines > west) & (lines < east)])
    borders = np.array([west, *inner, east])
    at_seam = np.isin(borders, torn)
    starts = np.where(at_seam, borders + SEAM, borders)[:-1]
    stops = np.where(at_seam, borders - SEAM, borders)[1:]
    return list(zip(starts.tolist(), stops.tolist(), strict=True))


def cut_near(
    parts: Shapes, owners: Owners, box: Bounds | None
) -> tuple[Shapes, Owners]:
    """The parts, (n,), near the box in their own unit; all of them without a box."""
    if box is None:
        return parts, owners
    left, bottom, right, top = box
    margin = CUT_SHARE * max(right - left, top - bottom)
    near = Bounds(left - margin, bottom - margin, right + margin, top + margin)
    return _cut(parts, owners, near)


def _cut(parts: Shapes, owners: Owners, box: Bounds) -> tuple[Shapes, Owners]:
    """What of the parts lies in the box; parts inside stay what they are."""
    bounds = shapely.bounds(parts)
    low, high = np.array(box[:2]), np.array(box[2:])
    inside = ((bounds[:, :2] >= low) & (bounds[:, 2:] <= high)).all(axis=1)
    rest = parts[~inside]
    if not rest.size:
        return parts, owners
    pieces, origin = shapely.get_parts(
        shapely.intersection(rest, shapely.box(*box)), return_index=True
    )
    areal = shapely.get_dimensions(pieces) == 2
    return (
        np.concatenate([parts[inside], pieces[areal]]),
        np.concatenate([owners[inside], owners[~inside][origin[areal]]]),
    )
