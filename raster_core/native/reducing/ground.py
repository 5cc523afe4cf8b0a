"""The ground of zones' cells in one block: in all, times the values, and by class."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.native.library import library
from raster_core.native.reducing.cells import (
    WHOLE_BITS,
    FlatCells,
    bind_cells,
    check_done,
    is_plain,
    no_masked,
    plane_of,
)
from raster_core.native.reducing.dense import DenseCells, walk_zones

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.native.reducing.cells import Integers, ZoneRuns

    type Floats = NDArray[np.float64]

_POINTER, _NUMBER = ctypes.c_void_p, ctypes.c_int64

_TYPES = frozenset(["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"])


@dataclass(frozen=True, slots=True, eq=False)
class GroundPlane:
    """Areas of the cells of a block: on some lines, and straight between them.

    That of a cell is ``part * (lower - upper) + upper`` of the areas on the lines above
    and below it, float64.
    """

    lines: Floats
    """(lines, columns), contiguous: areas on each line, at the block's columns; one
    column stands for all of them."""
    line: Integers
    """(height,), contiguous: number of the line above each row."""
    part: Floats
    """(height,), contiguous: how far below it the row is, as a part of the distance to
    the next one; the last line is next to itself."""

    def areas(self) -> Floats:
        """(height, columns): of each cell."""
        below = np.minimum(self.line + 1, len(self.lines) - 1)
        upper, lower = self.lines[self.line], self.lines[below]
        return np.asarray(self.part[:, None] * (lower - upper) + upper)


class Classes(NamedTuple):
    """Values that zones have, by zone, ascending within each."""

    zone: Integers
    """(classes,): numbers of the zones, ascending."""
    value: NDArray[np.generic]
    """(classes,): in the type of the block, which has 16 bits at most."""


class Grounds(NamedTuple):
    """Ground of all zones of a block."""

    total: Floats
    """(zones,)"""
    weighted: Floats
    """(zones,): sum of ground x value."""
    area: Floats
    """(classes,): ground of each class; (0,) without classes."""


class _Plane(ctypes.Structure):
    """``Plane`` of ``c/ground.c``."""

    _fields_ = (
        *((name, _NUMBER) for name in ("lines", "columns")),
        *((name, _POINTER) for name in ("areas", "line", "part")),
    )


class _Grounds(ctypes.Structure):
    """``Grounds`` of ``c/ground.c``."""

    _fields_ = (
        *((name, _NUMBER) for name in ("max_zones", "zones")),
        *((name, _POINTER) for name in ("total", "weighted")),
        ("classes", _NUMBER),
        *((name, _POINTER) for name in ("class_end", "value", "area", "place")),
    )


def measure_ground(
    runs: ZoneRuns,
    block: tuple[NDArray[np.generic], NDArray[np.bool_] | None],
    plane: GroundPlane,
    classes: Classes | None = None,
) -> Grounds:
    """The ground of each zone's cells with data, weighted as they are covered.

    The order of sums: the cell of number i in the block, row-major, goes to lane
    i mod 8, of a class to lane i mod 4, where cells are added in their order; lanes are
    added as ((0+1)+(2+3))+((4+5)+(6+7)).

    Args:
        runs: The zones' cells.
        block: Values (row, col), and where there is data, likewise; None if all cells
            have data.
        plane: Areas of the block's cells.
        classes: Every value that a zone has among its cells with data; None if ground
            is not told apart.

    Raises:
        ValueError: If a run lies outside of the block, zones do not ascend, the plane
            is of another block, or a cell has none of its zone's classes.
    """
    values, valid = block
    _check_plane(plane, values.shape)
    if classes is not None:
        _check_classes(classes, values.dtype)
    native, name = library(), values.dtype.str[1:]
    if native is None or name not in _TYPES:
        return measure_ground_reference(runs, block, plane, classes)
    values, valid = plane_of(values), None if valid is None else plane_of(valid)
    cells = bind_cells(runs, values, valid)
    zone = no_masked(runs).zone
    sums = np.empty((2, len(zone)))
    # What the structs point to lives as long as these names.
    found, areas, _kept = _bind_grounds(sums, zone, classes, values.dtype)
    arrays = plane.lines, plane.line, plane.part
    bound = _Plane(*plane.lines.shape, *(array.ctypes.data for array in arrays))
    kernel = native[f"rasterlet_ground_{values.dtype.kind}{8 * values.itemsize}"]
    check_done(kernel(*map(ctypes.byref, (cells, bound, found))))
    return Grounds(sums[0], sums[1], _join_fours(areas))


def measure_ground_reference(
    runs: ZoneRuns,
    block: tuple[NDArray[np.generic], NDArray[np.bool_] | None],
    plane: GroundPlane,
    classes: Classes | None = None,
) -> Grounds:
    """``measure_ground`` with numpy."""
    values, valid = block
    masked = no_masked(runs)
    found = _Measuring.of(len(masked.zone), classes)
    areas = np.broadcast_to(plane.areas(), values.shape)
    with np.errstate(over="ignore", invalid="ignore"):
        for cells in walk_zones(runs, values, valid, masked):
            if isinstance(cells, DenseCells):
                found.add_large(cells, areas, int(masked.zone[cells.position]))
            else:
                found.add(cells, areas.ravel()[cells.number], masked.zone)
        total, weighted = map(_join_eights, (found.total, found.weighted))
    return Grounds(total, weighted, _join_fours(found.area))


@dataclass(frozen=True, slots=True, eq=False)
class _Measuring:
    """Sums by lane, while cells come in."""

    total: Floats
    """(zones, 8), as ``weighted``."""
    weighted: Floats
    area: Floats
    """(classes, 4)"""
    codes: Integers | None
    """(classes,): zone and value as one number, ascending; None without classes."""

    @staticmethod
    def of(zones: int, classes: Classes | None) -> _Measuring:
        """Nothing yet."""
        total, weighted = np.zeros((2, zones, 8))
        codes = None if classes is None else _encode(*classes)
        return _Measuring(
            total, weighted, np.zeros((0 if codes is None else len(codes), 4)), codes
        )

    def add(self, cells: FlatCells, areas: Floats, zone: Integers) -> None:
        """Take all cells of some zones in, with the area of each."""
        ground = cells.weight * 2.0**-WHOLE_BITS * areas
        lane = 8 * cells.zone + (cells.number & 7)
        terms = ground * cells.value.astype(np.float64)
        size = self.total.size
        self.total[:] += np.bincount(lane, ground, size).reshape(-1, 8)
        self.weighted[:] += np.bincount(lane, terms, size).reshape(-1, 8)
        self._add_classes(zone[cells.zone], cells.value, cells.number, ground)

    def add_large(self, cells: DenseCells, areas: Floats, zone: int) -> None:
        """Take all cells of a large zone in; areas are those of the block."""
        row = cells.first // areas.shape[1]
        fraction = cells.weight * 2.0**-WHOLE_BITS
        ground = fraction * areas[row : row + len(fraction)]
        terms = ground * cells.value.astype(np.float64)
        self.total[cells.position] = cells.sum_lanes(ground)
        self.weighted[cells.position] = cells.sum_lanes(terms)
        if self.codes is not None:
            shown = np.flatnonzero(cells.weight)
            value, number = cells.value.ravel()[shown], shown + cells.first
            self._add_classes(zone, value, number, ground.ravel()[shown])

    def _add_classes(
        self,
        zone: Integers | int,
        value: NDArray[np.generic],
        number: Integers,
        ground: Floats,
    ) -> None:
        """Take cells in by class: their zones' numbers, and three times (cells,)."""
        if self.codes is None:
            return
        place = _find_classes(self.codes, zone, value)
        lane = 4 * place + (number & 3)
        self.area[:] += np.bincount(lane, ground, self.area.size).reshape(-1, 4)


def _find_classes(
    codes: Integers, zone: Integers | int, value: NDArray[np.generic]
) -> Integers:
    """The class of each cell, (cells,), among codes (classes,).

    Raises:
        ValueError: If there is none.
    """
    if isinstance(zone, int):  # by a table, which takes a quarter of the time
        first, last = np.searchsorted(codes, (zone << 17, (zone + 1) << 17)).tolist()
        table = np.full(1 << 17, -1)
        table[codes[first:last] - (zone << 17)] = np.arange(first, last)
        place = table[value.astype(np.int64) + 2**15]
        check_done(int((place < 0).any()))
        return place
    wanted = _encode(zone, value)
    place = np.searchsorted(codes, wanted)
    check_done(int((np.append(codes, -1)[place] != wanted).any()))
    return place


def _encode(zone: Integers, value: NDArray[np.generic]) -> Integers:
    """Zone and value as one number, ordered as both."""
    return (zone.astype(np.int64) << 17) + (value.astype(np.int64) + 2**15)


def _check_plane(plane: GroundPlane, shape: tuple[int, ...]) -> None:
    arrays, (lines, columns) = (plane.lines, plane.line, plane.part), plane.lines.shape
    if (
        columns not in {1, shape[1]}
        or not all(map(is_plain, arrays, (np.float64, np.int64, np.float64)))
        or not plane.line.shape == plane.part.shape == shape[:1]
        or not ((plane.line >= 0) & (plane.line < lines)).all()
    ):
        raise ValueError(f"{lines} lines of {columns} areas are not those of {shape}")


def _check_classes(classes: Classes, dtype: np.dtype[np.generic]) -> None:
    zone, value = classes
    if value.dtype != dtype or dtype.itemsize > 2 or dtype.kind not in "iu":
        raise ValueError(f"Classes of {value.dtype} are not those of {dtype}")
    if zone.shape != value.shape or (np.diff(zone) < 0).any():
        raise ValueError("Classes are not sorted by zone")


def _bind_grounds(
    sums: Floats,
    zone: Integers,
    classes: Classes | None,
    dtype: np.dtype[np.generic],
) -> tuple[_Grounds, Floats, tuple[NDArray[np.generic], ...]]:
    """The struct, the areas (classes, 4), and what else has to live beside it."""
    total, weighted = (row.ctypes.data for row in sums)
    if classes is None:
        areas = np.zeros((0, 4))
        return _Grounds(len(zone), 0, total, weighted), areas, ()
    ends = np.searchsorted(classes.zone, zone, side="right")
    values = classes.value.astype(np.int64)
    if dtype.kind == "i":
        values += 1 << (8 * dtype.itemsize - 1)
    areas = np.zeros((len(values), 4))
    place = np.full(1 << (8 * dtype.itemsize), -1, np.int32)
    kept = ends, values, areas, place
    places = (each.ctypes.data for each in kept)
    return _Grounds(len(zone), 0, total, weighted, len(values), *places), areas, kept


def _join_eights(lanes: Floats) -> Floats:
    """The sum of every eight lanes, (n,), of (n, 8)."""
    pairs = lanes[:, ::2] + lanes[:, 1::2]
    return np.asarray((pairs[:, 0] + pairs[:, 1]) + (pairs[:, 2] + pairs[:, 3]))


def _join_fours(lanes: Floats) -> Floats:
    """The sum of every four lanes, (n,), of (n, 4)."""
    pairs = lanes[:, ::2] + lanes[:, 1::2]
    return np.asarray(pairs[:, 0] + pairs[:, 1])
