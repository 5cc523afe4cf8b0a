"""From samples to the tables of the zonal suite."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.shared.rows import Row, table
from benchmarks.zonal.cases import MOST_MEMORY
from benchmarks.zonal.measures import Size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.zonal.cases import Case, Rival, Sample
    from benchmarks.zonal.contenders import Contender


@dataclass(frozen=True, slots=True)
class Series:
    """The rounds of a contender, the same way each."""

    contender: Contender
    way: str
    zones: int
    """How many."""
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
    def size(self) -> Size:
        """What measures are made of."""
        return Size(self.clock, self.processor, self.peak, self.zones)


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


def rows_of(result: Result) -> list[Row]:
    """The case's lines of the suite's table: one for each rival."""
    return [_row(result, rival, series) for rival, series in result.rivals]


def summary(results: Sequence[Result]) -> Iterator[str]:
    """A line for each pair, one for the memory of all, then the versions."""
    rows = [row for result in results for row in rows_of(result)]
    yield from table([*rows, most_memory(results)])
    yield ""
    for versions in _versions(results):
        yield f"- {versions}"


def most_memory(results: Sequence[Result]) -> Row:
    """What Rasterlet held at most, in any case."""
    most, key = max(
        (sample.peak, result.case.key)
        for result in results
        for series in _own_series(result)
        for sample in series.samples
    )
    return Row(
        *("most memory of a process", "", f"{most:.0f} MB", f"in case {key}"),
        *(f"≤ {MOST_MEMORY:.0f} MB", most <= MOST_MEMORY, ""),
    )


def _row(result: Result, rival: Rival, series: Series) -> Row:
    peer, own = series.size, result.own.size
    values = {measure: measure.of(peer, own) for measure in rival.measures}
    return Row(
        f"{result.case.key}: {result.case.title}",
        *(", ".join(dict.fromkeys(m.say(s) for m in values)) for s in (peer, own)),
        "; ".join(measure.value.format(value) for measure, value in values.items()),
        "; ".join(str(goal) for goal in rival.goals),
        all(goal.met_by(values[goal.measure]) for goal in rival.goals),
        series.contender.name,
    )


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
