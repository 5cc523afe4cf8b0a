"""Statistics of one raster per value of another.

The cells counted are those of the first raster's native grid; the other is sampled
there, see ``aligned``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import BudgetError, RequestError
from raster_core.grid import Window
from raster_core.zonal.columnar.computing import Recipe, as_stored, compute_columns
from raster_core.zonal.columnar.gathering import Gatherer
from raster_core.zonal.coverage.cover import Coverage
from raster_core.zonal.engine import Options, plan_zones
from raster_core.zonal.partials.area import planar_area, plane_of_lines
from raster_core.zonal.partials.partial import keeps_histogram
from raster_core.zonal.partials.reducing import Ground, Wanted, reduce_planes
from raster_core.zonal.reading.aligned import (
    AlignedCells,
    check_aligned,
    check_countable,
    read_aligned,
)
from raster_core.zonal.results.columns import ZoneBatch
from raster_core.zonal.results.listing import list_zones

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.raster import Layer
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.coverage.weights import Integers
    from raster_core.zonal.partials.rows import BandRows
    from raster_core.zonal.results.options import StatisticOptions
    from raster_core.zonal.results.statistics import ZoneStatistics
    from raster_core.zonal.zones.zone import Zone

_LANES = 8
"""Sums of floats are made in so many lanes, by the cells' numbers in their block."""

MAX_GROUPS = 100_000
"""Groups of all zones of a request, cells without one included: 0.1 ms each."""

type _Key = tuple[int, int | None]
"""A zone and a value of the other raster; None where that has no data."""


@dataclass(frozen=True, slots=True)
class Group:
    """The cells of a zone in which the other raster has one value."""

    value: int
    """As the other raster stores it."""
    name: str
    """Name of its class; the value's digits where there is none."""
    statistics: tuple[ZoneStatistics, ...]
    """One entry per band of the first raster."""


@dataclass(frozen=True, slots=True)
class GroupedStatistics:
    """One zone, by the values of another raster."""

    groups: tuple[Group, ...]
    """The groups by value; only those that the zone has."""
    ungrouped_pixels: float
    """Summed coverage of the cells in which the other raster has no data."""
    reason: str | None
    """Why there are no groups: ``outside_raster`` or ``no_valid_pixels``."""


@dataclass(frozen=True, slots=True, eq=False)
class GroupColumns:
    """The groups of all zones, in any order."""

    keys: tuple[_Key, ...]
    """(groups,): zone and value of each; None for the cells without a group."""
    batch: ZoneBatch
    """Statistics of each, by its position."""

    def entries(self) -> list[tuple[int, int, int]]:
        """Zone, value and position of each group of cells, by zone and value."""
        return sorted(
            (zone, value, number)
            for number, (zone, value) in enumerate(self.keys)
            if value is not None
        )

    def ungrouped(self, zones: int) -> Floats:
        """Summed coverage of the cells without a group, (zones,), in pixels."""
        found = np.zeros(zones)
        if self.keys:
            pixels = self.batch.bands[0].masked.to_pixels()
            for number, (zone, value) in enumerate(self.keys):
                if value is None:
                    found[zone] = pixels[number]
        return found


def grouped_statistics(
    layer: Layer,
    groups: Layer,
    zones: Sequence[Zone],
    options: Options | None = None,
) -> list[GroupedStatistics]:
    """The statistics of each zone on each band of a layer, per value of another one.

    Laws: for a raster of one value, the statistics of the group are those of
    ``zonal_statistics``, but for the last bit; the order of blocks changes no bit.

    Args:
        layer: What is summarised; its native pixels are counted.
        groups: One band of integers of up to 16 bits.
        zones: In longitude and latitude; they may overlap.
        options: Coverage, statistics and budgets; None means the defaults.

    Returns:
        One entry per zone, in order.

    Raises:
        RequestError: If ``groups`` is of another type, or quantiles of wide types are
            wanted.
        BudgetError: If there are too many pixels, or groups than ``MAX_GROUPS``.
        ZoneError: If a zone cannot be brought to the first layer's CRS.
        SourceError: If a raster cannot be read.
    """
    options = options or Options()
    found = group_columns(layer, groups, zones, options)
    listed = list_zones(found.batch, layer.info.bands, options.statistics.percentiles)
    (by,) = groups.info.bands
    names = by.class_names
    parts: list[list[Group]] = [[] for _ in zones]
    for zone, value, number in found.entries():
        parts[zone].append(Group(value, names.get(value, str(value)), listed[number]))
    ungrouped = found.ungrouped(len(zones)).tolist()
    return [
        GroupedStatistics(tuple(own), pixels, None if own else name_missing(pixels))
        for own, pixels in zip(parts, ungrouped, strict=True)
    ]


def group_columns(
    layer: Layer, groups: Layer, zones: Sequence[Zone], options: Options
) -> GroupColumns:
    """``grouped_statistics`` as columns."""
    bands = layer.info.bands
    (by,) = groups.info.bands
    check_countable(by, raster="the second raster", use="grouping")
    _check_quantiles(bands, options.statistics)
    plan = plan_zones(layer, zones, options)
    check_aligned([layer, groups], plan, options.budget)
    numbers: dict[_Key, int] = {}
    gatherers = [Gatherer(MAX_GROUPS) for _ in bands]
    for cells in read_aligned([layer, groups], plan):
        reduced = _reduce_groups(cells, numbers, bands, options.statistics)
        for gatherer, rows in zip(gatherers, reduced, strict=True):
            gatherer.add(rows)
    batch = _compute(layer, gatherers, len(numbers), options.statistics)
    return GroupColumns(tuple(numbers), batch)


def name_missing(ungrouped: float) -> str:
    """Why a zone has no groups, by its pixels in which the other raster has no data."""
    return "no_valid_pixels" if ungrouped else "outside_raster"


def _check_quantiles(bands: Sequence[BandInfo], options: StatisticOptions) -> None:
    """Refuse what takes further passes over the pixels, which have no groups."""
    for band in bands:
        if options.fractions() and not keeps_histogram(band.dtype):
            raise RequestError(
                f"Band {band.index} is {band.dtype}; by group, medians and percentiles "
                "take integers of up to 16 bits"
            )


def _reduce_groups(
    cells: AlignedCells,
    numbers: dict[_Key, int],
    bands: Sequence[BandInfo],
    options: StatisticOptions,
) -> tuple[BandRows, ...]:
    """The rows of each group in one block, by the group's number.

    Args:
        cells: With the bands, and the other raster's as the last.
        numbers: The number of each group met so far; new ones are added.
        bands: What is summarised.
        options: Which statistics.
    """
    number = _number_groups(cells, numbers)
    order = np.argsort(number, kind="stable")
    number = number[order]
    place, width = _spread_groups(number)
    runs = Coverage(number, np.zeros_like(place), place, place + 1, cells.weight[order])

    def spread[T: np.generic](values: NDArray[T]) -> NDArray[T]:
        wide = np.zeros((1, width), values.dtype)
        wide[0, place] = values[order]
        return wide

    planes = [
        (spread(values), spread(valid & cells.valid[-1]))
        for values, valid in zip(cells.bands[:-1], cells.valid[:-1], strict=True)
    ]
    ground = None
    if options.areas:
        classes = tuple(bool(band.classes) for band in bands)
        ground = Ground(plane_of_lines(spread(cells.ground), 1), classes)
    return reduce_planes(
        planes,
        runs,
        Window(0, 0, width, 1),
        wanted=Wanted(options.brief),
        ground=ground,
    )


def _spread_groups(number: Integers) -> tuple[Integers, int]:
    """Where the cells of groups lie in a block of one row, and its width.

    Each group begins at a multiple of ``_LANES``, so that sums of its values do not
    depend on the groups before it.

    Args:
        number: (cells,), ascending.
    """
    first = np.flatnonzero(np.diff(number, prepend=-1))
    count = np.diff(np.append(first, len(number)))
    room = -(-count // _LANES) * _LANES
    start = np.cumsum(room) - room
    return np.arange(len(number)) + np.repeat(start - first, count), int(room.sum())


def _number_groups(cells: AlignedCells, numbers: dict[_Key, int]) -> Integers:
    """The number of each cell's group, (cells,); new groups get the next ones."""
    values, grouped = cells.bands[-1].astype(np.int64), cells.valid[-1]
    low, none = int(values.min()), int(np.ptp(values)) + 1
    code = cells.zone * (none + 1) + np.where(grouped, values - low, none)
    met, position = np.unique(code, return_inverse=True)
    own = []
    for zone, value in zip(
        *(p.tolist() for p in np.divmod(met, none + 1)), strict=True
    ):
        key = zone, None if value == none else value + low
        own.append(numbers.setdefault(key, len(numbers)))
    if len(numbers) > MAX_GROUPS:
        raise BudgetError(
            f"The zones have more than {MAX_GROUPS} groups; ask for fewer "
            "zones, or for a raster of fewer values"
        )
    return np.array(own, np.int64)[position]


def _compute(
    layer: Layer,
    gatherers: Sequence[Gatherer],
    groups: int,
    options: StatisticOptions,
) -> ZoneBatch:
    """The statistics of all groups, by their numbers."""
    every, area = np.arange(groups), planar_area(layer.info.grid)
    columns = [
        compute_columns(
            gatherer.take(every), as_stored(Recipe(band, number, options, area, {}))
        )
        for number, (gatherer, band) in enumerate(
            zip(gatherers, layer.info.bands, strict=True)
        )
    ]
    return ZoneBatch(every, tuple(columns), np.zeros(groups, bool))
