"""The statistics that a request may name, and those that it gets without a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.zonal.statistics import BEYOND_SUMS, STATISTICS
from raster_core.zonal.stats import keeps_histogram

if TYPE_CHECKING:
    from raster_core.bands import BandInfo


def default_names(band: BandInfo) -> list[str]:
    """The statistics that a band yields in one pass, but for those that few ask for."""
    hidden = {each.name for each in STATISTICS if each.by_name_only}
    if not keeps_histogram(band.dtype):
        hidden |= BEYOND_SUMS
    if not band.classes:
        hidden.add("categories")
    return [name for name in figure_names() if name not in hidden]


def figure_names() -> tuple[str, ...]:
    """Every statistic that ``stats`` may name."""
    return tuple(each.name for each in STATISTICS)
