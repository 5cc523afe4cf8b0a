"""Shares of a whole weight, and where a cumulated weight reaches them; all exact.

Weights are whole numbers beyond 64 bits, so two halves each: ``high * 2**HALF_BITS +
low`` units, and low below ``2**HALF_BITS``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.counting import HALF_BITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.zonal.coverage import Integers

_LOW = 2**HALF_BITS - 1


@dataclass(frozen=True, slots=True)
class Shares:
    """Fractions from 0 to 1 over one denominator; made by ``make_shares``."""

    numerators: tuple[int, ...]
    denominator: int

    def __len__(self) -> int:
        return len(self.numerators)

    def of(self, whole: int) -> tuple[Integers, Integers]:
        """Each share of a weight in units, rounded up: high and low, (shares,)."""
        bounds = [-(-part * whole // self.denominator) for part in self.numerators]
        return take_halves(bounds)


@lru_cache(maxsize=16)
def percentile_shares(percentiles: tuple[float, ...], *, median: bool) -> Shares:
    """The shares of percentiles, by the decimals that are written, and of a median.

    Args:
        percentiles: From 0 to 100.
        median: Whether its share comes last.
    """
    fractions = [Fraction(str(percentile)) / 100 for percentile in percentiles]
    return make_shares([*fractions, *[Fraction(1, 2)] * median])


def make_shares(fractions: Sequence[Fraction]) -> Shares:
    """The same fractions, in their order."""
    denominator = math.lcm(*(share.denominator for share in fractions))
    numerators = (s.numerator * (denominator // s.denominator) for s in fractions)
    return Shares(tuple(numerators), denominator)


def accumulate(high: Integers, low: Integers) -> tuple[Integers, Integers]:
    """Cumulative sums of weights, (n,) each; halves of the parts may be of any size."""
    low = np.cumsum(low)
    return np.cumsum(high) + (low >> HALF_BITS), low & _LOW


def first_reaching(
    cumulated: tuple[Integers, Integers], bounds: tuple[Integers, Integers]
) -> NDArray[np.intp]:
    """The first place at which a cumulated weight is at least each bound.

    Args:
        cumulated: High and low, (n,), ascending.
        bounds: High and low, (m,), in any order.

    Returns:
        (m,); n for a bound that is not reached.
    """
    return np.searchsorted(_ordered(cumulated), _ordered(bounds))


def take_halves(weights: Sequence[int]) -> tuple[Integers, Integers]:
    """Weights of any size as high and low."""
    high = np.array([weight >> HALF_BITS for weight in weights], np.int64)
    return high, np.array([weight & _LOW for weight in weights], np.int64)


def _ordered(halves: tuple[Integers, Integers]) -> NDArray[np.complex128]:
    """Numbers of the same order: numpy compares real parts, then imaginary ones.

    Both halves are whole and below 2**53, so nothing is rounded.
    """
    high, low = halves
    number = np.empty(len(high), np.complex128)
    number.real, number.imag = high, low
    return number
