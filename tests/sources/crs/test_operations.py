from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import pytest
import rasterio.warp
from affine import Affine
from pyproj.database import query_crs_info

from raster_core.errors import SourceError
from raster_core.grid import Window, raster_grid
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE, apply_affine, read_crs
from raster_core.sources.crs.operations import (
    is_planar,
    pixel_transform,
    point_transform,
)
from tests.datums import KNOWN_TO_DIFFER, SIDE, raster_in, tile_over

if TYPE_CHECKING:
    from collections.abc import Iterator


def datums() -> Iterator[str]:
    """A projected CRS of each datum that PROJ knows one of, in the order of codes."""
    met = set()
    for info in query_crs_info("EPSG", pj_types=["PROJECTED_CRS"]):
        crs = pyproj.CRS.from_epsg(info.code)
        if crs.geodetic_crs is None or crs.geodetic_crs.name in met:
            continue
        met.add(crs.geodetic_crs.name)
        yield f"EPSG:{info.code}"


@cache
def every_datum() -> tuple[str, ...]:
    return tuple(datums())


def pixels_apart(crs: str) -> float:
    """Pixels of 10 m between where a tile and a point see one place."""
    grid = raster_in(crs)
    tile = tile_over(grid)
    cols, rows = (axis.ravel() + 0.0 for axis in np.meshgrid([9, 50, 91], [9, 50, 91]))
    by_tile = pixel_transform(grid, tile)(cols, rows)
    x, y = cols * 8 + tile.transform.c, tile.transform.f - rows * 8
    degrees = point_transform("EPSG:3857", LONGITUDE_LATITUDE)(x, y)
    own = point_transform(LONGITUDE_LATITUDE, grid)(*degrees)
    by_point = apply_affine(~grid.transform, *own)
    back = point_transform(grid, LONGITUDE_LATITUDE)(*own)
    # PROJ turns a rotation about by its negative: 0.23 m in Fatu Iva, most often 0.
    assert np.hypot(*np.subtract(back, degrees)).max() * 11_000 < 0.05
    return float(np.hypot(*np.subtract(by_tile, by_point)).max())


@pytest.mark.parametrize("crs", KNOWN_TO_DIFFER)
def test_tiles_and_points_of_a_raster_lie_at_one_place(crs: str):
    assert pixels_apart(crs) < 1e-3


def test_tiles_and_points_of_any_datum_lie_at_one_place():
    # One in sixty here; all 424 were tried by hand.
    for crs in every_datum()[::60]:
        if is_planar(crs):
            assert pixels_apart(crs) < 1e-3, crs


@pytest.mark.parametrize("crs", [*KNOWN_TO_DIFFER[:3], "EPSG:27700", "EPSG:31467"])
def test_a_raster_lies_where_gdals_warper_puts_it(crs: str):
    grid = raster_in(crs)
    middle = grid.transform @ (SIDE / 2, SIDE / 2)
    with rasterio.Env():
        transform, width, height = rasterio.warp.calculate_default_transform(
            crs, "EPSG:3857", SIDE, SIDE, *grid.bounds
        )
    x, y = transform @ (width / 2, height / 2)

    own = point_transform(grid, "EPSG:3857")(*(np.array([axis]) for axis in middle))

    assert np.hypot(own[0][0] - x, own[1][0] - y) < 2 * 10


def test_the_operation_does_not_depend_on_the_position():
    # NAD27 from Mexico to Alaska: PROJ changes operations on the way, by up to 200 m.
    grid = raster_grid(
        "EPSG:4267", Affine(0.1, 0, -130, 0, -0.1, 60), width=600, height=400
    )
    x, y = np.linspace(-129, -71, 300), np.linspace(59, 21, 300)

    longitude, latitude = point_transform(grid, LONGITUDE_LATITUDE)(x, y)
    steps = np.diff(longitude - x), np.diff(latitude - y)

    assert max(np.abs(axis).max() for axis in steps) < 2e-5


def test_named_systems_on_the_rasters_datum_take_its_operation():
    grid = raster_in("EPSG:26710")
    x, y = np.array([grid.transform.c]), np.array([grid.transform.f])
    own = point_transform(grid, "EPSG:4267")(x, y)

    by_name = point_transform("EPSG:4267", LONGITUDE_LATITUDE, near=grid)(*own)

    np.testing.assert_allclose(
        by_name, point_transform(grid, LONGITUDE_LATITUDE)(x, y), rtol=0, atol=1e-9
    )


def test_crops_and_overviews_share_the_operation_of_their_raster():
    grid = raster_grid(
        "EPSG:4267", Affine(0.1, 0, -130, 0, -0.1, 60), width=600, height=400
    )
    corner = grid.crop(Window(300, 200, 60, 40)).resize(6, 4)

    assert corner.area == grid.area
    to_degrees = point_transform(grid, LONGITUDE_LATITUDE)
    assert point_transform(corner, LONGITUDE_LATITUDE) is to_degrees


@pytest.mark.parametrize(
    "crs",
    sorted(
        f"EPSG:{info.code}"
        for info in query_crs_info("EPSG", pj_types=["GEOGRAPHIC_2D_CRS"])
        if pyproj.CRS.from_epsg(info.code).prime_meridian.longitude
    ),
)
def test_degrees_from_any_meridian_lead_to_their_place(crs: str):
    grid = raster_in(crs, metres=100)
    used = read_crs(crs).area_of_use
    assert used is not None
    middle = grid.transform @ (SIDE / 2, SIDE / 2)

    (longitude,), (latitude,) = point_transform(grid, LONGITUDE_LATITUDE)(
        *(np.array([axis]) for axis in middle)
    )

    assert longitude == pytest.approx((used.west + used.east) / 2, abs=0.01)
    assert latitude == pytest.approx((used.south + used.north) / 2, abs=0.01)
    assert pixels_apart(crs) < 1e-3


def test_what_leads_nowhere_is_refused():
    with pytest.raises(SourceError, match="not known"):
        point_transform("EPSG:999999", LONGITUDE_LATITUDE)
