"""What became of the zones: how many have values, and why others have none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_REASONS = {
    "empty_geometry": "without a geometry",
    "outside_raster": "outside the raster",
    "no_valid_pixels": "where the raster has no data",
    "overflow": "with values beyond what a number can be",
}

_NOTES = {"partial": "partly outside the raster"}

# Characters of a note in a line, and lines.
_NOTE, _MOST = 90, 6


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of zones."""

    zones: int
    with_values: int
    reasons: dict[str, int]
    """Zones without values by the reason."""
    notes: dict[str, int]
    """Zones that were repaired, or lie partly beside the raster, by what was done."""

    @property
    def has_failed(self) -> bool:
        """Whether there are zones and not one of them has a value."""
        return self.zones > 0 and self.with_values == 0


def summarize(table: Any) -> Summary:
    """The counts of a table that has the columns ``reason`` and ``note``.

    With several rasters, a zone has values if one of them has; its reason is that of
    the first.
    """
    missing = None
    for column in _columns(table, "reason"):
        lacks = table[column].notna()
        missing = lacks if missing is None else missing & lacks
    reasons = _columns(table, "reason")
    found = {}
    if missing is not None:
        found = _count(table.loc[missing, reasons[0]])
    noted: dict[str, int] = {}
    for column in _columns(table, "note"):
        # What follows a colon differs from zone to zone.
        kinds = table[column].str.split(":").str[0]
        for note, count in _count(kinds).items():
            noted[note] = max(noted.get(note, 0), count)
    lacking = sum(found.values())
    return Summary(len(table), len(table) - lacking, found, noted)


def describe(summary: Summary, seconds: float) -> list[str]:
    """Lines for a person: what was counted, what was not, and what was done."""
    rate = f", {summary.zones / seconds:,.0f} per second" if seconds >= 1 else ""
    total = f"{summary.with_values:,} of {summary.zones:,} zones have values"
    lines = [f"{total} ({seconds:.1f} s{rate})"]
    lines += [
        f"  {count:,} {_REASONS.get(reason, reason)}"
        for reason, count in summary.reasons.items()
    ]
    notes = list(summary.notes.items())
    lines += [f"  {count:,} {_NOTES.get(n, n)[:_NOTE]}" for n, count in notes[:_MOST]]
    if more := len(notes[_MOST:]):
        lines.append(f"  and {more} notes more, in the column note")
    return lines


def _columns(table: Any, name: str) -> list[str]:
    """The columns of that name, or of each raster."""
    return [c for c in table.columns if c == name or str(c).endswith(f"_{name}")]


def _count(values: Any) -> dict[str, int]:
    return {str(key): int(count) for key, count in values.value_counts().items()}
