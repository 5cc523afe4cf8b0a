"""The statistics that a request wants."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from handlers.params.lists import zonal as params
from handlers.params.lists.source import EXPRESSION
from handlers.params.param import names_of
from handlers.params.parsers import integer
from handlers.params.requests.source import read_source
from handlers.platform.settings import current_settings
from raster_core.errors import BudgetError
from raster_core.zonal.coverage.cover import Mode
from raster_core.zonal.engine import Options
from raster_core.zonal.reading.cost import MAX_PARTIALS
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.results.statistics import ON_GROUND, default_names

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from handlers.params.query import Query
    from raster_core.bands import BandInfo
    from raster_core.drawing.request import Source

MAX_FIGURES = 2_000_000
"""Statistics in an answer that is complete before it is sent: 200 for each of 10,000
zones, in a text of some 30 MB."""


@dataclass(frozen=True, slots=True)
class Second:
    """The second rasters that a request names."""

    group_by: str | None = None
    """Dataset whose values are the groups."""
    weights: str | None = None
    """Dataset whose values are the weights."""


@dataclass(frozen=True, slots=True)
class StatisticsRequest:
    """The statistics that a query string requests, and how pixels are counted."""

    source: Source
    statistics: tuple[str, ...]
    """By name; empty for all that the band's type yields."""
    area_weighted: bool
    """Whether the mean weighted by ground area is added."""
    categorical: bool
    """Whether values without class names are counted too."""
    histogram: tuple[str, ...]
    """Names of the histogram's parameters whose values are not their defaults."""
    form: str
    include_geometry: bool
    second: Second
    options: Options
    max_figures: float = MAX_FIGURES
    """Limit for all zones and bands together."""
    grid: str | None = None
    """Dataset whose pixels are counted, if there are several; an overlay's."""

    def names(self, band: BandInfo) -> Sequence[str]:
        """Names of the statistics of a band that the answer has."""
        names = self.statistics or default_names(band)
        added = {
            "area_weighted_mean": self.area_weighted,
            "categories": self.categorical,
        }
        more = (name for name, wanted in added.items() if wanted)
        return tuple(dict.fromkeys((*names, *more)))

    def without_deadline(self) -> StatisticsRequest:
        """The same request without a deadline and without a limit on the answer."""
        options = replace(self.options, max_seconds=math.inf, max_partials=math.inf)
        return replace(self, options=options, max_figures=math.inf)

    def check_figures(self, zones: int, bands: Sequence[BandInfo]) -> None:
        """Refuse more statistics than an answer may have, before they are computed.

        Raises:
            BudgetError: If they exceed ``max_figures``.
        """
        wanted = self.options.statistics
        of_band = [len(self.names(band)) + len(wanted.percentiles) for band in bands]
        count = zones * sum(of_band)
        if count > self.max_figures:
            raise BudgetError(
                f"{zones} zones with {sum(of_band)} statistics are {count}, which "
                f"exceeds {self.max_figures}; ask for fewer zones, statistics or "
                "percentiles"
            )


def read_statistics(query: Query, seconds: float) -> StatisticsRequest:
    """What ``lists.zonal.STATISTICS`` and ``ZONE_STATISTICS`` have in common.

    Args:
        query: Gathers what is wrong with them.
        seconds: How long the answer may take.
    """
    source = read_source(query)
    statistics = query.get(params.STATS)
    form = query.get(params.F)
    categorical = query.get(params.CATEGORICAL)
    area_weighted = query.get(params.AREA_WEIGHTED)
    wanted = {*statistics, *(("categories",) if categorical else ())}
    request = StatisticsRequest(
        # An answer has the statistics of a band under its name, so only once.
        source=replace(source, bands=tuple(dict.fromkeys(source.bands))),
        statistics=statistics,
        area_weighted=area_weighted,
        categorical=categorical,
        histogram=names_of(query.given(params.HISTOGRAM)),
        form=form,
        include_geometry=query.get(params.INCLUDE_GEOMETRY),
        second=Second(query.get(params.GROUP_BY), query.get(params.WEIGHTS)),
        options=_read_options(
            query, wanted if statistics else (), areas=area_weighted, seconds=seconds
        ),
    )
    _refuse_unused(query, request)
    return request


def _read_options(
    query: Query, wanted: Collection[str], *, areas: bool, seconds: float
) -> Options:
    """How pixels are counted.

    Args:
        query: Gathers what is wrong with it.
        wanted: Names of statistics; empty for all.
        areas: Whether a statistic beside them needs the ground measured.
        seconds: How long the answer may take.
    """
    limits = current_settings()
    return Options(
        read_mode(query),
        _read_figures(query, wanted, areas=areas),
        max_pixels=_read_max_pixels(query, limits.max_pixels),
        max_seconds=seconds,
        max_partials=MAX_PARTIALS,
        max_crossings=limits.max_crossings,
        approximate=query.get(params.APPROXIMATE),
    )


def _read_max_pixels(query: Query, limit: float) -> float:
    """The parameter ``max_pixels``: a lower budget than the operator's."""
    most = int(min(limit, 2**53))
    return query.get(params.MAX_PIXELS.parsed_by(integer(1, most))) or limit


def _read_figures(
    query: Query, wanted: Collection[str], *, areas: bool
) -> StatisticOptions:
    names = frozenset(wanted)
    return StatisticOptions(
        bins=query.get(params.HISTOGRAM_BINS),
        histogram_range=query.get(params.HISTOGRAM_RANGE),
        percentiles=query.get(params.P),
        wanted=names or None,
        median="median" in names,
        areas=areas or not names or bool(ON_GROUND & names),
        unscale=query.get(params.UNSCALE),
    )


def _refuse_unused(query: Query, request: StatisticsRequest) -> None:
    """Refuse what could not show in the answer."""
    if request.statistics and "histogram" not in request.statistics:
        query.refuse_unused(params.HISTOGRAM, "needs histogram among the stats")
    if request.form == "csv":
        why = "cannot be combined with f=csv, whose rows have no geometry"
        query.refuse_unused((params.INCLUDE_GEOMETRY,), why)
    if query.has(EXPRESSION):
        why = "cannot be combined with an expression, whose values are not stored"
        query.refuse_unused((params.UNSCALE,), why)


def read_mode(query: Query) -> Mode:
    """The parameter ``coverage``."""
    return Mode(query.get(params.COVERAGE))
