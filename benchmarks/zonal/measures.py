"""What is compared of two contenders, and where it is meant to be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Size(NamedTuple):
    """Medians of a contender's samples."""

    clock: float
    """Seconds."""
    processor: float
    """Seconds, of all processors."""
    peak: float
    """MB."""
    zones: int


class Measure(Enum):
    """A number made of two contenders' sizes: how to say it."""

    FASTER = "{:.1f} times faster"
    PROCESSOR = "{:.2f} of the processor time"
    MEMORY = "{:.2f} of the memory"
    OVERHEAD = "{:.2f} of the other's time"
    REDUCING = "{:.2f} times the reading"
    GROWTH = "{:.2f} times the quarter's memory"
    ZONE = "{:.1f} µs per zone"

    def of(self, peer: Size, own: Size) -> float:
        """The number."""
        match self:
            case Measure.FASTER | Measure.OVERHEAD:
                return peer.clock / own.clock
            case Measure.PROCESSOR:
                return own.processor / peer.processor
            case Measure.REDUCING:
                return own.clock / peer.clock
            case Measure.ZONE:
                return own.processor / own.zones * 1e6
            case _:
                return own.peak / peer.peak

    def say(self, size: Size) -> str:
        """What one side has of it."""
        match self:
            case Measure.MEMORY | Measure.GROWTH:
                return f"{size.peak:.0f} MB"
            case Measure.PROCESSOR:
                return f"{size.processor:.2f} s"
            case Measure.ZONE:
                return f"{size.processor / size.zones * 1e6:.1f} µs"
            case _:
                return f"{size.clock:.2f} s"


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a measure is meant to be."""

    measure: Measure
    low: float = 0.0
    high: float = float("inf")

    def __str__(self) -> str:
        if self.high == float("inf"):
            return f"≥ {self.low:g}"
        bound = f"{self.high:.2g}" if self.high < 1 else f"{self.high:g}"
        unit = " µs" if self.measure is Measure.ZONE else ""
        return f"{self.low:g} to {bound}" if self.low else f"≤ {bound}{unit}"

    def met_by(self, value: float) -> bool:
        """Whether a value is there."""
        return self.low <= value <= self.high


def faster(times: float) -> Goal:
    """At least so many times."""
    return Goal(Measure.FASTER, low=times)
