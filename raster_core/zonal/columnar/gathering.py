"""What blocks have said of zones on one band, until the zones are complete.

Rows wait side by side and are merged when there are twice as many as after the last
time, so that memory does not grow with the blocks of a zone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from raster_core.zonal.columnar.merging import join_rows, merge_rows, pick_rows
from raster_core.zonal.coverage.weights import Weights
from raster_core.zonal.partials.rows import MomentRows, SumRows, ValueRows
from raster_core.zonal.results.ground import ClassGroundRows, GroundRows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from raster_core.zonal.partials.rows import BandRows, KeptRows, Rows

# Rows that wait to be merged at least.
_MIN_WAITING = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class KeptPart:
    """Values that zones keep, from one block; rows are by zone."""

    rows: KeptRows
    times: int
    """Native cells for which each of them stands."""


@dataclass(frozen=True, slots=True, eq=False)
class GatheredRows:
    """All that was said of some zones on one band, sorted by zone."""

    zones: NDArray[np.intp]
    """(zones,), ascending."""
    masked: Weights
    """(zones,): weight of the cells without data."""
    rows: Rows | None
    """Of those zones that have values; None if no block was read."""
    kept: tuple[KeptPart, ...]
    ground: GroundRows | None
    """None if areas were not measured."""
    classes: ClassGroundRows | None


class Gatherer:
    """Takes in what blocks say of zones on one band.

    Args:
        zones: How many zones there are.
    """

    def __init__(self, zones: int) -> None:
        self.high, self.low = np.zeros((2, zones), np.int64)
        self.waiting: dict[type, list[Any]] = {}
        self.kept: list[KeptPart] = []
        self.merged = self.added = 0

    def add(self, found: BandRows, times: int = 1) -> None:
        """Take one block's rows in, of each zone once.

        Args:
            found: The rows.
            times: Native cells for which each cell stands.
        """
        masked = found.masked.times(times)
        self.high[found.zones] += masked.high
        self.low[found.zones] += masked.low
        self._wait(_multiply(found.rows, times))
        if found.kept is not None:
            self.kept.append(KeptPart(found.kept, times))
        if found.areas is not None:
            areas = found.areas
            self._wait(GroundRows(found.zones, areas.total, areas.weighted))
            self._wait(ClassGroundRows(areas.zone, areas.value, areas.area))
        if self.added > max(_MIN_WAITING, self.merged):
            self._merge()

    @property
    def is_due(self) -> bool:
        """Whether taking zones costs no more than what has been added."""
        return self.added >= self.merged

    def take(self, zones: NDArray[np.intp]) -> GatheredRows:
        """All that was said of zones, which is let go.

        Args:
            zones: (zones,): those that are complete, ascending.
        """
        chosen = np.zeros(len(self.high), bool)
        chosen[zones] = True
        self._merge()
        found = {}
        for kind, parts in self.waiting.items():
            own = chosen[parts[0].zone]
            found[kind] = pick_rows(parts[0], own) if not own.all() else parts[0]
            self.waiting[kind] = [pick_rows(parts[0], ~own)]
        self._count_merged()
        kept, self.kept = _split_kept(self.kept, chosen)
        rows = [found.get(kind) for kind in (ValueRows, SumRows, MomentRows)]
        return GatheredRows(
            zones,
            Weights(self.high[zones], self.low[zones]).carry(),
            next((each for each in rows if each is not None), None),
            kept,
            found.get(GroundRows),
            found.get(ClassGroundRows),
        )

    def _wait(self, rows: Any) -> None:
        self.waiting.setdefault(type(rows), []).append(rows)
        self.added += len(rows.zone)

    def _merge(self) -> None:
        for kind, parts in self.waiting.items():
            if len(parts) > 1 or self.added:
                self.waiting[kind] = [merge_rows(join_rows(parts))]
        self._count_merged()

    def _count_merged(self) -> None:
        self.merged = sum(len(parts[0].zone) for parts in self.waiting.values())
        self.added = 0


def _multiply(rows: Rows, times: int) -> Rows:
    """The rows of ``times`` as many cells of the same values."""
    if times == 1:
        return rows
    if isinstance(rows, SumRows):
        return replace(rows, sums=rows.sums * times)
    weight = rows.weight.times(times).carry()
    if isinstance(rows, ValueRows):
        return replace(rows, weight=weight)
    return replace(
        rows, weight=weight, total=rows.total * times, squares=rows.squares * times
    )


def _split_kept(
    parts: Iterable[KeptPart], chosen: NDArray[np.bool_]
) -> tuple[tuple[KeptPart, ...], list[KeptPart]]:
    """Kept values of the chosen zones, and those of the others."""
    taken: list[KeptPart] = []
    left: list[KeptPart] = []
    for part in parts:
        for which, to in ((chosen, taken), (~chosen, left)):
            rows = _pick_kept(part.rows, which)
            if rows.whole.size + rows.partial.size:
                to.append(KeptPart(rows, part.times))
    return tuple(taken), left


def _pick_kept(rows: KeptRows, which: NDArray[np.bool_]) -> KeptRows:
    whole, partial = which[rows.whole_zone], which[rows.partial_zone]
    if whole.all() and partial.all():
        return rows
    return type(rows)(
        rows.whole_zone[whole],
        rows.whole[whole],
        rows.partial_zone[partial],
        rows.partial[partial],
        rows.weights[partial],
    )
