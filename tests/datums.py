"""Rasters on any datum, and tiles over them."""

from __future__ import annotations

import numpy as np
from affine import Affine

from raster_core.grid import Grid, raster_grid
from raster_core.sources.crs.crs import base_crs, read_crs
from raster_core.sources.crs.operations import point_transform
from raster_core.sources.crs.transformers import make_transformer

SIDE = 400
"""Pixels of each side of a raster."""

# What 26 of 611 datums had in common: PROJ has another operation for CRS84 than for
# Web Mercator, or another one for the way back.
KNOWN_TO_DIFFER = (
    "EPSG:22032",  # Camacupa, 350 m
    "EPSG:28191",  # Palestine, 11 m
    "EPSG:22307",  # NAD83(CSRS) in the Yukon, 1.3 m
    "EPSG:27500",  # ATF (Paris), 141 m
    "EPSG:29849",  # Timbalai, 3 m
    "EPSG:26710",  # NAD27 in British Columbia, 16 m
    "EPSG:4267",
)


def raster_in(crs: str, *, metres: float = 10.0) -> Grid:
    """A raster in the middle of where a CRS is used."""
    own = read_crs(crs)
    used = own.area_of_use
    assert used is not None
    east = used.east + 360.0 * (used.east < used.west)
    base = base_crs(own)
    assert base is not None
    longitude = (used.west + east) / 2 - base.prime_meridian.longitude * np.degrees(
        base.prime_meridian.unit_conversion_factor
    )
    place = np.array([longitude, (used.south + used.north) / 2])
    place /= np.degrees(base.axis_info[0].unit_conversion_factor)
    x, y = make_transformer(base, own).transform(*place)
    unit = own.axis_info[0].unit_conversion_factor
    step = metres / (unit * 6_378_137 if own.is_geographic else unit)
    transform = Affine(step, 0, x - step * SIDE / 2, 0, -step, y + step * SIDE / 2)
    return raster_grid(crs, transform, width=SIDE, height=SIDE)


def tile_over(grid: Grid) -> Grid:
    """Pixels of Web Mercator over the middle of a raster."""
    there = point_transform(grid, "EPSG:3857")
    middle = grid.transform @ (SIDE / 2, SIDE / 2)
    (x,), (y,) = there(*(np.array([axis]) for axis in middle))
    return Grid("EPSG:3857", Affine(8, 0, x - 400, 0, -8, y + 400), 100, 100)
