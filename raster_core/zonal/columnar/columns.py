"""Statistics of zones as columns, and how single zones are written into them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.errors import BudgetError, RequestError
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.results.declaring import Kind
from raster_core.zonal.results.statistics import STATISTICS, percentile_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.coverage.weights import Integers
    from raster_core.zonal.results.statistics import Category, ZoneStatistics

type Numbers = NDArray[np.float64] | NDArray[np.int64]

_KINDS = {each.name: each.kind for each in STATISTICS}

_ALWAYS = frozenset(each.name for each in STATISTICS if each.always)

MAX_ENTRIES = 50_000_000
"""Zones times classes of one band: a table of counts and one of fractions, 800 MB."""

CATEGORIES = "categories"
"""The statistic that is a table of its own in ``Columns``."""


@dataclass(frozen=True, slots=True, eq=False)
class ClassColumns:
    """The classes of all zones on one band."""

    values: Integers
    """(classes,): stored values that some zone has, ascending; (0,) if none has any."""
    counts: Floats
    """(zones, classes): summed coverage in pixels, 0 where a zone lacks the class."""
    fractions: Floats
    """(zones, classes): part of the zone's count; NaN for a zone without values."""


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The statistics of zones on each band of a layer, in the order of the zones."""

    values: tuple[Mapping[str, Numbers], ...]
    """For each band, the columns by name, (zones,) each: float64, NaN where a statistic
    does not exist; int64 for whole numbers (``unique``), 0 without values. Percentiles
    are named by ``percentile_name``. An integer beyond 2**53 is rounded."""
    classes: tuple[ClassColumns | None, ...]
    """For each band, its ``categories``; None unless they are wanted and it has
    some."""
    reasons: NDArray[np.object_]
    """(zones,): why a zone has no values on any band, as in ``ZoneStatistics``; None
    for the others."""


@dataclass(frozen=True, slots=True, eq=False)
class BandColumns:
    """The columns of one band while they are written."""

    numbers: dict[str, Numbers]
    """(zones,) each, by name."""
    masked: Integers
    """(zones,): weight of the cells without data, in units of ``1 / WHOLE``."""
    has_values: NDArray[np.bool_]
    """(zones,)"""
    classes: list[ClassRows]
    """Categories, some zones at a time."""

    @property
    def reasons(self) -> NDArray[np.object_]:
        """Why zones have no values, (zones,); None for those that have some."""
        reasons = np.full(len(self.masked), None)
        reasons[~self.has_values] = "outside_raster"
        reasons[~self.has_values & (self.masked > 0)] = "no_valid_pixels"
        return reasons

    def finish_empty(self, which: NDArray[np.bool_]) -> None:
        """Write how much is hidden of those zones in ``which`` that have no values."""
        empty = which & ~self.has_values
        if "masked_pixels" in self.numbers:
            self.numbers["masked_pixels"][empty] = self.masked[empty] / WHOLE
        if "valid_percent" in self.numbers:
            self.numbers["valid_percent"][empty & (self.masked > 0)] = 0.0


def empty_columns(names: Sequence[str], zones: int) -> BandColumns:
    """The columns before anything is known."""
    numbers = {name: empty_column(name, zones) for name in names}
    return BandColumns(numbers, np.zeros(zones, np.int64), np.zeros(zones, bool), [])


def column_names(names: Sequence[str], percentiles: Sequence[float]) -> tuple[str, ...]:
    """The columns of statistics and percentiles, without the categories.

    Raises:
        RequestError: If a name is not that of a statistic, or of one that is no number.
    """
    for name in names:
        if name not in _KINDS:
            known = ", ".join(_KINDS)
            raise RequestError(f"{name!r} is not a statistic; there are {known}")
        if _KINDS[name] is Kind.HISTOGRAM:
            raise RequestError(f"{name} has several numbers per zone, and no column")
    numbers = [name for name in names if name != CATEGORIES]
    return tuple(dict.fromkeys((*numbers, *map(percentile_name, percentiles))))


def empty_column(name: str, zones: int) -> Numbers:
    """The column of a statistic before anything is known of it, (zones,)."""
    if _KINDS.get(name) is Kind.INTEGER:
        return np.zeros(zones, np.int64)
    return np.full(zones, 0.0 if name in _ALWAYS else np.nan)


class ClassRows(NamedTuple):
    """Classes of some zones, one row for each zone and class; (rows,) each."""

    zone: NDArray[np.integer]
    value: Integers
    pixels: Floats
    """Summed coverage."""
    fraction: Floats
    """Of the zone's."""


def class_rows(zone: int, categories: Sequence[Category]) -> ClassRows:
    """The rows of one zone."""
    return ClassRows(
        np.full(len(categories), zone),
        np.array([each.value for each in categories], np.int64),
        np.array([each.count for each in categories]),
        np.array([each.fraction for each in categories]),
    )


def class_columns(parts: Sequence[ClassRows], zones: int) -> ClassColumns:
    """The rows of all zones that have values as columns.

    Raises:
        BudgetError: If the table has more than ``MAX_ENTRIES``.
    """
    none = ClassRows(*(np.zeros(0, kind) for kind in (np.intp, np.int64, float, float)))
    zone, value, pixels, fraction = map(np.concatenate, zip(none, *parts, strict=True))
    values, position = np.unique(value, return_inverse=True)
    if zones * len(values) > MAX_ENTRIES:
        raise BudgetError(
            f"A table of {zones} zones and {len(values)} classes exceeds {MAX_ENTRIES} "
            "entries; ask for the categories of fewer zones, or of a raster of classes"
        )
    counts = np.zeros((zones, len(values)))
    fractions = np.full(counts.shape, np.nan)
    fractions[zone] = 0.0
    counts[zone, position] = pixels
    fractions[zone, position] = fraction
    return ClassColumns(values, counts, fractions)


def write_zone(
    columns: BandColumns,
    zone: int,
    statistics: ZoneStatistics,
    percentiles: Sequence[float],
) -> None:
    """Write the statistics of one zone on one band.

    Args:
        columns: Changed at ``zone``.
        zone: Position.
        statistics: Those of the zone; None leaves a column as it is.
        percentiles: What ``statistics.percentiles`` belong to.
    """
    known = statistics.percentiles or ()
    found = dict(zip(map(percentile_name, percentiles), known, strict=False))
    for name, column in columns.numbers.items():
        value = found[name] if name in found else getattr(statistics, name, None)
        if value is not None:
            column[zone] = value
    columns.has_values[zone] = statistics.reason is None
    columns.masked[zone] = WHOLE if statistics.masked_pixels else 0
    if statistics.categories:
        columns.classes.append(class_rows(zone, statistics.categories))
