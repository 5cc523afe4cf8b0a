"""Weight and ground by row of small integers: what a cross-tabulation adds up.

A tally is a table of distinct rows, such as (zone, land cover, soil), and the sums of
each. All sums are whole numbers, so merging is exact and knows no order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import BudgetError
from raster_core.zonal.coverage.weights import HALF_BITS, WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.coverage.weights import Integers

# Ground is kept in 2**-10 m² and in 2**-50 m²: blocks of 8e12 m² (512 pixels of 5 km a
# side) and pixels of a drone's 1e-4 m² alike, and a billion blocks fit into 64 bits.
_COARSE, _FINE = 10, 40

# Bins that are counted in directly, by the number of cells; with more, sorting is
# faster. A block of 262,144 cells may have 1,024 x 1,024 combinations.
_BINS_PER_CELL = 4
_MIN_BINS = 65_536

# A code up to here, multiplied by a range of 16 bits, is a 64-bit number.
_MAX_CODE = 2**40

# Rows that wait to be merged at least: with fewer, merging costs more than it frees.
_MIN_WAITING = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Distinct rows in lexicographic order, and their sums."""

    rows: Integers
    """(n, columns)"""
    sums: Integers
    """(n, 4): the weight is ``[0] * 2**HALF_BITS + [1]`` units, the ground
    ``[2] * 2**-10 + [3] * 2**-50`` m²."""

    def weights(self) -> list[int]:
        """Weight of each row in units of ``1 / WHOLE``, (n,)."""
        return [(high << HALF_BITS) + low for high, low, _, _ in self.sums.tolist()]

    def grounds(self) -> list[float]:
        """Ground of each row in m², (n,)."""
        scale = 2 ** (_COARSE + _FINE)
        return [((a << _FINE) + b) / scale for _, _, a, b in self.sums.tolist()]

    def part(self, start: int, stop: int) -> Tally:
        """Rows [start, stop)."""
        return Tally(self.rows[start:stop], self.sums[start:stop])


def count_rows(
    columns: Sequence[NDArray[np.generic]], weights: Integers, ground: Floats
) -> Tally:
    """The tally of cells of one block. The last bits of its grounds follow their order.

    Args:
        columns: (n,) each, at least one; all but the first of at most 16 bits.
        weights: (n,), in units.
        ground: (n,): m² of each whole cell.
    """
    if not weights.size:
        return _empty(len(columns))
    code, size = _encode(columns)
    if size > max(_BINS_PER_CELL * len(code), _MIN_BINS):
        code, size = _rank(code)
    # All cells as whole ones, then what is missing from those on the outline: they are
    # few. Float64 counts whole numbers exactly up to 2**53.
    high, low = np.bincount(code, minlength=size) << HALF_BITS, np.zeros(size, np.int64)
    outline = np.flatnonzero(weights != WHOLE)
    partial, position = weights[outline], code[outline]
    missing = (partial >> HALF_BITS) - (WHOLE >> HALF_BITS)
    high += np.bincount(position, missing, minlength=size).astype(np.int64)
    rest = partial & (2**HALF_BITS - 1)
    low += np.bincount(position, rest, minlength=size).astype(np.int64)
    if outline.size:
        ground = ground.copy()
        ground[outline] *= partial / WHOLE
    area = np.bincount(code, ground, minlength=size)

    chosen = np.full(size, -1)
    chosen[code] = np.arange(len(code))
    met = np.flatnonzero(chosen >= 0)
    chosen = chosen[met]
    rows = [column[chosen].astype(np.int64) for column in columns]
    coarse, fine = _split_ground(area[met])
    sums = np.stack([high[met], low[met], coarse, fine], axis=1)
    return Tally(np.stack(rows, axis=1), sums)


def sum_tallies(parts: Iterable[Tally], columns: int, *, max_rows: int) -> Tally:
    """All of them as one, with little more in memory than the distinct rows.

    Args:
        parts: In any order; without any, the tally is empty.
        columns: How many columns each row has.
        max_rows: How many rows the sum may have.

    Raises:
        BudgetError: If there are more distinct rows.
    """
    merged, waiting = _empty(columns), [_empty(columns)]
    for part in parts:
        waiting.append(part)
        if sum(len(w.rows) for w in waiting) > max(_MIN_WAITING, len(merged.rows)):
            merged, waiting = _checked(merge_tallies([merged, *waiting]), max_rows), []
    return _checked(merge_tallies([merged, *waiting]), max_rows)


def merge_tallies(parts: Sequence[Tally]) -> Tally:
    """All of them as one; there is at least one."""
    rows = np.concatenate([part.rows for part in parts])
    sums = np.concatenate([part.sums for part in parts])
    if not rows.size:
        return Tally(rows, sums)
    code, _ = _encode(list(rows.T))
    order = np.argsort(code, kind="stable")
    first = np.flatnonzero(np.diff(code[order], prepend=-1))
    return Tally(rows[order[first]], np.add.reduceat(sums[order], first))


def _empty(columns: int) -> Tally:
    return Tally(np.zeros((0, columns), np.int64), np.zeros((0, 4), np.int64))


def _checked(tally: Tally, max_rows: int) -> Tally:
    if len(tally.rows) > max_rows:
        raise BudgetError(
            f"The zones have more than {max_rows} combinations of values; ask for "
            "fewer zones, or for rasters of fewer values"
        )
    return tally


def _encode(columns: Sequence[NDArray[np.generic]]) -> tuple[Integers, int]:
    """One number per row, in lexicographic order, (n,), and one above the largest.

    Columns are integers, (n,) each, n > 0.
    """
    code, size = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        low, high = int(column.min()), int(column.max())
        if low == high:  # as zones and flags mostly are
            continue
        if size > _MAX_CODE:
            code, size = _rank(code)
        code *= high - low + 1
        np.add(code, column, out=code)
        code -= low
        size *= high - low + 1
    return code, size


def _rank(code: Integers) -> tuple[Integers, int]:
    """The same order as numbers (n,) from 0 on without gaps, and how many there are."""
    met, rank = np.unique(code, return_inverse=True)
    return rank, len(met)


def _split_ground(area: Floats) -> tuple[Integers, Integers]:
    """m² (n,) as whole numbers (n,) of 2**-10 m², and the rest of 2**-50."""
    coarse = np.floor(area * 2**_COARSE)
    fine = np.rint((area * 2**_COARSE - coarse) * 2**_FINE)
    return coarse.astype(np.int64), fine.astype(np.int64)
