"""Statistics of zones that are not one number: histograms and classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.columnar.merging import pick_rows
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.results.columns import ClassRows
from raster_core.zonal.results.sample import to_wholes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.zonal.results.evidence import Evidence
    from raster_core.zonal.results.options import StatisticOptions
    from raster_core.zonal.results.sample import BinColumns, Wholes


def find_bins(evidence: Evidence, options: StatisticOptions) -> BinColumns | None:
    """The histograms of the zones with values, if they are wanted and there are."""
    if evidence.samples is None or not options.wants("histogram"):
        return None
    return evidence.samples.bins(options.bins, options.histogram_range)


def find_classes(
    evidence: Evidence, has_values: NDArray[np.bool_], options: StatisticOptions
) -> ClassRows | None:
    """The classes of the zones with values, if they are wanted and there are."""
    known = evidence.samples is not None and evidence.band.classes
    if not known or not options.wants("categories"):
        return None
    return _class_rows(evidence, np.flatnonzero(has_values))


def _class_rows(evidence: Evidence, positions: NDArray[np.intp]) -> ClassRows:
    """The classes of zones, by stored value.

    Args:
        evidence: Of zones with values.
        positions: (zones,): theirs among all zones of the columns.
    """
    samples = evidence.sample
    rows, position = samples.rows, samples.position
    weight, total = to_wholes(rows.weight), to_wholes(samples.totals)[position]
    fraction = _divide(weight, total)
    area = part = None
    if evidence.ground is not None:
        area = evidence.ground.of_values(rows)
        whole = evidence.ground.total[position]
        part = np.full(len(area), np.nan)
        np.divide(area, whole, out=part, where=whole != 0)
    found = ClassRows(
        positions[position],
        rows.value.astype(np.int64),
        np.asarray(weight / WHOLE, np.float64),
        fraction,
        area,
        part,
    )
    if evidence.band.scale >= 0:
        return found
    return pick_rows(found, np.lexsort((found.value, found.zone)))


def _divide(part: Wholes, whole: Wholes) -> NDArray[np.float64]:
    """Ratios of whole numbers (n,), each exactly rounded."""
    if object in {part.dtype, whole.dtype}:
        return np.asarray(part.astype(object) / whole.astype(object), np.float64)
    top, bottom = part.astype(np.float64), whole.astype(np.float64)
    found = top / bottom
    rounded = (top.astype(np.int64) != part) | (bottom.astype(np.int64) != whole)
    some = np.flatnonzero(rounded)
    found[some] = part[some].astype(object) / whole[some].astype(object)
    return found
