"""Web Mercator in closed form is PROJ's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyproj import Transformer

from raster_core.earth import EARTH_RADIUS
from raster_core.sources.crs.mercator import project, unproject

HALF = math.pi * EARTH_RADIUS

forward = Transformer.from_crs("OGC:CRS84", "EPSG:3857", always_xy=True)
backward = Transformer.from_crs("EPSG:3857", "OGC:CRS84", always_xy=True)

latitudes = st.floats(-90, 90)


def array(value: float) -> np.ndarray:
    return np.array([value])


def assert_same(ours: object, theirs: object, tolerance: float, turn: float) -> None:
    """Equal, or a whole turn apart, which is the same place on the antimeridian."""
    (x, y), (px, py) = (np.ravel(pair).tolist() for pair in (ours, theirs))
    assert y == pytest.approx(py, abs=tolerance, rel=1e-12)
    if math.isinf(x) or math.isinf(px):
        assert x == px
        return
    apart = abs(x - px)
    assert min(apart, abs(apart - turn)) <= tolerance
    if apart > tolerance:
        assert abs(abs(x) - turn / 2) <= tolerance


@given(longitude=st.floats(-800, 800), latitude=st.floats(-95, 95))
@example(180.0, 0.0)
@example(-180.0, 0.0)
@example(540.0, 0.0)
@example(0.0, 90.0)
@example(0.0, -90.0)
@example(0.0, 90.00001)
@example(573.5, 10.0)
@example(math.inf, 0.0)
@example(0.0, math.nan)
def test_degrees_are_projected_as_by_proj(longitude: float, latitude: float):
    ours = project(array(longitude), array(latitude))

    if math.isnan(latitude):
        assert not np.isfinite(ours).any()
    else:
        theirs = forward.transform(longitude, latitude)
        # At the pole itself, where y is 238,000 km and a rounding error 100.
        loose = abs(latitude) > 89.999999
        assert_same(ours, theirs, 1e9 if loose else 1e-6, 2 * HALF)


@given(x=st.floats(-9e7, 9e7), y=st.floats(-9e7, 9e7))
@example(HALF, HALF)
@example(-HALF, -HALF)
@example(math.inf, 0.0)
@example(0.0, 1e10)
def test_metres_are_unprojected_as_by_proj(x: float, y: float):
    theirs = backward.transform(x, y)

    assert_same(unproject(array(x), array(y)), theirs, 1e-11, 360.0)


@given(longitude=st.floats(-180, 180), latitude=st.floats(-89.9, 89.9))
def test_there_and_back_is_the_same_place(longitude: float, latitude: float):
    x, y = unproject(*project(array(longitude), array(latitude)))

    assert x[0] == pytest.approx(longitude, abs=1e-12)
    assert y[0] == pytest.approx(latitude, abs=1e-12)


@given(st.lists(st.tuples(st.floats(-3e7, 3e7), st.floats(-3e8, 3e8)), max_size=9))
def test_points_are_unprojected_alike_whatever_is_beside_them(
    points: list[tuple[float, float]],
):
    x, y = np.array(points).reshape(-1, 2).T

    alone = [unproject(array(one), array(other)) for one, other in points]
    beside = unproject(np.append(x, np.nan), np.append(y, np.nan))

    np.testing.assert_array_equal(np.reshape(alone, (-1, 2)), np.transpose(beside)[:-1])


def test_the_corner_of_the_map_is_where_everybody_has_it():
    x, y = project(array(180.0), array(85.0511287798066))

    assert x[0] == pytest.approx(20037508.342789244, abs=1e-8)
    assert y[0] == pytest.approx(20037508.342789244, abs=1e-4)


def test_the_edge_of_the_map_is_no_longitude_beyond_180():
    edge = np.nextafter(HALF, [np.inf, -np.inf])

    longitude, _ = unproject(np.concatenate([edge, -edge]), np.zeros(4))

    assert (np.abs(longitude) <= 180.0).all()
    assert np.sign(longitude).tolist() == [1, 1, -1, -1]


def test_shapes_are_kept():
    x, y = project(np.zeros((3, 4)), np.zeros((3, 4)))

    assert x.shape == y.shape == (3, 4)
