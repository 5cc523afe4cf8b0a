from __future__ import annotations

import numpy as np
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st

from raster_core.grid import Grid
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE
from raster_core.sources.crs.operations import point_transform
from raster_core.sources.extent.positions import (
    bounds_in,
    holds_poles,
    locate_in_degrees,
    positions_exist,
    trace_border,
    turn_about,
)

WORLD = 20037508.342789244  # half of Web Mercator's width

UTM = Grid("EPSG:32633", Affine(100, 0, 400_000, 0, -100, 5_300_000), 2000, 1000)


def is_place(crs: str, x: float, y: float) -> bool:
    return bool(positions_exist(crs, np.array([x]), np.array([y]))[0])


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:32633", "EPSG:3035", "EPSG:27700"])
@given(longitude=st.floats(5, 25), latitude=st.floats(35, 65))
@settings(deadline=None)
def test_what_comes_from_near_lies_there(crs: str, longitude: float, latitude: float):
    x, y = point_transform(LONGITUDE_LATITUDE, crs)(
        np.array([longitude]), np.array([latitude])
    )

    assert is_place(crs, x[0], y[0])


@pytest.mark.parametrize(
    ("crs", "x", "y"),
    [
        ("EPSG:3857", WORLD + 1, 0),
        ("EPSG:3857", 3 * WORLD, 0),
        ("EPSG:3857", 0, 1e9),
        ("EPSG:32633", 2e7, 0),
        ("EPSG:32633", 5e5, 3e7),
        ("EPSG:3035", 2e7, 3e6),
        ("EPSG:3413", 1e200, 0),
    ],
)
def test_what_lies_beyond_a_projection_is_no_place(crs: str, x: float, y: float):
    assert not is_place(crs, x, y)


def test_the_ends_of_the_world_are_places():
    assert is_place("EPSG:3857", WORLD, WORLD)
    assert is_place("EPSG:3857", -WORLD, -WORLD)


def test_longitudes_are_told_from_a_meridian():
    to_degrees = point_transform("EPSG:3857", LONGITUDE_LATITUDE)
    x = np.array([-WORLD + 1000, WORLD - 1000])

    near, _ = turn_about(to_degrees, 180.0)(x, np.zeros(2))
    far, _ = turn_about(to_degrees, -180.0)(x, np.zeros(2))

    assert near == pytest.approx([180, 180], abs=0.01)
    assert far == pytest.approx([-180, -180], abs=0.01)


def test_a_grids_box_elsewhere_holds_its_border():
    box = bounds_in(UTM, "EPSG:3857")
    x, y = point_transform(UTM.crs, "EPSG:3857")(*trace_border(UTM, 7))

    assert box is not None
    assert box.left <= x.min() < x.max() <= box.right
    assert box.bottom <= y.min() + 50 < y.max() - 50 <= box.top  # between its points


@pytest.mark.parametrize(
    ("grid", "crs"),
    [
        # UTM turns the far side of the Earth inside out, without a word.
        (Grid("EPSG:4326", Affine(1, 0, -180, 0, -1, 90), 360, 180), "EPSG:32633"),
        (
            Grid("EPSG:6933", Affine(1e5, 0, -17e6, 0, -1e5, 7e6), 340, 140),
            "EPSG:32633",
        ),
        # Around the pole, which Web Mercator does not have.
        (Grid("EPSG:3413", Affine(1e4, 0, -1e6, 0, -1e4, 1e6), 200, 200), "EPSG:3857"),
    ],
)
def test_a_grid_that_another_crs_does_not_hold_has_no_box_there(grid: Grid, crs: str):
    assert bounds_in(grid, crs) is None


def test_a_border_goes_around_and_comes_back():
    x, y = trace_border(UTM, 2)

    assert list(zip(x.tolist(), y.tolist(), strict=True))[::2] == [
        (400_000, 5_300_000),
        (600_000, 5_300_000),
        (600_000, 5_200_000),
        (400_000, 5_200_000),
    ]


@pytest.mark.parametrize(
    ("grid", "poles"),
    [
        (Grid("EPSG:3413", Affine(1e4, 0, -1e6, 0, -1e4, 1e6), 200, 200), (0, 1)),
        (Grid("EPSG:3413", Affine(1e4, 0, 1e3, 0, -1e4, 1e6), 200, 200), (0, 0)),
        (Grid("EPSG:3031", Affine(1e4, 0, -1e6, 0, -1e4, 2e4), 200, 200), (1, 0)),
        # Lines at the top and the bottom of the map.
        (Grid("ESRI:54030", Affine(4e4, 0, -2e7, 0, -4e4, 1e7), 1000, 500), (0, 0)),
        (Grid("ESRI:54009", Affine(4e4, 0, -2e7, 0, -4e4, 1e7), 1000, 500), (1, 1)),
        (UTM, (0, 0)),
    ],
)
def test_a_pole_inside_a_grid_is_found(grid: Grid, poles: tuple[int, int]):
    assert holds_poles(grid) == tuple(map(bool, poles))


def test_what_a_projection_folds_back_is_nowhere():
    mercator = Grid("EPSG:3857", Affine(1, 0, WORLD, 0, -1, 0), 5000, 1)

    longitude, latitude = locate_in_degrees(
        mercator, np.array([-5.0, 0.0, 5000.0]), np.zeros(3)
    )

    assert longitude[:2] == pytest.approx([180, 180], abs=1e-4)
    assert latitude[:2].tolist() == [0, 0]
    assert np.isnan(longitude[2])
    assert np.isnan(latitude[2])
