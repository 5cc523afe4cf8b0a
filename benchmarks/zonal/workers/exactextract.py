"""The worker of exactextract, with its defaults.

Its ways are its two strategies, with zones as GeoJSON or as a GeoDataFrame. rasterio
reads for it. GDAL's block cache is the default too, 5 % of the machine's memory: its
documentation advises against small ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy.ma  # noqa: F401  exactextract would import both within its time
import rasterio  # noqa: F401
from exactextract import exact_extract

from benchmarks.shared.versions import package_versions
from benchmarks.zonal.rasters import CRS
from benchmarks.zonal.workers.job import run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from benchmarks.zonal.workers.job import Figures, Job

_MOMENTS = ("count", "min", "max", "mean", "sum", "stdev")
_FRACTIONS = ("unique", "frac")


def start(job: Job) -> Callable[[], object]:
    """The call."""
    operations = list(_FRACTIONS if job.fractions else _MOMENTS)
    strategy = job.way.rpartition(" ")[2]
    frame = job.way.startswith("frame")
    zones: object = job.features
    if frame:
        import geopandas  # noqa: PLC0415  GeoJSON does without its 90 MB

        zones = geopandas.GeoDataFrame.from_features(job.features, CRS)
    return lambda: exact_extract(
        job.raster,
        zones,
        operations,
        strategy=strategy,
        output="pandas" if frame else "geojson",
    )


def read(result: object, job: Job) -> list[Figures]:
    """Its features' properties, under our names."""
    if job.way.startswith("frame"):
        rows = cast("pd.DataFrame", result).to_dict("records")
    else:
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
