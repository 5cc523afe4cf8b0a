"""The worker of exactextract, with its defaults; its ways are its two strategies.

rasterio reads for it. GDAL's block cache is the default too, 5 % of the machine's
memory: its documentation advises against small ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy.ma  # noqa: F401  exactextract would import both within its time
import rasterio  # noqa: F401
from exactextract import exact_extract

from benchmarks.shared.versions import package_versions
from benchmarks.zonal.workers.job import run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.zonal.workers.job import Figures, Job

_MOMENTS = ("count", "min", "max", "mean", "sum", "stdev")
_FRACTIONS = ("unique", "frac")


def start(job: Job) -> Callable[[], object]:
    """The call."""
    operations = list(_FRACTIONS if job.fractions else _MOMENTS)
    return lambda: exact_extract(
        job.raster, job.features, operations, strategy=job.way, output="geojson"
    )


def read(result: object, job: Job) -> list[Figures]:
    """Its features' properties, under our names."""
    rows = [row["properties"] for row in cast("list[Any]", result)]
    if job.fractions:
        return [
            {str(name): share for name, share in zip(*_lists(row), strict=True)}
            for row in rows
        ]
    return [
        {name.replace("stdev", "std"): float(row[name]) for name in _MOMENTS}
        for row in rows
    ]


def _lists(row: Mapping[str, Any]) -> tuple[list[int], list[float]]:
    """Classes and fractions."""
    return row["unique"].tolist(), row["frac"].tolist()


if __name__ == "__main__":
    run(start, read, package_versions("exactextract", "rasterio", "numpy"))
