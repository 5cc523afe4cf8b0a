"""The worker of rio-tiler: the calls of titiler's statistics route, with its defaults.

With one exception in rio-tiler's favour: the zone is brought to the raster's CRS, as
``dst_crs`` may ask for. By default all pixels around it are warped to degrees, and
those are what is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from rio_tiler.constants import WGS84_CRS
from rio_tiler.io import Reader

from benchmarks.shared.versions import package_versions
from benchmarks.zonal.workers.job import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from rio_tiler.models import BandStatistics

    from benchmarks.zonal.workers.job import Figures, Job

_MOMENTS = ("count", "min", "max", "mean", "sum", "std")


def start(job: Job) -> Callable[[], object]:
    """The calls."""

    def compute() -> object:
        with Reader(job.raster) as reader:
            return [_describe(reader, feature, job) for feature in job.features]

    return compute


def read(result: object, job: Job) -> list[Figures]:
    """Statistics by name; classes it counts by whole pixels, not by coverage."""
    rows = cast("list[BandStatistics]", result)
    if job.fractions:
        return [_fractions(*row.histogram) for row in rows]
    return [{name: getattr(row, name) for name in _MOMENTS} for row in rows]


def _describe(reader: Reader, feature: dict[str, Any], job: Job) -> BandStatistics:
    image = reader.feature(
        feature,
        shape_crs=WGS84_CRS,
        dst_crs=reader.dataset.crs,
        align_bounds_with_dataset=True,
    )
    coverage = image.get_coverage_array(feature, shape_crs=WGS84_CRS, cover_scale=10)
    (statistics,) = image.statistics(
        categorical=job.fractions, coverage=coverage
    ).values()
    return statistics


def _fractions(counts: list[float], classes: list[float]) -> Figures:
    total = sum(counts)
    return {
        str(int(name)): count / total
        for name, count in zip(classes, counts, strict=True)
    }


if __name__ == "__main__":
    run(start, read, package_versions("rio-tiler", "rasterio", "numpy"))
