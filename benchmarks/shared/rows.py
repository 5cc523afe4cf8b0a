"""Lines of the tile suite's table: a measure, both sides, and what we aim at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Row:
    """One measure."""

    measure: str
    peer: str
    own: str
    outcome: str
    """The ratio, or the figure that is held against the target."""
    target: str
    """Empty if there is none."""
    reached: bool = True


def compare(
    measure: str, peer: float, own: float, *, unit: str, target: float | None
) -> Row:
    """A measure of which less is better; the target is a ratio of ours over theirs."""
    ratio = own / peer
    return Row(
        measure,
        f"{peer:,.4g} {unit}",
        f"{own:,.4g} {unit}",
        f"{ratio:.2f} of it",
        "" if target is None else f"≤ {target:g}",
        target is None or ratio <= target,
    )


def outdo(
    measure: str, peer: float, own: float, *, unit: str, target: float | None
) -> Row:
    """A measure of which more is better; the target is how many times theirs."""
    ratio = own / peer
    return Row(
        measure,
        f"{peer:,.4g} {unit}",
        f"{own:,.4g} {unit}",
        f"{ratio:.1f} times",
        "" if target is None else f"≥ {target:g}",
        target is None or ratio >= target,
    )


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The lines in Markdown."""
    yield ""
    yield "| measure | titiler | rasterlet | | target |"
    yield "|---|---:|---:|---:|---|"
    for row in rows:
        missed = "" if row.reached else " **missed**"
        yield (
            f"| {row.measure} | {row.peer} | {row.own} | {row.outcome} "
            f"| {row.target}{missed} |"
        )
