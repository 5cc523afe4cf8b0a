from __future__ import annotations

import numpy as np
import pytest
import shapely
from affine import Affine

from raster_core.grid import Grid
from raster_core.zonal.footprint import covered_percents, outline_grid
from raster_core.zonal.geometry import Zone

DEGREES = Grid("EPSG:4326", Affine(0.1, 0, 10, 0, -0.1, 50), 100, 100)
UTM = Grid("EPSG:32633", Affine(100, 0, 400_000, 0, -100, 5_300_000), 2000, 2000)
PACIFIC = Grid("EPSG:4326", Affine(0.1, 0, 175, 0, -0.1, 5), 100, 100)


def percent(grid: Grid, *box: float) -> float | None:
    return covered_percents([Zone(shapely.box(*box))], grid)[0]


@pytest.mark.parametrize("grid", [DEGREES, UTM], ids=lambda grid: grid.crs)
def test_a_zone_inside_is_covered_whole(grid: Grid):
    assert percent(grid, 14, 46.5, 14.5, 47) == 100


def test_a_zone_half_off_is_half_covered():
    assert percent(DEGREES, 15, 44, 25, 45) == pytest.approx(50)
    assert percent(DEGREES, 0, 0, 5, 5) == 0


def test_ground_counts_and_not_degrees():
    # From the equator to the pole, half the ground lies below 30 degrees.
    grid = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 30), 10, 30)

    assert percent(grid, 0, 0, 10, 90) == pytest.approx(50, rel=1e-4)


def test_a_zone_over_the_antimeridian_counts_in_either_form():
    assert percent(PACIFIC, 178, 0, 182, 1) == 100
    assert percent(PACIFIC, -182, 0, -178, 1) == pytest.approx(100)
    split = shapely.MultiPolygon(
        [shapely.box(178, 0, 180, 1), shapely.box(-180, 0, -178, 1)]
    )
    assert covered_percents([Zone(split)], PACIFIC) == [pytest.approx(100)]


def test_a_pole_inside_the_raster_has_no_outline():
    polar = Grid("EPSG:3413", Affine(1e4, 0, -1e6, 0, -1e4, 1e6), 200, 200)

    assert outline_grid(polar) is None
    assert percent(polar, 0, 85, 10, 88) is None


def test_the_outline_of_a_projected_raster_is_where_its_corners_are():
    outline = outline_grid(UTM)

    assert outline is not None
    assert outline.bounds == pytest.approx((13.65, 46.02, 16.34, 47.85), abs=0.05)


def test_many_zones_have_the_shares_that_each_has_alone():
    rng = np.random.default_rng(4)
    corners = np.stack([rng.uniform(-380, 380, 300), rng.uniform(-9, 50, 300)], axis=1)
    boxes = [shapely.box(x, y, x + 9, y + 7) for x, y in corners.tolist()]
    twins = [
        shapely.MultiPolygon([one, two])
        for one, two in zip(boxes[::2], boxes[1::2], strict=True)
        if not one.intersects(two)
    ]
    zones = [Zone(shape) for shape in (*boxes, *twins, shapely.Polygon())]

    for grid in (DEGREES, UTM, PACIFIC):
        together = covered_percents(zones, grid)

        assert together == [covered_percents([zone], grid)[0] for zone in zones]
        assert together[-1] is None
    # On the one from 175 to 185 degrees, boxes of all turns have their shares.
    assert len({share for share in together if share}) > 3


def test_what_lies_on_both_ends_of_the_world_is_covered_whole():
    world = Grid("EPSG:4326", Affine(0.05, 0, -180, 0, -0.05, 90), 7200, 3600)

    assert percent(world, 170, -60, 190, 60) == 100
