"""What statistics cost, known from the plan: pixels, cells, partials, seconds.

Every pixel that is decoded counts, once for each band and pass, and every cell that is
summarised, once for each zone, band and pass: a hundred zones on one place read it once
and count it a hundred times.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.errors import BudgetError, DeadlineError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.zonal.reading.planned import Reading
    from raster_core.zonal.reading.quantile_plan import QuantilePlan

# Pixels of all bands that one request may decode, passes for quantiles included, and
# likewise cells that it may count: 4 s of a core at 8 ns each.
MAX_TOUCHED = 500_000_000

# Seconds of one core to fetch, decode and count a pixel: 8 ns measured on a laptop's,
# and a Lambda's is half as fast.
PIXEL_SECONDS = 20e-9

# Summaries of one zone, block and band that one request may make: at 200 bytes and
# 0.1 ms each, 200 MB and 100 s of a laptop.
MAX_PARTIALS = 1_000_000

# Seconds of one core to summarise a zone's cells in a block, however few: 100 µs
# measured on a laptop's.
PARTIAL_SECONDS = 150e-6


@dataclass(frozen=True, slots=True)
class Budget:
    """What a request may cost."""

    max_pixels: float = MAX_TOUCHED
    """Decoded, and likewise cells counted."""
    max_seconds: float = math.inf
    """Held against an estimate."""
    max_partials: float = MAX_PARTIALS


@dataclass(frozen=True, slots=True)
class Cost:
    """What is to be read and counted."""

    pixels: int
    """Pixels of all touched blocks, in one band."""
    blocks: int
    bands: int
    cells: int
    """Cells of all zones, in one band; one in several zones counts for each."""
    parts: int
    """Pairs of a zone and a block."""
    passes: int = 0
    """Further ones over some of the blocks, for quantiles."""
    pixels_again: int = 0
    """Pixels that all passes read."""
    cells_again: int = 0
    """Cells that all passes count."""
    planes: int = 0
    """Bands that are decoded, if more than ``bands``: all of a file that stores them
    together, or those that an expression reads, and more for what it computes."""

    @property
    def decoded(self) -> int:
        """Pixels of all bands and passes."""
        return max(self.bands, self.planes) * (self.pixels + self.pixels_again)

    @property
    def counted(self) -> int:
        """Cells of all zones, bands and passes."""
        return self.bands * (self.cells + self.cells_again)

    @property
    def partials(self) -> int:
        """Summaries of one zone, block and band."""
        return self.bands * self.parts

    @property
    def seconds(self) -> float:
        """Estimated time of one core."""
        pixels = max(self.decoded, self.counted)
        return pixels * PIXEL_SECONDS + self.partials * PARTIAL_SECONDS

    def fits(self, budget: Budget) -> bool:
        """Whether it is within a budget."""
        return not (self._excess(budget) or self.seconds > budget.max_seconds)

    def check(self, budget: Budget, *, remedy: str = "") -> None:
        """Refuse what would cost too much.

        Args:
            budget: What it may cost.
            remedy: What else may be done about it, for the message.

        Raises:
            BudgetError: If pixels, cells or partials exceed the budget.
            DeadlineError: If the estimated time does.
        """
        excess = self._excess(budget)
        if excess:
            raise BudgetError(f"{excess}; ask for fewer or smaller zones{remedy}")
        if self.seconds > budget.max_seconds:
            raise DeadlineError(
                f"{self._words()} and have {self.counted} cells in {self.partials} "
                f"parts, which take about {self.seconds:.1f} of "
                f"{budget.max_seconds:.1f} seconds; ask for fewer or smaller zones"
                f"{remedy}"
            )

    def _excess(self, budget: Budget) -> str | None:
        """What exceeds which limit, if something does."""
        if self.decoded > budget.max_pixels:
            return f"{self._words()}, which exceeds {budget.max_pixels}"
        if self.counted > budget.max_pixels:
            return (
                f"The zones count {self.counted} pixels, one that several zones, bands "
                f"or passes have once for each, which exceeds {budget.max_pixels}"
            )
        if self.partials > budget.max_partials:
            return (
                f"The zones have cells in {self.partials} pairs of a zone and a block, "
                f"for {self.bands} bands, which exceeds {budget.max_partials}"
            )
        return None

    def _words(self) -> str:
        """What is read."""
        words = f"The zones touch {self.pixels} pixels in {self.blocks} blocks"
        if self.planes > self.bands:
            words += f" of {self.planes} bands, decoded or computed"
        elif self.bands > 1:
            words += f" of {self.bands} bands"
        if self.passes:
            words += (
                f" and {self.pixels_again} more in {self.passes} passes for quantiles"
            )
        if self.decoded != self.pixels:
            words += f", {self.decoded} in all"
        return words


def estimate_cost(readings: Sequence[Reading], quantiles: QuantilePlan) -> Cost:
    """The cost of one summary of every zone, block and band, and of quantiles.

    Args:
        readings: All blocks, of layers with the same bands; at least one.
        quantiles: What is read again.
    """
    plans = [reading.plan for reading in readings]
    return Cost(
        pixels=sum(plan.pixels for plan in plans),
        blocks=sum(len(plan.blocks) for plan in plans),
        bands=len(readings[0].layer.info.bands),
        cells=sum(plan.cells for plan in plans),
        parts=sum(plan.parts for plan in plans),
        passes=quantiles.passes,
        pixels_again=quantiles.pixels,
        cells_again=quantiles.cells,
        planes=readings[0].layer.info.planes,
    )
