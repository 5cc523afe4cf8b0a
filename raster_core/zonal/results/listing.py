"""Columns of statistics as an object per zone, for those who want to look at one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from raster_core.zonal.results.sample import Bins
from raster_core.zonal.results.statistics import (
    STATISTICS,
    Category,
    ZoneStatistics,
    percentile_name,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.zonal.results.columns import BandColumns, ClassRows, ZoneBatch
    from raster_core.zonal.results.sample import BinColumns

type BandStatistics = tuple[ZoneStatistics, ...]
"""The statistics of one zone, one entry per band."""

_NUMBERS = tuple(each.name for each in STATISTICS)


def list_zones(
    batch: ZoneBatch, bands: Sequence[BandInfo], percentiles: Sequence[float]
) -> list[BandStatistics]:
    """The statistics of each zone of a batch, in its order, with one entry per band."""
    columns = [
        _list_band(batch, number, band, percentiles)
        for number, (_, band) in enumerate(zip(batch.bands, bands, strict=False))
    ]
    return list(zip(*columns, strict=True))


def list_numbers(columns: BandColumns, name: str) -> list[Any]:
    """The values of a statistic; None where there is none, NaN if no double holds it.

    Integers of wide types stay such, however large.
    """
    if name not in columns.numbers:
        return [None] * len(columns.has_values)
    values: list[Any] = columns.numbers[name].tolist()
    for zone in np.flatnonzero(columns.lacks(name)).tolist():
        values[zone] = None
    return values


def list_classes(
    rows: ClassRows | None, zones: int, band: BandInfo
) -> list[tuple[Category, ...] | None]:
    """The classes of each zone by stored value; None for one without."""
    found: defaultdict[int, list[Category]] = defaultdict(list)
    if rows is None:
        return [None] * zones
    names, count = band.class_names, len(rows.zone)
    areas = _list_or_none(rows.area, count), _list_or_none(rows.area_fraction, count)
    for zone, value, pixels, fraction, area, part in zip(
        rows.zone.tolist(),
        rows.value.tolist(),
        rows.pixels.tolist(),
        rows.fraction.tolist(),
        *areas,
        strict=True,
    ):
        name = names.get(value, str(value))
        found[zone].append(Category(value, name, pixels, fraction, area, part))
    return [tuple(found[zone]) if zone in found else None for zone in range(zones)]


def list_bins(
    bins: BinColumns | None, has_values: NDArray[np.bool_]
) -> list[Bins | None]:
    """The histogram of each zone; None for one without."""
    if bins is None:
        return [None] * len(has_values)
    rows = zip(bins.weights.tolist(), bins.edges.tolist(), strict=True)
    histograms = (Bins(tuple(weights), tuple(edges)) for weights, edges in rows)
    return [next(histograms) if has else None for has in has_values.tolist()]


def _list_band(
    batch: ZoneBatch, number: int, band: BandInfo, percentiles: Sequence[float]
) -> list[ZoneStatistics]:
    columns = batch.bands[number]
    names = [name for name in _NUMBERS if name in columns.numbers]
    rows = zip(*(list_numbers(columns, name) for name in names), strict=True)
    others = zip(
        rows,
        list_classes(columns.classes, len(batch.zones), band),
        list_bins(columns.bins, columns.has_values),
        _list_percentiles(columns, percentiles),
        batch.reasons(number).tolist(),
        strict=True,
    )
    return [
        ZoneStatistics(
            **dict(zip(names, values, strict=True)),
            categories=categories,
            histogram=histogram,
            percentiles=quantiles,
            reason=reason,
            approximation=batch.approximation,
        )
        for values, categories, histogram, quantiles, reason in others
    ]


def _list_percentiles(
    columns: BandColumns, percentiles: Sequence[float]
) -> list[tuple[float, ...] | None]:
    names = [percentile_name(percent) for percent in percentiles]
    if not names or names[0] not in columns.numbers:
        return [None] * len(columns.has_values)
    rows = zip(*(list_numbers(columns, name) for name in names), strict=True)
    pairs = zip(rows, columns.has_values.tolist(), strict=True)
    return [values if has else None for values, has in pairs]


def _list_or_none(values: NDArray[np.float64] | None, count: int) -> list[float | None]:
    """The values (n,), None for NaN; that of each of ``count`` if there are none."""
    if values is None:
        return [None] * count
    return [None if value != value else value for value in values.tolist()]  # noqa: PLR0124
