"""From times to tables."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.shared.rows import Row, compare, outdo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.tiles.agreement import Agreement
    from benchmarks.tiles.rasters import Raster

# How many times MapServer's processor time is aimed at to be ours.
MAPSERVER_TARGET = 3.0


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
class Beside:
    """A peer's times, and how far its images are Rasterlet's."""

    timing: Timing
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Result:
    """All sides' times for one raster."""

    raster: Raster
    count: int
    """Tiles."""
    peers: Sequence[Beside]
    own: Timing


def table(result: Result) -> Iterator[str]:
    """The lines of a raster's table, in Markdown."""
    yield ""
    yield f"### {result.raster.title}"
    yield ""
    columns = "median | min to max | processor | first pass | bytes per tile"
    yield f"| ms per tile | {columns} |"
    yield "|---|---:|---:|---:|---:|---:|"
    for side in (*(peer.timing for peer in result.peers), result.own):
        yield (
            f"| {side.name} | {median(side.clock):.2f} "
            f"| {min(side.clock):.2f} to {max(side.clock):.2f} "
            f"| {median(side.processor):.2f} | {side.first.clock:.2f} "
            f"| {side.size:,.0f} |"
        )
    for peer in result.peers:
        other, own = peer.timing, result.own
        yield (
            f"| {other.name} / rasterlet | {_ratio(other.clock, own.clock):.1f} | "
            f"| {_ratio(other.processor, own.processor):.1f} "
            f"| {other.first.clock / own.first.clock:.1f} "
            f"| {other.size / own.size:.1f} |"
        )
    yield ""
    for peer in result.peers:
        yield (
            f"- {result.count} tiles: {peer.agreement.transparency:.2%} of all pixels "
            f"agree with {peer.timing.name}'s in transparency, "
            f"{peer.agreement.color:.2%} in colour."
        )


def rows_of(result: Result) -> list[Row]:
    """A raster's lines of the suite's table."""
    return [row for peer in result.peers for row in _rows(result, peer.timing)]


def _rows(result: Result, peer: Timing) -> Iterator[Row]:
    raster, own = result.raster, result.own
    if raster.limit is not None:
        least = median(own.clock)
        yield Row(
            *(raster.title, f"{median(peer.clock):.2f} ms", f"{least:.2f} ms"),
            f"{_ratio(peer.clock, own.clock):.2g} times",
            *(f"≤ {raster.limit:g} ms", least <= raster.limit, peer.name),
        )
    elif raster.most is not None:
        ratio = 1 / _ratio(peer.processor, own.processor)
        yield Row(
            *(raster.title, *_processor(peer, own), f"{ratio:.1f} of it"),
            *(f"≤ {raster.most:g}", ratio <= raster.most, peer.name),
        )
    elif peer.name == "MapServer":
        ratio = _ratio(peer.processor, own.processor)
        yield Row(
            *(raster.title, *_processor(peer, own), f"{ratio:.1f} times"),
            *(f"≥ {MAPSERVER_TARGET:g}", ratio >= MAPSERVER_TARGET, peer.name),
        )
    else:
        rates = (1000 / median(side.clock) for side in (peer, own))
        yield outdo(raster.title, *rates, unit="tiles/s", target=raster.target)
        if raster.size_target is not None:
            title = f"bytes per tile, {raster.title.split(',')[0]}"
            sizes = peer.size, own.size
            yield compare(title, *sizes, unit="B", target=raster.size_target)


def _processor(peer: Timing, own: Timing) -> tuple[str, str]:
    """Both sides' processor time per tile."""
    peers, owns = (median(side.processor) for side in (peer, own))
    return f"{peers:.2f} ms of processor", f"{owns:.2f} ms of processor"


def versions(results: Sequence[Result]) -> Iterator[str]:
    """Each side's versions once."""
    yield ""
    every = [
        ", ".join(f"{name} {text}" for name, text in side.versions.items())
        for result in results
        for side in (*(peer.timing for peer in result.peers), result.own)
    ]
    yield from (f"- {each}" for each in dict.fromkeys(every))


def _ratio(peer: Sequence[float], own: Sequence[float]) -> float:
    """The median of the ratios of the pairs of rounds; a slow peer has fewer."""
    return median(theirs / ours for theirs, ours in zip(peer, own, strict=False))
