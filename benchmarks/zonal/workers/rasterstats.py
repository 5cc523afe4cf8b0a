"""The worker of rasterstats, with its defaults: a pixel is inside if its centre is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from rasterstats import zonal_stats

from benchmarks.shared.versions import package_versions
from benchmarks.zonal.workers.job import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.zonal.workers.job import Figures, Job

_MOMENTS = ("count", "min", "max", "mean", "sum", "std")


def start(job: Job) -> Callable[[], object]:
    """The call."""
    if job.fractions:
        return lambda: zonal_stats(job.features, job.raster, categorical=True)
    return lambda: zonal_stats(job.features, job.raster, stats=list(_MOMENTS))


def read(result: object, job: Job) -> list[Figures]:
    """Its rows; counts of classes as shares."""
    rows = cast("list[dict[Any, float]]", result)
    if not job.fractions:
        return [{name: row[name] for name in _MOMENTS} for row in rows]
    return [
        {str(name): count / sum(row.values()) for name, count in row.items()}
        for row in rows
    ]


if __name__ == "__main__":
    run(start, read, package_versions("rasterstats", "rasterio", "numpy", "shapely"))
