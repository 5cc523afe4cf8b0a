"""Rings of polygons: put on a grid as edges, and told to be simple."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.native.coverage import WalkedEdges
from raster_core.native.library import library

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Bytes of the kernel's memory for each point of a ring.
_SCRATCH = 80

_SIZE = ctypes.c_uint64


class Placing(NamedTuple):
    """From coordinates to columns and rows: a x + b y + c and d x + e y + f."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float
    col: float
    """Nearer than this to a whole or half column, a vertex is put on it."""
    row: float


class RingSegments(NamedTuple):
    """Rings as straight pieces."""

    start: NDArray[np.float64]
    """(n, 2): x, y."""
    end: NDArray[np.float64]
    """(n, 2)"""
    ring: NDArray[np.intp]
    """(n,): which ring each piece belongs to."""
    zone_of_ring: NDArray[np.intp]
    """(rings,)"""
    is_hole: NDArray[np.bool_]
    """(rings,)"""


class _Placing(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_double) for name in Placing._fields)


def orient_rings(segments: RingSegments, placing: Placing) -> WalkedEdges | None:
    """The edges of rings, running down; level ones are left out.

    The reference is ``raster_core.zonal.outlines.outline.orient_edges``.

    Returns:
        (m,), m <= n, in the order of the segments. None where there is no library, or
        a ring's pieces are not together or not in order.

    Raises:
        ValueError: If arrays are of other lengths, or a ring is not one of them.
    """
    native = library()
    if native is None:
        return None
    count, rings = len(segments.ring), len(segments.zone_of_ring)
    start, end = (np.ascontiguousarray(each, np.float64) for each in segments[:2])
    ring, zones = (np.ascontiguousarray(each, np.int64) for each in segments[2:4])
    holes = np.ascontiguousarray(segments.is_hole, np.bool_)
    if start.shape != (count, 2) or end.shape != (count, 2) or holes.shape != (rings,):
        raise ValueError("The segments' arrays are not of one length")
    zone, sign = np.empty((2, count), np.int64)
    col0, row0, col1, row1 = np.empty((4, count))
    found = WalkedEdges(zone, sign, col0, row0, col1, row1)
    used, by = _SIZE(), _Placing(*placing)
    done = native.rasterlet_orient_edges(
        *map(_address, (start, end, ring)),
        _SIZE(count),
        *map(_address, (zones, holes)),
        _SIZE(rings),
        ctypes.byref(by),
        *map(_address, found),
        ctypes.byref(used),
    )
    if done < 0:
        raise ValueError("A segment's ring is not one of the rings")
    if done:
        return None
    own = slice(used.value)
    return WalkedEdges(zone[own], sign[own], col0[own], row0[own], col1[own], row1[own])


def measure_areas(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    ring: NDArray[np.intp],
    rings: int,
) -> NDArray[np.float64] | None:
    """The signed areas of rings, positive if y turns from x.

    The reference is ``raster_core.zonal.outlines.outline.ring_areas_reference``.

    Args:
        start: (n, 2): where their pieces begin.
        end: (n, 2)
        ring: (n,): whose each piece is.
        rings: How many there are.

    Returns:
        (rings,); None where there is no library, or a ring's pieces are not together or
        not in order.

    Raises:
        ValueError: If arrays are of other lengths, or a ring is not one of them.
    """
    native, count = library(), len(ring)
    if native is None:
        return None
    start, end = (np.ascontiguousarray(each, np.float64) for each in (start, end))
    ring = np.ascontiguousarray(ring, np.int64)
    if not start.shape == end.shape == (count, 2):
        raise ValueError("The segments' arrays are not of one length")
    area = np.empty(rings)
    done = native.rasterlet_ring_areas(
        *map(_address, (start, end, ring)), _SIZE(count), _address(area), _SIZE(rings)
    )
    if done < 0:
        raise ValueError("A segment's ring is not one of the rings")
    return None if done else area


def find_simple(
    points: NDArray[np.float64], first: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which rings are certainly closed, finite and simple.

    Law: a polygon of one such ring is valid as GEOS has it. Of others nothing is known:
    rounding leaves it open, points are repeated, or too many sides lie side by side.

    Args:
        points: (n, 2): x, y.
        first: (rings + 1,): where each ring's points begin, ascending; n at the end.

    Returns:
        (rings,); none where there is no library.

    Raises:
        ValueError: If a ring has points that there are not.
    """
    native, rings = library(), len(first) - 1
    if native is None or rings < 1:
        return np.zeros(max(rings, 0), np.bool_)
    points = np.ascontiguousarray(points, np.float64)
    first = np.ascontiguousarray(first, np.int64)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"Points of shape {points.shape} are not (n, 2)")
    longest = max(int(np.diff(first).max()), 0)
    scratch, simple = np.empty(longest * _SCRATCH, np.uint8), np.zeros(rings, np.bool_)
    done = native.rasterlet_find_simple(
        _address(points),
        _SIZE(len(points)),
        _address(first),
        _SIZE(rings),
        _address(scratch),
        _SIZE(longest),
        _address(simple),
    )
    if done:
        raise ValueError("A ring's points are not among those given")
    return simple


def _address(array: NDArray[np.generic]) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)
