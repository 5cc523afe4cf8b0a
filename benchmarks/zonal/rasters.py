"""The rasters of the zonal suite.

Samples are mirrored until they fill a square; others are of a kind that nothing was
tuned to (``synthetic``). Where they lie is made up. Each is made once, by strips of
rows, and reused.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from affine import Affine
from rasterio.windows import Window

from benchmarks.shared.cogs import Coding, build_cog
from benchmarks.shared.paths import BUILD, ROOT, SAMPLE
from benchmarks.zonal.synthetic import noise, relief

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    type Strips = Callable[[int, int], Iterable[NDArray[np.generic]]]
    """From the pixels of a side and of a strip's height to all strips."""

CATALOGUE = BUILD / "zonal_catalog.json"

CRS = "EPSG:5070"

SIDE = 16_384
"""Pixels a side of the mirrored samples."""

HALF = 8_192
"""Pixels a side of the others."""

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
    side: int
    coding: Coding
    strips: Strips
    nodata: float | None
    classes: str | None = None
    """File of ``sample/``."""

    @property
    def path(self) -> Path:
        """Where it is built."""
        return BUILD / f"{self.dataset}_{self.side}_{_RECIPE}.tif"


def _mirrored(sample: str) -> Strips:
    """A sample, mirrored in both directions until it fills the square."""

    def strips(side: int, strip: int) -> Iterator[NDArray[np.generic]]:
        with rasterio.open(SAMPLE / sample) as dataset:
            values = dataset.read(1)
        rows, cols = (_mirror(length, side) for length in values.shape)
        for row in range(0, side, strip):
            yield values[np.ix_(rows[row : row + strip], cols)]

    return strips


def _mirror(length: int, side: int) -> NDArray[np.intp]:
    """Which of ``length`` numbers stands at each of ``side``: 0 1 2 2 1 0 0 1."""
    place = np.arange(side) % (2 * length)
    return np.where(place < length, place, 2 * length - 1 - place)


_CLASSES = "landcover_classes.json"

ELEVATION = ZonalRaster(
    *("zonal_elevation", SIDE, Coding("DEFLATE", "STANDARD")),
    *(_mirrored("elevation_yosemite.tif"), -32768),
)
LANDCOVER = ZonalRaster(
    *("zonal_landcover", SIDE, Coding("DEFLATE", "NO")),
    *(_mirrored("landcover_global_2019.tif"), 255, _CLASSES),
)
NOISE = ZonalRaster(
    "zonal_noise", HALF, Coding("DEFLATE", "NO"), noise, 255, classes=_CLASSES
)
RELIEF = ZonalRaster(
    *("zonal_relief", HALF, Coding("DEFLATE", "STANDARD")),
    *(lambda side, strip: relief(side, strip, "int16"), -32768),
)
FLOATS = ZonalRaster(
    *("zonal_floats", HALF, Coding("ZSTD", "FLOATING_POINT")),
    *(lambda side, strip: relief(side, strip, "float32"), -9999),
)
RASTERS = (ELEVATION, LANDCOVER, NOISE, RELIEF, FLOATS)


def build_rasters() -> None:
    """Write the rasters and their catalogue, unless they are there."""
    BUILD.mkdir(parents=True, exist_ok=True)
    missing = [raster for raster in RASTERS if not raster.path.exists()]
    for raster in missing:
        print(f"Building {raster.path.relative_to(ROOT)} …", flush=True)
        build_cog(raster.path, lambda path, it=raster: _write(path, it), raster.coding)
    if missing or not CATALOGUE.exists() or _made(CATALOGUE) < _made(_DESCRIBED_BY):
        _write_catalogue()


def _made(path: Path) -> float:
    return path.stat().st_mtime


def _write(path: Path, raster: ZonalRaster) -> None:
    """The strips as a GeoTIFF, uncompressed."""
    strips = iter(raster.strips(raster.side, _STRIP))
    first = next(strips)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=raster.side,
        height=raster.side,
        count=1,
        dtype=first.dtype,
        nodata=raster.nodata,
        crs=CRS,
        transform=TRANSFORM,
        tiled=True,
        blockxsize=512,
        blockysize=512,
    ) as dataset:
        if raster.classes:
            dataset.write_colormap(1, _palette())
        for number, strip in enumerate(chain((first,), strips)):
            window = Window(0, number * _STRIP, raster.side, _STRIP)
            dataset.write(strip, 1, window=window)


def _palette() -> dict[int, tuple[int, ...]]:
    """The land cover's own colours."""
    with rasterio.open(SAMPLE / "landcover_global_2019.tif") as dataset:
        palette: dict[int, tuple[int, ...]] = dataset.colormap(1)
    return palette


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
