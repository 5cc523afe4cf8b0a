"""The rasters to draw, and which of their tiles."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import mercantile
import numpy as np
import rasterio
import shapely
from rasterio.transform import from_origin
from rasterio.warp import transform_geom

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mercantile import Tile

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "sample"
BUILD = ROOT / "build" / "benchmarks"

_VIRIDIS = {"rescale": "900,3900", "colormap_name": "viridis"}

# Pixels a side of the built raster, and metres a pixel.
_SIDE, _RESOLUTION = 4096, 90.0

# Its upper left corner in EPSG:5070: where the Sierra Nevada is.
_ORIGIN = -2_100_000.0, 2_000_000.0

# Share of a tile that must lie on the raster: a sliver may hold no pixel's centre.
_MIN_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Raster:
    """A file, and how it is asked for."""

    title: str
    path: Path
    catalogue: Path
    dataset: str
    """Its id in the catalogue."""
    rendering: Mapping[str, str]
    """Parameters that both sides know; empty means the classes' own colours."""
    zooms: range
    """From one tile or a few to one or two levels finer than the pixels."""


def rasters() -> tuple[Raster, ...]:
    """The shipped samples and a larger raster in a projected system."""
    shipped = SAMPLE / "catalog.json"
    return (
        Raster(
            "elevation, EPSG:4326, 1138 x 742",
            SAMPLE / "elevation_yosemite.tif",
            shipped,
            "elevation",
            _VIRIDIS,
            range(8, 13),
        ),
        Raster(
            "land cover, EPSG:4326, 7200 x 3600",
            SAMPLE / "landcover_global_2019.tif",
            shipped,
            "landcover",
            {},
            range(7),
        ),
        Raster(
            f"elevation, EPSG:5070, {_SIDE} x {_SIDE}",
            BUILD / "elevation_5070.tif",
            BUILD / "catalog.json",
            "elevation_5070",
            _VIRIDIS,
            range(7, 13),
        ),
    )


def build_projected(raster: Raster) -> None:
    """Write the projected raster and its catalogue, unless they are there.

    They are the sample's elevations, mirrored until they fill the square: the values,
    and how well they compress, are those of mountains; where they lie is made up.
    """
    source = SAMPLE / "elevation_yosemite.tif"
    newest = max(path.stat().st_mtime for path in (source, Path(__file__)))
    made = (raster.path, raster.catalogue)
    if all(path.exists() and path.stat().st_mtime >= newest for path in made):
        return
    BUILD.mkdir(parents=True, exist_ok=True)
    with rasterio.open(source) as dataset:
        values, nodata = dataset.read(1), dataset.nodata
    missing = [(0, _SIDE - length) for length in values.shape]
    _write_cog(raster.path, np.pad(values, missing, mode="symmetric"), nodata)
    raster.catalogue.unlink(missing_ok=True)
    subprocess.run(
        (
            *(sys.executable, str(ROOT / "scripts" / "stac_item.py")),
            *(str(raster.path), "--id", raster.dataset),
            *("--append", str(raster.catalogue)),
        ),
        check=True,
    )


def pick_tiles(raster: Raster, count: int, seed: int) -> list[Tile]:
    """Tiles that touch the raster, shared out among its zooms, in random order.

    A zoom that has too few leaves its share to the finer ones.
    """
    random = np.random.default_rng(seed)
    outline = _outline(raster)
    chosen: list[Tile] = []
    for number, zoom in enumerate(raster.zooms):
        share = round((count - len(chosen)) / (len(raster.zooms) - number))
        tiles = _touching(outline, zoom)
        order = random.permutation(len(tiles))[:share]
        chosen.extend(tiles[index] for index in order)
    return [chosen[index] for index in random.permutation(len(chosen))]


def _write_cog(path: Path, values: np.ndarray, nodata: float | None) -> None:
    unfinished = path.with_suffix(".part.tif")
    with rasterio.open(
        unfinished,
        "w",
        driver="COG",
        width=values.shape[1],
        height=values.shape[0],
        count=1,
        dtype=values.dtype,
        nodata=nodata,
        crs="EPSG:5070",
        transform=from_origin(*_ORIGIN, _RESOLUTION, _RESOLUTION),
        blocksize=512,
        compress="DEFLATE",
        predictor="STANDARD",  # 2: horizontal differences
        overviews="IGNORE_EXISTING",
        overview_resampling="NEAREST",
    ) as dataset:
        dataset.write(values, 1)
    unfinished.rename(path)


def _outline(raster: Raster) -> shapely.Polygon:
    """The raster's edge in longitude and latitude, 64 points a side."""
    with rasterio.open(raster.path) as dataset:
        bounds, crs = dataset.bounds, dataset.crs
    box = shapely.box(*bounds).segmentize((bounds.right - bounds.left) / 64)
    return shapely.geometry.shape(transform_geom(crs, "OGC:CRS84", box))


def _touching(outline: shapely.Polygon, zoom: int) -> list[Tile]:
    shapely.prepare(outline)
    return [
        tile
        for tile in mercantile.tiles(*outline.bounds, zooms=zoom)
        if _share(outline, shapely.box(*mercantile.bounds(tile))) >= _MIN_SHARE
    ]


def _share(outline: shapely.Polygon, tile: shapely.Polygon) -> float:
    """How much of a tile lies on the raster, 0 to 1."""
    return outline.intersection(tile).area / tile.area
