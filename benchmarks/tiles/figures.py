"""From times to tables."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.tiles.agreement import Agreement


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass over a list of tiles took, in milliseconds a tile."""

    clock: float
    processor: float
    """What the process itself used, regardless of other processes."""


@dataclass(frozen=True, slots=True)
class Timing:
    """A side's passes over a list of tiles."""

    name: str
    versions: Mapping[str, str]
    first: Pass
    """Caches are cold, and some imports are yet to come."""
    rounds: Sequence[Pass]
    size: float
    """Bytes of a tile, mean."""

    @property
    def clock(self) -> list[float]:
        """Milliseconds per tile by the clock, one per round."""
        return [each.clock for each in self.rounds]

    @property
    def processor(self) -> list[float]:
        """Milliseconds per tile of processor time, one per round."""
        return [each.processor for each in self.rounds]


@dataclass(frozen=True, slots=True)
class Result:
    """Both sides' times for one raster."""

    title: str
    count: int
    """Tiles."""
    agreement: Agreement
    peer: Timing
    own: Timing

    @property
    def ratio(self) -> float:
        """How many times longer the peer takes."""
        return _ratio(self.peer.clock, self.own.clock)

    @property
    def processor_ratio(self) -> float:
        """The same of processor time."""
        return _ratio(self.peer.processor, self.own.processor)


def table(result: Result) -> Iterator[str]:
    """The lines of a raster's table, in Markdown."""
    yield ""
    yield f"### {result.title}"
    yield ""
    columns = "median | min to max | processor | first pass | bytes per tile"
    yield f"| ms per tile | {columns} |"
    yield "|---|---:|---:|---:|---:|---:|"
    for side in (result.peer, result.own):
        yield (
            f"| {side.name} | {median(side.clock):.2f} "
            f"| {min(side.clock):.2f} to {max(side.clock):.2f} "
            f"| {median(side.processor):.2f} | {side.first.clock:.2f} "
            f"| {side.size:,.0f} |"
        )
    peer, own = result.peer, result.own
    yield (
        f"| ratio | {result.ratio:.1f} | | {result.processor_ratio:.1f} "
        f"| {peer.first.clock / own.first.clock:.1f} | {peer.size / own.size:.1f} |"
    )
    yield ""
    yield (
        f"{result.count} tiles; of their pixels {result.agreement.transparency:.2%} "
        f"agree in transparency, {result.agreement.color:.2%} in colour."
    )


def summary(results: Sequence[Result]) -> Iterator[str]:
    """Versions, and one line for all rasters."""
    yield ""
    for side in (results[0].peer, results[0].own):
        named = ", ".join(f"{name} {text}" for name, text in side.versions.items())
        yield f"- {named}"
    yield ""
    peer = _throughput([(result.count, result.peer) for result in results])
    own = _throughput([(result.count, result.own) for result in results])
    yield (
        f"Overall: titiler {peer:.1f} tiles a second, rasterlet {own:.1f}: "
        f"{own / peer:.1f} times the throughput "
        f"(by raster {', '.join(f'{result.ratio:.1f}' for result in results)})"
    )


def _ratio(peer: Sequence[float], own: Sequence[float]) -> float:
    """The median of the ratios of the pairs of rounds."""
    return median(theirs / ours for theirs, ours in zip(peer, own, strict=True))


def _throughput(lists: Sequence[tuple[int, Timing]]) -> float:
    """Tiles a second over lists of so many tiles each."""
    seconds = sum(count * median(side.clock) / 1000 for count, side in lists)
    return sum(count for count, _ in lists) / seconds
