"""The columns that a band's statistics have in a table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from handlers.zones.formats import dump_json
from raster_core.zonal.weighted import WeightedStatistics

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from raster_core.documents import Json

CLASS_COLUMNS = {"frac": "fraction", "area_m2": "area_m2"}
"""Columns of a class, and the member of a category that stands in each."""

WEIGHTED = {
    f.name: f.name if f.name.startswith("weight") else f"weighted_{f.name}"
    for f in fields(WeightedStatistics)
}
"""Columns of a weighted band, by the name of the statistic."""


@dataclass(frozen=True, slots=True)
class BandColumns:
    """The columns of one band."""

    key: str
    """Its name in a Feature, such as ``b1``."""
    label: str
    """What its columns begin with."""
    statistics: tuple[str, ...]
    """As ``formats.statistic_columns`` has them."""
    classes: tuple[int, ...] | None = ()
    """Stored values that have columns; None if only counting shows which there are."""
    others: bool = True
    """Whether values beside them are summed up in a column."""

    @property
    def must_wait(self) -> bool:
        """Whether counting shows which columns there are."""
        return self.classes is None and "categories" in self.statistics

    def names(self) -> Iterator[str]:
        """The names of its columns, with those of classes in place of their list."""
        values = [*map(str, self.classes or ()), *(("other",) if self.others else ())]
        for name in self.statistics:
            if name != "categories":
                yield f"{self.label}_{name}"
            elif self.classes is not None:
                for column in CLASS_COLUMNS:
                    yield from (f"{self.label}_{column}_{value}" for value in values)

    def cells(self, statistics: Json) -> Iterator[tuple[str, object]]:
        """Column and value of all that is known of a zone."""
        for name, value in statistics.items():
            if name != "categories":
                yield f"{self.label}_{name}", write_cell(value)
            elif isinstance(value, list):
                yield from self._class_cells(value)

    def _class_cells(self, found: Sequence[Json]) -> Iterator[tuple[str, object]]:
        for column, member in CLASS_COLUMNS.items():
            start = f"{self.label}_{column}_"
            left = {entry["value"]: entry.get(member) for entry in found}
            if None in left.values():  # no ground was measured
                continue
            for value in self.classes or ():
                yield f"{start}{value}", left.pop(value, 0.0)
            if self.others:
                others = (part for part in left.values() if isinstance(part, float))
                yield f"{start}other", math.fsum(others)


def name_bands(
    bands: Sequence[BandColumns], labels: Sequence[str]
) -> tuple[BandColumns, ...]:
    """The bands called by labels, if no two columns then have one name.

    Args:
        bands: Called by their numbers.
        labels: One for each.
    """
    named = tuple(map(_relabel, bands, labels))
    columns = [name for band in named for name in _all_names(band)]
    return named if len(columns) == len(set(columns)) else tuple(bands)


def _relabel(band: BandColumns, label: str) -> BandColumns:
    return replace(band, label=label)


def _all_names(band: BandColumns) -> list[str]:
    return [*band.names(), *(f"{band.label}_{name}" for name in WEIGHTED.values())]


def as_object(value: object) -> Json:
    """A JSON object; an empty one for all else."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: object) -> Sequence[Json]:
    """An array of JSON objects; an empty one for all else."""
    return value if isinstance(value, list) else ()


def write_cell(value: object) -> object:
    """The content of a cell: a single value as it is, anything else as JSON."""
    return dump_json(value) if isinstance(value, dict | list) else value
