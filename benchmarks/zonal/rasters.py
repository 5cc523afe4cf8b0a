"""The large rasters of the zonal suite: the samples, mirrored until they fill a square.

The values, and how well they compress, are those of the samples; where they lie is
made up. Each is made once, by windows, and reused.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import rasterio
import rasterio.shutil
from affine import Affine
from rasterio.windows import Window

from benchmarks.shared.cogs import build_cog
from benchmarks.shared.paths import BUILD, ROOT, SAMPLE

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

CATALOGUE = BUILD / "zonal_catalog.json"

CRS = "EPSG:5070"

SIDE = 16_384
"""Pixels a side."""

RESOLUTION = 30.0
"""Metres a pixel."""

# Upper left corner: where the Sierra Nevada is, as in the tile suite.
TRANSFORM = Affine(RESOLUTION, 0.0, -2_100_000.0, 0.0, -RESOLUTION, 2_000_000.0)

# What decides how an Item looks.
_DESCRIBED_BY = ROOT / "raster_core" / "ingest" / "item.py"

# Rows that are written at a time: a row of blocks.
_STRIP = 512

# Part of the files' names; a raster of another recipe needs another number.
_RECIPE = 1


@dataclass(frozen=True, slots=True)
class ZonalRaster:
    """A raster to be built, and its Item's id."""

    dataset: str
    sample: str
    """File of ``sample/``."""
    predictor: str
    """As the COG driver names it: STANDARD is 2, horizontal differences."""
    classes: str | None = None
    """File of ``sample/``."""

    @property
    def path(self) -> Path:
        """Where it is built."""
        return BUILD / f"{self.dataset}_{SIDE}_{_RECIPE}.tif"


ELEVATION = ZonalRaster("zonal_elevation", "elevation_yosemite.tif", "STANDARD")
LANDCOVER = ZonalRaster(
    "zonal_landcover",
    "landcover_global_2019.tif",
    "NO",
    classes="landcover_classes.json",
)
RASTERS = (ELEVATION, LANDCOVER)


def build_rasters() -> None:
    """Write the rasters and their catalogue, unless they are there."""
    BUILD.mkdir(parents=True, exist_ok=True)
    missing = [raster for raster in RASTERS if not raster.path.exists()]
    for raster in missing:
        print(f"Building {raster.path.relative_to(ROOT)} …", flush=True)
        write = partial(_write_flat, sample=SAMPLE / raster.sample)
        build_cog(raster.path, write, raster.predictor)
    if missing or not CATALOGUE.exists() or _made(CATALOGUE) < _made(_DESCRIBED_BY):
        _write_catalogue()


def _made(path: Path) -> float:
    return path.stat().st_mtime


def _write_flat(path: Path, sample: Path) -> None:
    """The mirrored sample as a GeoTIFF, uncompressed, a row of blocks at a time."""
    with rasterio.open(sample) as dataset:
        values, nodata = dataset.read(1), dataset.nodata
        palette = dataset.colormap(1) if dataset.colorinterp[0].name == "palette" else 0
    rows, cols = (mirror(length) for length in values.shape)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=SIDE,
        height=SIDE,
        count=1,
        dtype=values.dtype,
        nodata=nodata,
        crs=CRS,
        transform=TRANSFORM,
        tiled=True,
        blockxsize=512,
        blockysize=512,
    ) as dataset:
        if palette:
            dataset.write_colormap(1, palette)
        for row in range(0, SIDE, _STRIP):
            strip = values[np.ix_(rows[row : row + _STRIP], cols)]
            dataset.write(strip, 1, window=Window(0, row, SIDE, len(strip)))


def mirror(length: int) -> NDArray[np.intp]:
    """Which of ``length`` numbers stands at each of ``SIDE``: 0 1 2 2 1 0 0 1."""
    place = np.arange(SIDE) % (2 * length)
    return np.where(place < length, place, 2 * length - 1 - place)


def _write_catalogue() -> None:
    unfinished = CATALOGUE.with_suffix(f".{os.getpid()}.json")
    for raster in RASTERS:
        classes = ("--classes", str(SAMPLE / raster.classes)) if raster.classes else ()
        subprocess.run(
            (
                *(sys.executable, "-m", "rasterlet", "catalog", "add"),
                *(str(unfinished), str(raster.path), "--id", raster.dataset),
                *classes,
            ),
            cwd=ROOT,
            check=True,
        )
    unfinished.rename(CATALOGUE)
