"""Wide types of many zones: the moments of each in a block, to the bit."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from raster_core.native.reducing.cells import FlatCells
from raster_core.native.reducing.moments import Measuring
from raster_core.zonal.columnar.weighing import ValueRows, merge_values
from raster_core.zonal.coverage.weights import HALF_BITS, WHOLE
from raster_core.zonal.partials.partial import BlockMoments

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
    cell = np.concatenate([found.whole_cell, found.partial_cell])
    zone = np.concatenate([found.whole_zone, found.partial_zone])
    order = np.lexsort((cell, zone))
    values = np.concatenate([found.whole, found.partial])
    weight = np.concatenate([np.full(len(found.whole), WHOLE), found.weights])
    measured = Measuring.of(len(found.zones), values.dtype)
    measured.add(FlatCells(zone[order], cell[order], values[order], weight[order]))
    some = np.flatnonzero(measured.high | measured.low)
    return MomentRows(
        found.zones[some],
        (measured.high[some] << HALF_BITS) + measured.low[some],
        measured.total[some],
        measured.squares[some],
        measured.minimum[some] + values.dtype.type(0),
        measured.maximum[some] + values.dtype.type(0),
        measured.origins()[some],
        measured.exponent[some],
    )


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
