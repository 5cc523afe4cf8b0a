"""Statistics of some zones, an array for each statistic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from raster_core.zonal.results.statistics import STATISTICS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.coverage.weights import Integers, Weights
    from raster_core.zonal.results.sample import BinColumns
    from raster_core.zonal.results.statistics import Approximation

type Numbers = NDArray[Any]
"""Float64, or integers of a wide type."""

ALWAYS = frozenset(each.name for each in STATISTICS if each.always)
"""Statistics that a zone has without values, if only 0."""


@dataclass(frozen=True, slots=True, eq=False)
class ClassRows:
    """Classes of some zones, one row for each zone and class; (rows,) each."""

    zone: NDArray[np.integer]
    """Position of the zone, ascending; there by value."""
    value: Integers
    """Stored."""
    pixels: Floats
    """Summed coverage."""
    fraction: Floats
    """Of the zone's."""
    area: Floats | None = None
    """m²; None if areas were not measured."""
    area_fraction: Floats | None = None
    """Of the zone's; NaN where that has no ground."""


@dataclass(frozen=True, slots=True, eq=False)
class BandColumns:
    """Statistics of some zones on one band."""

    numbers: Mapping[str, Numbers]
    """(zones,) each, by name; percentiles are named by ``percentile_name``. Float64,
    NaN where a statistic does not exist; whole numbers of zones without values are
    anything."""
    has_values: NDArray[np.bool_]
    """(zones,)"""
    masked: Weights
    """(zones,): weight of the cells without data."""
    missing: Mapping[str, NDArray[np.bool_]]
    """(zones,): which zones do not have a statistic though they have values; others
    are NaN there because no double holds them."""
    classes: ClassRows | None = None
    """``categories``; None unless they are wanted and the band has classes."""
    bins: BinColumns | None = None
    """``histogram`` of the zones that have values; None if it is not wanted."""

    def reasons(self) -> NDArray[np.object_]:
        """Why zones have no values, (zones,); None for those that have some."""
        reasons = np.full(len(self.has_values), None)
        reasons[~self.has_values] = "outside_raster"
        hidden = (self.masked.high | self.masked.low) > 0
        reasons[~self.has_values & hidden] = "no_valid_pixels"
        return reasons

    def lacks(self, name: str) -> NDArray[np.bool_]:
        """Which zones do not have a number, (zones,)."""
        column, lacking = self.numbers[name], ~self.has_values
        if column.dtype.kind != "f":
            return lacking
        if name in self.missing:
            lacking = lacking | self.missing[name]
        found: NDArray[np.bool_] = lacking & np.isnan(column)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class ZoneBatch:
    """Statistics of zones that were finished together."""

    zones: NDArray[np.intp]
    """(zones,): their positions among all zones; (0,) for none."""
    bands: tuple[BandColumns, ...]
    """Empty if there are no zones."""
    is_empty: NDArray[np.bool_]
    """(zones,): whether the geometry is."""
    approximation: Approximation | None = None
    """None where every pixel was counted."""

    def reasons(self, band: int) -> NDArray[np.object_]:
        """Why zones have no values on a band, (zones,), by its position."""
        reasons = self.bands[band].reasons()
        reasons[self.is_empty] = "empty_geometry"
        return reasons


NOTHING = ZoneBatch(np.zeros(0, np.intp), (), np.zeros(0, bool))
"""No zone was finished."""


def scatter(
    name: str, values: Numbers, which: NDArray[np.bool_], masked: Weights
) -> Numbers:
    """The column of all zones, from the values of those in ``which``.

    Args:
        name: Of the statistic.
        values: (n,)
        which: (zones,): those that have values.
        masked: (zones,): weight of the cells without data.
    """
    whole = values.dtype.kind in "iu"
    if which.all():
        return values
    kind = values.dtype if whole else np.dtype(np.float64)
    column = np.zeros(len(which), kind)
    if not whole and name not in ALWAYS:
        column[:] = np.nan
    column[which] = values
    if name == "masked_pixels":
        column[~which] = masked.to_pixels()[~which]
    if name == "valid_percent":
        column[~which & ((masked.high | masked.low) > 0)] = 0.0
    return column
