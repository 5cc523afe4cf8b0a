"""Invalid polygons repaired, as far as their crossings are few enough to be repaired.

To tell whether a polygon is valid, GEOS looks at every pair of edges whose boxes
overlap, and to repair it takes 20 µs and 2 kB for each crossing and more: 2,000 random
vertices cross half a million times. Both are counted before, up to their limits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from raster_core.errors import BudgetError, ZoneError
from raster_core.zonal.zones.turns import polygons_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from raster_core.sources.crs.crs import Floats

    type Polygons = shapely.Polygon | shapely.MultiPolygon

# Self-crossings that are repaired, of all zones that are read together: 1 s and 100 MB.
# Polygons that people draw or digitise have a few, bad ones some hundred.
MAX_SELF_CROSSINGS = 50_000

# Pairs of edges of one zone whose boxes overlap: 0.15 s to be told valid. A coastline
# of 200,000 vertices has 0.4 million, a comb of 4,000 slanted teeth 32.
MAX_EDGE_PAIRS = 5_000_000

MAX_UNCOUNTED = math.sqrt(2 * MAX_EDGE_PAIRS)
"""Edges that cannot have so many pairs."""

# Pairs that are looked at together: 64 MB.
_TOGETHER = 2_000_000


@dataclass(slots=True, eq=False)
class Repairs:
    """What the repairs of some zones may still cost; counts down."""

    crossings: int = MAX_SELF_CROSSINGS


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """All edges of a polygon, those of holes included; (n, 2) each: x, y."""

    start: Floats
    end: Floats

    def boxes(self) -> tuple[Floats, Floats]:
        """Lower and upper corners, (n, 2) each."""
        return np.minimum(self.start, self.end), np.maximum(self.start, self.end)


def make_valid(shape: Polygons, repairs: Repairs) -> tuple[Polygons, str | None]:
    """A valid polygon, and why the one given was not; None if it was.

    Raises:
        BudgetError: If its edges have too many pairs, or cross too often.
        ZoneError: If it has no area.
    """
    if shapely.get_num_coordinates(shape) > MAX_UNCOUNTED:
        _check_pairs(_edges_of(shape))
    if shapely.is_valid(shape):
        return shape, None
    why = str(shapely.is_valid_reason(shape))
    found = _count_crossings(_edges_of(shape), repairs.crossings)
    if found > repairs.crossings:
        raise BudgetError(
            f"The outline crosses itself so often that all zones together exceed "
            f"{MAX_SELF_CROSSINGS} self-crossings; repair or simplify it, or ask for "
            "fewer such zones"
        )
    repairs.crossings -= found
    # "structure" keeps what overlapping parts enclose; the default drops it.
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    polygons = polygons_of(mended)
    if not polygons.size:
        raise ZoneError(f"The geometry is invalid and has no area: {why}")
    return shapely.MultiPolygon(polygons.tolist()), why


def _edges_of(shape: Polygons) -> _Edges:
    rings = shapely.get_rings(shapely.get_parts(shape))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    start, end = points[:-1], points[1:]
    proper = (ring[1:] == ring[:-1]) & (start != end).any(axis=1)
    return _Edges(start[proper], end[proper])


def _check_pairs(edges: _Edges) -> None:
    """Refuse edges whose boxes overlap too often for GEOS to judge them."""
    low, high = edges.boxes()
    if min(_overlaps(low[:, axis], high[:, axis]) for axis in (0, 1)) <= MAX_EDGE_PAIRS:
        return
    found = 0
    for first, _ in _pairs(edges):
        found += len(first)
        if found > MAX_EDGE_PAIRS:
            raise BudgetError(
                f"The outline's {len(low)} edges have more than {MAX_EDGE_PAIRS} pairs "
                "that may cross; simplify it, or divide the zone"
            )


def _overlaps(low: Floats, high: Floats) -> int:
    """How many pairs of intervals from ``low`` to ``high``, (n,) each, overlap."""
    order = np.argsort(low)
    reached = np.searchsorted(low[order], high[order], side="right")
    return int(reached.sum()) - len(low) * (len(low) + 1) // 2


def _pairs(edges: _Edges) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Indices of pairs of edges whose boxes overlap, (n,) each; every pair once."""
    boxes = shapely.box(*np.hstack(edges.boxes()).T)
    tree = shapely.STRtree(boxes)
    step = max(1, _TOGETHER // max(1, len(boxes)))
    for start in range(0, len(boxes), step):
        one, other = tree.query(boxes[start : start + step])
        one = one + start
        later = one < other
        yield one[later], other[later]


def _count_crossings(edges: _Edges, limit: int) -> int:
    """Pairs of edges that meet elsewhere than in a common end; stops above a limit."""
    found = 0
    for one, other in _pairs(edges):
        found += int(np.count_nonzero(_meet(edges, one, other)))
        if found > limit:
            break
    return found


def _meet(
    edges: _Edges, one: NDArray[np.intp], other: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Whether pairs of edges (n,) with overlapping boxes meet, but for common ends."""
    a, b = edges.start[one], edges.end[one]
    c, d = edges.start[other], edges.end[other]
    apart = (_side(a, b, c) * _side(a, b, d) > 0) | (
        _side(c, d, a) * _side(c, d, b) > 0
    )
    shared = np.zeros(len(a), bool)
    for end in (a, b):
        for own in (c, d):
            shared |= (end == own).all(axis=1)
    return ~(apart | shared)


def _side(start: Floats, end: Floats, point: Floats) -> Floats:
    """On which side of edges points lie, up to rounding: -1, 0 or 1, (n,).

    Starts, ends and points are (n, 2).
    """
    way, off = end - start, point - start
    side: Floats = np.sign(way[:, 0] * off[:, 1] - way[:, 1] * off[:, 0])
    return side
