"""How far interpolated positions are from projected ones."""

from __future__ import annotations

import math

import numpy as np
from affine import Affine
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from raster_core.grid import Grid
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE
from raster_core.sources.crs.mercator import project
from raster_core.sources.crs.operations import pixel_transform, point_transform
from raster_core.sources.warp.lattice import TOLERANCE, locate_pixels
from raster_core.sources.warp.levels import smaller_singular_value
from raster_core.tile.grids.tms import EQUATOR, tile_grid

SIZE = 256

# Step in columns; every row is tried, since kinks lie along parallels.
STRIDE = 8

# Smooth ones, one with a kink or a jump at every fifth parallel, some torn, a disk.
PROJECTIONS = (
    "EPSG:32633",
    "EPSG:3035",
    "EPSG:5070",
    "EPSG:3413",
    "EPSG:6933",
    "ESRI:54009",
    "ESRI:54030",
    "ESRI:54052",
    "EPSG:8857",
    "+proj=geos +h=35785863 +lon_0=0 +sweep=y +ellps=WGS84 +type=crs",
)


@given(
    crs=st.sampled_from(PROJECTIONS),
    place=st.tuples(st.floats(-179, 179), st.floats(-80, 80)),
    zoom=st.integers(0, 17),
    finer=st.floats(0.1, 10),
    angle=st.sampled_from([0.0, 0.0, 17.0, 90.0, 200.0]),
)
@settings(max_examples=60, deadline=None)
# The tile has 35 N in it, where Robinson's projection jumps.
@example("ESRI:54030", (-96.61, 34.98), 12, 5.8, 0.0)
@example("ESRI:54030", (62.8, -60.01), 13, 1.0, 0.0)
@example("ESRI:54030", (126.88349901269584, 30.0), 11, 10.0, 0.0)
@example("ESRI:54052", (90.0, 0.0), 3, 0.1015625, 0.0)
@example("EPSG:5070", (-115.4, 35.0), 0, 1.0, 90.0)
@example("EPSG:3413", (0.0, 80.0), 3, 3.0, 0.0)
def test_positions_are_exact_to_the_tolerance(
    crs: str, place: tuple[float, float], zoom: int, finer: float, angle: float
):
    dst = tile_around(*place, zoom)
    x, y = point_transform(LONGITUDE_LATITUDE, crs)(*np.array([place]).T)
    assume(np.isfinite(x).all() and np.isfinite(y).all())
    side = dst.transform.a * math.cos(math.radians(place[1])) / finer
    turned = Affine.translation(float(x[0]), float(y[0])) @ Affine.rotation(angle)
    src = Grid(crs, turned @ Affine.scale(side, -side), 10**5, 10**5)
    to_src = pixel_transform(src, dst)

    found = np.stack(np.broadcast_arrays(*locate_pixels(dst, to_src)))[..., ::STRIDE]

    rows = np.arange(SIZE) + 0.5
    grid = np.meshgrid(rows[::STRIDE], rows)
    exact = np.stack(to_src(*(axis + 0.0 for axis in grid)))
    with np.errstate(invalid="ignore"):  # inf - inf, where the position does not exist
        errors = np.hypot(*(found - exact))
        down, along = np.gradient(exact, 1, STRIDE, axis=(1, 2))
        factors = smaller_singular_value(along[0], down[0], along[1], down[1])
    known = np.isfinite(errors) & np.isfinite(factors)
    assert (errors / np.maximum(factors, 1.0))[known].max(initial=0.0) <= TOLERANCE


def tile_around(longitude: float, latitude: float, zoom: int) -> Grid:
    (x,), (y,) = project(np.array([longitude]), np.array([latitude]))
    share = 0.5 + float(x) / EQUATOR, 0.5 - float(y) / EQUATOR
    return tile_grid(zoom, *(int(part * 2**zoom) for part in share), size=SIZE)
