"""Zones beside a raster, beyond a pole, over the end of a map, and half in space."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from raster_core.grid import Grid
from raster_core.zonal.coverage.cover import cover
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.outlines.footprint import covered_percents
from raster_core.zonal.outlines.projecting import project_zones
from raster_core.zonal.zones.zone import Zone
from tests.random_grids import random_grids
from tests.world_grids import WORLD_GRIDS, WorldGrid, known_places

ARCTIC = Grid("EPSG:3413", Affine(50000, 0, -3850000, 0, -50000, 5850000), 150, 220)
AMERICA = Grid("ESRI:102008", Affine(50000, 0, -4.5e6, 0, -50000, 4.5e6), 180, 180)
EQUATOR = Grid("EPSG:32633", Affine(1e5, 0, -2e7, 0, -1e5, 2e7), 400, 400)


def weights(grid: Grid, zone: Zone) -> np.ndarray:
    """Covered share of every pixel, (height, width)."""
    runs = cover(project_zones([zone], grid), grid.window)
    found = np.zeros(grid.shape)
    for row, start, stop, weight in zip(
        runs.row.tolist(),
        runs.start.tolist(),
        runs.stop.tolist(),
        runs.weight.tolist(),
        strict=True,
    ):
        found[row, start:stop] += weight / WHOLE
    return found


@given(
    world=st.sampled_from([w for w in WORLD_GRIDS if "degrees" not in w.name]),
    west=st.floats(-180, 180),
    south=st.floats(-90, 60),
    width=st.floats(5, 360),
    height=st.floats(5, 30),
)
@settings(deadline=None, max_examples=30)
def test_pixels_are_in_a_zone_if_their_places_are(
    world: WorldGrid, west: float, south: float, width: float, height: float
):
    grid = world.grid.resize(24, 24)
    zone = Zone(shapely.box(west, south, west + width, min(south + height, 90)))

    found = weights(grid, zone)

    share = (np.arange(5) + 0.5) / 5
    cols, rows = np.meshgrid(
        (np.arange(24)[:, None] + share).ravel(),
        (np.arange(24)[:, None] + share).ravel(),
    )
    lon, lat, known = known_places(grid, cols.ravel(), rows.ravel())
    lon, lat = np.where(known, [lon, lat], 0.0)
    inside = ((lon - west) % 360 <= width) & (lat >= south) & (lat <= south + height)
    shares = (inside & known).reshape(24, 5, 24, 5).mean(axis=(1, 3))
    assert found.max(initial=0) <= 1 + 1e-9
    # Fractions of 25 points in a pixel. Pixels at a pole and at the limb are wide.
    assert np.abs(found - shares).mean() < 0.02
    assert (found[shares == 1] > 0.6).all()


@given(grid=random_grids(), across=st.floats(0, 1), down=st.floats(0, 1))
@settings(deadline=None, max_examples=50)
def test_a_small_zone_in_any_pixel_is_counted_and_covered(
    grid: Grid, across: float, down: float
):
    # Robinson's table of every 5 degrees is inverted to half a metre.
    assume("54030" not in grid.crs or abs(grid.transform.determinant) > 100)
    col = min(int(across * grid.width), grid.width - 1) + 0.5
    row = min(int(down * grid.height), grid.height - 1) + 0.5
    around = np.array([0, 0.02, 0.4, -0.4, 0.4, -0.4])
    lon, lat, known = known_places(
        grid, col + around, row + np.array([0, 0, 0.4, 0.4, -0.4, -0.4])
    )
    assume(known.all())
    size = np.hypot((lon[1] - lon[0] + 180) % 360 - 180, lat[1] - lat[0])
    zone = Zone(shapely.Point(lon[0], lat[0]).buffer(min(size, 1), quad_segs=1))
    assume(not zone.geometry.is_empty)

    assert weights(grid, zone)[int(row), int(col)] > 0
    assert covered_percents([zone], grid) == [100]


def test_a_raster_in_degrees_of_another_datum_has_all_of_its_pixels():
    # WGS 84 lies 40 m off the North American Datum of 1927: more than this raster.
    small = Grid("EPSG:4267", Affine(1e-5, 0, -100, 0, -1e-5, 40), 20, 20)
    lon, lat, _ = known_places(small, np.array([0.5]), np.array([0.5]))
    zone = Zone(shapely.box(lon[0] - 1e-6, lat[0] - 1e-6, lon[0] + 1e-6, lat[0] + 1e-6))

    assert weights(small, zone)[0, 0] > 0.01
    assert covered_percents([zone], small) == [100]


@pytest.mark.parametrize("half", [1e3, 3e6, 9e6])
def test_a_zone_around_one_pole_has_nothing_of_a_raster_around_the_other(half: float):
    zone = Zone(shapely.box(-half, -half, half, half), crs="EPSG:3031")

    assert weights(ARCTIC, zone).sum() == 0
    assert covered_percents([zone], ARCTIC) == [0]


def test_a_zone_around_the_south_that_reaches_the_north_counts_what_it_has():
    zone = Zone(shapely.Point(0, 0).buffer(2.5e7, quad_segs=64), crs="EPSG:3031")
    to_zone = Transformer.from_crs("EPSG:3413", "EPSG:3031", always_xy=True)
    cols, rows = np.meshgrid(np.arange(150) + 0.5, np.arange(220) + 0.5)
    x, y = to_zone.transform(*(ARCTIC.transform @ (cols, rows)))

    found = weights(ARCTIC, zone)

    expected = shapely.contains_xy(zone.geometry, x, y)
    assert 100 < expected.sum() < 25_000
    assert found.sum() == pytest.approx(expected.sum(), rel=0.01)


def test_a_zone_around_the_pole_of_a_raster_is_brought_over_directly():
    zone = Zone(shapely.box(-2e6, -2e6, 2e6, 2e6), crs="EPSG:3995")
    to_grid = Transformer.from_crs("EPSG:3995", "EPSG:3413", always_xy=True)
    dense = shapely.segmentize(zone.geometry, 1e4)
    there = shapely.transform(
        dense, lambda xy: np.stack(to_grid.transform(*xy.T), axis=1)
    )

    assert weights(ARCTIC, zone).sum() == pytest.approx(there.area / 2.5e9, rel=1e-4)
    assert covered_percents([zone], ARCTIC) == [100]


@pytest.mark.parametrize(
    "box",
    [(80, 40, 90, 50), (60, -60, 110, 60), (82, 85, 88, 89), (-60, -50, -20, -40)],
)
def test_a_zone_on_the_other_side_of_the_earth_is_outside(box: tuple[float, ...]):
    zone = Zone(shapely.box(*box))

    assert weights(AMERICA, zone).sum() == 0
    assert covered_percents([zone], AMERICA) == [0]


def test_a_zone_of_another_projection_over_the_end_of_the_map_is_outside():
    # 84 degrees east is opposite the middle of the map.
    to_zone = Transformer.from_crs("OGC:CRS84", "EPSG:3857", always_xy=True)
    west, east = (to_zone.transform(lon, 40)[0] for lon in (80, 88))
    zone = Zone(shapely.box(west, 4e6, east, 6e6), crs="EPSG:3857")

    assert weights(AMERICA, zone).sum() == 0
    assert covered_percents([zone], AMERICA) == [0]


def test_a_map_that_folds_the_far_side_onto_itself_is_read_once():
    # A transverse Mercator has 90 degrees on either side of its meridian.
    far, near = (Zone(shapely.box(x, 10, x + 10, 20)) for x in (-165, 15))

    assert covered_percents([near], EQUATOR) == [100]
    assert weights(EQUATOR, near).sum() > 100
    lon, lat, known = known_places(
        EQUATOR, *(a.ravel() + 0.5 for a in np.meshgrid(np.arange(400), np.arange(400)))
    )
    there = known & (lon > -165) & (lon < -155) & (lat > 10) & (lat < 20)
    assert weights(EQUATOR, far).sum() == pytest.approx(there.sum(), abs=20)
