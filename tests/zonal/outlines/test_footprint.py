from __future__ import annotations

import numpy as np
import pytest
import shapely
from affine import Affine
from pyproj import Transformer

from raster_core.grid import Grid
from raster_core.zonal.coverage.cover import cover
from raster_core.zonal.outlines.footprint import covered_percents
from raster_core.zonal.outlines.projecting import project_zones
from raster_core.zonal.outlines.raster_outline import outline_raster
from raster_core.zonal.zones.columnar import Zones
from raster_core.zonal.zones.zone import Zone
from tests.world_grids import WORLD_GRIDS, WorldGrid, known_places, pixel_centres

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


def test_a_pole_off_the_middle_is_inside():
    polar = Grid("EPSG:3413", Affine(25000, 0, -3850000, 0, -25000, 5850000), 304, 448)

    assert percent(polar, 60, 80, 80, 85) == 100
    assert percent(polar, -180, 80, 180, 90) == 100
    assert percent(polar, -24, 60, -14, 67) == 100
    assert percent(polar, 80, 45, 84, 47) == 0
    # On the map, the raster's left side is 3,850 km from the pole.
    assert 0 < percent(polar, -140, 30, -130, 60) < 100  # type: ignore[operator]


@pytest.mark.parametrize("world", WORLD_GRIDS, ids=lambda world: world.name)
def test_small_zones_at_pixel_centres_are_covered_and_counted(world: WorldGrid):
    grid = world.grid
    cols, rows = pixel_centres(grid, 9)
    pixel = np.ones(len(cols), bool)
    for across, down in ((0, 0), (0.4, 0.4), (-0.4, 0.4), (0.4, -0.4), (-0.4, -0.4)):
        pixel &= known_places(grid, cols + across, rows + down)[2]
    cols, rows = cols[pixel][::4], rows[pixel][::4]
    x, y, _ = known_places(grid, cols, rows)
    beside, above, _ = known_places(grid, cols + 0.02, rows)
    sizes = np.minimum(np.hypot((beside - x + 180) % 360 - 180, above - y), 1.0)
    zones = [
        Zone(shapely.Point(place).buffer(size, quad_segs=1))
        for *place, size in np.stack([x, y, sizes], axis=1).tolist()
    ]

    percents = covered_percents(zones, grid)
    runs = cover(project_zones(zones, grid), grid.window)

    assert len(zones) >= 5
    assert set(percents) == {100}
    assert set(runs.zone.tolist()) == set(range(len(zones)))


@pytest.mark.parametrize(
    "world",
    [world for world in WORLD_GRIDS if "Albers" in world.name or "NSIDC" in world.name],
    ids=lambda world: world.name,
)
def test_zones_beside_a_raster_are_not_covered(world: WorldGrid):
    corners = [(lon, lat) for lon in range(-176, 176, 29) for lat in range(-80, 80, 19)]
    zones = [Zone(shapely.box(x, y, x + 3, y + 3)) for x, y in corners]
    dense = np.meshgrid(np.linspace(0, 3, 7), np.linspace(0, 3, 7))
    to_grid = Transformer.from_crs("OGC:CRS84", world.grid.crs, always_xy=True)
    beside = []
    for x, y in corners:
        points = to_grid.transform(x + dense[0].ravel(), y + dense[1].ravel())
        cols, rows = ~world.grid.transform @ tuple(map(np.asarray, points))
        shares = np.stack([cols / world.grid.width, rows / world.grid.height])
        beside.append(not ((shares > -0.1) & (shares < 1.1)).all(axis=0).any())
    assert sum(beside) > 30

    percents = np.array(covered_percents(zones, world.grid), dtype=float)

    assert (percents[beside] == 0).all()


def test_a_zone_half_in_space_is_covered_by_half():
    disk = next(w.grid for w in WORLD_GRIDS if "Meteosat" in w.name)

    # Along the equator, Meteosat sees to 81.3 degrees.
    assert percent(disk, 80.3, -0.1, 82.3, 0.1) == pytest.approx(50, abs=0.5)


def test_the_outline_of_a_projected_raster_is_where_its_corners_are():
    outline = outline_raster(UTM)

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


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:5070"])
def test_many_zones_are_covered_as_each_alone(crs):
    """Those well inside are told together, by a box within the footprint."""
    grid = Grid("EPSG:5070", Affine(3000, 0, -9e5, 0, -3000, 2e6), 400, 300)
    sides = {"EPSG:4326": (-110, 28, -88, 44), "EPSG:5070": (-1e6, 9e5, 4e5, 2.1e6)}
    west, south, east, north = sides[crs]
    x, y = np.meshgrid(np.linspace(west, east, 18), np.linspace(south, north, 18))
    size = (east - west) / 40
    shapes = shapely.box(x, y, x + size, y + size).ravel()

    every = covered_percents(Zones(shapes, crs), grid)

    alone = [covered_percents(Zones(shapes[[n]], crs), grid)[0] for n in range(324)]
    assert every == alone
    assert {0.0, 100.0} < set(every)
