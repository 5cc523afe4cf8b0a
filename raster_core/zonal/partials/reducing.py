"""A block reduced to the rows of all of its zones: a pure function of the block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.native.reducing.cells import (
    flatten_cells,
    make_runs,
    no_masked,
    pick_zones,
)
from raster_core.native.reducing.counting import count_zones
from raster_core.native.reducing.ground import Classes, measure_ground
from raster_core.native.reducing.moments import measure_zones
from raster_core.native.reducing.summing import sum_zones
from raster_core.zonal.coverage.weights import WHOLE, Weights
from raster_core.zonal.partials.partial import keeps_histogram
from raster_core.zonal.partials.rows import (
    AreaRows,
    BandRows,
    KeptRows,
    MomentRows,
    Rows,
    SumRows,
    ValueRows,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.grid import Window
    from raster_core.native.reducing.cells import Masked, ZoneRuns
    from raster_core.native.reducing.ground import GroundPlane
    from raster_core.native.reducing.moments import Measured
    from raster_core.zonal.coverage.cover import Coverage


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """What is made of a block's cells."""

    brief: bool = False
    """Whether sums of small integers are enough, without their histogram."""
    kept: NDArray[np.bool_] | None = None
    """(zones,): whether a zone's values of wide types are kept; None means no zone's.
    """


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What areas are measured with."""

    plane: GroundPlane
    """m² of each cell of the block."""
    classes: tuple[bool, ...]
    """For each band, whether its values are told apart; only integers of up to 16 bits
    are."""


type CellPlane = tuple[NDArray[np.generic], NDArray[np.bool_] | None]
"""One band of a block, (row, col) each: stored values, and where there is data; None
instead of the second if all cells have data."""


def reduce_planes(
    planes: Sequence[CellPlane],
    runs: Coverage,
    window: Window,
    *,
    wanted: Wanted,
    ground: Ground | None = None,
) -> tuple[BandRows, ...]:
    """The rows of all zones of a block, for each of its bands.

    Args:
        planes: The bands.
        runs: Of all zones, inside ``window``, sorted by zone, row and column; at least
            one.
        window: The block.
        wanted: What is made of the cells.
        ground: None if areas are not measured.
    """
    cells = runs_in(runs, window)
    found = []
    for number, (values, valid) in enumerate(planes):
        rows, masked = reduce_plane(cells, values, valid, brief=wanted.brief)
        kept = areas = None
        if wanted.kept is not None and isinstance(rows, MomentRows):
            kept = keep_zones(cells, values, valid, wanted.kept)
        if ground is not None:
            classes, block = ground.classes[number], (values, valid)
            areas = _measure_areas(cells, block, rows, ground.plane, classes=classes)
        weight = Weights(masked.high, masked.low)
        found.append(BandRows(masked.zone, weight, rows, kept, areas))
    return tuple(found)


def runs_in(runs: Coverage, window: Window) -> ZoneRuns:
    """Runs inside of a block, as kernels take them."""
    columns = runs.zone, runs.row, runs.start, runs.stop
    return make_runs(columns, runs.weight, (window.row, window.col))


def reduce_plane(
    runs: ZoneRuns,
    values: NDArray[np.generic],
    valid: NDArray[np.bool_] | None,
    *,
    brief: bool,
) -> tuple[Rows, Masked]:
    """The rows of all zones on one band, and what they have without data.

    Args:
        runs: The zones' cells.
        values: (row, col): the block.
        valid: Likewise; True means data. None if all cells have data.
        brief: Whether sums of small integers are enough.
    """
    if not keeps_histogram(values.dtype):
        moments = measure_zones(runs, values, valid)
        return _moment_rows(moments), moments.masked
    if brief:
        summed = sum_zones(runs, values, valid)
        some = np.flatnonzero(summed.ends[:, 0] <= summed.ends[:, 1])
        ends = summed.ends[some].astype(values.dtype)
        zone = summed.masked.zone[some]
        return SumRows(zone, summed.sums[some], ends[:, 0], ends[:, 1]), summed.masked
    counted = count_zones(runs, values, valid)
    weight = Weights(counted.high, counted.low)
    return ValueRows(counted.zone, counted.value, weight), counted.masked


def _moment_rows(found: Measured) -> MomentRows:
    """The moments of the zones that have values."""
    some = np.flatnonzero(found.high | found.low)
    return MomentRows(
        found.masked.zone[some],
        Weights(found.high[some], found.low[some]),
        found.total[some],
        found.squares[some],
        found.minimum[some],
        found.maximum[some],
        found.origin[some],
        found.exponent[some],
    )


def keep_zones(
    runs: ZoneRuns,
    values: NDArray[np.generic],
    valid: NDArray[np.bool_] | None,
    kept: NDArray[np.bool_],
) -> KeptRows | None:
    """The valid values of the zones that keep them; None if none does.

    Args:
        runs: The zones' cells.
        values: (row, col): the block.
        valid: Likewise; True means data. None if all cells have data.
        kept: (zones,), by number: which keep theirs.
    """
    runs = pick_zones(runs, kept)
    if not runs.zone.size:
        return None
    masked = no_masked(runs)
    found = []
    for cells in flatten_cells(runs, values, valid, masked):
        whole = cells.weight == WHOLE
        zone = masked.zone[cells.zone]
        found.append(
            (
                zone[whole],
                cells.value[whole],
                zone[~whole],
                cells.value[~whole],
                cells.weight[~whole],
            )
        )
    return KeptRows(*map(np.concatenate, zip(*found, strict=True)))


def _measure_areas(
    runs: ZoneRuns, block: CellPlane, rows: Rows, plane: GroundPlane, *, classes: bool
) -> AreaRows:
    """Ground of all zones on one band, by class where their values were counted."""
    told = None
    if classes and isinstance(rows, ValueRows):
        told = Classes(rows.zone, rows.value)
    found = measure_ground(runs, block, plane, told)
    if told is None:
        none = np.zeros(0, np.int64), np.zeros(0, block[0].dtype), np.zeros(0)
        return AreaRows(found.total, found.weighted, *none)
    some = found.area != 0
    own = told.zone[some], told.value[some], found.area[some]
    return AreaRows(found.total, found.weighted, *own)
