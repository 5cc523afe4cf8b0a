"""Statistics of the zones of a frame; those that cannot be counted keep their row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import ZoneError
from raster_core.zonal.columnar.columns import ClassColumns, Columns
from raster_core.zonal.columns import statistics_columns
from raster_core.zonal.faults import find_faults
from raster_core.zonal.zones.columnar import take_zones
from raster_core.zonal.zones.zone import Zone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.raster import Layer
    from raster_core.zonal.engine import Options
    from raster_core.zonal.results.columns import Numbers
    from rasterlet.frames.request import Report
    from rasterlet.frames.zones.given import Given
    from rasterlet.frames.zones.polygons import PolygonZones


def count_zones(
    layer: Layer,
    polygons: PolygonZones,
    options: Options,
    names: Sequence[str],
    report: Report | None = None,
) -> Columns:
    """Statistics of all rows, whose zones may have faults.

    Law: a row has what it would have alone.

    Args:
        layer: What is counted.
        polygons: The zones; faults that only the layer shows are added to theirs.
        options: How is counted.
        names: Statistics.
        report: Called as zones finish.

    Returns:
        Columns of all rows; the reason of one with a fault is its sentence.

    Raises:
        As ``statistics_columns``, but for a ``ZoneError``.
    """
    zones, faults = polygons.zones, polygons.faults
    try:
        found = statistics_columns(layer, zones, options, names, report)
    except ZoneError:  # rare, so that only then the bad ones are looked for
        later = find_faults(layer, zones, options)
        faults |= later
        good = [n for n in range(len(zones)) if n not in later]
        rest = take_zones(zones, good)
        found = statistics_columns(layer, rest, options, names, report)
        found = _spread(found, np.array(good, np.intp), len(zones))
    reasons = found.reasons.copy()
    for position, fault in faults.items():
        reasons[position] = str(fault)
    return replace(found, reasons=reasons)


def sound_zones(layer: Layer, zones: PolygonZones, options: Options) -> Sequence[Zone]:
    """The zones, those with faults empty; faults that the layer shows are added."""
    later = find_faults(layer, zones.zones, options)
    zones.faults.update(later)
    if not later:
        return zones.zones
    return [
        Zone(None, checked=True) if position in zones.faults else zone
        for position, zone in enumerate(zones.zones)
    ]


def refuse_all_bad(given: Given, polygons: PolygonZones) -> None:
    """Refuse zones of which not one can be counted.

    Raises:
        ZoneError: With what is wrong with the first.
    """
    count, faults = len(polygons.zones), polygons.faults
    if not count or len(faults) < count:
        return
    first = min(faults)
    told = f"{given.name_row(first)}: {faults[first]}"
    if count > 1:
        told = f"None of {count} zones can be counted; {told}"
    raise ZoneError(told, zone=first)


def _spread(found: Columns, rows: NDArray[np.intp], count: int) -> Columns:
    """The columns of some rows as columns of all, the others without values."""

    def spread(column: Numbers) -> Numbers:
        whole = column.dtype.kind == "i"
        every = np.zeros(count, np.int64) if whole else np.full(count, np.nan)
        every[rows] = column
        return every

    reasons = np.full(count, None)
    reasons[rows] = found.reasons
    return Columns(
        tuple(
            {name: spread(column) for name, column in band.items()}
            for band in found.values
        ),
        tuple(band and _spread_classes(band, rows, count) for band in found.classes),
        reasons,
    )


def _spread_classes(
    band: ClassColumns, rows: NDArray[np.intp], count: int
) -> ClassColumns:
    shape = (count, len(band.values))
    counts, fractions = np.zeros(shape), np.full(shape, np.nan)
    counts[rows], fractions[rows] = band.counts, band.fractions
    return ClassColumns(band.values, counts, fractions)
