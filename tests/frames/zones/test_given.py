"""Zones in every form that users have them in."""

from __future__ import annotations

import json

import geopandas
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from raster_core.errors import RequestError
from rasterlet.frames.zones.given import Selection, read_zones

BOX = shapely.box(10, 45, 12, 46)
OTHER = shapely.box(1, 2, 3, 4)
LONGITUDE_LATITUDE = "OGC:CRS84"


def polygon(shape) -> dict[str, object]:
    return json.loads(shapely.to_geojson(shape))


def feature(shape, **members) -> dict[str, object]:
    return {"type": "Feature", "geometry": polygon(shape), "properties": {}, **members}


class Interface:
    """As pyshp's shapes and other libraries' features present themselves."""

    def __init__(self, document) -> None:
        self.__geo_interface__ = document


FORMS = {
    "a geometry": BOX,
    "a list": [BOX],
    "an array": np.array([BOX]),
    "a generator": (shape for shape in [BOX]),
    "a series": pd.Series([BOX]),
    "a geometry array": geopandas.array.from_shapely([BOX]),
    "a GeoSeries": geopandas.GeoSeries([BOX], crs=4326),
    "a GeoDataFrame": geopandas.GeoDataFrame(geometry=[BOX], crs=4326),
    "a dict": polygon(BOX),
    "a Feature": feature(BOX),
    "a collection": {"type": "FeatureCollection", "features": [feature(BOX)]},
    "a list of Features": [feature(BOX)],
    "a text": json.dumps(polygon(BOX)),
    "an interface": Interface(feature(BOX)),
    "interfaces": [Interface(polygon(BOX))],
    "tuples": Interface(
        {"type": "Polygon", "coordinates": (tuple(BOX.exterior.coords),)}
    ),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_is_the_same_zone(form):
    given = read_zones(form)

    (shape,) = given.shapes
    assert shape.equals(BOX)
    assert given.crs == LONGITUDE_LATITUDE
    assert given.frame.index.tolist() == [0]


def test_a_missing_geometry_keeps_its_place():
    forms = [
        [BOX, None],
        [BOX, float("nan")],
        pd.Series([BOX, None]),
        [feature(BOX), {"type": "Feature", "geometry": None, "properties": None}],
    ]

    for form in forms:
        assert shapely.is_missing(read_zones(form).shapes).tolist() == [False, True]


def test_a_series_keeps_its_index():
    assert read_zones(
        pd.Series([BOX, OTHER], index=["a", "a"])
    ).frame.index.tolist() == [
        "a",
        "a",
    ]
    features = pd.Series([feature(BOX), feature(OTHER)], index=[5, 3])
    assert read_zones(features).frame.index.tolist() == [5, 3]


def test_properties_and_ids_are_columns():
    features = [
        feature(BOX, id="x", properties={"name": "A"}),
        feature(OTHER, id=7, properties={"geometry": "a word", "size": 2}),
    ]

    frame = read_zones({"type": "FeatureCollection", "features": features}).frame

    assert frame.drop(columns="geometry").columns.tolist() == ["id", "name", "size"]
    assert frame["id"].tolist() == ["x", 7]
    assert frame.geometry.iloc[1].equals(OTHER)


def test_an_open_ring_is_closed():
    open_ring = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]}

    assert read_zones(open_ring).shapes[0].area == 0.5


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        (
            {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}},
            "EPSG:3857",
        ),
        (
            {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
            "OGC:CRS84",
        ),
        (pyproj.CRS(32633).to_json_dict(), "EPSG:32633"),
    ],
)
def test_geojson_may_name_its_crs(member, expected):
    collection = {
        "type": "FeatureCollection",
        "features": [feature(BOX)],
        "crs": member,
    }

    assert read_zones(collection).crs == expected


@pytest.mark.parametrize(
    "crs", ["EPSG:3857", 3857, pyproj.CRS(3857), pyproj.CRS(3857).to_wkt()]
)
def test_a_crs_may_be_said_in_any_way(crs):
    assert read_zones(BOX, Selection(crs=crs)).crs == "EPSG:3857"
    bare = geopandas.GeoSeries([BOX])
    assert read_zones(bare, Selection(crs=crs)).crs == "EPSG:3857"


def test_a_crs_without_a_code_is_its_text():
    custom = "+proj=laea +lat_0=50 +lon_0=11 +ellps=bessel +units=m"
    given = read_zones(BOX, Selection(crs=custom))

    assert pyproj.CRS(given.crs).equals(pyproj.CRS(custom).to_2d())


def test_heights_of_a_crs_are_left_out():
    compound = geopandas.GeoSeries([BOX], crs="EPSG:25832+7837")
    geographic = geopandas.GeoSeries([BOX], crs="EPSG:4979")

    assert read_zones(compound).crs == "EPSG:25832"
    assert read_zones(geographic).crs == LONGITUDE_LATITUDE


def test_a_crs_that_is_no_map_of_the_earth_is_refused():
    local = 'LOCAL_CS["site grid",UNIT["metre",1]]'
    moon = "+proj=longlat +R=1737400 +no_defs"

    with pytest.raises(RequestError, match="'site grid' is not a map of the Earth"):
        read_zones(BOX, Selection(crs=local))
    with pytest.raises(RequestError, match="'nonsense' is not a CRS that PROJ knows"):
        read_zones(BOX, Selection(crs="nonsense"))
    with pytest.raises(RequestError, match="not a map of the Earth"):
        read_zones(BOX, Selection(crs=moon))


def test_a_frame_without_a_crs_is_told_the_remedy():
    with pytest.raises(RequestError, match=r"gdf.set_crs\('EPSG:…'\) or crs="):
        read_zones(geopandas.GeoDataFrame(geometry=[BOX]))


def test_a_crs_that_contradicts_the_zones_is_refused():
    frame = geopandas.GeoDataFrame(geometry=[BOX], crs=25832)

    assert read_zones(frame, Selection(crs="EPSG:25832")).crs == "EPSG:25832"
    with pytest.raises(
        RequestError, match=r"crs '4326' contradicts .* ETRS89 .* zone 32N"
    ):
        read_zones(frame, Selection(crs=4326))


def test_a_crs_that_says_the_same_in_other_words_is_none_that_contradicts():
    frame = geopandas.GeoDataFrame(geometry=[BOX], crs="EPSG:4326")

    assert read_zones(frame, Selection(crs="OGC:CRS84")).crs == LONGITUDE_LATITUDE


def test_geojson_that_names_its_crs_is_not_overruled():
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    collection = {"type": "FeatureCollection", "features": [], "crs": named}

    assert read_zones(collection, Selection(crs=3857)).crs == "EPSG:3857"
    with pytest.raises(RequestError, match="crs '4326' contradicts"):
        read_zones(collection, Selection(crs=4326))


WRONG = {
    "a number": (3, "Zones cannot be of type int"),
    "texts": (["POLYGON EMPTY"], "Zone 0 is of type str, .* shapely.from_wkt"),
    "a mixture": ([BOX, 3], "Zone 1 is of type int, not a geometry"),
    "no GeoJSON": ({"a": 1}, "Zone 0 is not a GeoJSON object"),
    "no JSON": ("{", "text is not GeoJSON"),
    "no features": ({"type": "FeatureCollection"}, "no array of features"),
    "a bad ring": (
        {"type": "Polygon", "coordinates": [[[0, 0], ["x", 1], [1, 1]]]},
        "Zone 0 cannot be read: A ring is not an array of",
    ),
    "a table": (pd.DataFrame({"a": [1]}), "a DataFrame without geometries"),
    "no geometry column": (geopandas.GeoDataFrame({"a": [1]}), "gdf.set_geometry"),
    "layers of no file": ([BOX], "apply to files"),
}


@pytest.mark.parametrize(("form", "message"), WRONG.values(), ids=WRONG)
def test_what_are_no_zones_is_refused_in_a_sentence(form, message):
    selection = Selection(layer="x") if "files" in message else None

    with pytest.raises(RequestError, match=message):
        read_zones(form, selection)
