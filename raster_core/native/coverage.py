"""The walk along the edges of zones: which cells they cover, and how much of each.

The reference is ``raster_core.zonal.coverage.cover``, which also says what edges and
weights are.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from raster_core.native.library import library

if TYPE_CHECKING:
    from ctypes import CDLL

type _Floats = NDArray[np.float64]
type _Indices = NDArray[np.int32]

# What the kernels return.
_DONE, _CROSSED, _UNSORTED, _UNSUITABLE = range(4)

# Largest numbers of one zone: what is chained has 32 bits, and sums of columns take
# 33 MB.
_MAX_DELTAS = 2**31 - 1
_MAX_COLUMNS = 2**22


class WalkedEdges(NamedTuple):
    """Edges in pixels; all arrays are (n,)."""

    zone: NDArray[np.int64]
    """Ascending, from 0."""
    sign: NDArray[np.int64]
    col0: _Floats
    row0: _Floats
    col1: _Floats
    row1: _Floats


class WalkedRuns(NamedTuple):
    """Runs of equally covered cells, sorted by zone, row and column; (runs,) each."""

    zone: _Indices
    row: _Indices
    start: _Indices
    stop: _Indices
    weight: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rule:
    """Which cells count, and how much."""

    centres: bool
    """Whether cells count whole if their centre is covered."""
    least: int
    """What a cell weighs at least to count."""
    touched: bool
    """Whether cells that count do so whole."""


class CrossedError(ValueError):
    """Edges are not those of valid polygons."""


class _Edges(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_void_p) for name in WalkedEdges._fields),
        ("count", ctypes.c_uint64),
        *((name, ctypes.c_int64) for name in ("col", "row", "width", "height")),
        ("centres", ctypes.c_int64),
    )


class _Extent(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_int64)
        for name in ("row_crossings", "col_crossings", "runs", "deltas", "rows", "cols")
    )


class _Runs(ctypes.Structure):
    _fields_ = (
        ("head", ctypes.c_void_p),
        ("rows", ctypes.c_uint64),
        *((name, ctypes.c_void_p) for name in ("next", "at", "amount")),
        ("deltas", ctypes.c_uint64),
        *((name, ctypes.c_void_p) for name in ("sums", "used")),
        ("cols", ctypes.c_uint64),
        *((name, ctypes.c_void_p) for name in WalkedRuns._fields),
        ("runs", ctypes.c_uint64),
        *((name, ctypes.c_int64) for name in ("least", "touched")),
    )


class EdgeWalk:
    """Edges over a window, measured before they are walked."""

    def __init__(
        self, native: CDLL, edges: WalkedEdges, window: tuple[int, int, int, int]
    ) -> None:
        self.native, self.arrays = native, edges
        addresses = (each.ctypes.data for each in edges)
        self.edges = _Edges(*addresses, len(edges.zone), *window, 0)
        self.extent = _Extent()
        self.measured = native.rasterlet_measure_edges(
            ctypes.byref(self.edges), ctypes.byref(self.extent)
        )

    @property
    def is_sorted(self) -> bool:
        """Whether each zone's edges are together, and zones ascend."""
        return bool(self.measured != _UNSORTED)

    @property
    def is_suitable(self) -> bool:
        """Whether the kernel can walk them: positions are near, and zones sorted."""
        return bool(
            self.measured == _DONE
            and self.extent.deltas <= _MAX_DELTAS
            and self.extent.cols <= _MAX_COLUMNS
        )

    @property
    def crossings(self) -> int:
        """Rows or columns of cells that they cross, whichever are more."""
        return int(max(self.extent.row_crossings, self.extent.col_crossings))

    def run(self, rule: Rule) -> WalkedRuns:
        """The runs of all zones; edges are suitable.

        Raises:
            CrossedError: If the edges are not those of valid polygons.
            ValueError: If an edge was changed meanwhile.
        """
        extent = self.extent
        self.edges.centres = rule.centres
        zone, row, start, stop = np.empty((4, extent.runs), np.int32)
        weight = np.empty(extent.runs, np.int64)
        found = WalkedRuns(zone, row, start, stop, weight)
        # Sums of columns come last: what they are must be zero.
        scratch = (
            (np.empty(extent.rows, np.int32),),
            (
                *np.empty((2, extent.deltas), np.int32),
                np.empty(extent.deltas, np.int64),
            ),
            (
                np.zeros(extent.cols, np.int64),
                np.zeros(extent.cols // 64 + 1, np.int64),
            ),
        )
        sizes = extent.rows, extent.deltas, extent.cols
        members: list[int] = []
        for arrays, size in zip((*scratch, found), (*sizes, extent.runs), strict=True):
            members += [each.ctypes.data for each in arrays]
            members.append(size)
        runs, count = _Runs(*members, rule.least, rule.touched), ctypes.c_uint64()
        done = self.native.rasterlet_cover_edges(
            ctypes.byref(self.edges), ctypes.byref(runs), ctypes.byref(count)
        )
        if done == _CROSSED:
            raise CrossedError("Edges are not those of valid polygons")
        if done != _DONE:
            raise ValueError(f"Edges exceed what was measured ({done})")
        used = slice(count.value)
        return WalkedRuns(zone[used], row[used], start[used], stop[used], weight[used])


def walk_edges(
    edges: WalkedEdges, window: tuple[int, int, int, int]
) -> EdgeWalk | None:
    """The walk along edges over a window; None where there is no library.

    Args:
        edges: int64 and float64 arrays of one length; copied unless contiguous.
        window: First column, first row, width and height, in pixels.

    Raises:
        ValueError: If arrays are of other lengths.
    """
    native = library()
    if native is None:
        return None
    if len({each.shape for each in edges}) != 1 or edges.zone.ndim != 1:
        raise ValueError("The edges' arrays are not of one length")
    zone, sign = (np.ascontiguousarray(each, np.int64) for each in edges[:2])
    ends = [np.ascontiguousarray(each, np.float64) for each in edges[2:]]
    return EdgeWalk(native, WalkedEdges(zone, sign, *ends), window)
