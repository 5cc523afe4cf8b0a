"""Cross-tabulation: how much of which combination of several layers' values."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.engine import Options, plan_zones
from raster_core.zonal.partials.tally import Tally, count_rows, sum_tallies
from raster_core.zonal.reading.aligned import (
    check_aligned,
    check_countable,
    read_aligned,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.raster import Layer
    from raster_core.zonal.coverage.weights import Integers
    from raster_core.zonal.reading.aligned import AlignedCells
    from raster_core.zonal.zones.zone import Zone

MAX_ROWS = 200_000
"""Rows of the tables of one request: twice what fits into an answer."""


@dataclass(frozen=True, slots=True, eq=False)
class CrossTable:
    """How much of each combination of values one zone has."""

    values: Integers
    """(rows, bands): stored values, in lexicographic order."""
    weights: tuple[int, ...]
    """(rows,): summed coverage in units of ``1 / coverage.WHOLE``."""
    areas_m2: tuple[float, ...]
    """(rows,): ground of each row."""
    masked: int
    """Weight of the cells in which some band has no data, in units."""

    @property
    def counts(self) -> tuple[float, ...]:
        """Summed coverage of each row, in pixels."""
        return tuple(weight / WHOLE for weight in self.weights)

    @property
    def fractions(self) -> tuple[float, ...]:
        """Weight of each row over that of all rows; empty without rows."""
        total = sum(self.weights)
        return tuple(weight / total for weight in self.weights)

    @property
    def reason(self) -> str | None:
        """Why there are no rows; None if there are some."""
        if self.weights:
            return None
        return "no_valid_pixels" if self.masked else "outside_raster"


def cross_tabulate(
    layers: Sequence[Layer],
    zones: Sequence[Zone],
    options: Options | None = None,
) -> list[CrossTable]:
    """How much of each combination of values the zones have.

    The cells counted are those of the first layer's native grid; the others are sampled
    there, see ``aligned``. Law: neither the order of blocks nor the number of zones
    changes a bit of a table.

    Args:
        layers: Their bands, in order, are the columns of ``CrossTable.values``.
        zones: In longitude and latitude; they may overlap.
        options: Coverage and budgets; None means the defaults.

    Returns:
        One table per zone, in order.

    Raises:
        RequestError: If a band is not of integers of up to 16 bits.
        BudgetError: If there are too many pixels, or more rows than ``MAX_ROWS``.
        ZoneError: If a zone cannot be brought to the first layer's CRS.
        SourceError: If a raster cannot be read.
    """
    for number, layer in enumerate(layers, start=1):
        for band in layer.info.bands:
            check_countable(band, raster=f"raster {number}", use="a cross-tabulation")
    options = options or Options()
    plan = plan_zones(layers[0], zones, options)
    check_aligned(layers, plan, options.budget)
    columns = sum(len(layer.info.bands) for layer in layers)
    tallies = chain.from_iterable(map(_count_block, read_aligned(layers, plan)))
    total = sum_tallies(tallies, 2 + columns, max_rows=MAX_ROWS)
    limits = np.searchsorted(total.rows[:, 0], np.arange(len(zones) + 1)).tolist()
    return [_table(total.part(start, stop)) for start, stop in pairwise(limits)]


def _count_block(cells: AlignedCells) -> list[Tally]:
    """Rows of zone, 1 and values; and of zone, 0 and zeros where there is no data."""
    valid = np.logical_and.reduce(cells.valid)
    flags = np.ones(len(valid), np.int8)
    columns: list[NDArray[np.generic]] = [cells.zone, flags, *cells.bands]
    if valid.all():
        return [count_rows(columns, cells.weight, cells.ground)]
    known = [column[valid] for column in columns]
    unknown = [cells.zone[~valid], *(np.zeros_like(c[~valid]) for c in columns[1:])]
    return [
        count_rows(known, cells.weight[valid], cells.ground[valid]),
        count_rows(unknown, cells.weight[~valid], cells.ground[~valid]),
    ]


def _table(tally: Tally) -> CrossTable:
    """The table of one zone, from its rows."""
    start = int(np.searchsorted(tally.rows[:, 1], 1))
    weights, grounds = tally.weights(), tally.grounds()
    return CrossTable(
        values=tally.rows[start:, 2:],
        weights=tuple(weights[start:]),
        areas_m2=tuple(grounds[start:]),
        masked=sum(weights[:start]),
    )
