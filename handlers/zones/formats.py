"""Statistics of zones as GeoJSON or NDJSON; as a table, see ``tables``."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from raster_core.zonal.results.statistics import Category, percentile_name
from raster_core.zonal.weighted import WeightedStatistics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from handlers.http.streaming import Batches
    from raster_core.documents import Json
    from raster_core.zonal.results.statistics import ZoneStatistics

MEDIA_TYPES = {
    "geojson": "application/geo+json",
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
}


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
    if statistics.reason is None and covered is not None and covered < 100:
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


def write_geojson(batches: Batches, members: Json) -> Iterator[str]:
    """One FeatureCollection with further members, one piece per batch."""
    opening = dump_json({"type": "FeatureCollection", **members, "features": []})
    yield opening[:-2]
    comma = ""
    for batch in batches:
        if not batch:
            yield ""
            continue
        yield comma + ",".join(map(dump_json, batch))
        comma = ","
    yield "]}"


def write_ndjson(batches: Batches, members: Json) -> Iterator[str]:
    """One Feature per line, each with further members, one piece per batch."""
    for batch in batches:
        yield "".join(dump_json({**feature, **members}) + "\n" for feature in batch)


def dump_json(value: object) -> str:
    """JSON; NaN and infinities, which only a body can have, become null."""
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    except ValueError:  # by way of text, however deep such a number is
        plain = json.loads(json.dumps(value), parse_constant=lambda _: None)
        return json.dumps(plain, separators=(",", ":"))
