"""The worker of Rasterlet: library, handler, table of a frame, or only the reading."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

import pyproj  # noqa: F401  the library would import it within its time

from benchmarks.shared.events import Context, make_event
from benchmarks.shared.versions import package_versions
from benchmarks.zonal.rasters import CRS
from benchmarks.zonal.workers.job import run
from handlers.platform.settings import MAX_FEATURES
from handlers.statistics import handler
from raster_core.catalogue.catalogue import parse_catalogue
from raster_core.layers.kinds import open_layer
from raster_core.version import __version__
from raster_core.zonal.engine import Options, plan_zones, zonal_statistics
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.zones.zone import read_zone
from testing.geojson import collection

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from benchmarks.zonal.workers.job import Figures, Job
    from raster_core.raster import Layer
    from raster_core.zonal.results.statistics import ZoneStatistics

_MOMENTS = ("count", "min", "max", "mean", "sum", "std")


def start(job: Job) -> Callable[[], object]:
    """The computation that the job's way names."""
    return _WAYS[job.way](job)


def read(result: object, job: Job) -> list[Figures]:
    """The figures, whichever way they came."""
    if job.way == "read":
        return []
    if job.way == "frame":
        return _read_table(cast("pd.DataFrame", result), job)
    if job.way in {"handler", "handler, all"}:
        return [
            found
            for answer in cast("list[dict[str, Any]]", result)
            for found in _read_answer(answer, job)
        ]
    rows = [row for (row,) in cast("list[tuple[ZoneStatistics]]", result)]
    if job.fractions:
        return [
            {str(c.value): c.fraction for c in row.categories or ()} for row in rows
        ]
    return [{name: getattr(row, name) for name in _MOMENTS} for row in rows]


def _call_library(job: Job) -> Callable[[], object]:
    """From GeoJSON geometries to figures."""

    def compute() -> object:
        zones = [read_zone(feature["geometry"]) for feature in job.features]
        names = ("categories",) if job.fractions else _MOMENTS
        figures = StatisticOptions(wanted=frozenset(names))
        return zonal_statistics(_open(job), zones, Options(statistics=figures))

    return compute


def _call_handler(job: Job) -> Callable[[], object]:
    """What the library is asked for, and no areas."""
    names = ("categories",) if job.fractions else _MOMENTS
    return _answer_event(job, urlencode([("stats", name) for name in names]))


def _call_handler_for_all(job: Job) -> Callable[[], object]:
    """All figures, areas on the ground among them."""
    return _answer_event(job, "")


def _answer_event(job: Job, query: str) -> Callable[[], object]:
    """From API Gateway events to their answers; the zones are in the bodies.

    As many events as the limit of features takes, one after another.
    """
    events = []
    for first in range(0, len(job.features), MAX_FEATURES):
        event = make_event(f"/datasets/{job.dataset}/statistics", query)
        event["requestContext"]["http"]["method"] = "POST"
        event["headers"]["content-type"] = "application/geo+json"
        event["headers"]["accept"] = "application/json"
        features = job.features[first : first + MAX_FEATURES]
        event["body"] = json.dumps(collection(*features))
        events.append(event)
    return lambda: [handler(event, cast("Any", Context())) for event in events]


def _call_frame(job: Job) -> Callable[[], object]:
    """From a GeoDataFrame to a DataFrame."""
    import geopandas  # noqa: PLC0415  the other ways do without

    import rasterlet  # noqa: PLC0415

    zones = geopandas.GeoDataFrame.from_features(job.features, CRS)
    names = ["frac"] if job.fractions else list(_MOMENTS)
    zonal_stats = rasterlet.zonal_stats  # imports what it takes
    return lambda: zonal_stats(zones, job.raster, stats=names)


def _only_read(job: Job) -> Callable[[], object]:
    """What the library reads, in its order, with nothing done to it."""
    layer = _open(job)
    plan = plan_zones(layer, [read_zone(f["geometry"]) for f in job.features])

    def compute() -> object:
        for chunk in plan.chunks():
            layer.read(plan.grid.crop(chunk.window))
        return None

    return compute


def _open(job: Job) -> Layer:
    content = Path(job.catalogue).read_bytes()
    dataset = parse_catalogue(content, job.catalogue).dataset(job.dataset)
    return open_layer(dataset.spec((dataset.band(1),)))


def _read_answer(answer: dict[str, Any], job: Job) -> list[Figures]:
    if answer["statusCode"] != 200:
        raise SystemExit(f"{answer['statusCode']}: {answer['body'][:300]}")
    body = answer["body"]
    if answer.get("isBase64Encoded"):
        body = gzip.decompress(base64.b64decode(body))
    features = json.loads(body)["features"]
    rows = [feature["properties"]["statistics"]["b1"] for feature in features]
    if job.fractions:
        return [{str(c["value"]): c["fraction"] for c in r["categories"]} for r in rows]
    return [{name: row[name] for name in _MOMENTS} for row in rows]


def _read_table(table: pd.DataFrame, job: Job) -> list[Figures]:
    """Its rows; a class that a zone lacks is left out."""
    if not job.fractions:
        return cast("list[Figures]", table[list(_MOMENTS)].to_dict("records"))
    columns = [name for name in table if name.startswith("frac_")]
    names = [name.removeprefix("frac_") for name in columns]
    return [
        {name: share for name, share in zip(names, row, strict=True) if share > 0}
        for row in table[columns].to_numpy().tolist()
    ]


_WAYS = {
    "library": _call_library,
    "handler": _call_handler,
    "handler, all": _call_handler_for_all,
    "frame": _call_frame,
    "read": _only_read,
}


if __name__ == "__main__":
    run(
        start,
        read,
        {
            "rasterlet": __version__,
            **package_versions("rasterio", "numpy", "shapely", "pyproj"),
        },
    )
