"""The rasters to draw, and which of their tiles.

Beside the samples: those of the zonal suite, the same elevations laid out in Web
Mercator with a quarter without data, and a picture of three bands. The values, and how
well they compress, are those of the samples; where they lie is made up.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import mercantile
import numpy as np
import rasterio
import shapely
from affine import Affine
from rasterio.warp import transform_geom
from rasterio.windows import Window

from benchmarks.shared.cogs import Coding, build_cog
from benchmarks.shared.paths import BUILD, ROOT, SAMPLE
from benchmarks.tiles import aligned
from benchmarks.tiles.aligned import light
from benchmarks.zonal.rasters import (
    CATALOGUE,
    ELEVATION,
    LANDCOVER,
    TRANSFORM,
    build_rasters,
)

if TYPE_CHECKING:
    from pathlib import Path

    from mercantile import Tile

TILE_CATALOGUE = BUILD / "tile_catalog.json"

MERCATOR = BUILD / "mercator_16384_1.tif"
PICTURE = BUILD / "picture_8192_2.tif"

_VIRIDIS = {"rescale": "900,3900", "colormap_name": "viridis"}

# Upper left corner in EPSG:3857: about where the zonal suite's rasters are.
_MERCATOR_TRANSFORM = Affine(30.0, 0.0, -13_600_000.0, 0.0, -30.0, 4_800_000.0)

_PICTURE_SIDE = 8192

# Rows that are written at a time: a row of blocks.
_STRIP = 512

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
    zooms: range
    """From one tile or a few to one or two levels finer than the pixels."""
    rendering: tuple[tuple[str, str], ...] = ()
    """Parameters that both sides know; empty means the classes' own colours."""
    target: float | None = None
    """Times titiler's throughput that we aim at."""
    size_target: float | None = None
    """Largest fraction of titiler's bytes that we aim at."""
    limit: float | None = None
    """Most milliseconds a tile that we aim at."""
    most: float | None = None
    """Most of the peer's time that we aim at; for peers that have no HTTP around."""
    quarter: bool = False
    """Whether tiles are those of the upper left quarter, inside of it."""
    href: str = ""
    """Where a store has it; empty means the file at ``path``."""
    format: str = "png"
    """Extension of the tiles."""
    peers: tuple[str, ...] = ("titiler",)
    """Names of the sides beside which it is drawn."""


_BOTH = ("titiler", "MapServer")

# Milliseconds that a stored tile may take, with all of HTTP.
_STORED = 0.25


def rasters() -> tuple[Raster, ...]:
    """What is drawn, the rasters with a target first."""
    viridis, shipped = tuple(_VIRIDIS.items()), SAMPLE / "catalog.json"
    picture = (("bidx", "1"), ("bidx", "2"), ("bidx", "3"))
    return (
        Raster(
            *("elevation, EPSG:5070, 16384 x 16384", ELEVATION.path, CATALOGUE),
            *(ELEVATION.dataset, range(8, 14), viridis, 30, 0.85),
            peers=_BOTH,
        ),
        Raster(
            *("land cover, EPSG:5070, 16384 x 16384", LANDCOVER.path, CATALOGUE),
            *(LANDCOVER.dataset, range(8, 14), (), 45, 1.0),
            peers=_BOTH,
        ),
        Raster(
            *("elevation, EPSG:3857, 16384 x 16384", MERCATOR, TILE_CATALOGUE),
            *("mercator", range(8, 14), viridis, 25),
            peers=_BOTH,
        ),
        Raster(
            *("RGB, EPSG:5070, 8192 x 8192", PICTURE, TILE_CATALOGUE),
            *("picture", range(8, 14), picture, 25),
            peers=_BOTH,
        ),
        Raster(
            *("elevation, EPSG:4326, 1138 x 742", SAMPLE / "elevation_yosemite.tif"),
            *(shipped, "elevation", range(8, 13), viridis),
        ),
        Raster(
            *("land cover, EPSG:4326, 7200 x 3600",),
            *(SAMPLE / "landcover_global_2019.tif", shipped, "landcover", range(7)),
        ),
        *(_aligned(name, path) for name, path in aligned.PATHS.items()),
    )


def _aligned(name: str, path: Path) -> Raster:
    """Tiles that are blocks of the file."""
    return Raster(
        *(
            f"RGB blocks of the grid, {name}",
            path,
            TILE_CATALOGUE,
            path.name.split("_")[0],
        ),
        *(range(9, 14),),
        format=aligned.FORMATS[name],
        peers=("cog-tiles",),
        limit=None if aligned.FORMATS[name] == "png" else _STORED,
        most=1.5,
    )


def empty_raster() -> Raster:
    """Tiles inside a raster where it has no data."""
    viridis = tuple(_VIRIDIS.items())
    return Raster(
        *("empty tiles, EPSG:3857", MERCATOR, TILE_CATALOGUE, "mercator"),
        *(range(10, 14), viridis),
        quarter=True,
        limit=0.5,
    )


def build_all() -> None:
    """Write the built rasters and their catalogues, unless they are there."""
    build_rasters()
    deflate = Coding("DEFLATE", "STANDARD")
    recipes = {MERCATOR: (_write_mercator, deflate), PICTURE: (_write_picture, deflate)}
    recipes |= {
        path: (aligned.write, aligned.CODINGS[n]) for n, path in aligned.PATHS.items()
    }
    missing = [path for path in recipes if not path.exists()]
    for path in missing:
        print(f"Building {path.relative_to(ROOT)} …", flush=True)
        build_cog(path, *recipes[path])
    if missing or not TILE_CATALOGUE.exists():
        TILE_CATALOGUE.unlink(missing_ok=True)
        for path in recipes:
            _describe(path)


def pick_tiles(raster: Raster, count: int, seed: int) -> list[Tile]:
    """Tiles that touch the raster, shared out among its zooms, in random order.

    A zoom that has too few leaves its share to the finer ones.
    """
    random = np.random.default_rng(seed)
    outline = _outline(raster)
    chosen: list[Tile] = []
    for number, zoom in enumerate(raster.zooms):
        share = round((count - len(chosen)) / (len(raster.zooms) - number))
        tiles = _touching(outline, zoom, inside=raster.quarter)
        order = random.permutation(len(tiles))[:share]
        chosen.extend(tiles[index] for index in order)
    return [chosen[index] for index in random.permutation(len(chosen))]


def _describe(path: Path) -> None:
    subprocess.run(
        (
            *(sys.executable, "-m", "rasterlet", "catalog", "add"),
            *(str(TILE_CATALOGUE), str(path), "--id", path.name.split("_")[0]),
        ),
        cwd=ROOT,
        check=True,
    )


def _write_mercator(path: Path) -> None:
    """The elevations of the zonal suite, their upper left quarter without data."""
    with rasterio.open(ELEVATION.path) as source:
        side, nodata = source.width, -32768
        profile = _profile(side, 1, "int16", _MERCATOR_TRANSFORM)
        profile |= {"crs": "EPSG:3857", "nodata": nodata}
        with rasterio.open(path, "w", **profile) as target:
            for row in range(0, side, _STRIP):
                window = Window(0, row, side, _STRIP)
                values = source.read(1, window=window)
                if row < side // 2:
                    values[:, : side // 2] = nodata
                target.write(values, 1, window=window)


def _write_picture(path: Path) -> None:
    """Elevations, lit from the north-west, in brown, green and blue."""
    with (
        rasterio.open(ELEVATION.path) as source,
        rasterio.open(
            path, "w", **_profile(_PICTURE_SIDE, 3, "uint8", TRANSFORM)
        ) as target,
    ):
        for row in range(0, _PICTURE_SIDE, _STRIP):
            window = Window(0, row, _PICTURE_SIDE, _STRIP)
            values = source.read(1, window=window).astype(np.float32)
            target.write(light(values), window=window)


def _profile(side: int, count: int, dtype: str, transform: Affine) -> dict[str, object]:
    return {
        "driver": "GTiff",
        "width": side,
        "height": side,
        "count": count,
        "dtype": dtype,
        "crs": "EPSG:5070",
        "transform": transform,
        "tiled": True,
        "blockxsize": 512,
        "blockysize": 512,
        **({"photometric": "RGB", "interleave": "pixel"} if count == 3 else {}),
    }


def _outline(raster: Raster) -> shapely.Polygon:
    """The raster's edge in longitude and latitude, 64 points a side."""
    with rasterio.open(raster.path) as dataset:
        box, crs = shapely.box(*dataset.bounds), dataset.crs
    if raster.quarter:
        left, bottom, right, top = box.bounds
        middle = (left + right) / 2, (bottom + top) / 2
        box = shapely.box(left, middle[1], middle[0], top)
    box = box.segmentize((box.bounds[2] - box.bounds[0]) / 64)
    return shapely.geometry.shape(transform_geom(crs, "OGC:CRS84", box))


def _touching(outline: shapely.Polygon, zoom: int, *, inside: bool) -> list[Tile]:
    shapely.prepare(outline)
    least = 0.9999 if inside else _MIN_SHARE
    return [
        tile
        for tile in mercantile.tiles(*outline.bounds, zooms=zoom)
        if _share(outline, shapely.box(*mercantile.bounds(tile))) >= least
    ]


def _share(outline: shapely.Polygon, tile: shapely.Polygon) -> float:
    """How much of a tile lies on the raster, 0 to 1."""
    return outline.intersection(tile).area / tile.area
