"""Wide types of many zones: the moments of each in a block, to the bit.

numpy adds up a row of numbers in one way: the pairwise sum of all to a first 0.
``reduceat`` begins with a segment's first number, so each segment gets a 0 before its
own.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.columnar.cells import sum_integers
from raster_core.zonal.columnar.weighing import ValueRows, merge_values, zone_extremes
from raster_core.zonal.coverage.cells import ZoneValues
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.partials.partial import (
    HARMLESS,
    BlockMoments,
    differences,
    measure_values,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.columnar.cells import FlatValues
    from raster_core.zonal.coverage.weights import Integers


@dataclass(frozen=True, slots=True, eq=False)
class MomentRows:
    """``BlockMoments`` of zones, one row for each that has values in a block."""

    zone: NDArray[np.integer]
    """(rows,)"""
    weight: Integers
    """(rows,), as all that follow."""
    total: Floats
    squares: Floats
    minimum: NDArray[np.generic]
    """In the type of the band, as ``maximum`` and ``origin``."""
    maximum: NDArray[np.generic]
    origin: NDArray[np.generic]
    exponent: Integers

    def pick(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> MomentRows:
        """Some of the rows."""
        return MomentRows(*(getattr(self, f.name)[which] for f in fields(self)))

    def blocks(self) -> list[BlockMoments]:
        """Each row as an object."""
        columns = (getattr(self, f.name).tolist() for f in fields(self)[1:])
        return [BlockMoments(*row) for row in zip(*columns, strict=True)]


def measure_cells(found: FlatValues) -> MomentRows:
    """The moments of the zones that have values, by zone."""
    zones = len(found.zones)
    whole, partial = found.whole, found.partial
    low, high = zone_extremes(
        [(whole, found.whole_zone), (partial, found.partial_zone)], zones
    )
    origin = low if low.dtype.kind in "iu" else np.zeros_like(low)
    inner = differences(whole, origin[found.whole_zone])
    outer = differences(partial, origin[found.partial_zone])
    fractions = found.weights / WHOLE
    weight = np.bincount(found.whole_zone, minlength=zones) * WHOLE
    weight += sum_integers(found.weights, found.partial_zone, zones)
    total = sum_floats(inner, found.whole_zone, zones)
    total += sum_floats(fractions * outer, found.partial_zone, zones)
    mean = np.zeros(zones)
    np.divide(total, weight / WHOLE, out=mean, where=weight > 0)
    inner -= mean[found.whole_zone]
    outer -= mean[found.partial_zone]
    squares = sum_floats(np.square(inner), found.whole_zone, zones)
    squares += sum_floats(fractions * np.square(outer), found.partial_zone, zones)
    ends = [differences(end, origin) - mean for end in (low, high)]
    exponent = np.frexp(np.maximum(*map(np.abs, ends)))[1]
    rows = MomentRows(
        found.zones,
        weight,
        total,
        squares,
        low,
        high,
        origin,
        np.zeros(zones, np.int64),
    )
    odd = (weight > 0) & ~((np.abs(exponent) < HARMLESS) & np.isfinite(squares))
    _measure_alone(rows, found, np.flatnonzero(odd).tolist())
    return rows.pick(weight > 0)


def keep_cells(found: FlatValues) -> ValueRows:
    """Weights by zone and value, of any type; -0 is 0."""
    values = np.concatenate([found.whole, found.partial])
    if values.dtype.kind == "f":
        np.add(values, 0, out=values)
    zone = np.concatenate([found.whole_zone, found.partial_zone])
    weight = np.concatenate([np.full(len(found.whole), WHOLE), found.weights])
    return merge_values([ValueRows(found.zones[zone], values, weight)])


def merge_moments(parts: Sequence[MomentRows]) -> MomentRows:
    """The rows of all parts, sorted by zone; there is at least one part."""
    columns = (
        np.concatenate([getattr(part, f.name) for part in parts])
        for f in fields(MomentRows)
    )
    rows = MomentRows(*columns)
    return rows.pick(np.argsort(rows.zone, kind="stable"))


def sum_floats(values: Floats, zone: NDArray[np.intp], zones: int) -> Floats:
    """The sum of each zone's values, (zones,), as ``values.sum()`` of them has it.

    Args:
        values: (n,)
        zone: (n,): ascending positions.
        zones: How many there are; one without values has 0.
    """
    padded = np.zeros(len(values) + zones)
    padded[np.arange(1, len(values) + 1) + zone] = values
    first = np.searchsorted(zone, np.arange(zones)) + np.arange(zones)
    return np.asarray(np.add.reduceat(padded, first))


def _measure_alone(rows: MomentRows, found: FlatValues, odd: Sequence[int]) -> None:
    """Write the moments of zones whose squares overflow or vanish, each by itself."""
    for position in odd:
        own = found.partial_zone == position
        (block,) = measure_values(
            ZoneValues(
                found.whole[found.whole_zone == position],
                found.partial[own],
                found.weights[own],
            )
        )
        rows.total[position] = block.total
        rows.squares[position] = block.squares
        rows.exponent[position] = block.exponent
