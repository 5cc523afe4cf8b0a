"""Two synthetic rasters over the same ground, on grids that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from affine import Affine

from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, open_file, write_cog

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from raster_core.raster import Layer

CLASSES = Recipe(dtype="uint8", nodata=255)
"""200 x 150 cells of 0.01 degrees from 10 E, 46.5 N."""

FINER = Recipe(
    width=800,
    height=600,
    transform=Affine(0.0025, 0, 10, 0, -0.0025, 46.5),
    nodata=-9999,
)
"""The same ground in pixels a quarter as wide: cell centres lie on pixel corners."""

UTM = Recipe(
    width=700,
    height=800,
    crs="EPSG:32632",
    transform=Affine(250, 0, 570_000, 0, -250, 5_150_000),
    nodata=-9999,
)
"""Pixels of 250 m under most of the same ground."""


EVERYTHING = Zone(shapely.box(9, 44, 13, 47))


def make(path: Path, recipe: Recipe, seed: int = 0, classes: int = 5) -> Layer:
    """A layer of random classes, a tenth of them without data."""
    rng = np.random.default_rng(seed)
    shape = (recipe.bands, recipe.height, recipe.width)
    values = rng.integers(0, classes, shape).astype(recipe.dtype)
    if recipe.nodata is not None:
        values[rng.random(shape) < 0.1] = recipe.nodata
    write_cog(path, recipe, values)
    return open_file(path)


def whole(layer: Layer) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
    """(row, col) values and mask of a layer of one band."""
    array = layer.read(layer.info.grid)
    return array.data[0], array.mask[0]


def some_zones() -> list[Zone]:
    """A dozen blobs, and a box that reaches beyond the rasters."""
    rng = np.random.default_rng(5)
    centres = zip(rng.uniform(10, 12, 12), rng.uniform(45, 46.5, 12), strict=True)
    blobs = [shapely.Point(place).buffer(0.2, quad_segs=4) for place in centres]
    return [Zone(blob) for blob in (*blobs, shapely.box(9.5, 44.9, 10.3, 47))]
