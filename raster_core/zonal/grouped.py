"""Statistics of one raster per value of another.

The cells counted are those of the first raster's native grid; the other is sampled
there, see ``aligned``.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import BudgetError, RequestError
from raster_core.zonal.coverage.cells import Cells
from raster_core.zonal.coverage.sorting import sort_numbers
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.engine import Options, plan_zones
from raster_core.zonal.partials.area import planar_area
from raster_core.zonal.partials.ground import measure_cells
from raster_core.zonal.partials.merge import BlockSummary, merge_summaries
from raster_core.zonal.partials.partial import keeps_histogram, summarise_cells
from raster_core.zonal.reading.aligned import (
    AlignedCells,
    check_aligned,
    check_countable,
    read_aligned,
)
from raster_core.zonal.results.compute import compute_statistics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from raster_core.bands import BandInfo
    from raster_core.raster import Layer
    from raster_core.zonal.results.options import StatisticOptions
    from raster_core.zonal.results.statistics import ZoneStatistics
    from raster_core.zonal.zones.zone import Zone

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
    options, bands = options or Options(), layer.info.bands
    (by,) = groups.info.bands
    check_countable(by, raster="the second raster", use="grouping")
    _check_quantiles(bands, options.statistics)
    plan = plan_zones(layer, zones, options)
    check_aligned([layer, groups], plan, options.budget)

    numbers: dict[_Key, int] = {}
    blocks = read_aligned([layer, groups], plan)
    summaries = _summarise(blocks, numbers, bands, areas=options.statistics.areas)
    partials = merge_summaries(summaries, bands)
    names = by.class_names
    pixel = planar_area(layer.info.grid)
    found: list[list[Group]] = [[] for _ in zones]
    ungrouped = [0] * len(zones)
    for (zone, value), number in numbers.items():
        if value is None:
            ungrouped[zone] = partials[number, 0].partial.masked
            continue
        statistics = tuple(
            compute_statistics(
                partials[number, position], band, options.statistics, pixel_area=pixel
            )
            for position, band in enumerate(bands)
        )
        found[zone].append(Group(value, names.get(value, str(value)), statistics))
    return list(map(_describe, found, ungrouped))


def _check_quantiles(bands: Sequence[BandInfo], options: StatisticOptions) -> None:
    """Refuse what takes further passes over the pixels, which have no groups."""
    for band in bands:
        if options.fractions() and not keeps_histogram(band.dtype):
            raise RequestError(
                f"Band {band.index} is {band.dtype}; by group, medians and percentiles "
                "take integers of up to 16 bits"
            )


def _summarise(
    blocks: Iterable[AlignedCells],
    numbers: dict[_Key, int],
    bands: Sequence[BandInfo],
    *,
    areas: bool,
) -> Iterator[BlockSummary]:
    """One summary per block, group and band; the group's number stands for a zone.

    Args:
        blocks: Cells with the bands, and the other raster's as the last.
        numbers: The number of each group met so far; new ones are added.
        bands: What is summarised.
        areas: Whether the ground is measured too.
    """
    for cells in blocks:
        for key, part in _split_groups(cells):
            number = numbers.setdefault(key, len(numbers))
            if number >= MAX_GROUPS:
                raise BudgetError(
                    f"The zones have more than {MAX_GROUPS} groups; ask for fewer "
                    "zones, or for a raster of fewer values"
                )
            yield from _summarise_group(part, number, bands, areas=areas)


def _split_groups(cells: AlignedCells) -> Iterator[tuple[_Key, AlignedCells]]:
    """The cells of each group, in their order; those of none are all without data."""
    values, grouped = cells.bands[-1].astype(np.int64), cells.valid[-1]
    low, none = int(values.min()), int(np.ptp(values)) + 1
    code = cells.zone * (none + 1) + np.where(grouped, values - low, none)
    valid = [mask & grouped for mask in cells.valid[:-1]]
    order = sort_numbers(code)
    code = code[order]
    first = np.flatnonzero(np.diff(code, prepend=-1)).tolist()
    for start, stop in pairwise([*first, len(code)]):
        zone, value = divmod(int(code[start]), none + 1)
        chosen = order[start:stop]
        part = AlignedCells(
            zone=cells.zone[chosen],
            weight=cells.weight[chosen],
            bands=tuple(band[chosen] for band in cells.bands[:-1]),
            valid=tuple(mask[chosen] for mask in valid),
            ground=cells.ground[chosen],
        )
        yield (zone, None if value == none else value + low), part


def _summarise_group(
    cells: AlignedCells, number: int, bands: Sequence[BandInfo], *, areas: bool
) -> Iterator[BlockSummary]:
    """One summary per band, of one group in one block."""
    chosen = Cells((), np.arange(len(cells.weight)), cells.weight)
    for position, band in enumerate(bands):
        values, valid = cells.bands[position], cells.valid[position]
        # Values near 1e308 have no finite sums, and the answer says so.
        with np.errstate(over="ignore", invalid="ignore"):
            partial = summarise_cells(values, valid, chosen)
            area = (
                measure_cells(
                    (values, valid, chosen), cells.ground, classes=bool(band.classes)
                )
                if areas
                else None
            )
        yield BlockSummary(number, position, partial, area)


def _describe(groups: Sequence[Group], ungrouped: int) -> GroupedStatistics:
    missing = "no_valid_pixels" if ungrouped else "outside_raster"
    return GroupedStatistics(
        groups=tuple(sorted(groups, key=lambda group: group.value)),
        ungrouped_pixels=ungrouped / WHOLE,
        reason=None if groups else missing,
    )
