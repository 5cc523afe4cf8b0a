from __future__ import annotations

import mercantile
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from raster_core.errors import NotFoundError
from raster_core.grid import Bounds
from raster_core.tile.grids.tms import (
    MAX_LATITUDE,
    TileLimits,
    clamp_bounds,
    lies_outside,
    tile_bounds,
    tile_grid,
    tile_limits,
)
from tests.tile.catalogued import catalogued
from tests.world_grids import WORLD_GRIDS, WorldGrid, known_places, pixel_centres


@given(st.integers(0, 30), st.data())
def test_a_tiles_grid_has_the_tiles_bounds(z: int, data: st.DataObject):
    x, y = (data.draw(st.integers(0, 2**z - 1)) for _ in range(2))

    grid = tile_grid(z, x, y)

    assert grid.shape == (256, 256)
    assert grid.bounds == pytest.approx(mercantile.xy_bounds(x, y, z), abs=1e-6)


@pytest.mark.parametrize(
    ("tile", "message"),
    [
        ((31, 0, 0), "Zoom 31"),
        ((-1, 0, 0), "Zoom -1"),
        ((3, 8, 0), "Tile 8/0 is outside 0 to 7"),
        ((3, 0, -1), "Tile 0/-1"),
    ],
)
def test_tiles_outside_the_matrix_are_not_found(
    tile: tuple[int, int, int], message: str
):
    with pytest.raises(NotFoundError, match=message):
        tile_grid(*tile)


@given(st.integers(0, 30), st.data())
def test_twice_the_size_is_the_same_tile(z: int, data: st.DataObject):
    x, y = (data.draw(st.integers(0, 2**z - 1)) for _ in range(2))

    plain, double = (tile_grid(z, x, y, size=size) for size in (256, 512))

    assert double.shape == (512, 512)
    assert double.resize(256, 256) == plain


BOXES = st.tuples(
    st.floats(-180, 180), st.floats(-85, 84), st.floats(0.001, 359), st.floats(0.001, 9)
).map(lambda b: Bounds(b[0], b[1], (b[0] + b[2] + 180) % 360 - 180, b[1] + b[3]))


@given(BOXES, st.floats(0, 1), st.floats(0, 1), st.integers(0, 20))
def test_the_tile_that_holds_a_point_of_a_raster_is_never_outside_it(
    bounds: Bounds, east: float, north: float, z: int
):
    width = (bounds.right - bounds.left) % 360
    lon = (bounds.left + east * width + 180) % 360 - 180
    lat = bounds.bottom + north * (bounds.top - bounds.bottom)
    tile = mercantile.tile(lon, min(lat, 85), z)

    assert not lies_outside(tile_bounds(tile.z, tile.x, tile.y), bounds)


@pytest.mark.parametrize(
    ("bounds", "tile", "outside"),
    [
        (Bounds(10, 45, 12, 46.5), (7, 67, 45), False),
        (Bounds(10, 45, 12, 46.5), (7, 68, 45), False),
        (Bounds(10, 45, 12, 46.5), (7, 66, 45), True),
        (Bounds(10, 45, 12, 46.5), (7, 67, 43), True),
        (Bounds(10, 45, 12, 46.5), (7, 67, 47), True),
        (Bounds(10, 45, 12, 46.5), (0, 0, 0), False),
        # Over the antimeridian: both its ends, and what lies between them.
        (Bounds(178, -2, -178, 2), (8, 255, 127), False),
        (Bounds(178, -2, -178, 2), (8, 0, 127), False),
        (Bounds(178, -2, -178, 2), (8, 128, 127), True),
        (Bounds(-180, -90, 180, 90), (3, 5, 0), False),
        # From 0 to 359 degrees.
        (Bounds(0, -90, -1, 90), (8, 3, 100), False),
    ],
)
def test_a_tile_beside_a_raster_is_outside_it(
    bounds: Bounds, tile: tuple[int, int, int], outside: bool
):
    assert lies_outside(tile_bounds(*tile), bounds) is outside


@pytest.mark.parametrize("world", WORLD_GRIDS, ids=lambda world: world.name)
def test_a_tile_with_a_pixel_of_a_grid_in_use_is_asked_for(world: WorldGrid):
    found = catalogued(world.grid)
    clamped = clamp_bounds(found.bounds)
    limits = tile_limits(clamped, 7)
    cols, rows = pixel_centres(world.grid, 9)
    longitude, latitude, known = known_places(world.grid, cols, rows)
    places = np.stack([longitude[known], latitude[known]], axis=1)

    for lon, lat in places[np.abs(places[:, 1]) < 85].tolist():
        tile = mercantile.tile(lon, lat, 7)
        assert not lies_outside(tile_bounds(7, tile.x, tile.y), found.bounds)
        assert clamped.left - 1e-9 <= lon <= clamped.right + 1e-9
        assert clamped.bottom <= lat <= clamped.top
        assert limits.columns[0] <= tile.x <= limits.columns[1]
        assert limits.rows[0] <= tile.y <= limits.rows[1]


def test_maps_of_ghsl_ask_for_suva_and_gisborne():
    ghsl = next(world.grid for world in WORLD_GRIDS if "GHSL" in world.name)
    west, _, east, _ = clamp_bounds(catalogued(ghsl).bounds)

    assert (west, east) == (-180, 180)
    for lon, lat in ((178.44, -18.14), (178.02, -38.66)):
        tile = mercantile.tile(lon, lat, 9)
        assert not lies_outside(tile_bounds(9, tile.x, tile.y), catalogued(ghsl).bounds)


@pytest.mark.parametrize(
    ("bounds", "clamped"),
    [
        (
            Bounds(-180, -90, 180, 90),
            Bounds(-180, -85.0511287798066, 180, 85.0511287798066),
        ),
        (Bounds(172, -2, -172, 10), Bounds(-180, -2, 180, 10)),
        (Bounds(5, 40, 6, 41), Bounds(5, 40, 6, 41)),
    ],
)
def test_bounds_for_a_web_map_do_not_wrap(bounds: Bounds, clamped: Bounds):
    assert clamp_bounds(bounds) == clamped


lons = st.floats(-180, 180)
lats = st.floats(-MAX_LATITUDE, MAX_LATITUDE)


@given(lons, lats, lons, lats, st.integers(0, 22))
def test_limits_are_the_tiles_that_the_box_touches(a, b, c, d, zoom):
    bounds = Bounds(min(a, c), min(b, d), max(a, c), max(b, d))
    # mercantile moves the box by 1e-11 degrees: keep clear of the tiles' edges.
    assume(bounds.right - bounds.left > 1e-6)
    assume(bounds.top - bounds.bottom > 1e-6)

    limits = tile_limits(bounds, zoom)

    first = mercantile.tile(bounds.left + 1e-7, bounds.top - 1e-7, zoom)
    last = mercantile.tile(bounds.right - 1e-7, bounds.bottom + 1e-7, zoom)
    for found, expected in (
        (limits.columns, (first.x, last.x)),
        (limits.rows, (first.y, last.y)),
    ):
        assert 0 <= found[0] <= found[1] < 2**zoom
        # A box that begins a hair before a tile's edge touches one more.
        assert expected[0] - 1 <= found[0] <= expected[0]
        assert expected[1] <= found[1] <= expected[1] + 1


@pytest.mark.parametrize(
    ("bounds", "zoom", "expected"),
    [
        (
            Bounds(-180, -MAX_LATITUDE, 180, MAX_LATITUDE),
            0,
            ((0, 0), (0, 0)),
        ),
        (
            Bounds(-180, -MAX_LATITUDE, 180, MAX_LATITUDE),
            2,
            ((0, 3), (0, 3)),
        ),
        # A quarter of the world, edges on tiles' edges: no neighbour is touched.
        (Bounds(-180, 0, 0, MAX_LATITUDE), 1, ((0, 0), (0, 0))),
        (Bounds(0, -MAX_LATITUDE, 180, 0), 2, ((2, 3), (2, 3))),
        # A point lies in the tile to its east and south.
        (Bounds(0, 0, 0, 0), 1, ((1, 1), (1, 1))),
        (
            Bounds(180, -MAX_LATITUDE, 180, -MAX_LATITUDE),
            3,
            ((7, 7), (7, 7)),
        ),
    ],
)
def test_limits_of_boxes_on_edges(
    bounds: Bounds, zoom: int, expected: tuple[tuple[int, int], tuple[int, int]]
):
    assert tile_limits(bounds, zoom) == TileLimits(zoom, *expected)


def test_a_box_over_the_antimeridian_is_as_wide_as_the_map():
    bounds = clamp_bounds(Bounds(170.0, -10.0, -170.0, 10.0))

    assert tile_limits(bounds, 3).columns == (0, 7)
