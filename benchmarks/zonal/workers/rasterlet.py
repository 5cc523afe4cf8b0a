"""The worker of Rasterlet: the library, the handler, or only the reading."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

import pyproj  # noqa: F401  the library would import it within its time

from benchmarks.shared.events import Context, make_event
from benchmarks.shared.versions import package_versions
from benchmarks.zonal.workers.job import run
from handlers.statistics import handler
from raster_core.catalogue.catalogue import parse_catalogue
from raster_core.layers.kinds import open_layer
from raster_core.version import __version__
from raster_core.zonal.engine import Options, plan_zones, zonal_statistics
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.zones.zone import read_zone

if TYPE_CHECKING:
    from collections.abc import Callable

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
    if job.way in {"handler", "handler, all"}:
        return _read_answer(cast("dict[str, Any]", result), job)
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
    """From an API Gateway event to its answer; the zone is a Feature in the body."""
    event = make_event(f"/datasets/{job.dataset}/statistics", query)
    event["requestContext"]["http"]["method"] = "POST"
    event["headers"]["content-type"] = "application/geo+json"
    event["body"] = json.dumps(job.features[0])
    return lambda: handler(event, cast("Any", Context()))


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
    figures = json.loads(answer["body"])["properties"]["statistics"]["b1"]
    if job.fractions:
        return [{str(c["value"]): c["fraction"] for c in figures["categories"]}]
    return [{name: figures[name] for name in _MOMENTS}]


_WAYS = {
    "library": _call_library,
    "handler": _call_handler,
    "handler, all": _call_handler_for_all,
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
