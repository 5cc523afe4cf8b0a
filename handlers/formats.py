"""Statistics of zones as GeoJSON or NDJSON; as a table, see ``tables``."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from raster_core.zonal.statistics import Category
from raster_core.zonal.weighted import WeightedStatistics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from handlers.streaming import Batches
    from raster_core.zonal.statistics import ZoneStatistics

type Json = Mapping[str, object]

MEDIA_TYPES = {
    "geojson": "application/geo+json",
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
}


def describe_figures(
    figures: ZoneStatistics, wanted: Sequence[str], percentiles: Sequence[float]
) -> Json:
    """The wanted figures, the reason for missing ones, and what else to know of them.

    Args:
        figures: Of one zone on one band.
        wanted: Names of figures.
        percentiles: What ``figures.percentiles`` are the values of.
    """
    found = {name: getattr(figures, name) for name in wanted}
    values = figures.percentiles or (None,) * len(percentiles)
    found |= dict(zip(map(_percentile, percentiles), values, strict=True))
    answer = {name: to_json(value) for name, value in found.items()}
    answer["reason"] = figures.reason or _why_infinite(found.values())
    covered = figures.covered_percent
    if figures.reason is None and covered is not None and covered < 100:
        answer["partial"] = True
    if figures.approximation:
        answer["approximation"] = asdict(figures.approximation)
    return answer


def _why_infinite(values: Iterable[object]) -> str | None:
    """Why a figure is null though there are pixels: no double holds it."""
    numbers = (value for value in values if isinstance(value, float))
    return None if all(map(math.isfinite, numbers)) else "overflow"


def figure_columns(
    wanted: Sequence[str], percentiles: Sequence[float], *, approximate: bool
) -> list[str]:
    """All names that ``describe_figures`` may return."""
    shares = map(_percentile, percentiles)
    last = ("approximation",) if approximate else ()
    return list(dict.fromkeys((*wanted, *shares, "reason", "partial", *last)))


def _percentile(share: float) -> str:
    """What a percentile is called: no two have one name."""
    return f"percentile_{int(share) if share.is_integer() else share}"


def to_json(value: object) -> object:
    """A figure as JSON: what is not finite is null."""
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
    """One FeatureCollection with further members, a piece a batch."""
    opening = dump_json({"type": "FeatureCollection", **members, "features": []})
    yield opening[:-2]
    comma = ""
    for batch in batches:
        yield comma * bool(batch) + ",".join(map(dump_json, batch))
        comma = comma or "," * bool(batch)
    yield "]}"


def write_ndjson(batches: Batches, members: Json) -> Iterator[str]:
    """A line a Feature, each with further members, a piece a batch."""
    for batch in batches:
        yield "".join(dump_json({**feature, **members}) + "\n" for feature in batch)


def dump_json(value: object) -> str:
    """JSON; a number that is none, which only a body can have, is null there."""
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    except ValueError:  # by way of text, however deep such a number is
        plain = json.loads(json.dumps(value), parse_constant=lambda _: None)
        return json.dumps(plain, separators=(",", ":"))
