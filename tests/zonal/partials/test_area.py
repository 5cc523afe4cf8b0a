from __future__ import annotations

import math

import numpy as np
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from raster_core.errors import SourceError
from raster_core.grid import Grid, Window
from raster_core.sources.crs.crs import apply_affine
from raster_core.sources.crs.ellipsoid import geodetic
from raster_core.zonal.partials.area import pixel_areas, planar_area

WGS84_AREA = 510_065_621_724_088.4
"""m²; the surface of the ellipsoid."""

# Cells of 0.5 to 1 km, where geodesics are a good oracle: their areas are exact to
# 0.1 m², and the middle of a cell stands for all of it to 1e-8.
PARALLELS = {
    "degrees": Grid("EPSG:4326", Affine(0.01, 0, 5, 0, -0.01, 60), 400, 300),
    "degrees, NAD83": Grid("EPSG:4269", Affine(0.01, 0, -100, 0, -0.01, 45), 400, 300),
    "degrees, NAD27": Grid("EPSG:4267", Affine(0.01, 0, -100, 0, -0.01, 45), 400, 300),
    "grads": Grid("EPSG:4807", Affine(0.01, 0, 1, 0, -0.01, 52), 400, 300),
    "degrees, south-up": Grid("EPSG:4326", Affine(0.01, 0, 5, 0, 0.01, 57), 400, 300),
    "degrees, at the pole": Grid(
        "EPSG:4326", Affine(0.1, 0, -180, 0, -0.01, 90), 3600, 300
    ),
    "Web Mercator": Grid(
        "EPSG:3857", Affine(1000, 0, 500_000, 0, -1000, 8_500_000), 400, 300
    ),
    "Web Mercator, beyond 180": Grid(
        "EPSG:3857", Affine(1000, 0, 19_900_000, 0, -1000, 500_000), 400, 300
    ),
    "World Mercator": Grid(
        "EPSG:3395", Affine(1000, 0, 500_000, 0, -1000, 8_500_000), 400, 300
    ),
    "Mercator, scale 0.997": Grid(
        "EPSG:3002", Affine(1000, 0, 3_900_000, 0, -1000, 1_000_000), 400, 300
    ),
    "equal-area cylinder": Grid(
        "EPSG:6933", Affine(1000, 0, 500_000, 0, -1000, 5_000_000), 400, 300
    ),
    "plate carree": Grid(
        "EPSG:4087", Affine(1000, 0, 500_000, 0, -1000, 5_000_000), 400, 300
    ),
}
OTHERS = {
    "UTM": Grid("EPSG:32633", Affine(1000, 0, 400_000, 0, -1000, 5_300_000), 400, 300),
    "UTM, south-up": Grid(
        "EPSG:32633", Affine(1000, 0, 400_000, 0, 1000, 5_000_000), 400, 300
    ),
    "UTM, rotated": Grid(
        "EPSG:32633",
        Affine.translation(500_000, 5_300_000)
        @ Affine.rotation(30)
        @ Affine.scale(1000, -700),
        400,
        300,
    ),
    "UTM of a compound CRS": Grid(
        "EPSG:32633+5773", Affine(1000, 0, 400_000, 0, -1000, 5_300_000), 400, 300
    ),
    "UTM with a datum shift": Grid(
        "+proj=utm +zone=33 +ellps=bessel +towgs84=598,74,418,0.2,0.04,-2.5,6.7",
        Affine(1000, 0, 400_000, 0, -1000, 5_300_000),
        400,
        300,
    ),
    "degrees, rotated": Grid(
        "EPSG:4326",
        Affine.translation(5, 60) @ Affine.rotation(20) @ Affine.scale(0.01, -0.01),
        400,
        300,
    ),
    "Web Mercator, rotated": Grid(
        "EPSG:3857",
        Affine.translation(500_000, 6_500_000)
        @ Affine.rotation(20)
        @ Affine.scale(1000, -1000),
        400,
        300,
    ),
    "Albers": Grid("EPSG:5070", Affine(1000, 0, 0, 0, -1000, 3_000_000), 400, 300),
    "Lambert conformal": Grid(
        "EPSG:2154", Affine(1000, 0, 300_000, 0, -1000, 7_000_000), 400, 300
    ),
    "feet": Grid("EPSG:2263", Affine(3000, 0, 900_000, 0, -3000, 300_000), 40, 30),
    "axes to the south and west": Grid(
        "EPSG:2052", Affine(1000, 0, -50_000, 0, -1000, 3_000_000), 100, 100
    ),
    "polar stereographic": Grid(
        "EPSG:3413", Affine(1000, 0, 800_000, 0, -1000, -1_500_000), 400, 300
    ),
    "at the South Pole": Grid(
        "EPSG:3031", Affine(1000, 0, -200_500, 0, -1000, 150_500), 400, 300
    ),
    "over the antimeridian": Grid(
        "EPSG:32601", Affine(1000, 0, 100_000, 0, -1000, 5_300_000), 400, 300
    ),
    "Mollweide, a sphere's": Grid(
        "ESRI:54009", Affine(1000, 0, 5_000_000, 0, -1000, 5_000_000), 400, 300
    ),
}
ALL = PARALLELS | OTHERS


def outline_area(grid: Grid, window: Window) -> float:
    """m² inside the outline of a window, along geodesics between many points."""
    share = np.arange(64) / 64
    ahead, back = np.zeros(64), np.ones(64)
    cols = np.concatenate([share, back, 1 - share, ahead])
    rows = np.concatenate([ahead, share, back, 1 - share])
    own = geodetic(grid.crs)
    longitude, latitude = own.to_radians(
        *apply_affine(
            grid.transform,
            window.col + cols * window.width,
            window.row + rows * window.height,
        )
    )
    geod = Geod(a=own.semi_major, b=own.semi_minor)
    area, _ = geod.polygon_area_perimeter(np.degrees(longitude), np.degrees(latitude))
    return abs(area)


def ellipsoid_area(grid: Grid) -> float:
    own = geodetic(grid.crs)
    root = math.sqrt(1 - (own.semi_minor / own.semi_major) ** 2)
    share = math.atanh(root) / root if root else 1.0
    return 2 * math.pi * (own.semi_major**2 + own.semi_minor**2 * share)


def globe(crs: str, width: int, height: int, turn: float = 360.0) -> Grid:
    pixel = Affine(turn / width, 0, -turn / 2, 0, -turn / 2 / height, turn / 4)
    return Grid(crs, pixel, width, height)


@given(
    crs=st.sampled_from(["EPSG:4326", "EPSG:4269", "EPSG:4267", "OGC:CRS84"]),
    width=st.integers(1, 500),
    height=st.integers(1, 500),
)
def test_the_cells_of_a_global_grid_sum_to_the_ellipsoid(
    crs: str, width: int, height: int
):
    grid = globe(crs, width, height)

    total = pixel_areas(grid, grid.window)[:, 0].sum() * width

    assert total == pytest.approx(ellipsoid_area(grid), rel=1e-12)


@pytest.mark.parametrize(
    ("crs", "turn"),
    [("EPSG:4326", 360.0), ("EPSG:4807", 400.0), ("+proj=longlat +R=6371000", 360.0)],
)
def test_a_whole_turn_is_a_whole_turn_in_any_unit(crs: str, turn: float):
    grid = globe(crs, 720, 360, turn)

    total = pixel_areas(grid, grid.window)[:, 0].sum() * 720

    assert total == pytest.approx(ellipsoid_area(grid), rel=1e-12)


def test_the_ellipsoid_of_wgs_84_has_its_published_area():
    grid = globe("EPSG:4326", 36, 18)

    total = pixel_areas(grid, grid.window)[:, 0].sum() * 36

    assert total == pytest.approx(WGS84_AREA, rel=1e-12)


@pytest.mark.parametrize("name", PARALLELS)
@settings(deadline=None)
@given(parts=st.integers(2, 40), data=st.data())
def test_a_row_is_the_sum_of_thinner_ones(name: str, parts: int, data: st.DataObject):
    grid = PARALLELS[name]
    row = data.draw(st.integers(0, grid.height - 1))
    thin = grid.resize(grid.width, grid.height * parts)

    whole = pixel_areas(grid, Window(0, row, 1, 1))[:, 0]
    pieces = pixel_areas(thin, Window(0, row * parts, 1, parts))[:, 0]

    # Thin rows of 25 m; their latitudes have 16 digits.
    assert pieces.sum() == pytest.approx(whole[0], rel=1e-10)


@pytest.mark.parametrize("name", PARALLELS)
@settings(deadline=None)
@given(row=st.integers(-50, 350), height=st.integers(0, 60), col=st.integers(-9, 409))
def test_between_parallels_the_window_does_not_matter(
    name: str, row: int, height: int, col: int
):
    grid = PARALLELS[name]
    long = pixel_areas(grid, Window(0, -50, 7, 500))[:, 0]

    areas = pixel_areas(grid, Window(col, row, 3, height))

    expected = long[row + 50 : row + 50 + height, None]
    assert np.array_equal(areas, np.repeat(expected, 3, axis=1))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(("col", "row"), [(0, 0), (11, 0), (4, 3), (0, 8), (11, 8)])
def test_a_cell_is_as_large_as_geodesics_around_it_say(name: str, col: int, row: int):
    grid = ALL[name]

    areas = pixel_areas(grid, Window(0, 0, 12, 9))

    cell = outline_area(grid, Window(col, row, 1, 1))
    assert areas[row, col] == pytest.approx(cell, rel=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_the_cells_of_a_window_sum_to_what_its_outline_encloses(name: str):
    grid = ALL[name]
    window = Window(3, 5, 36, 24)

    areas = pixel_areas(grid, window)

    total = areas.sum()
    assert total == pytest.approx(outline_area(grid, window), rel=1e-6)


@pytest.mark.parametrize("name", OTHERS)
def test_two_halves_of_a_window_are_as_large_as_the_whole(name: str):
    grid = OTHERS[name]
    windows = [Window(0, 0, 20, 30), Window(20, 0, 20, 30), Window(0, 0, 40, 30)]

    west, east, whole = (
        areas.sum() for areas in (pixel_areas(grid, window) for window in windows)
    )

    assert west + east == pytest.approx(whole, rel=1e-6)


def test_an_equal_area_projection_keeps_areas():
    grid = OTHERS["Albers"]

    areas = pixel_areas(grid, grid.window)

    assert areas == pytest.approx(1e6, rel=1e-9)
    assert planar_area(grid) == 1e6


def test_a_cell_in_feet_has_its_area_in_metres():
    grid = OTHERS["feet"]

    (area,) = pixel_areas(grid, Window(0, 0, 1, 1))[:, 0]

    assert planar_area(grid) == 9e6
    assert area == pytest.approx(9e6 * (1200 / 3937) ** 2, rel=1e-4)


def test_a_degree_at_the_equator_is_no_degree_of_a_sphere():
    grid = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 90), 1, 90)
    edges = np.radians(np.arange(90, -1, -1))
    sphere = 6_378_137.0**2 * math.radians(1) * -np.diff(np.sin(edges))
    # The two radii of curvature, integrated over the northernmost and the last degree.
    square = 1 - (6_356_752.314245179 / 6_378_137.0) ** 2
    steps = np.radians(np.array([[89], [0]]) + (np.arange(1000) + 0.5) / 1000)
    curvature = (1 - square) / (1 - square * np.sin(steps) ** 2) ** 2
    strips = 6_378_137.0**2 * curvature * np.cos(steps) * math.radians(1) ** 2 / 1000

    areas = pixel_areas(grid, grid.window)[:, 0]

    assert areas[[0, -1]] == pytest.approx(strips.sum(axis=1), rel=1e-6)
    assert sphere[-1] / areas[-1] == pytest.approx(1.0067, abs=1e-4)
    assert sphere[0] / areas[0] == pytest.approx(0.9933, abs=1e-4)


def test_web_mercator_is_not_taken_as_plane_nor_as_a_sphere():
    y = 6_446_275.841  # 50 degrees north
    there = Grid("EPSG:3857", Affine(100, 0, 0, 0, -100, y), 1, 1)
    equator = Grid("EPSG:3857", Affine(100, 0, 0, 0, -100, 50), 1, 1)

    (area,) = pixel_areas(there, there.window)[:, 0]
    (widest,) = pixel_areas(equator, equator.window)[:, 0]

    assert planar_area(there) / area == pytest.approx(2.42, abs=0.01)
    assert planar_area(equator) / widest == pytest.approx(1.0067, abs=1e-4)


def test_a_south_up_raster_has_the_same_rows_in_reverse():
    north_up = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 90), 10, 180)
    south_up = Grid("EPSG:4326", Affine(1, 0, 0, 0, 1, -90), 10, 180)

    down = pixel_areas(north_up, north_up.window)[:, 0]

    assert pixel_areas(south_up, south_up.window)[:, 0][::-1] == pytest.approx(
        down, rel=1e-12
    )


@pytest.mark.parametrize("unit", [1.0, math.radians(1) * 6_378_137.0])
def test_what_lies_beyond_a_pole_contributes_nothing(unit: float):
    crs = "EPSG:4326" if unit == 1 else "EPSG:4087"
    grid = Grid(crs, Affine(unit, 0, -180 * unit, 0, -unit, 100.5 * unit), 360, 201)

    areas = pixel_areas(grid, grid.window)[:, 0]

    assert (areas[:10] == 0).all()
    assert (areas[-10:] == 0).all()
    assert (areas[10:-10] > 0).all()
    assert areas.sum() * 360 == pytest.approx(WGS84_AREA, rel=1e-9)
    assert (pixel_areas(grid, Window(0, 0, 5, 4))[:, 0] == 0).all()


def test_rows_of_a_decimetre_keep_their_digits():
    grid = Grid("EPSG:4326", Affine(1e-6, 0, 5, 0, -1e-6, 89.99), 1000, 1000)

    areas = pixel_areas(grid, grid.window)[:, 0]

    assert np.diff(areas) == pytest.approx(np.diff(areas).mean(), rel=0.1)


def test_a_block_half_off_the_earth_has_the_areas_of_its_other_half():
    grid = Grid(
        "ESRI:54009", Affine(1000, 0, -18_041_000, 0, -1000, 9_020_000), 36_082, 18_040
    )
    limb = Window(0, 8800, 400, 400)
    corner = Window(0, 0, 400, 400)

    areas = pixel_areas(grid, limb)

    assert np.isfinite(areas).all()
    inside = outline_area(grid, Window(390, 9000, 1, 1))
    assert areas[200, 390] == pytest.approx(inside, rel=1e-6)
    assert (pixel_areas(grid, corner)[:, 0] == 0).all()


def test_a_rotated_pole_is_not_the_pole():
    pole = "+proj=ob_tran +o_proj=longlat +o_lat_p=39.25 +o_lon_p=0 +lon_0=18 {} +type="
    step = Affine(0.05, 0, -1, 0, -0.05, 20)
    sphere, ellipsoid = (
        Grid(pole.format(shape) + "crs", step, 20, 20)
        for shape in ("+R=6371229", "+ellps=WGS84")
    )
    edges = np.radians(20 - 0.05 * np.arange(21))
    expected = 6_371_229**2 * math.radians(0.05) * -np.diff(np.sin(edges))

    assert pixel_areas(sphere, sphere.window)[:, 0] == pytest.approx(expected, rel=1e-6)
    areas = pixel_areas(ellipsoid, ellipsoid.window)
    assert areas.sum() == pytest.approx(
        outline_area(ellipsoid, ellipsoid.window), rel=1e-6
    )


@pytest.mark.parametrize("name", ["degrees", "UTM"])
def test_an_empty_window_has_no_areas_and_a_single_pixel_one(name: str):
    grid = ALL[name]

    nothing = pixel_areas(grid, Window(3, 3, 0, 0))
    single = pixel_areas(grid, Window(3, 3, 1, 1))

    assert nothing.shape == (0, 0)
    assert single.shape == (1, 1)
    assert single[0, 0] == pytest.approx(outline_area(grid, Window(3, 3, 1, 1)))


def test_shared_areas_cannot_be_changed():
    grid = PARALLELS["degrees"]

    with pytest.raises(ValueError, match="read-only"):
        pixel_areas(grid, grid.window)[0, 0] = 1


def test_a_raster_without_a_place_on_earth_has_no_areas():
    grid = Grid('LOCAL_CS["site",UNIT["metre",1]]', Affine.scale(1, -1), 10, 10)

    with pytest.raises(SourceError, match="not on an ellipsoid"):
        pixel_areas(grid, grid.window)


def test_cells_of_a_window_of_thousands_of_kilometres_have_their_own_areas():
    """From the pole to the tropics a square of a polar map shrinks to a third."""
    grid = Grid("EPSG:3995", Affine(10_000, 0, 1e5, 0, -10_000, 6e6), 600, 600)

    areas = pixel_areas(grid, Window(0, 0, 512, 512))

    for col, row in ((0, 0), (511, 0), (0, 511), (511, 511), (400, 30), (130, 290)):
        cell = outline_area(grid, Window(col, row, 1, 1))
        assert areas[row, col] == pytest.approx(cell, rel=4e-5)


def test_a_disc_seen_from_space_has_areas_up_to_its_limb():
    crs = "+proj=geos +h=35786023 +lon_0=-75 +ellps=GRS80 +units=m +type=crs"
    grid = Grid(crs, Affine(10_000, 0, -5_500_000, 0, -10_000, 5_500_000), 1100, 1100)

    areas = pixel_areas(grid, Window(0, 0, 512, 512))

    assert np.isfinite(areas).all()
    assert (areas > 0).all()
    for col, row in ((500, 500), (300, 300), (250, 400)):
        cell = outline_area(grid, Window(col, row, 1, 1))
        assert areas[row, col] == pytest.approx(cell, rel=2e-3)
