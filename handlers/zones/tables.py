"""Statistics as a table: its columns, known before its rows, and what stands in them.

No two columns have one name: properties called like a column are renamed, and bands are
called by their numbers where their names would make two columns alike.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from handlers.zones.columns import (
    CLASS_COLUMNS,
    WEIGHTED,
    as_list,
    as_object,
    write_cell,
)
from raster_core.errors import BudgetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from handlers.http.streaming import Batches
    from handlers.zones.columns import BandColumns
    from raster_core.documents import Json

MAX_WAITING = 1_000_000
"""Classes of zones that wait for the header: 300 bytes each."""

# Characters of rows that are written at once.
_PIECE = 1_000_000

_GROUPS = ("group", "group_name", "ungrouped_pixels", "group_reason")

_LAST = ("error", "zone_repaired", "zone_note")


@dataclass(frozen=True, slots=True)
class Table:
    """What a table has columns for, beside the properties of Features."""

    bands: tuple[BandColumns, ...]
    has_ids: bool = True
    """Whether some Feature has an id of its own."""
    groups: bool = False
    """Whether each row is followed by one for each group."""
    weighted: bool = False
    grid: bool = False

    def find_taken(self) -> Callable[[str], bool]:
        """Tells names that no property keeps: columns, or what may become one."""
        taken = {*self._own_columns(), *_LAST, "statistics"}
        taken |= {"groups"} if self.groups else set()
        taken |= {"weighted"} if self.weighted else set()
        if not self.has_ids:
            taken.discard("id")
        waiting = [re.escape(band.label) for band in self.bands if band.must_wait]
        columns = "|".join(CLASS_COLUMNS)
        later = re.compile(f"({'|'.join(waiting)})_({columns})_-?[0-9]+")
        return lambda name: name in taken or bool(waiting and later.fullmatch(name))

    def columns(self, properties: Iterable[str], last: Sequence[str]) -> list[str]:
        """Every column, in order.

        Args:
            properties: Names of those that Features have, renamed.
            last: Which of ``error``, ``zone_repaired`` and ``zone_note`` are needed.
        """
        first, *own = self._own_columns()
        return list(dict.fromkeys((first, *properties, *own, *last)))

    def with_classes(self, features: Iterable[Json]) -> Table:
        """The same with columns for all classes met in Features."""
        met: dict[str, set[int]] = {band.key: set() for band in self.bands}
        for feature in features:
            for key, value in _values(feature):
                met[key].add(value)
        return replace(
            self,
            bands=tuple(
                replace(band, classes=tuple(sorted(met[band.key])), others=False)
                if band.must_wait
                else band
                for band in self.bands
            ),
        )

    def rows(self, feature: Json) -> Iterator[dict[str, object]]:
        """The row of a Feature, and those of its groups."""
        properties = dict(as_object(feature.get("properties")))
        statistics = as_object(properties.pop("statistics", None))
        groups = as_object(properties.pop("groups", None) if self.groups else None)
        weighted = as_object(
            properties.pop("weighted", None) if self.weighted else None
        )
        shared = {"id": write_cell(feature["id"])} if "id" in feature else {}
        shared |= {name: write_cell(value) for name, value in properties.items()}
        zone = as_object(feature.get("zone"))
        row = shared | self._cells(statistics) | self._weighted_cells(weighted)
        row |= {f"zone_{name}": text for name, text in zone.items()}
        if "error" in feature:
            row["error"] = write_cell(feature["error"])
        if groups:
            row["ungrouped_pixels"] = groups["ungrouped_pixels"]
            row["group_reason"] = groups["reason"]
        yield row
        for group in as_list(groups.get("entries")):
            named = {"group": group["value"], "group_name": group["name"]}
            yield shared | named | self._cells(as_object(group["statistics"]))

    def _own_columns(self) -> Iterator[str]:
        yield "id"
        yield from _GROUPS if self.groups else ()
        for band in self.bands:
            yield from band.names()
        if self.weighted:
            for band in self.bands:
                yield from (f"{band.label}_{name}" for name in WEIGHTED.values())
        yield from ("grid",) if self.grid else ()

    def _cells(self, statistics: Json) -> dict[str, object]:
        return {
            column: value
            for band in self.bands
            for column, value in band.cells(as_object(statistics.get(band.key)))
        }

    def _weighted_cells(self, weighted: Json) -> dict[str, object]:
        return {
            f"{band.label}_{WEIGHTED[name]}": value
            for band in self.bands
            for name, value in as_object(weighted.get(band.key)).items()
            if name in WEIGHTED
        }


def write_csv(
    batches: Batches, table: Table, properties: Sequence[str], last: Sequence[str]
) -> Iterator[str]:
    """A header, then a row for each Feature, and one for each of its groups.

    A value that is not a single one (a histogram) is written as JSON. Where only
    counting shows which columns there are, nothing is written before all zones are
    counted.

    Args:
        batches: Features.
        table: Its columns.
        properties: Names of the properties that Features have.
        last: As ``Table.columns`` has them.

    Raises:
        BudgetError: If more than ``MAX_WAITING`` classes wait for the header.
    """
    if any(band.must_wait for band in table.bands):
        waiting: list[Json] = []
        for _ in _gather(batches, waiting):
            yield ""
        table, batches = table.with_classes(waiting), [waiting]
    text = io.StringIO()
    columns = table.columns(properties, last)
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    yield _take(text)
    for batch in batches:
        for feature in batch:
            writer.writerows(table.rows(feature))
            if text.tell() > _PIECE:
                yield _take(text)
        yield _take(text)


def _gather(batches: Batches, waiting: list[Json]) -> Iterator[None]:
    """Put all Features into a list, one step per batch."""
    classes = 0
    for batch in batches:
        for feature in batch:
            classes += sum(1 for _ in _values(feature))
            if classes > MAX_WAITING:
                raise BudgetError(
                    f"The zones have {classes} classes, which exceeds {MAX_WAITING} "
                    "that a table without class names may have; ask for f=ndjson, or "
                    "name the classes in the Item"
                )
            waiting.append(feature)
        yield


def _values(feature: Json) -> Iterator[tuple[str, int]]:
    """Band and value of every class that a Feature and its groups have."""
    properties = as_object(feature.get("properties"))
    statistics = [as_object(properties.get("statistics"))]
    groups = as_list(as_object(properties.get("groups")).get("entries"))
    statistics += [as_object(group["statistics"]) for group in groups]
    for bands in statistics:
        for key, band in bands.items():
            for entry in as_list(as_object(band).get("categories")):
                yield key, int(str(entry["value"]))


def _take(text: io.StringIO) -> str:
    """What was written so far; UTF-8 has no halves of surrogate pairs."""
    written = text.getvalue().encode(errors="replace").decode()
    text.seek(0)
    text.truncate()
    return written
