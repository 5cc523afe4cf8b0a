"""Statistics of zones as GeoJSON or NDJSON; as a table, see ``tables``."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.results.listing import list_bins
from raster_core.zonal.results.statistics import Category, percentile_name
from raster_core.zonal.weighted import WeightedStatistics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from handlers.http.streaming import Batches
    from raster_core.bands import BandInfo
    from raster_core.documents import Json
    from raster_core.zonal.results.columns import BandColumns, ClassRows, ZoneBatch
    from raster_core.zonal.results.statistics import ZoneStatistics

MEDIA_TYPES = {
    "geojson": "application/geo+json",
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
}


FULL = 100.0
"""Percentage of a zone that lies on the raster, if nothing is off it."""

# ``json.dumps`` would make one for each value.
_ENCODER = json.JSONEncoder(allow_nan=False, separators=(",", ":"))


def describe_statistics(
    statistics: ZoneStatistics, wanted: Sequence[str], percentiles: Sequence[float]
) -> Json:
    """The wanted statistics as JSON, with the reason for missing ones.

    Args:
        statistics: Those of one zone on one band.
        wanted: Names of statistics.
        percentiles: The percentages that ``statistics.percentiles`` belong to.
    """
    found = {name: getattr(statistics, name) for name in wanted}
    values = statistics.percentiles or (None,) * len(percentiles)
    found |= dict(zip(map(percentile_name, percentiles), values, strict=True))
    answer = {name: to_json(value) for name, value in found.items()}
    answer["reason"] = statistics.reason or _why_infinite(found.values())
    covered = statistics.covered_percent
    if statistics.reason is None and covered is not None and covered < FULL:
        answer["partial"] = True
    if statistics.approximation:
        answer["approximation"] = asdict(statistics.approximation)
    return answer


def _why_infinite(values: Iterable[object]) -> str | None:
    """Why a statistic is null though there are pixels: no double holds it."""
    numbers = (value for value in values if isinstance(value, float))
    return None if all(map(math.isfinite, numbers)) else "overflow"


def statistic_columns(
    wanted: Sequence[str], percentiles: Sequence[float], *, approximate: bool
) -> list[str]:
    """All names that ``describe_statistics`` may return."""
    names = map(percentile_name, percentiles)
    last = ("approximation",) if approximate else ()
    return list(dict.fromkeys((*wanted, *names, "reason", "partial", *last)))


def to_json(value: object) -> object:
    """A statistic as JSON: what is not finite is null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Category | WeightedStatistics):
        known = {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
        return {
            name: part
            for name, part in known.items()
            if part is not None or not name.startswith("area_")
        }
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    return value


def describe_batch(
    batch: ZoneBatch,
    bands: Sequence[BandInfo],
    names: Callable[[BandInfo], Sequence[str]],
    percentiles: Sequence[float],
) -> list[Json]:
    """The wanted statistics of each zone of a batch by band, as JSON.

    Law: they are what ``describe_statistics`` says of each zone.

    Args:
        batch: Statistics as columns.
        bands: The layer's.
        names: The wanted statistics of each.
        percentiles: Those that were computed.
    """
    columns = {
        f"b{band.index}": _describe_band(batch, number, band, names(band), percentiles)
        for number, band in enumerate(bands if batch.bands else ())
    }
    return [
        dict(zip(columns, zone, strict=True))
        for zone in zip(*columns.values(), strict=True)
    ]


def _describe_band(
    batch: ZoneBatch,
    number: int,
    band: BandInfo,
    wanted: Sequence[str],
    percentiles: Sequence[float],
) -> list[dict[str, object]]:
    own, zones = batch.bands[number], len(batch.zones)
    columns: dict[str, Sequence[object]] = {}
    overflown = np.zeros(zones, bool)
    for name in (*wanted, *map(percentile_name, percentiles)):
        if name == "categories":
            columns[name] = _list_classes(own.classes, zones, band)
        elif name == "histogram":
            columns[name] = [
                to_json(each) for each in list_bins(own.bins, own.has_values)
            ]
        else:
            columns[name], infinite = _list_finite(own, name)
            overflown |= infinite
    reasons = batch.reasons(number)
    missing = reasons == None  # noqa: E711  elementwise
    with np.errstate(invalid="ignore"):
        partly = missing & (own.numbers["covered_percent"] < FULL)
    reasons[missing & overflown] = "overflow"
    columns["reason"] = reasons.tolist()
    rows = zip(*columns.values(), strict=True)
    found: list[dict[str, object]] = [
        dict(zip(columns, row, strict=True)) for row in rows
    ]
    for zone in np.flatnonzero(partly).tolist():
        found[zone]["partial"] = True
    if batch.approximation:
        for each in found:
            each["approximation"] = asdict(batch.approximation)
    return found


def _list_finite(
    columns: BandColumns, name: str
) -> tuple[list[object], NDArray[np.bool_] | bool]:
    """A statistic of each zone, None where it is not finite, and where it should be."""
    column = columns.numbers.get(name)
    if column is None:
        return [None] * len(columns.has_values), False
    lacking, values = columns.lacks(name), column.tolist()
    infinite = lacking
    if column.dtype.kind == "f":
        infinite = ~np.isfinite(column)
    for zone in np.flatnonzero(infinite).tolist():
        values[zone] = None
    return values, infinite & ~lacking


def _list_classes(
    rows: ClassRows | None, zones: int, band: BandInfo
) -> list[list[dict[str, object]] | None]:
    """The classes of each zone by stored value; None for one without."""
    found: list[list[dict[str, object]] | None] = [None] * zones
    if rows is None or not rows.zone.size:
        return found
    names = band.class_names
    columns: dict[str, list[object]] = {
        "value": rows.value.tolist(),
        "name": [names.get(value, str(value)) for value in rows.value.tolist()],
        "count": rows.pixels.tolist(),
        "fraction": rows.fraction.tolist(),
    }
    if rows.area is not None and rows.area_fraction is not None:
        columns["area_m2"] = rows.area.tolist()
        columns["area_fraction"] = rows.area_fraction.tolist()
    entries = [
        dict(zip(columns, row, strict=True))
        for row in zip(*columns.values(), strict=True)
    ]
    if rows.area_fraction is not None:
        for row in np.flatnonzero(np.isnan(rows.area_fraction)).tolist():
            del entries[row]["area_fraction"]
    first = np.flatnonzero(np.diff(rows.zone, prepend=-1))
    last = [*first[1:].tolist(), len(entries)]
    zipped = zip(rows.zone[first].tolist(), first.tolist(), last, strict=True)
    for zone, start, stop in zipped:
        found[zone] = entries[start:stop]
    return found


def write_geojson(batches: Batches, members: Json) -> Iterator[str]:
    """One FeatureCollection with further members, one piece per batch."""
    opening = dump_json({"type": "FeatureCollection", **members, "features": []})
    yield opening[:-2]
    comma = ""
    for batch in batches:
        if not batch:
            yield ""
            continue
        yield comma + dump_json(batch)[1:-1]
        comma = ","
    yield "]}"


def write_ndjson(batches: Batches, members: Json) -> Iterator[str]:
    """One Feature per line, each with further members, one piece per batch."""
    for batch in batches:
        features = [{**feature, **members} for feature in batch] if members else batch
        yield "".join(dump_json(feature) + "\n" for feature in features)


def dump_json(value: object) -> str:
    """JSON; NaN and infinities, which only a body can have, become null."""
    try:
        return _ENCODER.encode(value)
    except ValueError:  # by way of text, however deep such a number is
        plain = json.loads(json.dumps(value), parse_constant=lambda _: None)
        return json.dumps(plain, separators=(",", ":"))
