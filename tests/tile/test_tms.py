from __future__ import annotations

import mercantile
import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from raster_core.bands import BandInfo
from raster_core.errors import NotFoundError
from raster_core.grid import Bounds, Grid
from raster_core.source.dataset import Dataset, RenderDefaults
from raster_core.source.extent import geographic_bounds
from raster_core.source.operations import point_transform
from raster_core.tile.capabilities import TileLayout, tilejson, zoom_range
from raster_core.tile.tms import clamp_bounds, lies_outside, tile_bounds, tile_grid
from raster_core.tile.wmts import tile_limits
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
    found = dataset(world.grid)
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
    west, _, east, _ = clamp_bounds(dataset(ghsl).bounds)

    assert (west, east) == (-180, 180)
    for lon, lat in ((178.44, -18.14), (178.02, -38.66)):
        tile = mercantile.tile(lon, lat, 9)
        assert not lies_outside(tile_bounds(9, tile.x, tile.y), dataset(ghsl).bounds)


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


def dataset(grid: Grid, *overviews: int) -> Dataset:
    return Dataset(
        id="x",
        title="X",
        description="",
        attribution="",
        version="1",
        stated=geographic_bounds(grid),
        grid=grid,
        overviews=overviews,
        bands=(BandInfo(1, "b1", "uint8"),),
        rendering=RenderDefaults(),
        item={},
    )


def test_the_middle_of_a_raster_over_the_antimeridian_is_on_it():
    fiji = Grid("EPSG:4326", Affine(0.01, 0, 176, 0, -0.01, -12), 1000, 800)
    chukotka = Grid("EPSG:32660", Affine(100, 0, 4e5, 0, -100, 7.5e6), 3000, 3000)

    for grid in (fiji, chukotka):
        document = tilejson(dataset(grid), "https://host/{z}", TileLayout())

        lon, lat, zoom = document["center"]  # type: ignore[misc]
        (x,), (y,) = point_transform("OGC:CRS84", grid.crs)(
            np.array([lon]), np.array([lat])
        )
        x += 360 * (x < 0)
        col, row = ~grid.transform @ (x, y)
        assert 0.4 < col / grid.width < 0.6
        assert 0.4 < row / grid.height < 0.6
        assert zoom >= 5
        west, _, east, _ = document["bounds"]  # type: ignore[misc]
        assert (west, east) == (-180, 180)


WORLD = Grid("EPSG:4326", Affine(0.05, 0, -180, 0, -0.05, 90), 7200, 3600)
MERCATOR = Grid("EPSG:3857", Affine(100, 0, 0, 0, -100, 6e6), 80_000, 80_000)
UTM = Grid("EPSG:32633", Affine(30, 0, 300_000, 0, -30, 5_300_000), 8000, 8000)


@pytest.mark.parametrize(
    ("grid", "overviews", "zooms"),
    [
        (WORLD, (2, 4, 8, 16), (0, 5)),
        # 100 m: z 11 has 76 m pixels. 80,000 pixels fit from z 7 without overviews.
        (MERCATOR, (2, 4, 8, 16, 32, 64, 128, 256), (0, 11)),
        (MERCATOR, (), (7, 11)),
        # 30 m at 47 N are 44 m of Mercator: z 12 has 38 m.
        (UTM, (2, 4, 8), (0, 12)),
    ],
)
def test_the_zooms_follow_from_resolution_and_overviews(
    grid: Grid, overviews: tuple[int, ...], zooms: tuple[int, int]
):
    assert zoom_range(dataset(grid, *overviews)) == zooms


def test_tilejson_points_at_the_middle_at_a_zoom_that_shows_it():
    url = "https://host/{z}/{x}/{y}.png"

    document = tilejson(dataset(UTM, 2, 4, 8), url, TileLayout())

    west, south, east, north = document["bounds"]  # type: ignore[misc]
    lon, lat, zoom = document["center"]  # type: ignore[misc]
    assert west < lon < east
    assert south < lat < north
    assert document["minzoom"] <= zoom <= document["maxzoom"]  # type: ignore[operator]
    assert 5 <= zoom <= 8
