from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raster_core.source.crs import LONGITUDE_LATITUDE
from raster_core.source.crs_names import name_crs, parse_crs


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
        "ESRI:54009",
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


@given(st.text(max_size=40))
@settings(deadline=None)
def test_no_text_does_harm(text: str):
    try:
        found = parse_crs(text)
    except ValueError:
        return
    assert found.startswith(("EPSG:", "OGC:"))


@pytest.mark.parametrize("name", ["CRS84", "EPSG:3857", "EPSG:25832"])
def test_the_name_given_out_is_understood(name: str):
    assert name_crs(parse_crs(name)).startswith("urn:ogc:def:crs:")
    assert parse_crs(name_crs(parse_crs(name))) == parse_crs(name)
