"""Lines of a suite's table: a measure, both sides, their ratio, and what we aim at."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from benchmarks.shared.paths import BUILD

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
    beside: str = "titiler"
    """Whose the peer's figure is."""


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
    yield "| measure | beside | peer | rasterlet | ratio | target |"
    yield "|---|---|---:|---:|---|---|"
    for row in rows:
        missed = "" if row.reached else " **missed**"
        yield (
            f"| {row.measure} | {row.beside} | {row.peer} | {row.own} | {row.outcome} "
            f"| {row.target or 'none'}{missed} |"
        )


def keep(suite: str, rows: Sequence[Row]) -> None:
    """Write the rows where ``python -m benchmarks.report`` finds them.

    Those of earlier runs stay, unless they are of the same measure and peer.
    """
    path = BUILD / "results" / f"{suite}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = json.loads(path.read_text()) if path.exists() else {}
    kept |= {f"{row.measure} | {row.beside}": asdict(row) for row in rows}
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
