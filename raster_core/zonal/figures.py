"""Former names of what stands in ``statistics``, ``options`` and ``compute`` now."""

from __future__ import annotations

from raster_core.zonal.options import StatisticOptions as FigureOptions
from raster_core.zonal.statistics import HISTOGRAM_ONLY, ZoneStatistics

__all__ = ("HISTOGRAM_ONLY", "FigureOptions", "ZoneStatistics")
