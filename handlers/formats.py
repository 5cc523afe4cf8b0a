"""Statistics of zones as GeoJSON, NDJSON or CSV."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from handlers.web import text_answer
from raster_core.zonal.figures import HISTOGRAM_ONLY, Category, ZoneStatistics
from raster_core.zonal.stats import keeps_histogram
from raster_core.zonal.weighted import WeightedStatistics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from aws_lambda_powertools.event_handler.api_gateway import Response

    from raster_core.grid import BandInfo

type Json = Mapping[str, object]

FORMATS = ("geojson", "json", "ndjson", "csv")

MEDIA_TYPES = {
    "geojson": "application/geo+json",
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
}

_ONLY_ASKED = frozenset({"area_weighted_mean"})
"""Figures that an answer has only if the request names them."""


def describe_figures(
    figures: ZoneStatistics,
    band: BandInfo,
    wanted: Sequence[str],
    percentiles: Sequence[float],
) -> Json:
    """The wanted figures, and the reason for missing ones.

    Args:
        figures: Of one zone on one band.
        band: Whose figures they are.
        wanted: Names of figures; none means all that the band yields.
        percentiles: What ``figures.percentiles`` are the values of.
    """
    hidden = set(_ONLY_ASKED)
    if not keeps_histogram(band.dtype):
        hidden |= HISTOGRAM_ONLY
    if not band.classes:
        hidden.add("categories")
    names = wanted or [name for name in figure_names() if name not in hidden]
    answer = {name: to_json(getattr(figures, name)) for name in names}
    values = figures.percentiles or (None,) * len(percentiles)
    for share, value in zip(percentiles, values, strict=True):
        answer[f"percentile_{share:g}"] = to_json(value)
    answer["reason"] = figures.reason
    if figures.approximation:
        answer["approximation"] = asdict(figures.approximation)
    return answer


def figure_names() -> tuple[str, ...]:
    """Every figure that ``stats`` may name."""
    special = {"reason", "percentiles", "approximation"}
    return tuple(f.name for f in fields(ZoneStatistics) if f.name not in special)


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


def format_features(features: Sequence[Json], form: str) -> Response[str]:
    """Several Features in one of ``FORMATS``."""
    if form == "csv":
        return text_answer("".join(write_csv(features)), MEDIA_TYPES[form])
    if form == "ndjson":
        return text_answer("".join(write_ndjson(features)), MEDIA_TYPES[form])
    collection = {"type": "FeatureCollection", "features": features}
    return text_answer(_dump(collection), MEDIA_TYPES[form])


def write_ndjson(features: Iterable[Json]) -> Iterator[str]:
    """A line a Feature."""
    for feature in features:
        yield _dump(feature) + "\n"


def write_csv(features: Sequence[Json]) -> Iterator[str]:
    """A header and a line a Feature: id, properties, then ``b1_mean`` and the like.

    Figures that are no single value (histogram, categories) are written as JSON.
    """
    rows = [_flatten(feature) for feature in features]
    names = dict.fromkeys(name for row in rows for name in row)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(names), restval="", lineterminator="\n")
    writer.writeheader()
    yield text.getvalue()
    text.seek(0)
    text.truncate()
    for row in rows:
        writer.writerow(row)
        yield text.getvalue()
        text.seek(0)
        text.truncate()


def _flatten(feature: Json) -> dict[str, object]:
    row: dict[str, object] = {"id": feature.get("id", "")}
    properties = feature.get("properties")
    known = dict(properties) if isinstance(properties, dict) else {}
    statistics = known.pop("statistics", None) or {}
    row |= {name: _cell(value) for name, value in known.items()}
    for band, figures in statistics.items():
        row |= {f"{band}_{name}": _cell(value) for name, value in figures.items()}
    for name in ("error", "zone"):
        if name in feature:
            row[name] = _cell(feature[name])
    return row


def _cell(value: object) -> object:
    return _dump(value) if isinstance(value, dict | list) else value


def _dump(value: object) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"))
