"""From samples to the tables of the zonal suite."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.zonal.cases import MOST_MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.zonal.cases import Case, Contender, Rival, Sample


@dataclass(frozen=True, slots=True)
class Series:
    """The rounds of a contender, the same way each."""

    contender: Contender
    way: str
    samples: Sequence[Sample]
    """At least one."""
    others: str = ""
    """What its other ways took, in words."""
    agreement: str = ""
    """How far its figures are Rasterlet's, in words."""

    @property
    def clock(self) -> float:
        """Seconds, median."""
        return median(sample.clock for sample in self.samples)

    @property
    def processor(self) -> float:
        """Seconds of processors, median."""
        return median(sample.processor for sample in self.samples)

    @property
    def peak(self) -> float:
        """MB, median."""
        return median(sample.peak for sample in self.samples)

    @property
    def size(self) -> tuple[float, float]:
        """Seconds and MB."""
        return self.clock, self.peak


@dataclass(frozen=True, slots=True)
class Result:
    """A case with those of its contenders that were run."""

    case: Case
    own: Series
    rivals: Sequence[tuple[Rival, Series]]


def details(result: Result) -> Iterator[str]:
    """A case's own table, in Markdown: what the summary leaves out."""
    yield ""
    yield f"### {result.case.key}: {result.case.title}"
    yield ""
    yield "| | s | min to max | processor s | MB | MB at start | rounds |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    every = [series for _, series in result.rivals]
    for series in (*every, result.own):
        clocks = [sample.clock for sample in series.samples]
        yield (
            f"| {series.contender.name} | {series.clock:.3f} "
            f"| {min(clocks):.3f} to {max(clocks):.3f} "
            f"| {series.processor:.3f} "
            f"| {series.peak:.0f} "
            f"| {median(sample.baseline for sample in series.samples):.0f} "
            f"| {len(clocks)} |"
        )
    yield ""
    for series in every:
        notes = (
            f"{series.processor / result.own.processor:.2f} times the processor's time",
            *(note for note in (series.agreement, series.others) if note),
        )
        yield f"- {series.contender.name}: {'; '.join(notes)}."


def summary(results: Sequence[Result]) -> Iterator[str]:
    """One line for each pair, then the memory of all, then the versions."""
    yield ""
    yield "| case | beside | s | MB | rasterlet s | MB | ratio | target |"
    yield "|---|---|---:|---:|---:|---:|---|---|"
    for result in results:
        for rival, series in result.rivals:
            yield _line(result, rival, series)
    most, key = max(
        (sample.peak, result.case.key)
        for result in results
        for series in _own_series(result)
        for sample in series.samples
    )
    yield ""
    yield (
        f"Rasterlet's most memory: {most:.0f} MB, in case {key}; target ≤ "
        f"{MOST_MEMORY:.0f}{'' if most <= MOST_MEMORY else ', **missed**'}"
    )
    yield ""
    for versions in _versions(results):
        yield f"- {versions}"


def _line(result: Result, rival: Rival, series: Series) -> str:
    values = {m: m.of(series.size, result.own.size) for m in rival.measures}
    target = "; ".join(
        f"{goal}{'' if goal.met_by(values[goal.measure]) else ' **missed**'}"
        for goal in rival.goals
    )
    cells = (
        f"{result.case.key}: {result.case.title}",
        series.contender.name,
        *(f"{series.clock:.2f}", f"{series.peak:.0f}"),
        *(f"{result.own.clock:.2f}", f"{result.own.peak:.0f}"),
        "; ".join(m.value.format(value) for m, value in values.items()),
        target or "none",
    )
    return f"| {' | '.join(cells)} |"


def _own_series(result: Result) -> Iterator[Series]:
    yield result.own
    yield from (series for _, series in result.rivals if series.contender.is_own)


def _versions(results: Sequence[Result]) -> list[str]:
    """Each side's versions once, in order."""
    every = [
        ", ".join(f"{name} {text}" for name, text in series.samples[0].versions.items())
        for result in results
        for series in (result.own, *(series for _, series in result.rivals))
    ]
    return list(dict.fromkeys(every))
