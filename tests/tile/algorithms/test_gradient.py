from __future__ import annotations

import math

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from raster_core.grid import Grid, Window
from raster_core.tile.algorithms.gradient import ground_gradient
from raster_core.tile.grids.tms import tile_grid

UTM = "EPSG:32633"

# 30 m pixels, 12 x 9 of them.
METRES = Grid(UTM, Affine(30, 0, 500_000, 0, -30, 5_000_000), 12, 9)

slopes = st.floats(-3, 3, allow_subnormal=False)


def plane(grid: Grid, east: float, north: float) -> np.ndarray:
    """Heights on ``grid`` and one pixel around it that rise so much in a CRS unit."""
    around = grid.crop(Window(-1, -1, grid.width + 2, grid.height + 2))
    cols, rows = np.meshgrid(
        np.arange(around.width) + 0.5, np.arange(around.height) + 0.5
    )
    x, y = around.transform @ (cols, rows)
    x0, y0 = grid.transform @ (0, 0)
    return (east * (x - x0) + north * (y - y0)).astype(np.float32)


def whole(heights: np.ndarray) -> np.ndarray:
    return np.ones(heights.shape, bool)


def horn(heights: np.ndarray, size: float, row: int, col: int) -> tuple[float, float]:
    """East and north rise at a pixel, as gdaldem's documentation spells it out."""
    a, b, c, d, _, f, g, h, i = (
        float(heights[row + down, col + along])
        for down in (-1, 0, 1)
        for along in (-1, 0, 1)
    )
    east = ((c + 2 * f + i) - (a + 2 * d + g)) / (8 * size)
    north = ((a + 2 * b + c) - (g + 2 * h + i)) / (8 * size)
    return east, north


@given(slopes, slopes)
def test_a_plane_has_its_own_slope_everywhere(east: float, north: float):
    heights = plane(METRES, east, north)

    found = ground_gradient(heights, whole(heights), METRES)

    assert found[0] == pytest.approx(np.full((9, 12), east), abs=1e-4)
    assert found[1] == pytest.approx(np.full((9, 12), north), abs=1e-4)


@pytest.mark.parametrize(
    "transform",
    [
        Affine(30, 0, 0, 0, 30, 0),
        Affine(-30, 0, 0, 0, -30, 0),
        Affine(30, 0, 0, 0, -10, 0),
        Affine.rotation(25) @ Affine.scale(30, -30),
        Affine(30, 8, 0, 3, -20, 0),
    ],
    ids=["south-up", "east-left", "oblong", "rotated", "sheared"],
)
def test_a_slope_is_the_grounds_and_not_the_pixels(transform: Affine):
    grid = Grid(UTM, transform, 6, 5)
    heights = plane(grid, 0.3, -0.7)

    east, north = ground_gradient(heights, whole(heights), grid)

    assert east == pytest.approx(np.full((5, 6), 0.3), abs=1e-4)
    assert north == pytest.approx(np.full((5, 6), -0.7), abs=1e-4)


def test_any_ground_follows_horns_formula():
    heights = np.random.default_rng(2).uniform(0, 500, (11, 14)).astype(np.float32)

    east, north = ground_gradient(heights, whole(heights), METRES)

    for row in range(9):
        for col in range(12):
            expected = horn(heights, 30, row + 1, col + 1)
            assert (east[row, col], north[row, col]) == pytest.approx(
                expected, rel=1e-4, abs=1e-4
            )


@given(st.lists(st.booleans(), min_size=121, max_size=121), slopes, slopes)
def test_a_plane_keeps_its_slope_where_one_side_is_missing(
    holes: list[bool], east: float, north: float
):
    grid = Grid(UTM, METRES.transform, 9, 9)
    heights = plane(grid, east, north)
    mask = np.array(holes).reshape(11, 11)
    heights[~mask] = 1e6  # must not be looked at

    found = ground_gradient(heights, mask, grid)

    for row, col in zip(*np.nonzero(mask[1:-1, 1:-1]), strict=True):
        around = mask[row : row + 3, col : col + 3]
        if (around | around[::-1, ::-1]).all():
            assert found[0][row, col] == pytest.approx(east, abs=1e-3)
            assert found[1][row, col] == pytest.approx(north, abs=1e-3)


def test_a_pixel_without_neighbours_is_level():
    heights = np.full((3, 3), 1e6, np.float32)
    heights[1, 1] = 1200
    mask = np.zeros((3, 3), bool)
    mask[1, 1] = True

    east, north = ground_gradient(heights, mask, Grid(UTM, METRES.transform, 1, 1))

    assert (east.item(), north.item()) == (0, 0)


def test_a_metre_of_web_mercator_is_shorter_on_the_ground_by_the_cosine():
    grid = tile_grid(12, 2200, 1400)
    heights = plane(grid, 0.1, 0.2)

    east, north = ground_gradient(heights, whole(heights), grid)

    radius = 6378137.0
    for row in (0, 128, 255):
        _, y = grid.transform @ (0, row + 0.5)
        latitude = 2 * math.atan(math.exp(y / radius)) - math.pi / 2
        assert east[row, 7] == pytest.approx(0.1 / math.cos(latitude), rel=1e-3)
        assert north[row, 7] == pytest.approx(0.2 / math.cos(latitude), rel=1e-3)


def test_degrees_are_measured_on_the_ellipsoid():
    grid = Grid("EPSG:4326", Affine(0.01, 0, 10, 0, -0.01, 60.02), 4, 4)
    heights = plane(grid, 1000, 1000)

    east, north = ground_gradient(heights, whole(heights), grid)

    # At 60 degrees, WGS 84: 55.800 km a degree of longitude, 111.412 km of latitude.
    assert east[1, 1] == pytest.approx(1000 / 55_800, rel=1e-3)
    assert north[1, 1] == pytest.approx(1000 / 111_412, rel=1e-3)


def test_a_grid_in_feet_is_measured_in_metres():
    feet = Grid("EPSG:2225", METRES.transform, 5, 5)  # California, US survey feet
    heights = plane(feet, 0.3048006, 0)

    east, _ = ground_gradient(heights, whole(heights), feet)

    assert east == pytest.approx(np.full((5, 5), 1.0), rel=1e-4)


def test_pixels_at_a_pole_have_finite_slopes():
    grid = Grid("EPSG:4326", Affine(90, 0, -180, 0, -1, 90.5), 4, 2)
    heights = np.random.default_rng(3).uniform(0, 9, (4, 6)).astype(np.float32)

    assert np.isfinite(ground_gradient(heights, whole(heights), grid)).all()
