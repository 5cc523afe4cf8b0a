"""Values of wide types that are kept until a zone is complete: exact quantiles of it.

A zone of few pixels keeps its values and weights, of which all quantiles follow at
once, after one sort. Zones of more values than may be kept take passes over the blocks
(``quantiles``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.coverage.weights import (
    HALF_BITS,
    WHOLE,
    Weights,
    join_weights,
    split_weights,
)
from raster_core.zonal.partials.interpolating import interpolate_quantiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.zonal.coverage.weights import Integers
    from raster_core.zonal.partials.fractions import Fractions

# A whole cell, in units of 2**HALF_BITS.
_WHOLE_HIGH = WHOLE >> HALF_BITS


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """The valid values of one zone in one block."""

    whole: NDArray[np.generic]
    """(n,), of the cells that count whole, in any order."""
    partial: NDArray[np.generic]
    """(m,), of the others."""
    weights: Integers
    """(m,): weight of each of ``partial``, in units of ``1 / WHOLE``."""
    times: int = 1
    """Native cells for which each of them stands."""


def keep_values(
    whole: NDArray[np.generic], partial: NDArray[np.generic], weights: Integers
) -> Kept:
    """The values of ``Kept``, copied where a view would keep all of its block.

    Shapes are those of ``Kept``; any may be (0,).
    """
    return Kept(_own(whole), _own(partial), _own(weights))


def find_kept_quantiles(
    kept: Sequence[Kept], fractions: Fractions
) -> tuple[float, ...] | None:
    """The least values at which the cumulated weight reaches fractions of the whole.

    Or values between them, if the fractions say so. Law: how the values are spread over
    blocks, and in which order those come, makes no difference. Integers come back as
    such, however large, unless they are interpolated.

    Returns:
        In the order of ``fractions``; None without values.
    """
    if fractions.interpolated:
        return _interpolate(kept, fractions)
    single = [part.whole for part in kept if part.times == 1]
    whole = np.sort(_join(single or [kept[0].whole[:0]]))
    partial, weights = _weighted(kept)
    if not whole.size + partial.size:
        return None
    cumulated = weights.cumulate()
    bounds = fractions.of(weights.total() + WHOLE * whole.size)
    # The weight up to and with each partial value, whole cells included.
    before = np.searchsorted(whole, partial, side="right")
    reached = Weights(cumulated.high + _WHOLE_HIGH * before, cumulated.low)
    position = reached.first_reaching(bounds)
    found = _earlier(whole, partial, position, _missing(cumulated, position, bounds))
    return tuple(found.tolist())


def _interpolate(
    kept: Sequence[Kept], fractions: Fractions
) -> tuple[float, ...] | None:
    """Quantiles that may lie between values; None without values."""
    values = _join([values for part in kept for values in (part.whole, part.partial)])
    if not values.size:
        return None
    weights = join_weights(
        split_weights(units).times(part.times)
        for part in kept
        for units in (np.full(len(part.whole), WHOLE), part.weights)
    )
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights.pick(order)
    first = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
    sums = Weights(*(np.add.reduceat(half, first) for half in weights)).carry()
    before = np.append(0.0, sums.cumulate().to_pixels()[:-1])
    found = interpolate_quantiles(
        values[first].astype(np.float64),
        sums.to_pixels(),
        before,
        np.zeros(1, np.intp),
        fractions.ratios(),
    )
    return tuple(float(each[0]) for each in found)


def _weighted(kept: Sequence[Kept]) -> tuple[NDArray[np.generic], Weights]:
    """The values that are not one whole cell, sorted, and their weights, (n,) each."""
    values = [part.partial for part in kept]
    weights = [split_weights(part.weights).times(part.times) for part in kept]
    for part in kept:
        if part.times > 1:
            values.append(part.whole)
            units = np.full(len(part.whole), WHOLE)
            weights.append(split_weights(units).times(part.times))
    joined = _join(values)
    order = np.argsort(joined)
    return joined[order], join_weights(weights).pick(order)


def _missing(partial: Weights, position: NDArray[np.intp], bounds: Weights) -> Integers:
    """How many whole cells reach each bound, beside the partial ones before a position.

    Args:
        partial: (m,): weight of the partial values, cumulated.
        position: (n,): position of the partial value that reaches each bound.
        bounds: (n,): weights to be reached.

    Returns:
        (n,)
    """
    none = np.zeros(1, np.int64)
    before = (np.concatenate([none, half])[position] for half in partial)
    left = Weights(*map(np.subtract, bounds, before)).carry()
    rest = (left.high & (_WHOLE_HIGH - 1)) | left.low
    cells: Integers = left.high // _WHOLE_HIGH + (rest != 0)
    return cells


def _earlier(
    whole: NDArray[np.generic],
    partial: NDArray[np.generic],
    position: NDArray[np.intp],
    cells: Integers,
) -> NDArray[np.generic]:
    """Whichever comes first of the two that reach a bound; there is at least one.

    Args:
        whole: (w,): values of whole cells, sorted.
        partial: (m,): values of partial cells, sorted.
        position: (n,): index of the partial value that reaches each bound; m for none.
        cells: (n,): how many whole cells reach it.

    Returns:
        (n,)
    """
    number = np.maximum(cells, 1) - 1  # of nothing, the first value
    has_whole, has_partial = number < whole.size, position < partial.size
    first = whole[np.where(has_whole, number, 0)] if whole.size else None
    other = partial[np.where(has_partial, position, 0)] if partial.size else None
    if other is None or first is None:
        found = first if other is None else other
        assert found is not None  # noqa: S101  the caller has some
        return found
    use_whole = has_whole & (~has_partial | np.less_equal(first, other))
    chosen: NDArray[np.generic] = np.where(use_whole, first, other)
    return chosen


def _join(parts: Sequence[NDArray[np.generic]]) -> NDArray[np.generic]:
    """All values, (n,); -0 becomes 0, so that their order does not show in a result."""
    joined = np.concatenate(parts)
    if joined.dtype.kind == "f":
        np.add(joined, 0, out=joined)
    return joined


def _own[T: np.generic](values: NDArray[T]) -> NDArray[T]:
    """The values (n,), copied if they are a view."""
    return values if values.base is None else values.copy()
