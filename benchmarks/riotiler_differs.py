"""What docs/statistics.md says of rio-tiler's statistics, measured.

Run it with ``.venv-bench/bin/python``. It prints each statement with its numbers, and
fails on one that is no longer true.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import rasterio
import shapely
from affine import Affine
from rasterio.crs import CRS
from rio_tiler.io import Reader
from rio_tiler.models import ImageData

if TYPE_CHECKING:
    from rio_tiler.models import BandStatistics

UTM = CRS.from_epsg(32632)
SIDE = 60

# Pixels of a circle, and how much too large its count is: from, to.
STATED = {1: (0.20, 0.30), 10: (0.06, 0.09), 100: (0.02, 0.03), 1000: (0.006, 0.008)}


def main() -> int:
    """Exit status: how many statements do not hold."""
    checks = [
        *(_check_circle(cells, *limits) for cells, limits in STATED.items()),
        _check("median of 0, 0, 0, 10", _statistics([0, 0, 0, 10]).median, 0),
        _check("median of 0, 1, 4, 10", _statistics([0, 1, 4, 10]).median, 1),
        _check("majority of 3, 1, 3, 1, 2", _statistics([3, 1, 3, 1, 2]).majority, 1),
        _check("mean of 10, 20 scaled by 0.5 + 100", _mean_of_scaled(), 15),
    ]
    return checks.count(False)


def _check(what: str, found: float, stated: float) -> bool:
    print(f"{what}: {found:g}, stated {stated:g}")
    return bool(found == stated)


def _check_circle(cells: int, low: float, high: float) -> bool:
    """Circles of so many pixels, wherever they lie, are too large by that share."""
    image = ImageData(
        np.ma.MaskedArray(np.ones((1, SIDE, SIDE), np.float32)),
        bounds=(0, 0, SIDE, SIDE),
        crs=UTM,
    )
    radius = math.sqrt(cells / math.pi)
    excess = []
    for x, y in np.random.default_rng(1).uniform(25, 35, (60, 2)).tolist():
        circle = shapely.Point(x, y).buffer(radius, quad_segs=64)
        coverage = image.get_coverage_array(
            json.loads(shapely.to_geojson(circle)), shape_crs=UTM
        )
        count = image.statistics(coverage=coverage)["b1"].count
        excess.append(count / circle.area - 1)
    print(f"count of circles of {cells} pixels: {np.mean(excess):+.1%} on average")
    return bool(low < np.mean(excess) < high)


def _statistics(values: list[int]) -> BandStatistics:
    """Statistics of pixels side by side."""
    array = np.ma.MaskedArray(np.array([[values]], np.int16))
    return ImageData(array, bounds=(0, 0, len(values), 1), crs=UTM).statistics()["b1"]


def _mean_of_scaled() -> float:
    """With a reader's defaults, of a file with scale 0.5 and offset 100."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scaled.tif"
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            width=2,
            height=1,
            count=1,
            dtype="int16",
            crs=UTM,
            transform=Affine(10, 0, 500_000, 0, -10, 5_100_000),
        ) as file:
            file.write(np.array([[[10, 20]]], np.int16))
            file.scales, file.offsets = [0.5], [100]
        with Reader(str(path)) as reader:
            return float(reader.statistics()["b1"].mean)


if __name__ == "__main__":
    sys.exit(main())
