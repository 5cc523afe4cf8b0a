"""Names of statistics as users write them, and the columns that they become."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from raster_core.errors import RequestError
from raster_core.zonal.columnar.columns import CATEGORIES
from raster_core.zonal.partials.partial import keeps_histogram
from raster_core.zonal.results.declaring import Kind
from raster_core.zonal.results.statistics import (
    HISTOGRAM_ONLY,
    STATISTICS,
    percentile_name,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.bands import BandInfo

DEFAULT = ("count", "min", "max", "mean")
"""Statistics of quantities, where none are named."""

DEFAULT_OF_CLASSES = ("count", "majority", "frac")
"""Those of bands with classes, of which a mean would say nothing."""

FRACTIONS = "frac"
"""Names the fractions of classes, one column each."""

KNOWN = tuple(
    FRACTIONS if each.kind is Kind.CATEGORIES else each.name
    for each in STATISTICS
    if each.kind is not Kind.HISTOGRAM
)
"""Statistics with a column, or with one for each class."""

CELLS = ("values", "coverage", "cell_id", "center_x", "center_y")
"""An array of each zone's cells with data in each row; the names are exactextract's."""

WEIGHTED = ("weighted_mean", "weighted_sum", "weight_sum")
"""Statistics that take ``weights``."""

_APART = frozenset({*CELLS, *WEIGHTED})

# What other libraries call them.
_ELSEWHERE = {
    "average": "mean",
    "avg": "mean",
    "categories": FRACTIONS,
    "maximum": "max",
    "minimum": "min",
    "mode": "majority",
    "nodata": "masked_pixels",
    "stddev": "std",
    "stdev": "std",
    "total": "sum",
    "variety": "unique",
}

_PERCENTILES = tuple(
    re.compile(form.replace("N", r"([0-9]+(?:\.[0-9]+)?)"))
    for form in ("pN", "percentile_N", r"quantile\(q ?= ?N\)")
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The statistics of a table."""

    statistics: tuple[str, ...]
    """As the engine names them."""
    percentiles: tuple[float, ...]
    columns: tuple[tuple[str, str], ...]
    """In their order, the name of each column and that of the engine's; classes have
    one name for all of theirs."""

    def has(self, names: Sequence[str]) -> bool:
        """Whether one of some columns is among them."""
        return any(column in names for column, _ in self.columns)


def read_statistics(
    stats: str | Sequence[str] | None, bands: Sequence[BandInfo], *, categorical: bool
) -> Wanted:
    """Statistics by their names.

    Args:
        stats: Names, or one text of names between commas or blanks. Percentiles are
            ``p90``, ``percentile_90`` or ``quantile(q=0.9)``; their columns, ``p90``.
            None means those that say something of the bands.
        bands: The bands that are counted.
        categorical: Whether fractions of classes are wanted, named or not.

    Raises:
        RequestError: If a name is unknown or comes twice; it names the nearest.
    """
    names = _default(bands) if stats is None else _split(stats)
    if categorical and not {FRACTIONS, CATEGORIES}.intersection(names):
        names = [*names, FRACTIONS]
    pairs = [_read_name(name) for name in names]
    twice = [name for name, times in Counter(c for c, _ in pairs).items() if times > 1]
    if twice:
        raise RequestError(f"stats has {twice[0]!r} twice; name each statistic once")
    _check_types(pairs, bands)
    percentiles = {
        own: percent
        for _, percent in pairs
        if isinstance(percent, float)
        for own in [percentile_name(percent)]
    }
    return Wanted(
        tuple(own for _, own in pairs if isinstance(own, str) and own not in _APART),
        tuple(percentiles.values()),
        tuple(
            (column, own if isinstance(own, str) else percentile_name(own))
            for column, own in pairs
        ),
    )


def _check_types(
    pairs: Sequence[tuple[str, str | float]], bands: Sequence[BandInfo]
) -> None:
    """Refuse statistics that take a histogram of bands that have none."""
    for name, own in pairs:
        for band in bands:
            if own in HISTOGRAM_ONLY and not keeps_histogram(band.dtype):
                raise RequestError(
                    f"{name!r} takes integers of up to 16 bits, and band {band.index} "
                    f"is {band.dtype}; leave it out"
                )


def _default(bands: Sequence[BandInfo]) -> list[str]:
    has_classes = all(band.classes for band in bands)
    return list(DEFAULT_OF_CLASSES if has_classes else DEFAULT)


def _split(stats: str | Sequence[str]) -> list[str]:
    if isinstance(stats, str):
        stats = [name for name in re.split(r"[,\s]+(?![^(]*\))", stats) if name]
    names = list(stats)
    if not names:
        raise RequestError("stats is empty; leave it out for the usual ones")
    for name in names:
        if not isinstance(name, str):
            raise RequestError(f"stats has {name!r}, which is not the name of one")
    return names


def _read_name(name: str) -> tuple[str, str | float]:
    """The column of a statistic, and the engine's name or the percentage."""
    if (name in KNOWN and name != FRACTIONS) or name in _APART:
        return name, name
    if name in {FRACTIONS, CATEGORIES}:
        return FRACTIONS, CATEGORIES
    for form in _PERCENTILES:
        if found := form.fullmatch(name):
            percent = float(found[1])
            if form is _PERCENTILES[-1]:
                percent = float(
                    f"{100 * percent:.12g}"
                )  # 0.07 is 7, not 7.000000000000001
            if not percent <= 100 or not math.isfinite(percent):
                raise RequestError(f"{name!r} is not a percentile from 0 to 100")
            return f"p{percentile_name(percent).rpartition('_')[2]}", percent
    raise RequestError(f"{name!r} is not a statistic; {_suggest(name)}")


def _suggest(name: str) -> str:
    """What may have been meant."""
    low = name.lower()
    if low in _ELSEWHERE:
        return f"Rasterlet calls it {_ELSEWHERE[low]!r}"
    if low.startswith(("histogram", "cell", "center", "weight")):
        own = ", ".join((*KNOWN, *CELLS, *WEIGHTED))
        return f"a table has {own} and p0 to p100"
    near = get_close_matches(low, [*KNOWN, *_ELSEWHERE], n=3)
    near = list(dict.fromkeys(_ELSEWHERE.get(found, found) for found in near))
    if near:
        return f"did you mean {' or '.join(map(repr, near))}?"
    return f"there are {', '.join(KNOWN)} and p0 to p100"
