"""The parcels of the frames suite: small stars over a raster, in the raster's CRS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas
import numpy as np
import rasterio
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 20_231

# Radii in pixels: from some ten cells to some hundred.
_RADII = 3.0, 10.0

# Pixels of a square over which parcels lie, as those of a county do: they touch.
_COUNTY = 1_300

_VERTICES = 12


def make_parcels(path: str, count: int) -> geopandas.GeoDataFrame:
    """So many parcels over the middle of a raster, always the same."""
    random = np.random.default_rng(SEED)
    with rasterio.open(path) as dataset:
        size = np.array([dataset.width, dataset.height])
        transform, crs = dataset.transform, dataset.crs
    reach = np.minimum(size - 4 * _RADII[1], _COUNTY) / 2
    centre = size / 2 + random.uniform(-reach, reach, (count, 2))
    radius = random.uniform(*_RADII, (count, 1, 1))
    pixels = centre[:, np.newaxis] + radius * _stars(random, count)
    x, y = transform @ np.moveaxis(pixels, -1, 0)
    shapes = shapely.polygons(np.stack([x, y], axis=-1))
    return geopandas.GeoDataFrame(
        {"parcel": np.arange(count)}, geometry=shapes, crs=crs
    )


def _stars(random: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Rings about the origin, (count, vertices, 2), that do not cross themselves."""
    angle = np.arange(_VERTICES) * 2 * np.pi / _VERTICES
    distance = random.uniform(0.7, 1.3, (count, _VERTICES))
    return distance[..., np.newaxis] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
