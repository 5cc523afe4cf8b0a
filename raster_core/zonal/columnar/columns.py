"""Statistics of zones as columns, and how single zones are written into them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import BudgetError, RequestError
from raster_core.zonal.results.columns import ALWAYS, ClassRows
from raster_core.zonal.results.declaring import Kind
from raster_core.zonal.results.statistics import STATISTICS, percentile_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.coverage.weights import Integers
    from raster_core.zonal.results.columns import Numbers


_KINDS = {each.name: each.kind for each in STATISTICS}

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
    return np.full(zones, 0.0 if name in ALWAYS else np.nan)


def class_columns(parts: Sequence[ClassRows], zones: int) -> ClassColumns:
    """The rows of all zones that have values as columns.

    Raises:
        BudgetError: If the table has more than ``MAX_ENTRIES``.
    """
    none = ClassRows(*(np.zeros(0, kind) for kind in (np.intp, np.int64, float, float)))
    every = [none, *parts]
    zone = np.concatenate([part.zone for part in every])
    value = np.concatenate([part.value for part in every])
    pixels = np.concatenate([part.pixels for part in every])
    fraction = np.concatenate([part.fraction for part in every])
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
