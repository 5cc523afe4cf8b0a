"""Decisions of the reading plan, without a file."""

from __future__ import annotations

import mercantile
import numpy as np
import pytest
from affine import Affine
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from raster_core.errors import BudgetError
from raster_core.grid import Grid, Window
from raster_core.raster import Resampling
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE, column_period
from raster_core.sources.crs.operations import pixel_transform, point_transform
from raster_core.sources.warp.lattice import (
    TOLERANCE,
    interpolate_lattice,
    locate_pixels,
)
from raster_core.sources.warp.levels import choose_level, decimation
from raster_core.sources.warp.plan import (
    Blend,
    Gather,
    Nothing,
    Paste,
)
from raster_core.sources.warp.planning import plan_read
from raster_core.sources.warp.weighing import parts_inside
from raster_core.tile.grids.tms import tile_grid

WORLD = Grid("EPSG:4326", Affine(0.05, 0, -180, 0, -0.05, 90), 7200, 3600)
HALF = 20037508.342789244  # of Web Mercator's width
MERCATOR_WORLD = Grid(
    "EPSG:3857", Affine(HALF / 200, 0, -HALF, 0, -HALF / 200, HALF), 400, 400
)
UTM = Grid("EPSG:32633", Affine(30, 0, 300_000, 0, -30, 5_300_000), 8000, 8000)
POLAR = Grid("EPSG:3413", Affine(900, 0, -2e5, 0, -900, -1e6), 500, 400)
ALBERS = Grid("EPSG:5070", Affine(90, 0, -2e6, 0, -90, 2.4e6), 16384, 16384)


def pyramid(grid: Grid, *factors: int) -> tuple[Grid, ...]:
    return (
        grid,
        *(grid.resize(-(-grid.width // f), -(-grid.height // f)) for f in factors),
    )


def read_plan(
    dst: Grid, levels: tuple[Grid, ...], kernel: Resampling = Resampling.NEAREST
) -> object:
    native = levels[0]
    to_src = pixel_transform(native, dst)
    period = column_period(native)
    return plan_read(dst, levels, to_src, period=period, resampling=kernel)


@given(st.integers(0, 7040), st.integers(-20, 3580), st.integers(0, 2))
def test_a_crop_of_any_level_is_a_paste(col: int, row: int, level: int):
    levels = pyramid(WORLD, 2, 4)
    grid = levels[level]
    window = Window(col // 2**level, row // 2**level, 40, 30)

    plan = read_plan(grid.crop(window), levels)

    inside = grid.window.intersection(window).pixels > 0
    assert plan == (Paste(level, window) if inside else Nothing())


@pytest.mark.parametrize("world", [WORLD, MERCATOR_WORLD], ids=["degrees", "Mercator"])
@given(st.integers(-30, -10), st.booleans())
def test_a_crop_over_the_ends_of_the_world_has_both(
    world: Grid, col: int, eastern: bool
):
    start = world.width + col if eastern else col
    window = Window(start, 100, 40, 30)

    plan = read_plan(world.crop(window), (world,))

    assert isinstance(plan, Gather)
    assert plan.inside.all()
    columns = np.broadcast_to(plan.cols + plan.window.col, (30, 40))
    assert (columns % world.width == np.arange(start, start + 40) % world.width).all()


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


KERNELS = [kernel for kernel in Resampling if kernel is not Resampling.NEAREST]


@given(
    st.sampled_from([WORLD, UTM, ALBERS, POLAR]),
    st.integers(3, 12),
    st.tuples(st.floats(0.1, 0.9), st.floats(0.1, 0.9)),
    st.lists(st.integers(2, 40), max_size=5, unique=True),
)
@settings(deadline=None, max_examples=60)
def test_the_level_does_not_depend_on_the_kernel(
    native: Grid, zoom: int, place: tuple[float, float], factors: list[int]
):
    levels = pyramid(native, *factors)
    dst = tile_at(native, place, zoom)

    try:
        plans = [read_plan(dst, levels, kernel) for kernel in Resampling]
    except BudgetError:
        reject()

    assert len({getattr(plan, "level", None) for plan in plans}) == 1


def tile_at(native: Grid, place: tuple[float, float], zoom: int) -> Grid:
    """The tile over a place of a raster, in shares of its width and height."""
    x, y = native.transform @ (place[0] * native.width, place[1] * native.height)
    to_degrees = point_transform(native.crs, LONGITUDE_LATITUDE)
    lon, lat = (float(value) for value in to_degrees(np.array(x), np.array(y)))
    tile = mercantile.tile(lon, min(lat, 85.0), zoom)
    return tile_grid(tile.z, tile.x, tile.y)


@pytest.mark.parametrize(
    ("factors", "factor", "level"),
    [
        ((3, 9), 2.9, 0),
        ((3, 9), 3.0, 1),
        ((3, 9), 8.8, 1),
        ((3, 9), 9.0, 2),
        ((7,), 6.8, 0),
        ((7,), 100, 1),
        ((16, 2, 8), 8.3, 3),  # in no order
        ((16, 2, 8), 2.5, 2),
        ((1, 2), 1.5, 0),  # an overview as large as the raster is none
    ],
)
def test_overviews_may_have_any_factors(
    factors: tuple[int, ...], factor: float, level: int
):
    assert choose_level(factor, pyramid(WORLD, *factors)) == level


@given(st.floats(0.1, 300), st.lists(st.integers(2, 100), max_size=6))
def test_no_level_is_coarser_than_the_grid_nor_a_better_one_left_out(
    factor: float, factors: list[int]
):
    levels = pyramid(WORLD, *factors)

    chosen = decimation(WORLD, levels[choose_level(factor, levels)])

    fine = [d for d in (decimation(WORLD, g) for g in levels) if d <= 1.01 * factor]
    assert chosen == max(fine, default=1)


def test_the_level_follows_the_axis_that_is_shown_finer():
    """In the far north, Mercator shows rows of degrees in detail, columns hardly."""
    levels = pyramid(WORLD, 2, 4, 8)

    north, equator = (
        read_plan(tile_grid(3, 4, row), levels, Resampling.BILINEAR) for row in (0, 3)
    )

    assert isinstance(north, Blend)
    assert isinstance(equator, Blend)
    assert north.level < equator.level


@pytest.mark.parametrize("kernel", KERNELS)
@given(
    st.integers(0, 7),
    st.tuples(st.floats(0.05, 0.95), st.floats(0.05, 0.95)),
    st.sampled_from([WORLD, UTM, POLAR]),
)
@settings(deadline=None, max_examples=40)
def test_a_window_holds_all_that_a_kernel_touches(
    kernel: Resampling, zoom: int, place: tuple[float, float], native: Grid
):
    levels = pyramid(native, 2, 4, 8, 16, 32)
    plan = read_plan(tile_at(native, place, zoom), levels, kernel)

    assert isinstance(plan, Blend)
    assert (
        plan.window.width % plan.shrink[1] == plan.window.height % plan.shrink[0] == 0
    )
    height = plan.window.height // plan.shrink[0]
    width = plan.window.width // plan.shrink[1]
    plane = np.zeros((height, width))
    for part in parts_inside(plan):
        weighing = part.weighing(kernel, plane.dtype)
        for axis, size in ((weighing.rows, height), (weighing.cols, width)):
            used = np.arange(len(axis.weights))[:, None] + axis.first.ravel()
            assert used.min() >= 0
            assert used.max() < size
            assert axis.nearest.min() >= 0
            assert axis.nearest.max() < size


def test_a_tile_over_the_seam_of_a_world_reads_both_ends_and_nothing_between():
    grid = Grid("EPSG:4326", Affine(0.01, 0, 0, 0, -0.01, 90), 36_000, 18_000)

    dst = Grid("EPSG:3857", Affine(100, 0, -12_800, 0, -100, 12_800), 256, 256)
    for kernel in Resampling:
        plan = read_plan(dst, (grid,), kernel)

        assert isinstance(plan, Gather | Blend)
        assert plan.turn == 36_000
        assert plan.window.col < 0 < plan.window.col_stop
        assert plan.window.width < 30
        assert plan.inside.all()


def test_a_world_that_lacks_a_strip_has_no_seam_to_reach_over():
    grid = Grid("EPSG:4326", Affine(1, 0, -180, 0, -1, 90), 355, 180)

    plan = read_plan(tile_grid(2, 0, 1), (grid,), Resampling.BILINEAR)

    assert isinstance(plan, Blend)
    assert plan.turn is None
    assert plan.window.col_stop <= 355


def test_a_pixel_that_covers_part_of_the_raster_is_inside_for_those_that_cover():
    small = Grid("EPSG:3857", Affine(1, 0, 40, 0, -1, 60), 20, 20)
    dst = Grid("EPSG:3857", Affine(100, 0, 0, 0, -100, 100), 1, 1)

    # The pixel's centre, 50 50, lies on the raster; in the next one, it does not.
    assert isinstance(read_plan(dst, (small,), Resampling.AVERAGE), Blend)
    shifted = Grid("EPSG:3857", Affine(100, 0, -45, 0, -100, 100), 1, 1)
    assert read_plan(shifted, (small,), Resampling.BILINEAR) == Nothing()
    assert isinstance(read_plan(shifted, (small,), Resampling.AVERAGE), Blend)


def test_a_torn_projection_makes_no_pixel_cover_what_is_elsewhere():
    """Far from its meridian, UTM's columns run to infinity and back."""
    grid = Grid("EPSG:32633", Affine(300, 0, 4e5, 0, -300, 5.2e6), 500, 400)

    for tile in [(1, 0, 0), (2, 3, 1), (2, 0, 2), (2, 3, 2)]:
        assert read_plan(tile_grid(*tile), (grid,), Resampling.AVERAGE) == Nothing()


@given(st.sampled_from([UTM, ALBERS, POLAR, WORLD]), st.integers(2, 11))
@settings(deadline=None, max_examples=40)
def test_the_positions_of_a_grid_are_those_of_its_blocks(native: Grid, zoom: int):
    dst = tile_at(native, (0.4, 0.6), zoom)
    large = dst.crop(Window(0, 0, 600, 300))
    to_src = pixel_transform(native, large)

    cols, rows = (
        np.broadcast_to(axis, large.shape) for axis in locate_pixels(large, to_src)
    )

    for col, row, width, height in [
        (0, 0, 256, 256),
        (256, 0, 256, 256),
        (512, 256, 88, 44),
    ]:
        part = large.crop(Window(col, row, width, height))
        own = locate_pixels(part, pixel_transform(native, part))
        place = slice(row, row + height), slice(col, col + width)
        for axis, whole in zip(own, (cols, rows), strict=True):
            expected = np.broadcast_to(axis, part.shape)
            np.testing.assert_allclose(whole[place], expected, atol=1e-6)
