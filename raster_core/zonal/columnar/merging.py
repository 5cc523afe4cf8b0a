"""Rows of many blocks made one per zone, and taken apart by zone."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from raster_core.native.reducing.summing import LIMB_BITS
from raster_core.zonal.coverage.weights import Weights
from raster_core.zonal.partials.rows import LIMBS, SumRows, ValueRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.zonal.coverage.weights import Integers

_LOW_LIMB = 2**LIMB_BITS - 1


def pick_rows[T](rows: T, which: NDArray[Any]) -> T:
    """Some of the rows, whatever their columns are, by index or mask."""
    return type(rows)(*(_pick(getattr(rows, f.name), which) for f in fields(rows)))  # type: ignore[arg-type]


def join_rows[T](parts: Sequence[T]) -> T:
    """The rows of all parts, one after the other; there is at least one part."""
    first = parts[0]
    if len(parts) == 1:
        return first
    names = [f.name for f in fields(first)]  # type: ignore[arg-type]
    return type(first)(*(_join([getattr(p, name) for p in parts]) for name in names))


def merge_rows(rows: Any) -> Any:
    """The rows sorted by zone; those of whole numbers made one per zone and value.

    Args:
        rows: Of any number of blocks, in any order.
    """
    if isinstance(rows, ValueRows):
        return merge_values(rows)
    order = np.argsort(rows.zone, kind="stable")
    rows = pick_rows(rows, order)
    return _add_sums(rows) if isinstance(rows, SumRows) else rows


def merge_values(rows: ValueRows) -> ValueRows:
    """The rows sorted by zone and value, each pair once."""
    if not rows.zone.size or _is_sorted(rows):
        return rows
    order = _sort_pairs(rows)
    zone, value = rows.zone[order], rows.value[order]
    new = np.append(True, (zone[1:] != zone[:-1]) | (value[1:] != value[:-1]))
    first = np.flatnonzero(new)
    halves = (np.add.reduceat(half[order], first) for half in rows.weight)
    return ValueRows(zone[first], value[first], Weights(*halves).carry())


def _is_sorted(rows: ValueRows) -> bool:
    zone = rows.zone
    value: NDArray[Any] = rows.value
    later = zone[1:] > zone[:-1]
    return bool((later | ((zone[1:] == zone[:-1]) & (value[1:] > value[:-1]))).all())


def _sort_pairs(rows: ValueRows) -> NDArray[np.intp]:
    """The order by zone and value; by one number for both where it holds them."""
    if rows.value.dtype.kind not in "iu" or rows.value.dtype.itemsize > 2:
        return np.lexsort((rows.value, rows.zone))
    key = rows.zone.astype(np.int64) << 17
    key += rows.value.astype(np.int64)
    return np.argsort(key, kind="stable")


def _add_sums(rows: SumRows) -> SumRows:
    first = np.flatnonzero(np.diff(rows.zone, prepend=-1))
    if len(first) == len(rows.zone):
        return rows
    return SumRows(
        rows.zone[first],
        _carry(np.add.reduceat(rows.sums, first)),
        np.minimum.reduceat(rows.minimum, first),
        np.maximum.reduceat(rows.maximum, first),
    )


def _carry(sums: Integers) -> Integers:
    """The same sums, all limbs but the highest within their bits."""
    for own in LIMBS.values():
        for limb in range(own.start, own.stop - 1):
            sums[:, limb + 1] += sums[:, limb] >> LIMB_BITS
            sums[:, limb] &= _LOW_LIMB
    return sums


def _pick(column: Any, which: NDArray[Any]) -> Any:
    if column is None:
        return None
    return column.pick(which) if isinstance(column, Weights) else column[which]


def _join(columns: Sequence[Any]) -> Any:
    if isinstance(columns[0], Weights):
        return Weights(*map(np.concatenate, zip(*columns, strict=True)))
    return np.concatenate(columns)
