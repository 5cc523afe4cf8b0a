"""The worker of GDAL's own ``gdal raster zonal-stats``, called in the process.

Its ways are its strategies; the default, "feature", reads one feature's pixels after
another's and is the faster one for all that is asked. Zones are a layer in memory,
made before its time, as are the results; or they are a file, and the results another of
the same format, as users of the command have them. Chunks and block cache are the
defaults, each a share of the machine's memory.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, cast

from osgeo import gdal, ogr, osr

from benchmarks.zonal.workers.job import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.zonal.workers.job import Figures, Job

_MOMENTS = ("count", "min", "max", "mean", "sum", "stdev")
_FRACTIONS = ("unique", "frac")


def start(job: Job) -> Callable[[], object]:
    """The call."""
    gdal.UseExceptions()
    strategy, _, kind = job.way.partition(", ")
    zones = _layer(job)
    if kind:
        folder = Path(mkdtemp())
        given = folder / f"zones.{kind.lower()}"
        gdal.Run("vector", "convert", input=zones, output=str(given)).Finalize()

    def compute() -> object:
        algorithm = gdal.Run(
            *("raster", "zonal-stats"),
            input=job.raster,
            zones=str(given) if kind else zones,
            stat=list(_FRACTIONS if job.fractions else _MOMENTS),
            pixels="fractional",
            strategy=strategy,
            output_format=kind or "MEM",
            output=str(folder / f"answer.{kind.lower()}") if kind else "",
            quiet=True,
        )
        if kind:
            algorithm.Finalize()
            return folder / f"answer.{kind.lower()}"
        return algorithm.Output()

    return compute


def read(result: object, job: Job) -> list[Figures]:
    """The fields of its features, under our names."""
    data = gdal.OpenEx(str(result)) if isinstance(result, Path) else result
    rows = [each.items() for each in cast("Any", data).GetLayer(0)]
    if job.fractions:
        return [
            {
                str(int(value)): share
                for value, share in zip(
                    _numbers(row["unique"]), _numbers(row["frac"]), strict=True
                )
            }
            for row in rows
        ]
    return [
        {name.replace("stdev", "std"): row[name] for name in _MOMENTS} for row in rows
    ]


def _numbers(cell: object) -> list[float]:
    """A list, which formats without lists keep as text: ``(2:7,10)`` or ``[7, 10]``."""
    if not isinstance(cell, str):
        return cast("list[float]", cell)
    if cell.startswith("("):
        return [float(each) for each in cell[1:-1].partition(":")[2].split(",")]
    return cast("list[float]", json.loads(cell))


def _layer(job: Job) -> gdal.Dataset:
    crs = osr.SpatialReference()
    crs.SetFromUserInput("EPSG:5070")
    data = gdal.GetDriverByName("MEM").Create("", 0, 0, 0, gdal.GDT_Unknown)
    layer = data.CreateLayer("zones", crs, ogr.wkbPolygon)
    for feature in job.features:
        made = ogr.Feature(layer.GetLayerDefn())
        made.SetGeometry(ogr.CreateGeometryFromJson(json.dumps(feature["geometry"])))
        layer.CreateFeature(made)
    return data


if __name__ == "__main__":
    run(start, read, {"GDAL": version("gdal-wheel")})
