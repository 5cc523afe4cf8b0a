from __future__ import annotations

import math

import numpy as np
import pytest

from raster_core.errors import SourceError
from raster_core.sources.crs import crs as systems
from raster_core.sources.crs import ellipsoid
from raster_core.sources.crs.ellipsoid import geodetic
from raster_core.sources.crs.operations import is_planar

UTM_OF_BESSEL = "+proj=utm +zone=33 +ellps=bessel +towgs84=598,74,418,0.2,0.04,-2.5,6.7"


def degrees(crs: str, x: float, y: float) -> tuple[float, float]:
    longitude, latitude = geodetic(crs).to_radians(np.array([x]), np.array([y]))
    return math.degrees(longitude[0]), math.degrees(latitude[0])


@pytest.mark.parametrize(
    ("crs", "semi_major", "semi_minor"),
    [
        ("EPSG:4326", 6_378_137.0, 6_356_752.314245),
        ("EPSG:4267", 6_378_206.4, 6_356_583.8),
        ("EPSG:3857", 6_378_137.0, 6_356_752.314245),
        ("EPSG:32633+5773", 6_378_137.0, 6_356_752.314245),
        (UTM_OF_BESSEL, 6_377_397.155, 6_356_078.962818),
        ("+proj=longlat +R=6371000", 6_371_000.0, 6_371_000.0),
    ],
)
def test_a_crs_keeps_its_own_ellipsoid(crs: str, semi_major: float, semi_minor: float):
    own = geodetic(crs)

    assert own.semi_major == pytest.approx(semi_major, abs=1e-6)
    assert own.semi_minor == pytest.approx(semi_minor, abs=1e-6)


@pytest.mark.parametrize(
    ("crs", "unit"),
    [
        ("EPSG:4326", 6_378_137.0 * math.radians(1)),
        ("EPSG:4807", 6_378_249.2 * math.pi / 200),
        ("EPSG:32633", 1.0),
        ("EPSG:2263", 1200 / 3937),
    ],
)
def test_a_unit_is_told_in_metres(crs: str, unit: float):
    assert geodetic(crs).unit == pytest.approx(unit, rel=1e-12)


def test_no_datum_shift_gets_in():
    assert degrees("EPSG:4267", -100.0, 45.0) == pytest.approx((-100, 45), abs=1e-13)
    assert degrees(UTM_OF_BESSEL, 500_000.0, 0.0) == pytest.approx((15, 0), abs=1e-12)


def test_x_is_longitude_and_grads_are_no_degrees():
    assert degrees("EPSG:4326", 200.0, 50.0) == pytest.approx((200, 50), abs=1e-12)
    assert degrees("EPSG:4807", 2.0, 50.0) == pytest.approx((1.8, 45), abs=1e-12)


def test_a_rotated_pole_leads_back_to_the_true_one():
    crs = "+proj=ob_tran +o_proj=longlat +o_lat_p=39.25 +o_lon_p=0 +lon_0=18 +R=6371000"

    there = degrees(crs + " +type=crs", 0.0, 90.0)

    assert there == pytest.approx((-162, 39.25), abs=1e-9)


@pytest.mark.parametrize(
    ("crs", "message"),
    [
        ('LOCAL_CS["site",UNIT["metre",1]]', "not on an ellipsoid"),
        ("EPSG:4978", "not on an ellipsoid"),
        ("EPSG:5773", "not on an ellipsoid"),
        ("EPSG:999999", "not known"),
    ],
)
def test_what_has_no_longitudes_is_refused(crs: str, message: str):
    with pytest.raises(SourceError, match=message):
        geodetic(crs)


@pytest.mark.parametrize("name", ["EPSG:4326", "OGC:CRS84", "EPSG:3857"])
def test_what_is_known_without_proj_is_what_proj_says(name: str):
    x, y = np.array([-13.4, 11.0, 179.0]), np.array([-60.0, 0.0, 84.0])
    if name == "EPSG:3857":
        x, y = x * 1e5, y * 1e5

    known, proj = ellipsoid.geodetic(name), ellipsoid._geodetic_proj(name)

    assert known.semi_major == proj.semi_major
    assert known.semi_minor == pytest.approx(proj.semi_minor, rel=1e-15)
    assert known.unit == pytest.approx(proj.unit, rel=1e-15)
    np.testing.assert_allclose(
        known.to_radians(x, y), proj.to_radians(x, y), rtol=0, atol=1e-14
    )
    read = systems.read_crs(name)
    assert systems.is_geographic(name) == read.is_geographic
    assert is_planar(name)
