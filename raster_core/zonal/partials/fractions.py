"""Fractions of a whole weight, all exact: where quantiles lie."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from raster_core.zonal.coverage.weights import weights_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.zonal.coverage.weights import Weights


@dataclass(frozen=True, slots=True)
class Fractions:
    """Fractions from 0 to 1 over one denominator; made by ``make_fractions``."""

    numerators: tuple[int, ...]
    denominator: int
    interpolated: bool = False
    """Whether quantiles may lie between values (``interpolating``)."""

    def __len__(self) -> int:
        return len(self.numerators)

    def ratios(self) -> list[float]:
        """Each of them as a float."""
        return [part / self.denominator for part in self.numerators]

    def of(self, whole: int) -> Weights:
        """Each fraction of a weight in units, rounded up, (fractions,)."""
        parts = [-(-part * whole // self.denominator) for part in self.numerators]
        return weights_of(parts)


@lru_cache(maxsize=16)
def percentile_fractions(
    percentiles: tuple[float, ...], *, median: bool, interpolated: bool = False
) -> Fractions:
    """The fractions of percentiles, by their decimals as written, and of a median.

    Args:
        percentiles: From 0 to 100.
        median: Whether one half comes last.
        interpolated: Whether quantiles may lie between values.
    """
    fractions = [Fraction(str(percentile)) / 100 for percentile in percentiles]
    if median:
        fractions.append(Fraction(1, 2))
    return replace(make_fractions(fractions), interpolated=interpolated)


def make_fractions(fractions: Sequence[Fraction]) -> Fractions:
    """The same fractions, in their order."""
    denominator = math.lcm(*(each.denominator for each in fractions))
    numerators = (f.numerator * (denominator // f.denominator) for f in fractions)
    return Fractions(tuple(numerators), denominator)
