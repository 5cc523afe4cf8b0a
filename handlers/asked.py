"""What a request for statistics asks: its parameters, and the layer that it reads."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from handlers.formats import FORMATS, default_names, figure_names
from handlers.layers import SOURCE_PARAMS, Source, open_source, read_source
from handlers.schema import (
    InvalidError,
    Query,
    flag,
    integer,
    interval,
    number,
    one_of,
    rule_of,
)
from handlers.second import Second
from handlers.settings import current_settings
from raster_core.errors import BudgetError, RequestError
from raster_core.zonal.classed import class_layer
from raster_core.zonal.cost import MAX_PARTIALS
from raster_core.zonal.coverage import Mode
from raster_core.zonal.engine import Options
from raster_core.zonal.figures import HISTOGRAM_ONLY, FigureOptions
from raster_core.zonal.stats import keeps_histogram

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from raster_core.bands import BandInfo
    from raster_core.raster import Layer
    from raster_core.source.dataset import Dataset

PARAMS = (
    *SOURCE_PARAMS,
    "approximate",
    "area_weighted",
    "categorical",
    "coverage",
    "f",
    "group_by",
    "histogram_bins",
    "histogram_range",
    "include_geometry",
    "max_pixels",
    "p",
    "stats",
    "unscale",
    "weights",
)
"""What ``read_asked`` knows."""

_HISTOGRAM_PARAMS = ("histogram_bins", "histogram_range")

MAX_FIGURES = 2_000_000
"""Of an answer that is put together before it is sent: 200 for each of 10,000 zones, in
a text of some 30 MB."""

# Figures that need the ground measured.
_GROUND = frozenset({"area_m2", "area_weighted_mean", "categories"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What the query string says."""

    source: Source
    statistics: tuple[str, ...]
    """Empty means all that the band's type yields."""
    area_weighted: bool
    """Whether the mean weighted by ground comes beside them."""
    categorical: bool
    """Whether values without class names are told apart too."""
    histogram: tuple[str, ...]
    """The parameters of the histogram that are given."""
    form: str | None
    include_geometry: bool
    second: Second
    options: Options
    max_figures: float = MAX_FIGURES
    """Of all zones and bands."""
    grid: str | None = None
    """Dataset whose pixels are counted, where several come into question."""

    def names(self, band: BandInfo) -> Sequence[str]:
        """The figures of a band that the answer has."""
        names = self.statistics or default_names(band)
        added = {
            "area_weighted_mean": self.area_weighted,
            "categories": self.categorical,
        }
        asked = (name for name, wanted in added.items() if wanted)
        return tuple(dict.fromkeys((*names, *asked)))

    def without_deadline(self) -> Asked:
        """The same for an answer that may take any time, and have any length."""
        options = replace(self.options, max_seconds=math.inf, max_partials=math.inf)
        return replace(self, options=options, max_figures=math.inf)

    def check_figures(self, zones: int, bands: Sequence[BandInfo]) -> None:
        """Refuse more figures than an answer may have, before they are computed.

        Raises:
            BudgetError: With the number.
        """
        figures = self.options.figures
        of_band = [len(self.names(band)) + len(figures.percentiles) for band in bands]
        count = zones * sum(of_band)
        if count > self.max_figures:
            raise BudgetError(
                f"{zones} zones with {sum(of_band)} figures are {count}, which exceeds "
                f"{self.max_figures}; ask for fewer zones, statistics or percentiles"
            )


def read_asked(query: Query, seconds: float) -> Asked:
    """The parameters ``PARAMS``.

    Args:
        query: Gathers what is wrong with them.
        seconds: How long the answer may take.
    """
    names = figure_names()
    statistics = query.listed("stats", one_of(names), rule_of(names))
    form = query.value("f", one_of(FORMATS), rule_of(FORMATS))
    _refuse_unused(query, statistics, form)
    area_weighted = _flag(query, "area_weighted")
    categorical = _flag(query, "categorical")
    source = read_source(query)
    given = {name for name, _ in query.pairs}
    wanted = {*statistics, *(("categories",) if categorical else ())}
    limits = current_settings()
    return Asked(
        # A band's figures stand under its name, so once.
        source=replace(source, bands=tuple(dict.fromkeys(source.bands))),
        statistics=statistics,
        area_weighted=area_weighted,
        categorical=categorical,
        histogram=tuple(name for name in _HISTOGRAM_PARAMS if name in given),
        form=form,
        include_geometry=_flag(query, "include_geometry"),
        second=Second(
            group_by=query.value("group_by", str, "a dataset"),
            weights=query.value("weights", str, "a dataset"),
        ),
        options=Options(
            read_mode(query),
            _read_figures(
                query, wanted if statistics else (), area_weighted=area_weighted
            ),
            max_pixels=_read_max_pixels(query, limits.max_pixels),
            max_seconds=seconds,
            max_partials=MAX_PARTIALS,
            max_crossings=limits.max_crossings,
            approximate=_flag(query, "approximate"),
        ),
    )


def _read_max_pixels(query: Query, limit: float) -> float:
    """The parameter ``max_pixels``: a lower budget than the operator's."""
    most = int(min(limit, 2**53))
    rule = f"a number from 1 to {most}"
    return query.value("max_pixels", integer(1, most), rule) or limit


def _refuse_unused(query: Query, statistics: Sequence[str], form: str | None) -> None:
    """Take for faults what the answer has no place for."""
    if statistics and "histogram" not in statistics:
        query.refuse(_HISTOGRAM_PARAMS, "without histogram among the stats")
    if form == "csv":
        query.refuse(("include_geometry",), "with f=csv, whose rows have no geometry")
    if any(name == "expression" for name, _ in query.pairs):
        query.refuse(("unscale",), "with an expression, whose values are not stored")


def read_mode(query: Query) -> Mode:
    """The parameter ``coverage``."""
    modes = tuple(Mode)
    mode = query.value("coverage", one_of(modes), rule_of(modes))
    return Mode(mode or Mode.FRACTION)


def open_asked(dataset: Dataset, asked: Asked) -> Layer:
    """The layer asked for, if it yields the figures asked for.

    Raises:
        RequestError: It does not, or there is no such band.
        SourceError: The raster cannot be opened.
    """
    if dataset.overlay is not None and not asked.options.figures.unscale:
        why = "unscale=false has no use with an overlay, whose scores are not stored"
        raise InvalidError([("unscale", why)])
    layer = open_source(dataset, asked.source)
    missing = HISTOGRAM_ONLY.intersection(asked.statistics) - {"median"}
    missing |= {*asked.histogram}
    if asked.categorical:
        missing |= {"categories"}
    for band in layer.info.bands:
        if missing and not keeps_histogram(band.dtype):
            names = ", ".join(sorted(missing))
            raise RequestError(
                f"Band {band.index} is {band.dtype}; {names} take integers of up to "
                "16 bits"
            )
    by_name = "categories" in asked.statistics
    return class_layer(layer) if asked.categorical or by_name else layer


def _read_figures(
    query: Query, statistics: Collection[str], *, area_weighted: bool
) -> FigureOptions:
    wanted = frozenset(statistics)
    return FigureOptions(
        bins=query.value("histogram_bins", integer(1, 256), "a number from 1 to 256")
        or 10,
        histogram_range=query.value(
            "histogram_range", interval, "of the form min,max with min < max"
        ),
        percentiles=query.listed("p", number(0, 100), "a number from 0 to 100"),
        wanted=wanted or None,
        median="median" in wanted,
        areas=area_weighted or not wanted or bool(_GROUND & wanted),
        unscale=query.value("unscale", flag, "true or false") is not False,
    )


def _flag(query: Query, name: str) -> bool:
    """A parameter that is false unless it says true."""
    return query.value(name, flag, "true or false") or False
