from __future__ import annotations

import math
import re

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from raster_core.errors import SourceError
from raster_core.grid import Bounds, Grid, Window, raster_grid

windows = st.builds(
    Window,
    col=st.integers(-50, 50),
    row=st.integers(-50, 50),
    width=st.integers(0, 60),
    height=st.integers(0, 60),
)
grids = st.builds(
    Grid,
    crs=st.just("EPSG:32633"),
    transform=st.builds(
        Affine,
        st.sampled_from([30.0, 0.05, -10.0]),
        st.sampled_from([0.0, 3.0]),
        st.floats(-1e6, 1e6),
        st.sampled_from([0.0, -2.0]),
        st.sampled_from([-30.0, 0.07, 12.5]),
        st.floats(-1e7, 1e7),
    ),
    width=st.integers(1, 5000),
    height=st.integers(1, 5000),
)


@given(windows, windows)
def test_an_intersection_lies_in_both_windows(first: Window, second: Window):
    common = first.intersection(second)

    assert common == second.intersection(first) or common.pixels == 0
    if common.pixels:
        for window in (first, second):
            assert window.col <= common.col
            assert common.col_stop <= window.col_stop
            assert window.row <= common.row
            assert common.row_stop <= window.row_stop


def test_windows_that_only_touch_do_not_overlap():
    assert Window(0, 0, 4, 4).intersection(Window(4, 0, 4, 4)).pixels == 0


def test_a_window_of_negative_size_is_refused():
    with pytest.raises(ValueError, match="-1x2 is negative"):
        Window(0, 0, -1, 2)


@given(grids, windows.filter(lambda window: window.pixels > 0))
def test_a_crop_is_found_again(grid: Grid, window: Window):
    assert grid.window_of(grid.crop(window)) == window


@given(grids)
def test_a_grid_half_a_pixel_aside_is_another_grid(grid: Grid):
    aside = Grid(
        grid.crs, grid.transform @ Affine.translation(0.5, 0), grid.width, grid.height
    )

    assert grid.window_of(aside) is None


def test_pixels_of_another_size_or_crs_are_not_this_grids():
    grid = Grid("EPSG:32633", Affine(30, 0, 0, 0, -30, 0), 100, 100)

    assert grid.window_of(grid.resize(50, 50)) is None
    assert grid.window_of(Grid("EPSG:32634", grid.transform, 100, 100)) is None


def test_overview_of_an_odd_size_keeps_the_bounds():
    grid = Grid("EPSG:4326", Affine(0.1, 0, 5, 0, -0.1, 50), 1138, 742)

    overview = grid.resize(569, 371)

    assert overview.bounds == pytest.approx(grid.bounds)


def test_bounds_of_a_rotated_grid_hold_all_corners():
    grid = Grid("EPSG:32633", Affine.rotation(45) @ Affine.scale(1, -1), 10, 10)

    assert grid.bounds == pytest.approx(Bounds(0, -7.0711, 14.1421, 7.0711), abs=1e-3)


@pytest.mark.parametrize(
    ("transform", "words"),
    [
        (Affine(math.nan, 0, 0, 0, -1, 0), "is not finite"),
        (Affine(1, 0, math.inf, 0, -1, 0), "is not finite"),
        (Affine(1e307, 0, 1e308, 0, -1, 0), "gives infinite coordinates"),
        (Affine(0, 0, 5, 0, 0, 5), "pixels are 0 units"),
        (Affine(1, 2, 0, 2, 4, 0), "pixels are 0 units"),
        (Affine(1e-310, 0, 0, 0, -1, 0), "less than 1e-12"),
        (Affine(1e-9, 0, 5e5, 0, -1e-9, 5e6), "less than 7.11e-08"),
        (Affine(1, 1, 0, 1, 1 + 1e-15, 0), "less than"),
    ],
)
def test_a_raster_without_room_for_pixels_is_refused(transform: Affine, words: str):
    with pytest.raises(SourceError, match=re.escape(words)):
        raster_grid("EPSG:32633", transform, width=100, height=50)


@given(
    st.floats(1e-5, 1e6),
    st.floats(0, 360),
    st.floats(-1e6, 1e6),
    st.sampled_from([(1, 1), (1, -1), (0.01, -1)]),
)
def test_rasters_as_people_have_them_are_taken(
    side: float, angle: float, origin: float, signs: tuple[float, float]
):
    turned = Affine.translation(origin, origin) @ Affine.rotation(angle)
    transform = turned @ Affine.scale(side * signs[0], side * signs[1])

    grid = raster_grid("EPSG:32633", transform, width=300, height=200)

    assert grid.area == grid.bounds
    assert grid.crop(Window(7, 7, 5, 5)).area == grid.area


@given(grids, st.floats(-70, 70), st.floats(-70, 70))
def test_a_grid_contains_the_positions_whose_pixel_its_window_has(grid, col, row):
    pixel = Window(math.floor(col), math.floor(row), 1, 1)

    found = grid.contains(np.array([[col]]), np.array([[row]]))

    assert found.item() == (pixel.intersection(grid.window) == pixel)


def test_a_pixel_holds_its_left_and_top_side_and_nothing_holds_nan():
    grid = Grid("EPSG:32633", Affine(1, 0, 0, 0, -1, 0), 3, 2)
    cols, rows = np.array([0.0, 3.0, np.nan]), np.array([0.0, 1.9, 2.0])

    found = grid.contains(cols[None, :], rows[:, None])

    assert found.tolist() == [[True, False, False]] * 2 + [[False] * 3]
