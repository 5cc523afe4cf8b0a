"""Weights of cells as whole numbers, so that sums are exact in any order.

A cell that is covered entirely weighs ``WHOLE`` units. A 64-bit sum of such weights
overflows after 524,288 cells, so weights of many cells are kept as two halves, of which
64 bits hold the sums of any raster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

type Integers = NDArray[np.int64]

WHOLE = 2**44
"""Units that a cell weighs which is covered entirely."""

HALF_BITS = 22
"""A weight is ``high * 2**HALF_BITS + low``: float64 counts either half exactly."""

_LOW = 2**HALF_BITS - 1


class Weights(NamedTuple):
    """Weights of any size, in units: ``high * 2**HALF_BITS + low``; (n,) each."""

    high: Integers
    low: Integers
    """Not negative; ``carry`` brings it below ``2**HALF_BITS``."""

    def carry(self) -> Weights:
        """The same weights, their low halves below ``2**HALF_BITS``."""
        return Weights(self.high + (self.low >> HALF_BITS), self.low & _LOW)

    def times(self, factor: int) -> Weights:
        """The weights of ``factor`` times as many cells."""
        return Weights(self.high * factor, self.low * factor)

    def pick(self, which: NDArray[np.generic] | slice) -> Weights:
        """Some of them, (m,), by index, mask or slice."""
        return Weights(self.high[which], self.low[which])

    def to_ints(self) -> list[int]:
        """Each weight as one number."""
        pairs = zip(self.high.tolist(), self.low.tolist(), strict=True)
        return [(high << HALF_BITS) + low for high, low in pairs]

    def to_pixels(self) -> NDArray[np.float64]:
        """Each weight in pixels, (n,), rounded once."""
        return np.asarray((self.high * 2.0**HALF_BITS + self.low) / WHOLE)

    def total(self) -> int:
        """The sum of all; 0 for none."""
        return (int(self.high.sum()) << HALF_BITS) + int(self.low.sum())

    def cumulate(self) -> Weights:
        """The sum of each weight and all before it, (n,), carried."""
        return Weights(np.cumsum(self.high), np.cumsum(self.low)).carry()

    def first_reaching(self, bounds: Weights) -> NDArray[np.intp]:
        """The first index at which an ascending weight is at least each bound.

        Args:
            bounds: (m,), carried, in any order; the weights are carried too.

        Returns:
            (m,); n for a bound that is not reached.
        """
        return np.searchsorted(_ordered(self), _ordered(bounds))


def split_weights(units: Integers) -> Weights:
    """The weights of single cells, (n,), as halves."""
    return Weights(units >> HALF_BITS, units & _LOW)


def weights_of(units: Sequence[int]) -> Weights:
    """Weights of any size as halves, (n,); (0,) for none."""
    high = np.array([weight >> HALF_BITS for weight in units], np.int64)
    return Weights(high, np.array([weight & _LOW for weight in units], np.int64))


def join_weights(parts: Iterable[Weights]) -> Weights:
    """The weights of all parts, one after the other; there is at least one part."""
    high, low = zip(*parts, strict=True)
    return Weights(np.concatenate(high), np.concatenate(low))


def no_weights() -> Weights:
    """None of them, (0,)."""
    return Weights(np.zeros(0, np.int64), np.zeros(0, np.int64))


def sum_weights(units: Integers) -> int:
    """Sum of the weights of single cells, (n,), exact beyond 64 bits; 0 for none."""
    return split_weights(units).total()


def _ordered(weights: Weights) -> NDArray[np.complex128]:
    """Numbers (n,) of the same order: numpy compares real parts, then imaginary ones.

    Both halves are whole and below 2**53, so nothing is rounded.
    """
    number = np.empty(len(weights.high), np.complex128)
    number.real, number.imag = weights.high, weights.low
    return number
