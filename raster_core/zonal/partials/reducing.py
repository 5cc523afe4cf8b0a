"""A block reduced to the rows of all of its zones: a pure function of the block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.coverage.cells import split_by_zone
from raster_core.zonal.coverage.weights import weights_of
from raster_core.zonal.partials.ground import measure_cells
from raster_core.zonal.partials.partial import (
    BlockMoments,
    Histogram,
    Moments,
    Totals,
    summarise_cells,
)
from raster_core.zonal.partials.rows import (
    AreaRows,
    BandRows,
    KeptRows,
    MomentRows,
    Rows,
    SumRows,
    ValueRows,
    split_limbs,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.grid import Window
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.coverage.cover import Coverage
    from raster_core.zonal.coverage.weights import Integers
    from raster_core.zonal.partials.ground import BlockArea
    from raster_core.zonal.partials.partial import Partial


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

    cells: Floats
    """(cells of the block,): m² of each, row-major."""
    classes: tuple[bool, ...]
    """For each band, whether its values are told apart; only integers of up to 16 bits
    are."""


type CellPlane = tuple[NDArray[np.generic], NDArray[np.bool_] | None]
"""One band of a block, (cells of the block,) each, row-major: stored values, and where
there is data; None instead of the second if all cells have data."""


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
    return tuple(
        _reduce_plane(
            plane,
            runs,
            window,
            wanted,
            (ground.cells, ground.classes[number]) if ground else None,
        )
        for number, plane in enumerate(planes)
    )


def _reduce_plane(
    plane: CellPlane,
    runs: Coverage,
    window: Window,
    wanted: Wanted,
    ground: tuple[Floats, bool] | None,
) -> BandRows:
    values, valid = plane
    zones, partials, areas = [], [], []
    with np.errstate(over="ignore", invalid="ignore"):
        for zone, cells in split_by_zone(runs, window):
            keep = wanted.kept is not None and bool(wanted.kept[zone])
            zones.append(zone)
            partials.append(
                summarise_cells(values, valid, cells, brief=wanted.brief, keep=keep)
            )
            if ground is not None:
                areas.append(
                    measure_cells((values, valid, cells), ground[0], classes=ground[1])
                )
    numbers = np.array(zones, np.int64)
    return BandRows(
        numbers,
        weights_of([partial.masked for partial in partials]),
        _make_rows(numbers, partials, values.dtype),
        _make_kept(numbers, partials, values.dtype),
        _make_areas(numbers, areas, values.dtype) if ground is not None else None,
    )


def _make_rows(
    zones: Integers, partials: Sequence[Partial], dtype: np.dtype[np.generic]
) -> Rows:
    first = partials[0]
    if isinstance(first, Histogram):
        found = [part for part in partials if isinstance(part, Histogram)]
        count = [len(part.values) for part in found]
        weight = weights_of([each for part in found for each in part.weights()])
        values = np.concatenate([part.values for part in found]).astype(dtype)
        return ValueRows(np.repeat(zones, count), values, weight)
    if isinstance(first, Totals):
        sums = [part.sums for part in partials if isinstance(part, Totals)]
        some = [each for each in sums if each is not None]
        limbs = [
            split_limbs(each.weight, 3)
            + split_limbs(each.total, 4)
            + split_limbs(each.squares, 4)
            for each in some
        ]
        return SumRows(
            zones[[each is not None for each in sums]],
            np.array(limbs, np.int64).reshape(-1, 11),
            np.array([each.minimum for each in some], dtype),
            np.array([each.maximum for each in some], dtype),
        )
    moments = [part.blocks for part in partials if isinstance(part, Moments)]
    blocks = [block for each in moments for block in each]
    return _make_moments(zones[[bool(each) for each in moments]], blocks, dtype)


def _make_moments(
    zones: Integers, blocks: Sequence[BlockMoments], dtype: np.dtype[np.generic]
) -> MomentRows:
    return MomentRows(
        zones,
        weights_of([block.weight for block in blocks]),
        np.array([block.total for block in blocks], np.float64),
        np.array([block.squares for block in blocks], np.float64),
        np.array([block.minimum for block in blocks], dtype),
        np.array([block.maximum for block in blocks], dtype),
        np.array([block.origin for block in blocks], dtype),
        np.array([block.exponent for block in blocks], np.int64),
    )


def _make_kept(
    zones: Integers, partials: Sequence[Partial], dtype: np.dtype[np.generic]
) -> KeptRows | None:
    kept = [part.kept if isinstance(part, Moments) else () for part in partials]
    if not any(kept):
        return None
    none = np.zeros(0, dtype), np.zeros(0, dtype), np.zeros(0, np.int64)
    found = [
        (each[0].whole, each[0].partial, each[0].weights) if each else none
        for each in kept
    ]
    whole, partial, weights = zip(*found, strict=True)
    return KeptRows(
        np.repeat(zones, [len(each) for each in whole]),
        np.concatenate(whole),
        np.repeat(zones, [len(each) for each in partial]),
        np.concatenate(partial),
        np.concatenate(weights),
    )


def _make_areas(
    zones: Integers, areas: Sequence[BlockArea], dtype: np.dtype[np.generic]
) -> AreaRows:
    return AreaRows(
        np.array([area.total for area in areas], np.float64),
        np.array([area.weighted for area in areas], np.float64),
        np.repeat(zones, [len(area.values) for area in areas]),
        np.array([value for area in areas for value in area.values], dtype),
        np.array([each for area in areas for each in area.areas], np.float64),
    )
