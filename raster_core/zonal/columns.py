"""Statistics of many zones as columns: an array for each statistic."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import RequestError
from raster_core.zonal.columnar.columns import (
    CATEGORIES,
    Columns,
    class_columns,
    column_names,
    empty_column,
)
from raster_core.zonal.engine import stream_statistics
from raster_core.zonal.partials.partial import keeps_histogram
from raster_core.zonal.results.statistics import HISTOGRAM_ONLY, ON_GROUND

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.raster import Layer
    from raster_core.zonal.engine import Options
    from raster_core.zonal.results.columns import (
        BandColumns,
        ClassRows,
        Numbers,
        ZoneBatch,
    )
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
    column_names(names, statistics.percentiles)
    _check_types(layer, names)
    areas = bool((ON_GROUND - {CATEGORIES}).intersection(names))
    options = replace(
        options, statistics=replace(statistics, wanted=frozenset(names), areas=areas)
    )
    writer, done = ColumnsWriter(layer.info.bands, options, len(zones)), 0
    for batch in stream_statistics(layer, zones, options):
        if not batch.zones.size:
            continue
        writer.add(batch)
        done += len(batch.zones)
        if progress:
            progress(done, len(zones))
    return writer.finish()


class ColumnsWriter:
    """Puts batches of zones together.

    Args:
        bands: The layer's.
        options: Which statistics are wanted, by name, and which percentiles.
        zones: How many there are.
    """

    def __init__(self, bands: Sequence[BandInfo], options: Options, zones: int) -> None:
        statistics = options.statistics
        self.bands, self.names = bands, statistics.wanted or frozenset()
        wanted = column_names(sorted(self.names), statistics.percentiles)
        self.columns = [{n: empty_column(n, zones) for n in wanted} for _ in bands]
        self.classes: list[list[ClassRows]] = [[] for _ in bands]
        self.reasons = np.full(zones, None)

    def add(self, batch: ZoneBatch) -> None:
        """Write zones at their positions."""
        if not batch.zones.size:
            return
        for number, band in enumerate(batch.bands):
            _write(self.columns[number], band, batch.zones)
            rows = band.classes
            if rows is not None:
                self.classes[number].append(replace(rows, zone=batch.zones[rows.zone]))
        self.reasons[batch.zones] = _find_reasons(batch)

    def finish(self) -> Columns:
        """The columns of all zones.

        Raises:
            BudgetError: If the table of classes is too large.
        """
        tables = tuple(
            class_columns(own, len(self.reasons))
            if CATEGORIES in self.names and band.classes
            else None
            for own, band in zip(self.classes, self.bands, strict=True)
        )
        return Columns(tuple(self.columns), tables, self.reasons)


def _write(
    columns: Mapping[str, Numbers], found: BandColumns, zones: NDArray[np.intp]
) -> None:
    """Write the statistics of some zones into the columns of all."""
    for name, column in columns.items():
        if name in found.numbers:
            lacking = found.lacks(name)
            if column.dtype.kind != "f" or not lacking.any():
                column[zones] = found.numbers[name]
            else:
                column[zones[~lacking]] = found.numbers[name][~lacking]


def _find_reasons(batch: ZoneBatch) -> NDArray[np.object_]:
    """Why zones have no values on any band, (zones,); None for the others."""
    reasons = batch.reasons(0)
    for band in batch.bands:
        reasons[band.has_values] = None
    return reasons


def _check_types(layer: Layer, names: Sequence[str]) -> None:
    """Refuse statistics that the type of a band does not have."""
    missing = HISTOGRAM_ONLY.intersection(names)
    for band in layer.info.bands:
        if missing and not keeps_histogram(band.dtype):
            raise RequestError(
                f"Band {band.index} is {band.dtype}; {', '.join(sorted(missing))} take "
                "integers of up to 16 bits"
            )
