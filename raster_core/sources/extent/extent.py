"""The box of a raster in longitude and latitude, however wide or high the raster is.

Rasters of the world reach beyond the Earth: the corners of a Mollweide map and of a
full disk from space have no longitude, the last column of a Mercator map may lie past
180 degrees. So the box follows from points all over the raster, from where it ends
between a point on Earth and one that is not, and from the poles.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.errors import SourceError
from raster_core.grid import Bounds
from raster_core.sources.crs.crs import (
    LONGITUDE_LATITUDE,
    MAX_LATITUDE,
    is_geographic,
    keep_turns,
    same_crs,
    wrap_longitudes,
)
from raster_core.sources.crs.operations import point_transform
from raster_core.sources.extent.positions import (
    find_graticule,
    holds_poles,
    locate_in_degrees,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats

# Points a side: to see whether all of a raster is on Earth, beside those of its sides,
# and to follow its outline or the Earth's.
_PROBES, _POINTS = 17, 65

# Halvings between a point on Earth and one beyond it: a millionth of a pixel or less.
_HALVINGS = 36

# Degrees between neighbouring points above which what lies between is not known.
_FAR = 90.0

# Degrees that both ends of a whole turn may be apart, and what bounds in degrees are
# rounded by.
_CLOSED = 1e-6

# Fraction of the box that is added where it ends with the Earth, whose outline is known
# at some positions only.
_MARGIN = 2e-3

# Degrees between the points of the Earth that are looked for on a raster that reaches
# beyond it: it may be so large that the Earth lies between all points of its own.
_GRATICULE = 10.0

_TURN = 360.0

# Boxes that are kept, half a kilobyte each: a millisecond to find, or ten with the
# operation of a datum, for each dataset of a catalogue that is listed.
MAX_BOXES = 4096


class _Seam(NamedTuple):
    """Where degrees end, and after how many they end again."""

    first: float
    period: float


@lru_cache(maxsize=MAX_BOXES)
def geographic_bounds(grid: Grid) -> Bounds:
    """The grid's box in longitude and latitude; left > right over the antimeridian.

    Within [-180, 180] and [-90, 90]. Every pixel that has a longitude and a latitude
    has its centre in it. It is as small as that allows for a raster that is wholly on
    Earth, and at most 0.4 % wider or higher for one that is not.

    Raises:
        SourceError: If no part of the raster has a longitude and a latitude.
    """
    if is_geographic(grid.crs):
        return _turn_box(bounds_in_degrees(grid, LONGITUDE_LATITUDE))
    sides = locate_in_degrees(grid, *_trace_sides(grid))
    lattice = _locate_lattice(grid, _PROBES)
    limb = np.empty((2, 0, 2))
    if not (np.isfinite(sides).all() and np.isfinite(lattice).all()):
        lattice = _locate_lattice(grid, _POINTS)
        limb = _find_limb(grid, lattice)
    return _turn_box(_enclose(grid, sides, lattice, limb))


@lru_cache(maxsize=512)
def bounds_in_degrees(grid: Grid, crs: str) -> Bounds:
    """The box of a raster in degrees in degrees of any datum, in the raster's turn.

    It is cut at the poles.
    """
    box = grid.bounds
    bottom, top = max(box.bottom, -MAX_LATITUDE), min(box.top, MAX_LATITUDE)
    if same_crs(grid.crs, crs):
        return Bounds(box.left, bottom, box.right, top)
    to_degrees = keep_turns(point_transform(grid, crs))
    x, y = (
        axis.ravel()
        for axis in np.meshgrid(
            np.linspace(box.left, box.right, _PROBES),
            np.linspace(bottom, top, _PROBES),
        )
    )
    x, y = to_degrees(x, y)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise SourceError("The raster's bounds have no longitude and latitude")
    return Bounds(*(float(end) for end in (x.min(), y.min(), x.max(), y.max())))


def _locate_lattice(grid: Grid, points: int) -> Floats:
    """Longitudes and latitudes all over a grid, (2, points, points).

    In degrees; NaN for positions that are not on Earth.
    """
    fraction = np.linspace(0.0, 1.0, points)
    cols, rows = np.meshgrid(fraction * grid.width, fraction * grid.height)
    return locate_in_degrees(grid, cols, rows)


def _find_limb(grid: Grid, lattice: Floats) -> Floats:
    """Where the Earth ends between neighbouring points of a lattice.

    Returns:
        Longitude and latitude (2, n, 2): of the neighbour on Earth, and of the last
        position on the way to the other.
    """
    points = lattice.shape[1]
    step = np.array([grid.width, grid.height]) / (points - 1)
    known = np.isfinite(lattice[0])
    number = np.stack(np.meshgrid(np.arange(points), np.arange(points)), axis=-1)
    pairs = [
        (number[:, :-1], number[:, 1:], known[:, :-1], known[:, 1:]),
        (number[:-1], number[1:], known[:-1], known[1:]),
    ]
    on, off = [], []
    for first, second, is_first, is_second in pairs:
        on += [first[is_first & ~is_second], second[is_second & ~is_first]]
        off += [second[is_first & ~is_second], first[is_second & ~is_first]]
    start = np.concatenate(on)
    inner, outer = start * step, np.concatenate(off) * step
    last = lattice[:, start[:, 1], start[:, 0]]
    begin = last.copy()
    for _ in range(_HALVINGS):
        middle = (inner + outer) / 2
        there = locate_in_degrees(grid, *middle.T)
        is_on = np.isfinite(there[0])
        inner = np.where(is_on[:, None], middle, inner)
        outer = np.where(is_on[:, None], outer, middle)
        last = np.where(is_on, there, last)
    return np.stack([begin, last], axis=-1)


def _enclose(grid: Grid, sides: Floats, lattice: Floats, limb: Floats) -> Bounds:
    """The box of points all over a grid, in any turn.

    Args:
        grid: The grid.
        sides: (2, 4, points): longitudes and latitudes along its sides.
        lattice: (2, points, points): the same, NaN for positions not on Earth.
        limb: (2, n, 2): as ``_find_limb`` returns it; empty if all are on Earth.
    """
    whole = limb.size == 0 and np.isfinite(lattice).all()
    extra = np.empty((2, 0)) if whole else find_graticule(grid, _GRATICULE)
    inner = np.concatenate([lattice.reshape(2, -1), extra], axis=1)
    if not np.isfinite(inner).any():
        raise SourceError("The raster's bounds have no longitude and latitude")
    south, north = holds_poles(grid)
    poles = _Seam(MAX_LATITUDE, 2 * MAX_LATITUDE)
    bottom, top = _find_range(sides[1], inner[1], limb[1, :, 1], seam=poles)
    left, right = _find_arc(lattice[0], limb[0], extra[0])
    if south or north or right - left >= _TURN - _CLOSED:
        left, right = -180.0, 180.0
    else:
        middle = (left + right) / 2
        west, east = _find_range(
            *(
                wrap_longitudes(longitude - middle)
                for longitude in (sides[0], inner[0], limb[0, :, 1])
            ),
            seam=_Seam(180.0 - middle, _TURN),
        )
        left, right = middle + west, middle + east
    return Bounds(
        left,
        -MAX_LATITUDE if south else max(bottom, -MAX_LATITUDE),
        right,
        MAX_LATITUDE if north else min(top, MAX_LATITUDE),
    )


def _trace_sides(grid: Grid) -> tuple[Floats, Floats]:
    """Columns and rows of points along each side, (4, points)."""
    fraction = np.linspace(0.0, 1.0, _POINTS)
    none, every = np.zeros(_POINTS), np.ones(_POINTS)
    return (
        np.stack([fraction, fraction, none, every]) * grid.width,
        np.stack([none, every, fraction, fraction]) * grid.height,
    )


def _find_range(
    sides: Floats, inner: Floats, limb: Floats, *, seam: _Seam
) -> tuple[float, float]:
    """Least and largest of degrees along a grid's sides, inside, and along the limb.

    Args:
        sides: (4, points).
        inner: In any shape, NaN for positions that are not on Earth.
        limb: (n,), possibly empty.
        seam: Where degrees end: the margin about the limb does not lead beyond.
    """
    low = -_find_end(-sides, -inner, -limb, seam._replace(first=-seam.first))
    return low, _find_end(sides, inner, limb, seam)


def _find_end(sides: Floats, inner: Floats, limb: Floats, seam: _Seam) -> float:
    """The greatest of degrees along a grid's sides, inside, and along the limb."""
    high = max(_find_peak(sides), float(np.nanmax(inner)))
    top = float(np.max(limb, initial=-np.inf))
    if top <= high:
        return high
    turns = np.ceil((top - _CLOSED - seam.first) / seam.period)
    next_seam = seam.first + seam.period * turns
    return float(min(top + _MARGIN * (high - np.nanmin(inner)), next_seam))


def _find_peak(lines: Floats) -> float:
    """An upper bound of curves through points (lines, points); -inf if none is known.

    Between points that lie evenly on a parabola, it exceeds the highest one by an
    eighth of the second difference at most.
    """
    before, here, after = lines[:, :-2], lines[:, 1:-1], lines[:, 2:]
    with np.errstate(invalid="ignore"):
        crests = here + np.abs(before - 2 * here + after) / 8
        is_crest = (here >= before) & (here >= after)
    found = np.concatenate([lines.ravel(), crests[is_crest]])
    return float(np.max(found[np.isfinite(found)], initial=-np.inf))


def _find_arc(lattice: Floats, limb: Floats, extra: Floats) -> tuple[float, float]:
    """The longitudes from which to which neighbouring points lead, all the way round.

    Args:
        lattice: (points, points): longitudes, NaN for positions not on Earth.
        limb: (n, 2): of pairs of points.
        extra: (m,): of single ones.
    """
    starts = [lattice[:, :-1], lattice[:-1], limb[:, 0], extra]
    ends = [lattice[:, 1:], lattice[1:], limb[:, 1], extra]
    start, end = (np.concatenate([p.ravel() for p in part]) for part in (starts, ends))
    step = wrap_longitudes(end - start)
    with np.errstate(invalid="ignore"):
        near = np.abs(step) <= _FAR
    start = np.where(step < 0, end, start)[near] % _TURN
    length = np.abs(step[near])
    # Once more a turn before, for those that lead over Greenwich.
    start = np.concatenate([start - _TURN, start])
    order = np.argsort(start)
    start = start[order]
    reached = np.maximum.accumulate(start + np.tile(length, 2)[order])
    gaps = np.where(start[1:] >= 0, start[1:] - reached[:-1], 0.0)
    widest = int(np.argmax(gaps))
    if gaps[widest] <= 0:
        return -180.0, 180.0
    return float(start[widest + 1]), float(reached[widest] + _TURN)


def _turn_box(box: Bounds) -> Bounds:
    """A box of any turn in [-180, 180]."""
    if box.right - box.left >= _TURN - _CLOSED:
        return Bounds(-180.0, box.bottom, 180.0, box.top)
    left, right = wrap_longitudes(np.array([box.left, box.right])).tolist()
    if left > 180.0 - _CLOSED:
        left = -180.0
    if right < -180.0 + _CLOSED:
        right = 180.0
    return Bounds(left, box.bottom, right, box.top)


def unite_bounds(boxes: Sequence[Bounds]) -> Bounds:
    """The box of all; around the Earth if one lies over the antimeridian."""
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    if len(boxes) > 1 and any(box.left > box.right for box in boxes):
        return Bounds(-180.0, min(bottoms), 180.0, max(tops))
    return Bounds(min(lefts), min(bottoms), max(rights), max(tops))
