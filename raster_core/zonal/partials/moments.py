"""The moments of blocks combined to those of zones, by exactly rounded sums."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.coverage.weights import Weights
from raster_core.zonal.partials.partial import differences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.partials.rows import MomentRows


def exact_sum(values: Iterable[float]) -> float:
    """Exactly rounded, whatever the order; infinite where no float holds the sum."""
    values = tuple(values)
    try:
        return math.fsum(values)
    except OverflowError:
        return math.copysign(math.inf, sum(values))
    except ValueError:  # infinities of both signs
        return math.nan


@dataclass(frozen=True, slots=True, eq=False)
class CombinedMoments:
    """The moments of zones, in stored values; (zones,) each."""

    weight: Weights
    """Carried."""
    mean: Floats
    total: Floats
    variance: Floats
    """May overflow or vanish where the deviation does not."""
    deviation: Floats


def combine_moments(rows: MomentRows, first: NDArray[np.intp]) -> CombinedMoments:
    """The moments of whole zones.

    Source: Chan, Golub and LeVeque (1983), with every sum exactly rounded
    (``math.fsum``), so the blocks' order cannot show.

    Args:
        rows: By zone, one for each of its blocks in which it has values.
        first: (zones,): where the rows of each zone begin.
    """
    number = np.diff(np.append(first, len(rows.total)))
    position = np.repeat(np.arange(len(first)), number)
    weight = Weights(*(np.add.reduceat(half, first) for half in rows.weight)).carry()
    count, own = weight.to_pixels(), rows.weight.to_pixels()
    origin = np.minimum.reduceat(rows.origin, first)
    exponent = np.maximum.reduceat(rows.exponent, first)

    totals = rows.total + own * differences(rows.origin, origin[position])
    total = sum_exactly(totals, first, number)
    mean = total / count
    distance = np.ldexp(totals / own - mean[position], -exponent[position])
    between = own * distance * distance
    within = np.ldexp(rows.squares, 2 * (rows.exponent - exponent[position]))
    squares = sum_exactly(
        np.stack([within, between], axis=1).ravel(), 2 * first, 2 * number
    )
    variance = squares / count
    deviation = np.ldexp(np.sqrt(variance), exponent)
    start = origin.astype(np.float64)
    return CombinedMoments(
        weight,
        start + mean,
        start * count + total,
        np.where(exponent, deviation * deviation, variance),
        deviation,
    )


def sum_exactly(
    values: Floats, first: NDArray[np.intp], number: NDArray[np.integer]
) -> Floats:
    """The exactly rounded sum of each segment, (segments,).

    Args:
        values: (n,)
        first: (segments,): where each begins.
        number: (segments,): how many values each has, at least one.
    """
    found = values[first] + 0.0  # -0 is 0, as in any sum
    two = np.flatnonzero(number == 2)
    with np.errstate(over="ignore", invalid="ignore"):
        found[two] += values[first[two] + 1]
    for segment in np.flatnonzero(number > 2).tolist():
        start = int(first[segment])
        part = values[start : start + int(number[segment])].tolist()
        found[segment] = exact_sum(part)
    return found
