"""Synthetic GeoTIFFs whose pixel values are their own coordinates.

No symmetry anywhere: a flip, a transposition or a shift by one shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from affine import Affine

from raster_core.layers.file import describe_file
from raster_core.layers.kinds import open_layer

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from raster_core.raster import Layer

NODATA = -9999


@dataclass(frozen=True)
class Recipe:
    """What to write; the default lies at 10 to 12 E, 45 to 46.5 N."""

    width: int = 200
    height: int = 150
    dtype: str = "int16"
    crs: str | None = "EPSG:4326"
    transform: Affine = Affine(0.01, 0, 10, 0, -0.01, 46.5)  # noqa: RUF009  immutable
    nodata: float | None = NODATA
    blocksize: int = 128
    overviews: bool = True
    bands: int = 1
    mask_band: bool = False
    scale: float | None = None
    offset: float | None = None
    compress: str = "DEFLATE"  # which is read directly without a compiler, too


def coordinate_values(recipe: Recipe) -> NDArray[np.generic]:
    """(band, row, col): 100 x row + col, wrapped to the type; nodata sprinkled in."""
    row, col = np.mgrid[: recipe.height, : recipe.width]
    values = (100 * row + col) % 30011
    if recipe.dtype == "uint8":
        values %= 251
    planes = np.stack([values + band for band in range(recipe.bands)])
    planes = planes.astype(recipe.dtype)
    if recipe.nodata is not None:
        planes[:, (row * 7 + col * 3) % 41 == 0] = recipe.nodata
    return planes


def write_cog(
    path: Path, recipe: Recipe, values: NDArray[np.generic] | None = None
) -> NDArray[np.generic]:
    """Write the file; returns the values in it."""
    planes = coordinate_values(recipe) if values is None else values
    options: dict[str, object] = {
        "driver": "COG",
        "width": recipe.width,
        "height": recipe.height,
        "count": recipe.bands,
        "dtype": recipe.dtype,
        "crs": recipe.crs,
        "transform": recipe.transform,
        "nodata": recipe.nodata,
        "BLOCKSIZE": recipe.blocksize,
        "COMPRESS": recipe.compress,
        "OVERVIEWS": "AUTO" if recipe.overviews else "NONE",
        "RESAMPLING": "NEAREST",
    }
    with (
        rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True),
        rasterio.open(path, "w", **options) as file,
    ):
        file.write(planes)
        if recipe.mask_band:
            row, col = np.mgrid[: recipe.height, : recipe.width]
            file.write_mask((row + 2 * col) % 5 != 0)
        if recipe.scale is not None:
            file.scales = [recipe.scale] * recipe.bands
        if recipe.offset is not None:
            file.offsets = [recipe.offset] * recipe.bands
    return planes


def open_file(path: Path, *indexes: int) -> Layer:
    """The layer of a file's bands (default: all), as the file describes them."""
    return open_layer(describe_file(str(path), *indexes, version="test"))
