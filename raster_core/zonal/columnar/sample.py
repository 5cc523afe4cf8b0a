"""Values and weights of many zones as weighted samples, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.columnar.columns import ClassRows
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.partials.interpolating import interpolate_quantiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.columnar.weighing import ValueRows
    from raster_core.zonal.coverage.weights import Integers
    from raster_core.zonal.partials.fractions import Fractions

# Whole numbers up to here are floats, and their ratio is rounded once.
_EXACT = 2**53


@dataclass(frozen=True, slots=True, eq=False)
class ColumnSample:
    """``Sample`` of many zones; rows are by zone, and there by physical value."""

    rows: ValueRows
    physical: Floats
    """(rows,)"""
    first: NDArray[np.intp]
    """(zones,): where the rows of each zone begin."""
    position: NDArray[np.intp]
    """(rows,): position of each row's zone in ``first``."""

    @property
    def distinct(self) -> Integers:
        """How many values each zone has, (zones,)."""
        return np.diff(np.append(self.first, len(self.position)))

    def totals(self) -> Integers:
        """Weight of each zone in units, (zones,)."""
        return np.add.reduceat(self.rows.weight, self.first)

    def heaviest(self) -> Floats:
        """The value of the largest weight, (zones,); of several, the smallest one."""
        return self._first_of(np.maximum.reduceat(self.rows.weight, self.first))

    def lightest(self) -> Floats:
        """The value of the smallest weight, (zones,); of several, the smallest one."""
        return self._first_of(np.minimum.reduceat(self.rows.weight, self.first))

    def quantiles(self, fractions: Fractions) -> tuple[Floats, ...]:
        """The least values at which the cumulated weight reaches fractions of all.

        Returns:
            (zones,) for each fraction.
        """
        weight = self.rows.weight
        # Modulo 2**64, of which nothing is left within a zone.
        cumulated = np.cumsum(weight)
        cumulated -= (cumulated[self.first] - weight[self.first])[self.position]
        if fractions.interpolated:
            before = (cumulated - weight) / WHOLE
            return tuple(
                interpolate_quantiles(
                    self.physical,
                    weight / WHOLE,
                    before,
                    self.first,
                    fractions.ratios(),
                )
            )
        whole, found = self.totals().astype(object), []
        for numerator in fractions.numerators:
            bound = (-(-numerator * whole // fractions.denominator)).astype(np.int64)
            below = (cumulated < bound[self.position]).astype(np.intp)
            reached = self.first + np.add.reduceat(below, self.first)
            found.append(self.physical[reached])
        return tuple(found)

    def classes(self) -> ClassRows:
        """Count and fraction of each value, by zone and stored value."""
        rows, whole = self.rows, self.totals()[self.position]
        fraction = rows.weight / whole
        for row in np.flatnonzero((whole > _EXACT) | (rows.weight > _EXACT)).tolist():
            fraction[row] = int(rows.weight[row]) / int(whole[row])
        return ClassRows(
            rows.zone, rows.value.astype(np.int64), rows.weight / WHOLE, fraction
        )

    def _first_of(self, weight: Integers) -> Floats:
        """The first value of each zone that has a weight, (zones,)."""
        met = np.flatnonzero(self.rows.weight == weight[self.position])
        found: Floats = self.physical[
            met[np.flatnonzero(np.diff(self.position[met], prepend=-1))]
        ]
        return found


def read_column_sample(rows: ValueRows, band: BandInfo) -> ColumnSample:
    """The samples of zones, of which each has a row; in the band's unit."""
    if band.scale < 0:  # physical values the other way round
        order = np.lexsort((-np.arange(len(rows.zone)), rows.zone))
        rows = type(rows)(rows.zone, rows.value[order], rows.weight[order])
    physical = np.asarray(band.scaling.physical_values(rows.value), np.float64)
    new = np.diff(rows.zone, prepend=-1) != 0
    return ColumnSample(rows, physical, np.flatnonzero(new), np.cumsum(new) - 1)
