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
    scaled: bool = True
    """Whether they are of physical values, which a negative scale turns round."""
    falling: bool = False
    """Whether they are counted from the largest stored value down; by ``along``."""

    def __len__(self) -> int:
        return len(self.numerators)

    def along(self, scale: float) -> Fractions:
        """The same of stored values, whose physical ones have a scale."""
        return replace(self, falling=True) if self.scaled and scale < 0 else self

    def ratios(self) -> list[float]:
        """Each of them as a float."""
        whole = self.denominator
        parts = [whole - part if self.falling else part for part in self.numerators]
        return [part / whole for part in parts]

    def of(self, whole: int) -> Weights:
        """The weight in units that a quantile's value is the first to reach.

        Args:
            whole: The weight of all values, in units.

        Returns:
            (fractions,): each fraction rounded up. If falling, so that the values from
            the quantile's on are the least that reach the fraction.
        """
        parts = [-(-part * whole // self.denominator) for part in self.numerators]
        if self.falling:
            parts = [min(whole, whole - part + 1) for part in parts]
        return weights_of(parts)


@lru_cache(maxsize=16)
def percentile_fractions(
    percentiles: tuple[float, ...],
    *,
    median: bool,
    interpolated: bool = False,
    scaled: bool = True,
) -> Fractions:
    """The fractions of percentiles, by their decimals as written, and of a median.

    Args:
        percentiles: From 0 to 100.
        median: Whether one half comes last.
        interpolated: Whether quantiles may lie between values.
        scaled: Whether they are of physical values.
    """
    fractions = [Fraction(str(percentile)) / 100 for percentile in percentiles]
    if median:
        fractions.append(Fraction(1, 2))
    made = make_fractions(fractions)
    return replace(made, interpolated=interpolated, scaled=scaled)


def make_fractions(fractions: Sequence[Fraction]) -> Fractions:
    """The same fractions, in their order."""
    denominator = math.lcm(*(each.denominator for each in fractions))
    numerators = (f.numerator * (denominator // f.denominator) for f in fractions)
    return Fractions(tuple(numerators), denominator)
