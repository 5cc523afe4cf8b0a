"""Statistics of many zones as columns: an array for each statistic."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import RequestError
from raster_core.zonal.columnar.columns import (
    CATEGORIES,
    ClassTable,
    Columns,
    column_names,
    empty_column,
    write_zone,
)
from raster_core.zonal.engine import Options, stream_statistics
from raster_core.zonal.partials.partial import keeps_histogram
from raster_core.zonal.results.statistics import HISTOGRAM_ONLY, ON_GROUND

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from raster_core.raster import Layer
    from raster_core.zonal.zones.zone import Zone

    type Progress = Callable[[int, int], None]
    """Called with the number of finished zones, and of all."""


def statistics_columns(
    layer: Layer,
    zones: Sequence[Zone],
    options: Options,
    names: Sequence[str],
    progress: Progress | None = None,
) -> Columns:
    """Statistics of zones, a column each.

    Law: the numbers are those of ``zonal_statistics``, to the bit.

    Args:
        layer: What to read.
        zones: As for ``zonal_statistics``; without any, columns are (0,).
        options: How is counted, and which percentiles; which statistics are ``wanted``
            follows from ``names``.
        names: Statistics, each a column; ``categories`` are ``Columns.classes``.
        progress: Called as zones finish.

    Raises:
        RequestError: If a statistic does not exist, or the type of a band lacks it.
        BudgetError, ZoneError, SourceError: As ``zonal_statistics``.
    """
    statistics = options.statistics
    wanted = column_names(names, statistics.percentiles)
    _check_types(layer, names)
    areas = statistics.areas or bool((ON_GROUND - {CATEGORIES}).intersection(names))
    options = replace(
        options, statistics=replace(statistics, wanted=frozenset(names), areas=areas)
    )
    bands = len(layer.info.bands)
    columns = [
        {name: empty_column(name, len(zones)) for name in wanted} for _ in range(bands)
    ]
    tables = [ClassTable(len(zones)) for _ in range(bands)]
    reasons = np.full(len(zones), None)
    for done, (zone, found) in enumerate(
        stream_statistics(layer, zones, options), start=1
    ):
        for own, own_columns, table in zip(found, columns, tables, strict=True):
            write_zone(own_columns, zone, own, statistics.percentiles)
            if own.categories:
                table.add(zone, own.categories)
        if all(own.reason for own in found):
            reasons[zone] = found[0].reason
        if progress:
            progress(done, len(zones))
    has_classes = [CATEGORIES in names and bool(b.classes) for b in layer.info.bands]
    classes = tuple(
        table.finish() if has else None
        for table, has in zip(tables, has_classes, strict=True)
    )
    return Columns(tuple(columns), classes, reasons)


def _check_types(layer: Layer, names: Sequence[str]) -> None:
    """Refuse statistics that the type of a band does not have."""
    missing = HISTOGRAM_ONLY.intersection(names)
    for band in layer.info.bands:
        if missing and not keeps_histogram(band.dtype):
            raise RequestError(
                f"Band {band.index} is {band.dtype}; {', '.join(sorted(missing))} take "
                "integers of up to 16 bits"
            )
