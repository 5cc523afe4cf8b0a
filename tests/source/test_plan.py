"""Decisions of the reading plan, without a file."""

from __future__ import annotations

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from raster_core.errors import BudgetError
from raster_core.grid import Grid, Window
from raster_core.source.crs import column_period, pixel_transform
from raster_core.source.lattice import TOLERANCE, interpolate_lattice, locate_pixels
from raster_core.source.plan import (
    Gather,
    Nothing,
    Paste,
    choose_level,
    decimation,
    plan_read,
)
from raster_core.tile.tms import tile_grid

WORLD = Grid("EPSG:4326", Affine(0.05, 0, -180, 0, -0.05, 90), 7200, 3600)
UTM = Grid("EPSG:32633", Affine(30, 0, 300_000, 0, -30, 5_300_000), 8000, 8000)
POLAR = Grid("EPSG:3413", Affine(900, 0, -2e5, 0, -900, -1e6), 500, 400)
ALBERS = Grid("EPSG:5070", Affine(90, 0, -2e6, 0, -90, 2.4e6), 16384, 16384)


def pyramid(grid: Grid, *factors: int) -> tuple[Grid, ...]:
    return (
        grid,
        *(grid.resize(-(-grid.width // f), -(-grid.height // f)) for f in factors),
    )


def read_plan(dst: Grid, levels: tuple[Grid, ...]) -> object:
    native = levels[0]
    to_src = pixel_transform(native, dst)
    return plan_read(dst, levels, to_src, period=column_period(native))


@given(st.integers(-20, 7180), st.integers(-20, 3580), st.integers(0, 2))
def test_a_crop_of_any_level_is_a_paste(col: int, row: int, level: int):
    levels = pyramid(WORLD, 2, 4)
    grid = levels[level]
    window = Window(col // 2**level, row // 2**level, 40, 30)

    plan = read_plan(grid.crop(window), levels)

    inside = grid.window.intersection(window).pixels > 0
    assert plan == (Paste(level, window) if inside else Nothing())


def test_a_grid_off_the_raster_reads_nothing():
    assert read_plan(tile_grid(8, 0, 0), pyramid(UTM, 2, 4)) == Nothing()
    assert read_plan(UTM.crop(Window(9000, 0, 256, 256)), (UTM,)) == Nothing()


@pytest.mark.parametrize(
    ("factor", "level"), [(0.3, 0), (1.0, 0), (1.97, 0), (1.99, 1), (4.1, 2), (900, 3)]
)
def test_the_level_is_the_coarsest_that_is_fine_enough(factor: float, level: int):
    assert choose_level(factor, pyramid(WORLD, 2, 4, 8)) == level


def test_without_overviews_the_native_level_is_all_there_is():
    assert choose_level(64, (WORLD,)) == 0


def test_decimation_of_a_thin_raster_is_that_of_its_long_side():
    column = Grid("EPSG:4326", Affine.identity(), 1, 1000)

    assert decimation(column, column.resize(1, 500)) == 2


@pytest.mark.parametrize(
    "native", [UTM, ALBERS, WORLD, POLAR], ids=lambda grid: grid.crs
)
@pytest.mark.parametrize(
    "tile", [(4, 8, 5), (6, 34, 22), (8, 138, 89), (12, 2212, 1435)]
)
def test_the_lattice_is_within_its_tolerance_of_the_truth(
    native: Grid, tile: tuple[int, int, int]
):
    dst = tile_grid(*tile)
    to_src = pixel_transform(native, dst)
    cols, rows = locate_pixels(dst, to_src)

    grid_cols, grid_rows = np.meshgrid(np.arange(256) + 0.5, np.arange(256) + 0.5)
    true_cols, true_rows = to_src(grid_cols, grid_rows)

    step = max(1.0, abs(true_cols[0, 1] - true_cols[0, 0]))
    assert np.hypot(cols - true_cols, rows - true_rows).max() <= TOLERANCE * step


def test_a_lattice_interpolates_linear_functions_exactly():
    row, col = np.mgrid[0:5, 0:5] * 4.0

    values = interpolate_lattice(3 * col - 2 * row + 1, (16, 16))

    row, col = np.mgrid[:16, :16] + 0.5
    np.testing.assert_allclose(values, 3 * col - 2 * row + 1, atol=1e-12)


@given(st.integers(0, 7), st.data())
def test_a_gather_stays_within_its_window_and_its_window_within_the_level(
    z: int, data: st.DataObject
):
    x, y = (data.draw(st.integers(0, 2**z - 1)) for _ in range(2))
    levels = pyramid(WORLD, 2, 4, 8, 16)

    plan = read_plan(tile_grid(z, x, y), levels)

    assert isinstance(plan, Gather)
    window = plan.window
    assert levels[plan.level].window.intersection(window) == window
    assert 0 <= plan.rows.min() <= plan.rows.max() == window.height - 1
    assert 0 <= plan.cols.min() <= plan.cols.max() == window.width - 1


def test_grids_with_parallel_axes_need_one_row_and_one_column():
    plan = read_plan(tile_grid(5, 10, 12), (WORLD,))

    assert isinstance(plan, Gather)
    assert (plan.rows.shape, plan.cols.shape) == ((256, 1), (1, 256))


def test_a_small_raster_in_a_tile_of_the_world_is_read_from_its_overview():
    levels = pyramid(UTM, 2, 4, 8, 16, 32)

    plan = read_plan(tile_grid(2, 2, 1), levels)

    assert isinstance(plan, Gather)
    assert plan.level == 5
    assert 1 <= plan.inside.sum() <= 100


def test_a_raster_of_0_to_360_shows_in_the_western_hemisphere():
    grid = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 90), 360, 180)

    plan = read_plan(tile_grid(3, 1, 3), (grid,))

    assert isinstance(plan, Gather)
    assert plan.inside.all()
    assert plan.window.col == 225


def test_a_window_over_the_budget_is_refused_with_the_remedy():
    with pytest.raises(BudgetError, match="needs overviews"):
        read_plan(tile_grid(5, 17, 11), (UTM.resize(80_000, 80_000),))
