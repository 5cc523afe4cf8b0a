"""What is kept of many zones on one band until their last block, and then computed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

import numpy as np

from raster_core.zonal.columnar.cells import take_values
from raster_core.zonal.columnar.columns import CATEGORIES
from raster_core.zonal.columnar.evidence import (
    ColumnEvidence,
    spread_of_moment_columns,
    spread_of_sum_columns,
)
from raster_core.zonal.columnar.moments import (
    keep_cells,
    measure_cells,
    merge_moments,
)
from raster_core.zonal.columnar.sample import read_column_sample
from raster_core.zonal.columnar.weighing import (
    SumRows,
    ValueRows,
    count_cells,
    exact_sums,
    merge_sums,
    merge_values,
    sum_cells,
    sum_values,
)
from raster_core.zonal.partials.partial import keeps_histogram
from raster_core.zonal.results.statistics import STATISTICS, percentile_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.zonal.columnar.cells import FlatCells, FlatValues
    from raster_core.zonal.columnar.columns import BandColumns
    from raster_core.zonal.results.declaring import Compute
    from raster_core.zonal.results.evidence import Evidence
    from raster_core.zonal.results.options import StatisticOptions

_COMPUTE: dict[str, Compute] = {
    each.name: each.compute for each in STATISTICS if each.compute is not None
}


class Lives(NamedTuple):
    """Positions of the first and the last block of each zone, (zones,) each."""

    begin: NDArray[np.intp]
    end: NDArray[np.intp]


class _Rows(Protocol):
    """Rows by zone."""

    @property
    def zone(self) -> NDArray[np.integer]: ...

    def pick(self, which: NDArray[np.bool_], /) -> _Rows: ...


@dataclass(frozen=True, slots=True)
class _Kept:
    """Rows of one kind: how they are taken from cells, and merged."""

    take: Callable[[FlatValues], Any]
    merge: Callable[[Sequence[Any]], Any]


_COUNTED = _Kept(count_cells, merge_values)
_SUMMED = _Kept(sum_cells, merge_sums)
_MEASURED = _Kept(measure_cells, merge_moments)
_VALUES = _Kept(keep_cells, merge_values)


class Collector:
    """Takes the cells of zones in, and writes their statistics when they are complete.

    Args:
        band: The band, as its values are to be read.
        options: Which statistics; ``wanted`` is given.
        columns: Of all zones; written to.
        lives: When zones are complete.
        pixel_area: Area of one pixel in the CRS's unit squared.
    """

    def __init__(
        self,
        band: BandInfo,
        options: StatisticOptions,
        columns: BandColumns,
        *,
        lives: Lives,
        pixel_area: float,
    ) -> None:
        self.band, self.options, self.columns = band, options, columns
        self.lives, self.pixel_area = lives, pixel_area
        self.kinds = _choose_kinds(band, options)
        self.pending: defaultdict[int, list[tuple[_Rows, ...]]] = defaultdict(list)

    def add(
        self,
        cells: FlatCells,
        values: NDArray[np.generic],
        valid: NDArray[np.bool_] | None,
    ) -> None:
        """Take the cells of some zones in one block in.

        Args:
            cells: All that these zones have in the block.
            values: (cells of the block,), row-major.
            valid: Likewise; None if all have data.
        """
        found, masked = take_values(values, valid, cells)
        self.columns.masked[cells.zones] += masked
        # Values near 1e308 have no finite sums, and the columns say so.
        with np.errstate(over="ignore", invalid="ignore"):
            rows = tuple(kind.take(found) for kind in self.kinds)
        end = self.lives.end[cells.zones]
        alone = self.lives.begin[cells.zones] == end
        if alone.all():
            self._compute(rows)
            return
        single = self.lives.begin == self.lives.end
        self._compute(tuple(each.pick(single[each.zone]) for each in rows))
        for block in np.unique(end[~alone]).tolist():
            last = ~single & (self.lives.end == block)
            later = tuple(each.pick(last[each.zone]) for each in rows)
            self.pending[block].append(later)

    def close(self, block: int) -> None:
        """Compute the zones whose last block this is, by its position."""
        parts = self.pending.pop(block, [])
        if parts:
            columns = zip(self.kinds, zip(*parts, strict=True), strict=True)
            self._compute(tuple(kind.merge(each) for kind, each in columns))

    def _compute(self, rows: tuple[Any, ...]) -> None:
        """Write the statistics of complete zones."""
        zone = rows[0].zone
        if not zone.size:
            return
        with np.errstate(over="ignore", invalid="ignore"):
            evidence = self._read(*rows)
        zones = evidence.zones
        self.columns.has_values[zones] = True
        for name, column in self.columns.numbers.items():
            if name in _COMPUTE:
                value = _COMPUTE[name](cast("Evidence", evidence))
                if value is not None:
                    column[zones] = value
        names = map(percentile_name, self.options.percentiles)
        for name, value in zip(names, evidence.percentiles, strict=False):
            self.columns.numbers[name][zones] = value
        if CATEGORIES in (self.options.wanted or ()) and self.band.classes:
            assert evidence.sample is not None  # noqa: S101  its type was checked
            self.columns.classes.append(evidence.sample.classes())

    def _read(self, rows: Any, values: ValueRows | None = None) -> ColumnEvidence:
        """What is known of complete zones."""
        first = np.flatnonzero(np.diff(rows.zone, prepend=-1))
        zones = rows.zone[first]
        if isinstance(rows, ValueRows):
            sums = exact_sums(sum_values(rows, first))
            spread, values = spread_of_sum_columns(sums, self.band), rows
        elif isinstance(rows, SumRows):
            spread = spread_of_sum_columns(exact_sums(rows), self.band)
        else:
            spread = spread_of_moment_columns(rows, first, self.band)
        sample = None if values is None else read_column_sample(values, self.band)
        fractions = self.options.fractions()
        found = sample.quantiles(fractions) if sample and fractions else ()
        count = len(self.options.percentiles)
        return ColumnEvidence(
            zones,
            spread,
            self.columns.masked[zones],
            sample,
            found[count] if len(found) > count else None,
            found[:count],
            self.pixel_area,
        )


def _choose_kinds(band: BandInfo, options: StatisticOptions) -> tuple[_Kept, ...]:
    """What is kept of a zone."""
    if keeps_histogram(band.dtype):
        return (_SUMMED,) if options.brief else (_COUNTED,)
    return (_MEASURED, _VALUES) if options.fractions() else (_MEASURED,)
