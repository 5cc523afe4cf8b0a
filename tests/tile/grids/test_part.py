from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer
from rasterio.warp import transform_bounds

from raster_core.errors import BudgetError, RequestError
from raster_core.grid import Bounds, Grid, Window
from raster_core.sources.warp.budget import MAX_PIXELS
from raster_core.tile.grids.part import (
    Size,
    part_grid,
    preview_grid,
    stored_grid,
    transform_box,
)
from tests.cogs import Recipe, coordinate_values, open_file, write_cog

if TYPE_CHECKING:
    from pathlib import Path

DEGREES = Grid("EPSG:4326", Affine(0.01, 0, 10, 0, -0.01, 46.5), 200, 150)
UTM = Grid("EPSG:32633", Affine(30, 0, 300_000, 0, -30, 5_300_000), 8000, 6000)
PACIFIC = Grid("EPSG:4326", Affine(0.5, 0, 0, 0, -0.5, 90), 720, 360)  # 0 to 360

LONLAT = "OGC:CRS84"

sizes = st.integers(1, 3000)


def grids() -> st.SearchStrategy[Grid]:
    return st.builds(lambda w, h: Grid(UTM.crs, UTM.transform, w, h), sizes, sizes)


@given(grids(), st.integers(1, 2048))
def test_a_preview_shows_the_whole_raster_within_its_size(native: Grid, max_size: int):
    grid = preview_grid(native, max_size)

    assert max(grid.shape) == min(max_size, max(native.shape))
    assert grid.bounds == pytest.approx(native.bounds)
    share = max(grid.shape) / max(native.shape)
    assert abs(grid.width - native.width * share) <= 0.5 or grid.width == 1
    assert abs(grid.height - native.height * share) <= 0.5 or grid.height == 1


def test_a_small_raster_is_not_enlarged():
    assert preview_grid(DEGREES, 1024) == DEGREES


@given(
    st.floats(0, 360),
    st.floats(-60, 60),
    st.sampled_from([(1, -1), (1, 1), (-1, -1), (-1, 1), (3, -0.5)]),
    st.integers(1, 2048),
)
def test_a_preview_is_north_up_whatever_way_the_raster_lies(
    turn: float, shear: float, sides: tuple[float, float], max_size: int
):
    place = Affine.translation(500_000, 5e6) @ Affine.rotation(turn)
    lying = place @ Affine.shear(shear) @ Affine.scale(*sides) @ Affine.scale(30)
    native = Grid(UTM.crs, lying, 400, 300)

    grid = preview_grid(native, max_size)

    assert grid.transform.a > 0 > grid.transform.e
    assert grid.transform.b == grid.transform.d == 0
    assert grid.bounds == pytest.approx(native.bounds)
    assert max(grid.shape) <= max_size


@pytest.mark.parametrize(
    "lie",
    {
        "south up": Affine(1, 0, 0, 0, -1, 150),
        "west left": Affine(-1, 0, 200, 0, 1, 0),
        "turned by 180 degrees": Affine(-1, 0, 200, 0, -1, 150),
        "columns are rows": Affine(0, 1, 0, 1, 0, 0),
        "turned by 90 degrees": Affine(0, -1, 200, 1, 0, 0),
    }.items(),
    ids=lambda item: item[0],
)
def test_a_preview_of_a_mirrored_raster_shows_the_same_pixels(
    tmp_path: Path, lie: tuple[str, Affine]
):
    """Each pixel keeps its place on Earth; only the order in the file differs."""
    rows, cols = np.mgrid[:150, :200]
    values = (rows * 200 + cols).astype(np.int32)
    turned = np.empty((200, 150) if lie[1].a == 0 else (150, 200), np.int32)
    at_row, at_col = np.mgrid[: turned.shape[0], : turned.shape[1]] + 0.5
    x, y = lie[1] @ (at_col, at_row)
    turned[...] = values[y.astype(int), x.astype(int)]
    path = tmp_path / "lying.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=turned.shape[1],
        height=turned.shape[0],
        count=1,
        dtype="int32",
        crs=DEGREES.crs,
        transform=DEGREES.transform @ lie[1],
    ) as file:
        file.write(turned, 1)
    layer = open_file(path)

    array = layer.read(preview_grid(layer.info.grid, 1024))

    assert array.grid.shape == (150, 200)
    assert array.mask.all()
    assert (array.data[0] == values).all()


@given(
    st.floats(10, 11.4),
    st.floats(45, 46),
    st.floats(0.02, 0.5),
    st.floats(0.02, 0.5),
)
def test_a_part_is_exactly_its_box_and_as_fine_as_the_raster(
    left: float, bottom: float, wide: float, high: float
):
    box = Bounds(left, bottom, left + wide, bottom + high)

    grid = part_grid(DEGREES, box, DEGREES.crs, Size())

    assert grid.bounds == pytest.approx(box, abs=1e-9)
    assert abs(grid.width - wide / 0.01) <= 0.5 + 1e-6
    assert abs(grid.height - high / 0.01) <= 0.5 + 1e-6


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        (Size(), (50, 100)),
        (Size(max_size=40), (20, 40)),
        (Size(max_size=2000), (50, 100)),
        (Size(width=300), (150, 300)),
        (Size(height=300), (300, 600)),
        (Size(width=7, height=9), (9, 7)),
    ],
)
def test_a_part_has_the_size_asked_for(size: Size, shape: tuple[int, int]):
    box = Bounds(10.5, 45.2, 11.5, 45.7)

    assert part_grid(DEGREES, box, DEGREES.crs, size).shape == shape


def test_a_part_in_another_crs_has_square_pixels_as_fine_as_the_rasters():
    box = Bounds(14.0, 47.0, 14.2, 47.1)

    grid = part_grid(UTM, box, "EPSG:4326", Size())

    # At 47 N, 30 m are 30 / 111,170 of a degree of latitude, and more of longitude.
    assert abs(grid.height - 0.1 * 111_170 / 30) < 5
    assert abs(grid.width - 2 * grid.height) <= 1


@pytest.mark.parametrize("size", [Size(), Size(max_size=100), Size(width=100)])
@pytest.mark.parametrize("east", [0.0, 1.0, 1e4])
def test_a_part_at_the_pole_is_not_squashed(east: float, size: Size):
    """There, pixels in degrees have hardly any width, or none."""
    half = 1e6
    box = Bounds(east - half, -half, east + half, half)

    grid = part_grid(PACIFIC, box, "EPSG:3413", size)

    assert grid.width == grid.height
    assert grid.width == (size.width or size.max_size or pytest.approx(148, abs=10))


def test_the_resolution_of_a_part_beside_the_raster_is_that_of_its_nearest_pixel():
    box = Bounds(-60.0, -80.0, -59.9, -79.9)

    grid = part_grid(UTM, box, "EPSG:4326", Size())

    assert 0 < grid.width < 1000
    assert 0 < grid.height < 1000


def test_a_part_over_its_budget_is_refused():
    box = Bounds(-180, -85, 180, 85)

    with pytest.raises(BudgetError, match="max_size"):
        part_grid(UTM, box, "EPSG:4326", Size())
    with pytest.raises(BudgetError, match=str(MAX_PIXELS)):
        stored_grid(UTM, Bounds(0, 0, 1e7, 1e7))


@given(
    st.integers(-10, 180), st.integers(-10, 130), st.integers(1, 50), st.integers(1, 50)
)
def test_stored_pixels_are_those_that_the_box_touches(
    col: int, row: int, width: int, height: int
):
    window = Window(col, row, width, height)
    whole = DEGREES.crop(window).bounds
    shrunk = Bounds(
        whole.left + 0.004, whole.bottom + 0.004, whole.right - 0.004, whole.top - 0.004
    )

    for box in (whole, shrunk):
        assert DEGREES.window_of(stored_grid(DEGREES, box)) == window


@pytest.mark.parametrize("west", [-480.0, -120.0, 240.0])
def test_a_box_is_found_on_the_rasters_turn_of_longitudes(west: float):
    box = Bounds(west, 30, west + 10, 40)

    stored = stored_grid(PACIFIC, box)
    part = part_grid(PACIFIC, box, "EPSG:4326", Size())

    assert PACIFIC.window_of(stored) == Window(480, 100, 20, 20)
    assert part.bounds == pytest.approx((240, 30, 250, 40))


@given(st.floats(8, 20), st.floats(40, 60), st.floats(0.1, 3), st.floats(0.1, 3))
def test_a_box_is_transformed_as_rasterio_does(
    left: float, bottom: float, wide: float, high: float
):
    box = Bounds(left, bottom, left + wide, bottom + high)

    found = transform_box(box, LONLAT, "EPSG:32633")

    expected = transform_bounds("EPSG:4326", "EPSG:32633", *box)
    assert found == pytest.approx(expected, abs=50)


def test_a_box_over_the_antimeridian_stays_in_one_piece_in_web_mercator():
    box = transform_box(Bounds(170, -10, 190, 10), LONLAT, "EPSG:3857")

    width = 20 / 360 * 2 * math.pi * 6378137
    assert box.right - box.left == pytest.approx(width)
    assert box.left == pytest.approx(170 / 180 * math.pi * 6378137)


def test_a_box_over_the_antimeridian_stays_in_one_piece_on_another_datum():
    box = transform_box(Bounds(170, -10, 190, 10), LONLAT, "EPSG:4269")

    assert box == pytest.approx((170, -10, 190, 10), abs=1e-3)


def test_the_whole_world_fits_into_web_mercator():
    box = transform_box(Bounds(-180, -90, 180, 90), LONLAT, "EPSG:3857")

    edge = math.pi * 6378137
    assert box == pytest.approx((-edge, -edge, edge, edge))


def test_a_box_around_the_pole_is_a_disks():
    box = transform_box(Bounds(-180, 60, 180, 90), LONLAT, "EPSG:3995")

    x, _ = Transformer.from_crs(LONLAT, "EPSG:3995", always_xy=True).transform(90, 60)
    assert box == pytest.approx((-x, -x, x, x), rel=0.02)


def test_a_box_that_a_crs_does_not_have_is_refused():
    with pytest.raises(RequestError, match="EPSG:3857"):
        transform_box(Bounds(1e8, 1e8, 2e8, 2e8), "EPSG:32633", "EPSG:3857")


def test_a_rotated_raster_has_the_resolution_of_its_pixels():
    rotated = Affine.translation(300_000, 5_300_000) @ Affine.rotation(30)
    grid = Grid(UTM.crs, rotated @ Affine.scale(30, -30), 500, 500)
    box = Bounds(300_000, 5_290_000, 303_000, 5_296_000)

    assert part_grid(grid, box, UTM.crs, Size()).shape == (200, 100)
    assert np.prod(stored_grid(grid, box).shape) > 200 * 100


HALF = 20037508.342789244  # of Web Mercator's width
WORLDS = {
    "degrees": Grid("EPSG:4326", Affine(2, 0, -180, 0, -2, 90), 180, 90),
    "degrees from 0": Grid("EPSG:4326", Affine(2, 0, 0, 0, -2, 90), 180, 90),
    "Mercator": Grid(
        "EPSG:3857", Affine(HALF / 100, 0, -HALF, 0, -HALF / 100, HALF), 200, 200
    ),
    "Mollweide": Grid("ESRI:54009", Affine(2e5, 0, -1.82e7, 0, -2e5, 9.2e6), 182, 92),
}


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4326"])
def test_a_cut_out_over_the_antimeridian_has_pixels_on_both_sides(
    name: str, crs: str, tmp_path: Path
):
    world = WORLDS[name]
    recipe = Recipe(world.width, world.height, crs=world.crs, transform=world.transform)
    path = tmp_path / "world.tif"
    write_cog(path, replace(recipe, nodata=None, blocksize=128))
    boxes = [
        transform_box(Bounds(west, -30, west + 20, -10), LONLAT, crs)
        for west in (170, -190)
    ]

    east, west = (
        open_file(path).read(part_grid(world, box, crs, Size())) for box in boxes
    )

    assert east.mask.all()
    assert east.mask.shape == west.mask.shape
    assert east.mask.shape[1] in range(9, 16)
    assert (east.data == west.data).mean() > 0.85  # nearest pixels of half-way places


def test_stored_pixels_over_the_antimeridian_come_from_both_ends(tmp_path: Path):
    world = WORLDS["degrees"]
    recipe = Recipe(world.width, world.height, transform=world.transform, nodata=None)
    path = tmp_path / "world.tif"
    write_cog(path, replace(recipe, blocksize=128))
    plane = coordinate_values(replace(recipe, nodata=None))[0]

    found = open_file(path).read(stored_grid(world, Bounds(176, -30, 184, -20)))

    columns = [178, 179, 0, 1]
    assert found.mask.all()
    assert (found.data[0] == plane[55:60, columns]).all()
