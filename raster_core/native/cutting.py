"""Runs of cells cut at the borders of blocks, and put in order of blocks."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.native.library import library

if TYPE_CHECKING:
    from ctypes import CDLL

    from numpy.typing import NDArray

# Blocks from the first to the last that are counted one by one, 128 MB.
_MAX_BLOCKS = 2**24


class CutRuns(NamedTuple):
    """The pieces of runs, block by block."""

    run: NDArray[np.int32]
    """(pieces,): which run each is of, ascending within a block."""
    blocks: NDArray[np.int64]
    """(blocks,): numbers of those that have some, ascending."""
    first: NDArray[np.int64]
    """(blocks + 1,): where each block's pieces begin."""


class _Blocks(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_int64) for name in ("rows", "cols", "across"))


class _Cut(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_int64) for name in ("pieces", "first", "last"))


@dataclass(frozen=True, slots=True, eq=False)
class RunCut:
    """Runs measured before they are cut."""

    native: CDLL
    arrays: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]
    blocks: _Blocks
    cut: _Cut

    @property
    def pieces(self) -> int:
        """How many pieces there will be."""
        return int(self.cut.pieces)

    def run(self) -> CutRuns:
        """The pieces.

        Raises:
            ValueError: If a run was changed meanwhile.
        """
        span = self.cut.last - self.cut.first + 1
        run, next_ = np.empty(self.pieces, np.int32), np.empty(span + 1, np.int64)
        done = self.native.rasterlet_cut_runs(
            *_arguments(self.arrays, self.blocks),
            ctypes.byref(self.cut),
            ctypes.c_void_p(next_.ctypes.data),
            ctypes.c_void_p(run.ctypes.data),
        )
        if done:
            raise ValueError("The runs are not those that were measured")
        used = np.flatnonzero(next_[1:] != next_[:-1])
        first = np.append(next_[used], self.pieces)
        return CutRuns(run, used + self.cut.first, first)


def measure_cut(
    row: NDArray[np.integer],
    start: NDArray[np.integer],
    stop: NDArray[np.integer],
    *,
    block_shape: tuple[int, int],
    columns: int,
) -> RunCut | None:
    """The cut of runs at the borders of blocks.

    The reference is ``raster_core.zonal.coverage.pieces.cut_reference``.

    Args:
        row: (n,): rows of the runs.
        start: (n,): their first columns.
        stop: (n,): the columns after their last.
        block_shape: (height, width) of blocks.
        columns: How many blocks lie side by side.

    Returns:
        None where there is no library, and for runs that are none, that are not int32
        or whose blocks lie too far apart.

    Raises:
        ValueError: If a run is empty, or off the blocks.
    """
    native, given = library(), (row, start, stop)
    plain = all(each.dtype == np.int32 for each in given)
    if native is None or not plain or not row.size:
        return None
    arrays = (_contiguous(row), _contiguous(start), _contiguous(stop))
    if not row.shape == start.shape == stop.shape:
        raise ValueError("The runs' arrays are not of one length")
    blocks, cut = _Blocks(*block_shape, columns), _Cut()
    if native.rasterlet_measure_cut(*_arguments(arrays, blocks), ctypes.byref(cut)):
        raise ValueError("A run is empty, or off the blocks")
    if cut.last - cut.first >= _MAX_BLOCKS:
        return None
    return RunCut(native, arrays, blocks, cut)


def _contiguous(numbers: NDArray[np.integer]) -> NDArray[np.int32]:
    return np.ascontiguousarray(numbers, np.int32)


def _arguments(
    arrays: tuple[NDArray[np.int32], ...], blocks: _Blocks
) -> tuple[object, ...]:
    """What both kernels take first."""
    addresses = (ctypes.c_void_p(each.ctypes.data) for each in arrays)
    return (*addresses, ctypes.c_uint64(len(arrays[0])), ctypes.byref(blocks))
