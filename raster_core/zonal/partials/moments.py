"""The moments of blocks combined to those of a zone, by exactly rounded sums."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.zonal.coverage.weights import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from raster_core.zonal.partials.partial import Moments


def exact_sum(values: Iterable[float]) -> float:
    """Exactly rounded, whatever the order; infinite where no float holds the sum."""
    values = tuple(values)
    try:
        return math.fsum(values)
    except OverflowError:
        return math.copysign(math.inf, sum(values))
    except ValueError:  # infinities of both signs
        return math.nan


@dataclass(frozen=True, slots=True)
class CombinedMoments:
    """The moments of all blocks, in stored values."""

    weight: int
    """In units of ``1 / WHOLE``."""
    mean: float
    total: float
    variance: float
    """May overflow or vanish where the deviation does not."""
    deviation: float


def combine_moments(partial: Moments) -> CombinedMoments | None:
    """The moments of a whole zone; None without valid pixels.

    Source: Chan, Golub and LeVeque (1983), with every sum exactly rounded
    (``math.fsum``), so the blocks' order cannot show.
    """
    weight = sum(block.weight for block in partial.blocks)
    if not weight:
        return None
    count = weight / WHOLE
    origin = min(block.origin for block in partial.blocks)
    exponent = max(block.exponent for block in partial.blocks)
    counts = [block.weight / WHOLE for block in partial.blocks]
    totals = [
        block.total + own * (block.origin - origin)
        for own, block in zip(counts, partial.blocks, strict=True)
    ]
    total = exact_sum(totals)
    mean = total / count
    distances = [
        math.ldexp(part / own - mean, -exponent)
        for own, part in zip(counts, totals, strict=True)
    ]
    between = (
        own * distance * distance
        for own, distance in zip(counts, distances, strict=True)
    )
    within = (
        math.ldexp(block.squares, 2 * (block.exponent - exponent))
        for block in partial.blocks
    )
    variance = exact_sum((*within, *between)) / count
    deviation = math.ldexp(math.sqrt(variance), exponent)
    return CombinedMoments(
        weight,
        origin + mean,
        origin * count + total,
        deviation * deviation if exponent else variance,
        deviation,
    )
