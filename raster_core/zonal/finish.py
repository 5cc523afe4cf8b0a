"""Zones as they finish: what is kept of each is let go with its last block.

A plan tells how many blocks every zone touches before one is read, so a zone is known
to be complete in whatever order, and from whatever worker, its blocks come.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.zonal.columnar.computing import Recipe, as_stored, compute_columns
from raster_core.zonal.columnar.gathering import Gatherer
from raster_core.zonal.partials.area import planar_area
from raster_core.zonal.partials.reducing import Wanted
from raster_core.zonal.reading.approximate import plan_approximate
from raster_core.zonal.reading.overview_check import check_overview
from raster_core.zonal.reading.quantiles import find_quantiles
from raster_core.zonal.reading.summarise import Reduction, reduce_blocks
from raster_core.zonal.results.columns import NOTHING, ZoneBatch
from raster_core.zonal.results.statistics import Approximation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from raster_core.raster import Layer
    from raster_core.zonal.coverage.blockplan import BlockPlan
    from raster_core.zonal.partials.rows import BandRows
    from raster_core.zonal.reading.cost import Budget
    from raster_core.zonal.reading.planned import Reading
    from raster_core.zonal.reading.quantile_plan import QuantilePlan
    from raster_core.zonal.results.options import StatisticOptions


class Reduced(NamedTuple):
    """What one block says of all of its zones."""

    bands: tuple[BandRows, ...]
    times: int = 1
    """Native cells for which each cell of the block stands."""


@dataclass(frozen=True, slots=True, eq=False)
class Footprints:
    """What only the zones themselves tell."""

    percents: NDArray[np.float64]
    """(zones,): percentage of each that lies on the raster; NaN for an empty one."""
    is_empty: NDArray[np.bool_]
    """(zones,): whether the geometry is."""


@dataclass(frozen=True, slots=True, eq=False)
class StatisticsPlan:
    """All that is decided before a block is read."""

    readings: tuple[Reading, ...]
    """What the zones' blocks are read from, the layer's own pixels first."""
    quantiles: QuantilePlan
    """How the quantiles of types without a histogram are found."""
    options: StatisticOptions
    footprints: Footprints
    approximation: Approximation | None = None
    """None where every pixel is read."""

    def count_blocks(self) -> NDArray[np.intp]:
        """How many blocks of all readings each zone touches, (zones,)."""
        zones = len(self.footprints.is_empty)
        counts = [reading.plan.count_blocks(zones) for reading in self.readings]
        return np.asarray(np.sum(counts, axis=0), np.intp)

    def recipes(self) -> list[Recipe]:
        """How statistics are computed of each band; makes passes for quantiles."""
        info, passed = self.readings[0].layer.info, find_quantiles(self.quantiles)
        area = planar_area(info.grid)
        percents = self.footprints.percents
        return [
            as_stored(Recipe(band, number, self.options, area, passed, percents))
            for number, band in enumerate(info.bands)
        ]


def finish_zones(
    plan: StatisticsPlan, blocks: Iterable[Reduced]
) -> Iterator[ZoneBatch]:
    """The statistics of each zone, some time after its last block.

    Law: the order of the blocks changes no bit.

    Zones without cells come first; but none before there is a block, so that a raster
    that cannot be read is known at once. Zones are finished as soon as that takes no
    longer than gathering has; the last batch has the others.

    Args:
        plan: Passes for quantiles are made before the first step.
        blocks: All of the readings, each once.

    Yields:
        One batch for each block, most of them without zones, and one in the end.
    """
    recipes, left = plan.recipes(), plan.count_blocks()
    gatherers = [Gatherer(len(left)) for _ in recipes]
    blocks = iter(blocks)
    first = list(islice(blocks, 1))
    ready = [np.flatnonzero(left == 0)]
    for block in chain(first, blocks):
        for gatherer, rows in zip(gatherers, block.bands, strict=True):
            gatherer.add(rows, block.times)
        zones = block.bands[0].zones
        left[zones] -= 1
        ready.append(zones[left[zones] == 0])
        if any(map(len, ready)) and gatherers[0].is_due:
            yield _finish(plan, recipes, gatherers, np.concatenate(ready))
            ready = []
        else:
            yield NOTHING
    yield _finish(plan, recipes, gatherers, np.concatenate([*ready, left[:0]]))


def reduce_readings(plan: StatisticsPlan) -> Iterator[Reduced]:
    """All blocks of all readings, reduced in the order of their files.

    Raises:
        RequestError: If an overview shows other values than the pixels below it.
        SourceError: If the raster cannot be read.
    """
    exact, *inner = plan.readings
    if plan.approximation and inner:
        check_overview(exact, inner[0], plan.approximation.level)
    options, kept = plan.options, plan.quantiles.kept
    wanted = Wanted(options.brief, kept if kept.any() else None)
    for reading in plan.readings:
        layer, info = reading.layer, reading.layer.info
        reduction = Reduction(info.grid, info.bands, wanted, options.areas)
        for bands in reduce_blocks(layer, reading.plan, reduction):
            yield Reduced(bands, reading.times)


def plan_approximate_statistics(
    layer: Layer,
    plan: BlockPlan,
    footprints: Footprints,
    options: StatisticOptions,
    budget: Budget,
) -> StatisticsPlan:
    """The plan with insides from an overview where the budget asks for it.

    Raises:
        BudgetError, DeadlineError: If no overview is coarse enough.
    """
    found = plan_approximate(
        layer,
        plan,
        zones=len(footprints.is_empty),
        fractions=options.fractions(),
        budget=budget,
    )
    note = Approximation(found.level, found.factor, 100 * found.approximated)
    return StatisticsPlan(found.readings, found.quantiles, options, footprints, note)


def _finish(
    plan: StatisticsPlan,
    recipes: list[Recipe],
    gatherers: list[Gatherer],
    zones: NDArray[np.intp],
) -> ZoneBatch:
    """The statistics of zones that are complete."""
    if not zones.size:
        return NOTHING
    zones = np.sort(zones)
    return ZoneBatch(
        zones,
        tuple(
            compute_columns(gatherer.take(zones), recipe)
            for gatherer, recipe in zip(gatherers, recipes, strict=True)
        ),
        plan.footprints.is_empty[zones],
        plan.approximation,
    )
