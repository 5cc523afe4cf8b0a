"""The worker of Rasterlet: statistics of a file in a store, opened within the time."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, cast

import pyproj  # noqa: F401  the library would import it within its time

from benchmarks.shared.versions import package_versions
from benchmarks.zonal.workers.job import run
from raster_core.layers.file import describe_file
from raster_core.layers.kinds import open_layer
from raster_core.sources.ranges.opening import tell_ranges
from raster_core.version import __version__
from raster_core.zonal.engine import Options, zonal_statistics
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.zones.zone import read_zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.zonal.workers.job import Figures, Job
    from raster_core.zonal.results.statistics import ZoneStatistics

_MOMENTS = ("count", "min", "max", "mean", "sum", "std")


def start(job: Job) -> Callable[[], object]:
    """From geometries and an address to figures; the way is the entity tag."""
    tell_ranges(os.environ)

    def compute() -> object:
        zones = [read_zone(feature["geometry"]) for feature in job.features]
        figures = StatisticOptions(wanted=frozenset(_MOMENTS))
        layer = open_layer(describe_file(job.raster, 1, version=job.way))
        return zonal_statistics(layer, zones, Options(statistics=figures))

    return compute


def read(result: object, _job: Job) -> list[Figures]:
    """The figures by zone."""
    rows = [row for (row,) in cast("list[tuple[ZoneStatistics]]", result)]
    return [{name: getattr(row, name) for name in _MOMENTS} for row in rows]


if __name__ == "__main__":
    run(
        start,
        read,
        {
            "rasterlet": __version__,
            **package_versions("rasterio", "numpy", "shapely", "pyproj"),
        },
    )
