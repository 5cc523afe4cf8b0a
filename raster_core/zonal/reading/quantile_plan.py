"""How exact quantiles of wide types are found, decided before anything is read.

Values of small zones are kept while their blocks are summarised, and cost no further
reading. The other zones take passes over the blocks, of which the plan knows how many.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.errors import BudgetError
from raster_core.zonal.coverage.blockplan import BlockPlan, keep_zones
from raster_core.zonal.partials.partial import keeps_histogram
from raster_core.zonal.reading.planned import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.zonal.partials.fractions import Fractions

# Values that are kept at a time, of all zones that have begun and not ended: 64 MB of
# 64 bits, and as much again while the largest is sorted.
MAX_KEPT = 8_000_000

# Bins that all searches of one pass count in: 64 MB.
_MAX_BINS = 2**22

# Bits of a value that one pass finds at most.
_DIGIT = 16


class Digit(NamedTuple):
    """Neighbouring bits of a value, which one pass finds."""

    lowest: int
    """Number of the lowest bit, from 0."""
    width: int
    """How many bits."""


@dataclass(frozen=True, slots=True, eq=False)
class QuantilePlan:
    """Which zones keep their values, and what is read again for the others."""

    fractions: Fractions
    bands: tuple[int, ...]
    """Positions of the layer's bands of wide types; empty if nothing is to be found."""
    kept: NDArray[np.bool_]
    """(zones,): whether a zone keeps its values."""
    readings: tuple[Reading, ...]
    """The blocks and runs of the other zones; empty if there are no such zones."""
    digits: tuple[tuple[Digit, ...], ...]
    """For each of ``bands`` and each pass that it takes, what the pass finds."""

    @property
    def passes(self) -> int:
        """Over the blocks of ``readings``, for all bands."""
        return max(map(len, self.digits), default=0) if self.readings else 0

    @property
    def pixels(self) -> int:
        """Pixels of all blocks of all passes."""
        return self.passes * sum(part.plan.pixels for part in self.readings)

    @property
    def cells(self) -> int:
        """Cells that all passes count."""
        return self.passes * sum(part.plan.cells for part in self.readings)


def plan_quantiles(
    readings: Sequence[Reading],
    fractions: Fractions,
    *,
    zones: int,
    spread: bool = False,
) -> QuantilePlan:
    """How the quantiles of zones are found.

    Args:
        readings: The zones' blocks, the layer's own pixels first.
        fractions: Which quantiles; none if there is nothing to find.
        zones: How many zones there are.
        spread: Whether the blocks are summarised in any order, so that no zone ends
            before all have begun.

    Raises:
        BudgetError: If quantiles are interpolated, and a zone cannot keep its values.
    """
    info = readings[0].layer.info
    wide = tuple(
        number
        for number, band in enumerate(info.bands)
        if fractions and not keeps_histogram(band.dtype)
    )
    if not wide:
        return QuantilePlan(fractions, (), np.zeros(zones, bool), (), ())
    plans = [reading.plan for reading in readings]
    kept = _choose_kept(plans, zones, MAX_KEPT // len(wide), spread=spread)
    passing = [
        Reading(part.layer, keep_zones(part.plan, ~kept), part.times)
        for part in readings
    ]
    passing = [part for part in passing if len(part.plan.blocks)]
    if passing and fractions.interpolated:
        raise BudgetError(
            f"Interpolated quantiles of {info.bands[wide[0]].dtype} keep all values of "
            f"a zone, and those of the zones exceed {MAX_KEPT // len(wide)} at a time; "
            "ask for smaller zones, or for quantiles without interpolation"
        )
    searches = int(np.count_nonzero(~kept)) * len(wide) * len(fractions)
    bits = [8 * np.dtype(info.bands[number].dtype).itemsize for number in wide]
    digits = tuple(_split_digits(size, searches) for size in bits)
    return QuantilePlan(fractions, wide, kept, tuple(passing), digits)


def _choose_kept(
    plans: Sequence[BlockPlan], zones: int, limit: int, *, spread: bool
) -> NDArray[np.bool_]:
    """The smallest zones, as many as never have more than ``limit`` cells at a time.

    Returns:
        bool (zones,).
    """
    cells = np.sum([plan.count_cells(zones) for plan in plans], axis=0)
    blocks = sum(len(plan.blocks) for plan in plans)
    begin, end = (
        np.zeros((2, zones), np.intp) if spread else zone_lifetimes(plans, zones)
    )
    order = np.argsort(cells, kind="stable")

    def exceeds(count: int) -> bool:
        some = order[:count]
        change = np.bincount(begin[some], cells[some], blocks + 2)
        change -= np.bincount(end[some] + 1, cells[some], blocks + 2)
        return bool(np.cumsum(change).max() > limit)

    most = bisect_left(range(1, zones + 1), x=True, key=exceeds)
    kept = np.zeros(zones, bool)
    kept[order[:most]] = True
    return kept


def zone_lifetimes(
    plans: Sequence[BlockPlan], zones: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Positions of each zone's first and last block, (zones,) each; 0 without any."""
    runs = np.concatenate([np.diff(plan.first) for plan in plans])
    block = np.repeat(np.arange(len(runs)), runs)
    zone = np.concatenate([plan.zones for plan in plans])
    begin, end = np.zeros((2, zones), np.intp)
    # numpy keeps the last of several values for a place.
    begin[zone[::-1]] = block[::-1]
    end[zone] = block
    return begin, end


def _split_digits(bits: int, searches: int) -> tuple[Digit, ...]:
    """The bits of a value from the highest on, as many per pass as bins allow."""
    width = (_MAX_BINS // max(1, searches)).bit_length() - 1
    width = min(max(width, 1), _DIGIT)
    stops = range(bits, 0, -width)
    return tuple(Digit(max(0, stop - width), min(width, stop)) for stop in stops)
