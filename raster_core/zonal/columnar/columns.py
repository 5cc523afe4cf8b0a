"""Statistics of zones as columns, and how single zones are written into them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import RequestError
from raster_core.zonal.results.declaring import Kind
from raster_core.zonal.results.statistics import STATISTICS, percentile_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.coverage.weights import Integers
    from raster_core.zonal.results.statistics import Category, ZoneStatistics

type Numbers = NDArray[np.float64] | NDArray[np.int64]

_KINDS = {each.name: each.kind for each in STATISTICS}

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
    return np.full(zones, np.nan)


class ClassTable:
    """Categories of zones one after the other, made columns in the end."""

    def __init__(self, zones: int) -> None:
        self.zones = zones
        self.valued: list[int] = []
        self.entries: list[tuple[int, int, float, float]] = []

    def add(self, zone: int, categories: Iterable[Category]) -> None:
        """Take the categories of a zone that has values in."""
        self.valued.append(zone)
        self.entries += [(zone, c.value, c.count, c.fraction) for c in categories]

    def finish(self) -> ClassColumns:
        """All that came, as columns."""
        rows = np.array(self.entries, np.float64).reshape(-1, 4)
        zone, value = rows[:, 0].astype(np.intp), rows[:, 1].astype(np.int64)
        values, position = np.unique(value, return_inverse=True)
        counts = np.zeros((self.zones, len(values)))
        fractions = np.full(counts.shape, np.nan)
        fractions[self.valued] = 0.0
        counts[zone, position] = rows[:, 2]
        fractions[zone, position] = rows[:, 3]
        return ClassColumns(values, counts, fractions)


def write_zone(
    columns: Mapping[str, Numbers],
    zone: int,
    statistics: ZoneStatistics,
    percentiles: Sequence[float],
) -> None:
    """Write the statistics of one zone on one band into that band's columns.

    Args:
        columns: Changed at ``zone``.
        zone: Position.
        statistics: Those of the zone; None leaves a column as it is.
        percentiles: What ``statistics.percentiles`` belong to.
    """
    found = dict(
        zip(
            map(percentile_name, percentiles),
            statistics.percentiles or (),
            strict=False,
        )
    )
    for name, column in columns.items():
        value = found[name] if name in found else getattr(statistics, name, None)
        if value is not None:
            column[zone] = value
