from __future__ import annotations

import re
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from raster_core.sources.crs.crs import LONGITUDE_LATITUDE
from raster_core.sources.crs.names import MAX_TEXT, name_crs, parse_crs
from raster_core.sources.crs.operations import point_transform


@pytest.mark.parametrize(
    "form",
    [
        "EPSG:{}",
        "epsg:{}",
        "urn:ogc:def:crs:EPSG::{}",
        "urn:ogc:def:crs:EPSG:6.9:{}",
        "URN:OGC:DEF:CRS:EPSG::{}",
        "http://www.opengis.net/def/crs/EPSG/0/{}",
        "https://www.opengis.net/def/crs/EPSG/9.9.1/{}",
    ],
)
@pytest.mark.parametrize("code", [3857, 32633, 2056, 4258, 5070])
def test_an_authoritys_code_has_many_forms(form: str, code: int):
    assert parse_crs(form.format(code)) == f"EPSG:{code}"


@pytest.mark.parametrize(
    "name",
    [
        "CRS84",
        "OGC:CRS84",
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:OGC::CRS84",
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "EPSG:4326",
        "urn:ogc:def:crs:EPSG::4326",
        "http://www.opengis.net/def/crs/EPSG/0/4326",
    ],
)
def test_longitude_and_latitude_have_one_name_here(name: str):
    assert parse_crs(name) == LONGITUDE_LATITUDE


@pytest.mark.parametrize(
    "name",
    [
        "",
        "3857",
        "EPSG:",
        "EPSG:abc",
        "EPSG:0x1",
        "EPSG:-3857",
        "EPSG:3857\n",
        " EPSG:3857",
        "EPSG:3857 +over",
        "EPSG:\u0663\u0668\u0665\u0667",
        "EPSG:999999",
        "EPSG:99999999999999999999",
        "ESRI:1",
        "IAU:30100",
        "+proj=merc",
        'PROJCS["x"]',
        "WGS 84",
        "urn:ogc:def:crs:EPSG:3857",
        "http://example.com/def/crs/EPSG/0/3857",
        "http://www.opengis.net/def/crs/EPSG/0/3857/../4326",
        "file:///etc/passwd",
    ],
)
def test_other_names_are_none(name: str):
    with pytest.raises(ValueError, match=f"^{re.escape(name)}$"):
        parse_crs(name)


@pytest.mark.parametrize(
    "code",
    [
        4978,  # from the Earth's middle
        5773,  # heights
        5817,  # a building site
    ],
)
def test_what_is_no_map_in_two_axes_is_none(code: int):
    with pytest.raises(ValueError, match=str(code)):
        parse_crs(f"EPSG:{code}")


@pytest.mark.parametrize(
    ("name", "flat"),
    [
        ("EPSG:4979", LONGITUDE_LATITUDE),  # with heights above the ellipsoid
        ("EPSG:9518", LONGITUDE_LATITUDE),  # with heights above the sea
        ("EPSG:7415", "EPSG:28992"),
        ("EPSG:7405", "EPSG:27700"),
        ("ESRI:54009", "ESRI:54009"),
        ("urn:ogc:def:crs:ESRI::54009", "ESRI:54009"),
    ],
)
def test_of_a_crs_with_heights_the_map_is_taken(name: str, flat: str):
    assert parse_crs(name) == flat


VERSIONS = ["WKT1_GDAL", "WKT1_ESRI", "WKT2_2015", "WKT2_2019", "JSON"]


def write(crs: str, version: str) -> str:
    known = CRS(crs)
    return known.to_json() if version == "JSON" else known.to_wkt(version)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("crs", "name"),
    [
        ("EPSG:3857", "EPSG:3857"),
        ("EPSG:4326", LONGITUDE_LATITUDE),
        ("OGC:CRS84", LONGITUDE_LATITUDE),
        ("EPSG:27700", "EPSG:27700"),
        ("EPSG:32633", "EPSG:32633"),
        ("ESRI:54009", "ESRI:54009"),
    ],
)
def test_a_text_with_a_code_is_that_code(crs: str, name: str, version: str):
    assert parse_crs(write(crs, version)) == name


@pytest.mark.parametrize("version", ["WKT1_GDAL", "WKT2_2019", "JSON"])
@pytest.mark.parametrize(
    "crs",
    [
        "+proj=laea +lat_0=10 +lon_0=20 +type=crs",
        "+proj=utm +zone=33 +ellps=intl +towgs84=500,0,0 +type=crs",
        "+proj=longlat +ellps=bessel +pm=ferro +type=crs",
    ],
)
def test_a_text_without_a_code_says_it_all(crs: str, version: str):
    name = parse_crs(write(crs, version))
    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0])

    assert name.startswith("{")
    assert parse_crs(name_crs(name)) == name
    np.testing.assert_allclose(
        point_transform(name, LONGITUDE_LATITUDE)(x, y),
        point_transform(crs, LONGITUDE_LATITUDE)(x, y),
        rtol=0,
        atol=1e-9,
    )


DEGREES = (
    '{kind}["x",DATUM["x",SPHEROID["x",6378137,298.257223563]{inside}],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]{end}]'
)
METRES = 'PROJCS["x",{base},PROJECTION["{method}"],UNIT["metre",1]{end}]'
PLAIN = DEGREES.format(kind="GEOGCS", inside="", end="")
GRID = "+proj=longlat +ellps=bessel +nadgrids={} +type=crs"


@pytest.mark.parametrize(
    "text",
    [
        DEGREES.format(
            kind="GEOGCS", inside=',EXTENSION["PROJ4_GRIDS","/etc/passwd"]', end=""
        ),
        METRES.format(
            base=PLAIN,
            method="custom_proj4",
            end=',EXTENSION["PROJ4","+proj=pipeline +step +proj=hgridshift '
            '+grids=/etc/passwd"]',
        ),
        METRES.format(
            base=PLAIN,
            method="Mercator_1SP",
            end=',EXTENSION["PROJ4","+proj=merc +nadgrids=http://example.com/x"]',
        ),
        CRS(GRID.format("/etc/passwd")).to_wkt(),
        CRS(GRID.format("@null")).to_wkt(),
        CRS(GRID.format("http://example.com/x.tif")).to_json(),
        CRS(
            "+proj=ob_tran +o_proj=longlat +o_lat_p=39 +o_lon_p=0 +lon_0=18 +type=crs"
        ).to_wkt(),
        CRS("EPSG:4978").to_wkt(),
        CRS("EPSG:5773").to_json(),
        'LOCAL_CS["site",UNIT["metre",1]]',
        "+proj=merc",
        "+init=epsg:4326",
        "proj=pipeline step proj=merc",
        "/etc/passwd",
        "file:///etc/passwd",
        "http://example.com/x.prj",
        '{"type": "Transformation"}',
        '{"a":' + "[" * 4000,
        "{}",
        "GEOGCS[" * 1000,
        DEGREES.format(kind="GEOGCS", inside="", end=" " * MAX_TEXT),
    ],
)
def test_a_text_that_reaches_beyond_itself_is_none(text: str):
    with pytest.raises(ValueError):  # noqa: PT011  the text is its message
        parse_crs(text)


@given(st.text(max_size=40))
@settings(deadline=None)
def test_no_text_does_harm(text: str):
    with suppress(ValueError):
        assert parse_crs(text).startswith(("EPSG:", "ESRI:", "OGC:"))


@pytest.mark.parametrize("name", ["CRS84", "EPSG:3857", "EPSG:25832"])
def test_the_name_given_out_is_understood(name: str):
    assert name_crs(parse_crs(name)).startswith("urn:ogc:def:crs:")
    assert parse_crs(name_crs(parse_crs(name))) == parse_crs(name)
