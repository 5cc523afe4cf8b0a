"""Lines: what is refused, and that positions are evenly spaced on the ellipsoid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from pyproj import Geod

from raster_core.errors import ZoneError
from raster_core.zonal.zones.line import measure_line, read_line
from testing.geojson import line_string, polygon

GEOD = Geod(ellps="WGS84")

longitude = st.floats(-540, 540)
latitude = st.floats(-90, 90)
lines = st.lists(st.tuples(longitude, latitude), min_size=2, max_size=8).filter(
    lambda points: len(set(points)) > 1 and np.ptp(points, axis=0).max() > 1e-6
)


@given(lines, st.integers(2, 200))
@settings(deadline=None)
def test_positions_lie_on_the_line_from_its_start_to_its_end(
    points: list[tuple[float, float]], samples: int
):
    try:
        track = measure_line(np.array(points))
    except ZoneError:  # along a parallel at a pole, or round it
        assert np.abs(np.array(points)[:, 1]).min() > 89.9
        reject()

    distance, positions = track.positions(samples)

    assert positions.shape == (samples, 2)
    assert tuple(positions[0]) == points[0]
    assert tuple(positions[-1]) == pytest.approx(points[-1])
    assert distance[0] == 0
    assert np.allclose(np.diff(distance), distance[-1] / (samples - 1))
    assert (np.abs(positions) <= np.abs(np.array(points)).max(axis=0) + 1e-9).all()


@given(lines, lines)
@settings(deadline=None)
def test_the_length_of_a_line_is_the_sum_of_its_parts(
    first: list[tuple[float, float]], second: list[tuple[float, float]]
):
    second = [first[-1], *second]
    whole = [*first, *second[1:]]
    try:
        lengths = [
            measure_line(np.array(p)).distance[-1] for p in (first, second, whole)
        ]
    except ZoneError:
        reject()

    assert lengths[2] == pytest.approx(lengths[0] + lengths[1], rel=1e-6)


@pytest.mark.parametrize(
    ("start", "end"),
    [((10, 45), (10.05, 45.05)), ((7, -60), (7, 60)), ((-30, 0), (40, 0))],
    ids=["short", "along a meridian", "along the equator"],
)
def test_lines_that_are_geodesics_have_their_length(
    start: tuple[float, float], end: tuple[float, float]
):
    _, _, expected = GEOD.inv(*start, *end)

    track = measure_line(np.array([start, end], float))

    assert track.distance[-1] == pytest.approx(expected, rel=1e-7)


def test_a_parallel_is_as_long_as_the_circle_and_not_as_the_short_cut():
    latitude = np.radians(60)
    # Radius of a parallel on WGS 84.
    radius = (
        6378137
        * np.cos(latitude)
        / np.sqrt(1 - 0.0066943799901413 * np.sin(latitude) ** 2)
    )

    track = measure_line(np.array([[0.0, 60.0], [90.0, 60.0]]))

    assert track.distance[-1] == pytest.approx(radius * np.pi / 2, rel=2e-7)


def test_long_lines_have_a_bounded_number_of_points():
    zigzag = np.array([[(-1) ** n * 540.0, 0.0] for n in range(1000)])

    assert len(measure_line(zigzag).points) < 102_000


def test_repeated_points_do_no_harm():
    line = np.array([[10, 45], [10, 45], [11, 45], [11, 45]], float)

    distance, positions = measure_line(line).positions(3)

    assert positions.tolist() == [[10, 45], [pytest.approx(10.5), 45], [11, 45]]
    assert distance[-1] == pytest.approx(GEOD.inv(10, 45, 11, 45)[2], rel=1e-4)


def test_a_line_without_length_is_refused():
    with pytest.raises(ZoneError, match="no length"):
        measure_line(np.array([[10.0, 45.0], [10.0, 45.0]]))


def test_heights_are_left_out():
    line = read_line(line_string([10, 45, 300], [11, 46]))

    assert line.tolist() == [[10, 45], [11, 46]]


@pytest.mark.parametrize(
    ("geometry", "message"),
    [
        (None, "no geometry"),
        ("LINESTRING(10 45, 11 46)", "not a GeoJSON object"),
        ({}, "type 'None' is not LineString"),
        (polygon(), "type 'Polygon'"),
        (
            {"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]]]},
            "not LineString",
        ),
        ({"type": "LineString"}, "not an array"),
        ({"type": "LineString", "coordinates": "10,45"}, "not an array"),
        (line_string(), "0 points"),
        (line_string([10, 45]), "1 points"),
        (line_string([10, 45], [11]), "longitude, lat"),
        (line_string([10, 45], 11), "longitude, lat"),
        (line_string([10, 45], None), "longitude, lat"),
        (line_string([10, 45], ["11", "46"]), "longitude"),
        (line_string([10, 45], [None, 46]), "longitude"),
        (line_string([[10], 45], [11, 46]), "longitude"),
        (
            line_string([10, 45], [11, float("nan")]),
            "finite",
        ),
        (
            line_string([10, 45], [float("inf"), 46]),
            "finite",
        ),
        (line_string([10, 45], [11, 10**400]), "finite"),
        (
            line_string([10, 45], [541, 46]),
            "not longitudes",
        ),
        (
            line_string([10, 45], [11, -90.5]),
            "not longitudes",
        ),
    ],
    ids=str,
)
def test_what_is_no_line_is_refused(geometry: object, message: str):
    with pytest.raises(ZoneError, match=message):
        read_line(geometry)
