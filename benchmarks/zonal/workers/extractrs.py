"""The worker of extractrs: exact coverage once, then a pass for each statistic.

It reads no rasters, so rasterio does, the window around all zones.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import numpy as np
import rasterio
import shapely
from extractrs import apply_stat, build_cache

from benchmarks.shared.versions import package_versions
from benchmarks.zonal.workers.job import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.zonal.workers.job import Figures, Job

_MOMENTS = ("count", "min", "max", "mean", "sum", "stdev")


def start(job: Job) -> Callable[[], object]:
    """The calls; zones are geometries of shapely, as a frame has them."""
    zones = shapely.from_geojson([json.dumps(f["geometry"]) for f in job.features])

    def compute() -> object:
        with rasterio.open(job.raster) as dataset:
            window = _window(dataset, shapely.total_bounds(zones))
            values = dataset.read(1, window=window).astype(np.float64)
            left, bottom, right, top = dataset.window_bounds(window)
            size, nodata = dataset.res, float(dataset.nodata)
        cache = build_cache(
            shapely.to_wkb(zones).tolist(),
            *(list(range(len(zones))), left, bottom, right, top, *size),
        )
        return [apply_stat(cache, values, nodata, name) for name in _MOMENTS]

    return compute


def read(result: object, job: Job) -> list[Figures]:
    """Its arrays, one for each statistic, as rows."""
    del job
    columns = cast("list[np.ndarray]", result)
    names = [name.replace("stdev", "std") for name in _MOMENTS]
    return [
        dict(zip(names, map(float, row), strict=True))
        for row in zip(*columns, strict=True)
    ]


def _window(
    dataset: rasterio.DatasetReader, bounds: np.ndarray
) -> rasterio.windows.Window:
    """All cells that the bounds touch."""
    left, bottom, right, top = bounds
    cols, rows = ~dataset.transform @ np.array([[left, right], [top, bottom]])
    slices = ((int(a), int(np.ceil(b))) for a, b in (rows, cols))
    return rasterio.windows.Window.from_slices(*slices)


if __name__ == "__main__":
    run(start, read, package_versions("extractrs", "rasterio", "numpy", "shapely"))
