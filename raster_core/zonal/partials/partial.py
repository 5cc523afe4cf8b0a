"""What is kept of a zone's pixels, so that parts merge exactly.

Small integers keep the weighted histogram itself, from which everything follows, or
exact sums where these are enough. Other types keep moments per block,
about the block's own mean, and are added up once, in the end, by an exactly rounded
sum. Either way ``+`` is associative and commutative to the bit, so it does not matter
which worker summarised which block.

Weights are whole numbers of ``1 / WHOLE`` of a cell (``weights``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.coverage.cells import Cells, take_valid
from raster_core.zonal.coverage.weights import (
    WHOLE,
    Weights,
    join_weights,
    no_weights,
    sum_weights,
)
from raster_core.zonal.partials.counting import (
    Sums,
    count_values,
    sum_by_value,
    sum_values,
)
from raster_core.zonal.partials.kept import Kept, keep_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike, NDArray

    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.coverage.cells import ZoneValues
    from raster_core.zonal.coverage.weights import Integers

HARMLESS = 400
"""Powers of two below which squares neither overflow nor vanish, sums included."""


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Weight of each stored value; arrays are (n,), by value."""

    values: Integers
    high: Integers
    """Halves of the weights, see ``weights.Weights``."""
    low: Integers
    masked: int
    """Weight of the pixels without data, in units."""

    @property
    def halves(self) -> Weights:
        """Weight of each value, (n,)."""
        return Weights(self.high, self.low)

    def weights(self) -> list[int]:
        """Weight of each value, in units."""
        return self.halves.to_ints()

    def __add__(self, other: Histogram) -> Histogram:
        return merge_histograms([self, other])


@dataclass(frozen=True, slots=True)
class BlockMoments:
    """The valid pixels of one zone in one block."""

    weight: int
    """In units of ``1 / WHOLE``; above 0."""
    total: float
    """Sum of weight x (value - origin), in pixels."""
    squares: float
    """Sum of weight x (value - mean)**2 about the block's own mean, over
    4**exponent."""
    minimum: float
    maximum: float
    """Integers stay whole, however large."""
    origin: int = 0
    """The smallest value of integers, else 0: 64 bits exceed a float, differences
    seldom do."""
    exponent: int = 0
    """0 unless squares would overflow or vanish."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Blocks side by side; adding is putting them together."""

    blocks: tuple[BlockMoments, ...]
    masked: int
    kept: tuple[Kept, ...] = ()
    """The values themselves, of zones whose quantiles are taken from them."""

    def __add__(self, other: Moments) -> Moments:
        return merge_moments([self, other])


@dataclass(frozen=True, slots=True)
class Totals:
    """Exact sums of small integers, where their distribution is not needed."""

    sums: Sums | None
    """Sums of the valid pixels; None without any."""
    masked: int

    def __add__(self, other: Totals) -> Totals:
        return merge_totals([self, other])


type Partial = Histogram | Moments | Totals


def keeps_histogram(dtype: DTypeLike) -> bool:
    """Whether a band of this type is summarised by its histogram."""
    kind = np.dtype(dtype)
    return kind.kind in "iu" and kind.itemsize <= 2


def merge_moments(parts: Sequence[Moments]) -> Moments:
    """All of them side by side; the empty one without any."""
    return Moments(
        tuple(block for part in parts for block in part.blocks),
        sum(part.masked for part in parts),
        tuple(kept for part in parts for kept in part.kept),
    )


def merge_totals(parts: Sequence[Totals]) -> Totals:
    """All of them as one; the empty one without any."""
    masked = sum(part.masked for part in parts)
    found = [part.sums for part in parts if part.sums]
    if not found:
        return Totals(None, masked)
    sums = Sums(
        sum(part.weight for part in found),
        sum(part.total for part in found),
        sum(part.squares for part in found),
        min(part.minimum for part in found),
        max(part.maximum for part in found),
    )
    return Totals(sums, masked)


def merge_histograms(parts: Sequence[Histogram]) -> Histogram:
    """All of them as one; the empty histogram without any."""
    if not parts:
        return Histogram(np.zeros(0, np.int64), *no_weights(), 0)
    values = np.concatenate([part.values for part in parts])
    masked = sum(part.masked for part in parts)
    if not values.size:
        return Histogram(values, values, values, masked)
    weights = join_weights(part.halves for part in parts)
    return Histogram(*sum_by_value(values, weights), masked)


def summarise_cells(
    values: NDArray[np.generic],
    valid: NDArray[np.bool_] | None,
    cells: Cells,
    *,
    brief: bool = False,
    keep: bool = False,
) -> Partial:
    """The partial of a zone's cells in one block.

    Args:
        values: (cells of the block,), stored values in row-major order.
        valid: In the same order; True means data. None if all cells have data.
        cells: Those of the zone; without any, the partial is empty.
        brief: Whether sums are enough, where there might be a histogram.
        keep: Whether the values are kept, where there is no histogram.
    """
    found, masked = take_valid(values, valid, cells), 0
    if valid is not None:
        hidden = cells.count - len(found.whole) - len(found.partial)
        outline = len(cells.partial) - len(found.partial)
        masked = WHOLE * (hidden - outline)
        masked += sum_weights(cells.weights[~valid[cells.partial]])
    if not keeps_histogram(values.dtype):
        kept = (keep_values(*found),) if keep else ()
        return Moments(measure_values(found), masked, kept)
    if brief:
        return Totals(sum_values(*found), masked)
    return Histogram(*count_values(*found), masked)


def measure_values(found: ZoneValues) -> tuple[BlockMoments, ...]:
    """The moments of one block; none without values."""
    whole, partial, weights = found
    if not whole.size + partial.size:
        return ()
    ends = [part for part in (whole, partial) if part.size]
    minimum = min(part.min().item() for part in ends)
    maximum = max(part.max().item() for part in ends)
    origin = minimum if isinstance(minimum, int) else 0
    start = np.array(origin, whole.dtype)
    inner, outer = (differences(part, start) for part in (whole, partial))
    fractions = weights / WHOLE
    weight = WHOLE * len(inner) + sum_weights(weights)
    total = float(inner.sum() + (fractions * outer).sum())
    mean = total / (weight / WHOLE)
    inner -= mean
    outer -= mean
    exponent = _exponent(inner, outer)
    if exponent:
        inner, outer = np.ldexp(inner, -exponent), np.ldexp(outer, -exponent)
    squares = float(np.square(inner).sum() + (fractions * np.square(outer)).sum())
    block = BlockMoments(weight, total, squares, minimum, maximum, origin, exponent)
    return (block,)


def differences(values: NDArray[np.generic], origin: NDArray[np.generic]) -> Floats:
    """Values (n,) less an origin (n,) or () of the same type that none is below.

    Exact of integers of any width; of floats, the values themselves.
    """
    if values.dtype.kind not in "iu":
        return values.astype(np.float64)
    unsigned = np.dtype(f"u{values.dtype.itemsize}")
    # Modulo the type's range, so that no difference overflows.
    distance = values.view(unsigned) - origin.view(unsigned)
    return np.asarray(distance, np.float64)


def _exponent(*deviations: Floats) -> int:
    """The power of two to divide by before squaring; 0 where squares are harmless."""
    largest = max(float(np.abs(part).max(initial=0.0)) for part in deviations)
    exponent = math.frexp(largest)[1]
    return 0 if abs(exponent) < HARMLESS else exponent
