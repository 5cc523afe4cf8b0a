"""From all that was gathered of zones on a band to columns of their statistics."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.zonal.columnar.classes import find_bins, find_classes
from raster_core.zonal.columnar.quantiles import kept_quantiles
from raster_core.zonal.partials.fractions import percentile_fractions
from raster_core.zonal.partials.rows import LIMBS, SumRows, ValueRows, join_limbs
from raster_core.zonal.results.columns import BandColumns, scatter
from raster_core.zonal.results.declaring import Needs
from raster_core.zonal.results.evidence import (
    Evidence,
    physical_values,
    spread_of_moments,
    spread_of_sums,
)
from raster_core.zonal.results.ground import measure_ground
from raster_core.zonal.results.sample import ExactSums, read_samples
from raster_core.zonal.results.statistics import STATISTICS, percentile_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.zonal.columnar.gathering import GatheredRows
    from raster_core.zonal.partials.rows import Rows
    from raster_core.zonal.results.columns import Numbers
    from raster_core.zonal.results.declaring import Statistic
    from raster_core.zonal.results.evidence import Spread
    from raster_core.zonal.results.options import StatisticOptions
    from raster_core.zonal.results.sample import Samples

type Passed = Mapping[tuple[int, int], tuple[float, ...]]
"""Quantiles of stored values that passes have found, by zone and band."""


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """How statistics of zones on one band are computed."""

    band: BandInfo
    """Scale and offset are 1 and 0 where values are to stay as stored."""
    number: int
    """Position among the layer's bands."""
    options: StatisticOptions
    pixel_area: float
    """Area of one pixel, in the CRS's unit squared."""
    passed: Passed
    covers: NDArray[np.float64] | None = None
    """(all zones,): percentage of each that lies on the raster, NaN for none."""


class _Quantiles(NamedTuple):
    """Physical; those that are known, (zones,) each."""

    percentiles: Sequence[NDArray[np.generic]] = ()
    median: NDArray[np.generic] | None = None


def compute_columns(found: GatheredRows, recipe: Recipe) -> BandColumns:
    """The statistics of zones on a band.

    Args:
        found: All that was gathered of them.
        recipe: Which statistics.

    Returns:
        (zones,) columns, in the order of ``found.zones``.
    """
    count, rows = len(found.zones), found.rows
    has_values, first = np.zeros(count, bool), np.zeros(0, np.intp)
    if rows is not None and rows.zone.size:
        first = np.flatnonzero(np.diff(rows.zone, prepend=-1))
        has_values[np.searchsorted(found.zones, rows.zone[first])] = True
    numbers: dict[str, Numbers] = {}
    missing: dict[str, NDArray[np.bool_]] = {}
    classes = bins = None
    if rows is not None and first.size:
        with np.errstate(over="ignore", invalid="ignore"):
            evidence, quantiles = _read(found, rows, first, has_values, recipe)
            values = _compute(evidence, quantiles, recipe.options)
            bins = find_bins(evidence, recipe.options)
            classes = find_classes(evidence, has_values, recipe.options)
        for name, column in values.items():
            numbers[name] = scatter(name, column, has_values, found.masked)
        missing = _find_missing(evidence, numbers, has_values)
    else:
        for each in _select(recipe.options.wanted, has_histogram=False):
            numbers[each.name] = scatter(
                each.name, np.zeros(0), has_values, found.masked
            )
    if recipe.covers is not None:
        numbers["covered_percent"] = recipe.covers[found.zones]
    return BandColumns(numbers, has_values, found.masked, missing, classes, bins)


def _read(
    found: GatheredRows,
    rows: Rows,
    first: NDArray[np.intp],
    has_values: NDArray[np.bool_],
    recipe: Recipe,
) -> tuple[Evidence, _Quantiles]:
    """What is known of the zones that have values."""
    band, zones = recipe.band, rows.zone[first]
    spread, samples = _read_spread(rows, first, band)
    quantiles = (
        _sample_quantiles(samples, recipe.options)
        if samples is not None
        else _wide_quantiles(found, zones, recipe, rows)
    )
    ground = None
    if found.ground is not None and found.classes is not None:
        ground = measure_ground(found.ground, found.classes, zones)
    evidence = Evidence(
        band,
        spread,
        found.masked.pick(has_values),
        samples,
        quantiles.median,
        ground,
        recipe.pixel_area,
    )
    return evidence, quantiles


def _read_spread(
    rows: Rows, first: NDArray[np.intp], band: BandInfo
) -> tuple[Spread, Samples | None]:
    if isinstance(rows, ValueRows):
        samples = read_samples(rows, band)
        return spread_of_sums(samples.sums(), band), samples
    if isinstance(rows, SumRows):
        weight, total, squares = (
            join_limbs(rows.sums[:, own]) for own in LIMBS.values()
        )
        sums = ExactSums(weight, total, squares, rows.minimum, rows.maximum)
        return spread_of_sums(sums, band), None
    return spread_of_moments(rows, first, band), None


def _sample_quantiles(samples: Samples, options: StatisticOptions) -> _Quantiles:
    has_median = options.median or options.wants("median")
    fractions = percentile_fractions(
        options.percentiles, median=has_median, interpolated=options.interpolate
    )
    if not fractions:
        return _Quantiles()
    if fractions.interpolated:
        return _name(samples.interpolate(fractions), options)
    return _name(
        [samples.physical[row] for row in samples.quantiles(fractions)], options
    )


def _wide_quantiles(
    found: GatheredRows, zones: NDArray[np.integer], recipe: Recipe, rows: Rows
) -> _Quantiles:
    """Those of wide types: of values that were kept, or found by passes."""
    fractions = recipe.options.fractions().along(recipe.band.scale)
    if not fractions:
        return _Quantiles()
    passed = np.array(
        [(zone, recipe.number) in recipe.passed for zone in zones.tolist()]
    )
    own = [recipe.passed[zone, recipe.number] for zone in zones[passed].tolist()]
    kind = np.float64 if fractions.interpolated else rows.minimum.dtype  # type: ignore[union-attr]
    columns = [np.zeros(len(zones), kind) for _ in range(len(fractions))]
    for column, values in zip(columns, zip(*own, strict=True), strict=False):
        column[passed] = np.array(values, kind)
    if not passed.all():
        kept = kept_quantiles(found.kept, zones[~passed], fractions)
        for column, some in zip(columns, kept, strict=True):
            column[~passed] = some
    return _name(
        [physical_values(each, recipe.band) for each in columns], recipe.options
    )


def _name(
    quantiles: Sequence[NDArray[np.generic]], options: StatisticOptions
) -> _Quantiles:
    """The percentiles come first, then the median if there is one."""
    count = len(options.percentiles)
    return _Quantiles(
        quantiles[:count], quantiles[count] if len(quantiles) > count else None
    )


def _compute(
    evidence: Evidence, quantiles: _Quantiles, options: StatisticOptions
) -> dict[str, Numbers]:
    """The columns of the zones that have values, by name."""
    found: dict[str, Numbers] = {}
    for each in _select(options.wanted, has_histogram=evidence.samples is not None):
        value = each.compute(evidence) if each.compute else None
        if value is not None:
            found[each.name] = value
    names = map(percentile_name, options.percentiles)
    found.update(zip(names, quantiles.percentiles, strict=False))
    return found


@lru_cache(maxsize=64)
def _select(
    wanted: frozenset[str] | None, *, has_histogram: bool
) -> tuple[Statistic, ...]:
    """The numbers that there are and that are wanted.

    Only those of a histogram take so long that others than the wanted are left out.
    """
    return tuple(
        each
        for each in STATISTICS
        if each.compute is not None
        and (
            Needs.HISTOGRAM not in each.needs
            or (has_histogram and (wanted is None or each.name in wanted))
        )
    )


def _find_missing(
    evidence: Evidence, numbers: Mapping[str, Numbers], has_values: NDArray[np.bool_]
) -> dict[str, NDArray[np.bool_]]:
    """Statistics that some zones lack though they have values."""
    lacking = {"coefficient_of_variation": evidence.spread.mean == 0}
    if evidence.ground is not None:
        lacking["area_weighted_mean"] = evidence.ground.total == 0
    found = {}
    for name, own in lacking.items():
        if name in numbers and own.any():
            found[name] = np.zeros(len(has_values), bool)
            found[name][has_values] = own
    return found


def as_stored(recipe: Recipe) -> Recipe:
    """The recipe for stored values, if they are wanted."""
    if recipe.options.unscale:
        return recipe
    return replace(recipe, band=replace(recipe.band, scale=1.0, offset=0.0))
