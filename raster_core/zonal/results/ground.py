"""The ground area of zones: in all, by class, and as a weight of the mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.partials.moments import sum_exactly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.coverage.weights import Integers
    from raster_core.zonal.partials.rows import ValueRows


@dataclass(frozen=True, slots=True, eq=False)
class GroundRows:
    """Ground of the valid cells of zones, one row per zone and block; (rows,) each."""

    zone: Integers
    total: Floats
    """m²"""
    weighted: Floats
    """Sum of ground x stored value."""


@dataclass(frozen=True, slots=True, eq=False)
class ClassGroundRows:
    """Ground of classes of zones, one row per zone, class and block; (rows,) each."""

    zone: Integers
    value: NDArray[np.generic]
    area: Floats
    """m²"""


@dataclass(frozen=True, slots=True, eq=False)
class GroundColumns:
    """Ground of the valid cells of zones, in m²."""

    total: Floats
    """(zones,)"""
    mean: Floats
    """(zones,): of the stored values, weighted by ground; NaN without ground."""
    classes: ClassGroundRows
    """Each zone and class once, sorted by both."""

    def of_values(self, rows: ValueRows) -> Floats:
        """Ground of the values of zones, (rows,); 0 for a value off the Earth."""
        met = self.classes
        lowest = int(rows.value.min(initial=0))
        span = int(rows.value.max(initial=0)) - lowest + 1
        own, known = (
            each.zone.astype(np.int64) * span + (each.value.astype(np.int64) - lowest)
            for each in (rows, met)
        )
        if not known.size:
            return np.zeros(len(own))
        place = np.minimum(np.searchsorted(known, own), len(known) - 1)
        return np.where(known[place] == own, met.area[place], 0.0)


def measure_ground(
    rows: GroundRows, classes: ClassGroundRows, zones: NDArray[np.integer]
) -> GroundColumns:
    """The ground of zones, exactly rounded sums of what their blocks have.

    Args:
        rows: Sorted by zone; each of ``zones`` has one at least.
        classes: In any order.
        zones: (zones,), ascending; rows of others are left out.
    """
    first, number = _segments([rows.zone])
    total = sum_exactly(rows.total, first, number)
    weighted = sum_exactly(rows.weighted, first, number)
    mean = np.full(len(total), np.nan)
    np.divide(weighted, total, out=mean, where=total != 0)
    chosen = np.searchsorted(rows.zone[first], zones)
    return GroundColumns(total[chosen], mean[chosen], _merge_classes(classes))


def _merge_classes(rows: ClassGroundRows) -> ClassGroundRows:
    order = np.lexsort((rows.value, rows.zone))
    zone, value, area = rows.zone[order], rows.value[order], rows.area[order]
    first, number = _segments([zone, value])
    return ClassGroundRows(zone[first], value[first], sum_exactly(area, first, number))


def _segments(
    keys: Sequence[NDArray[np.generic]],
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where each run of equal keys (n,) begins, and how long it is."""
    if not keys[0].size:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    new = np.zeros(len(keys[0]), bool)
    new[0] = True
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    first = np.flatnonzero(new)
    return first, np.diff(np.append(first, len(new)))
