"""Polygons of a frame beside the zones that GeoJSON is read as."""

from __future__ import annotations

import json

import geopandas
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from raster_core.errors import RequestError, ZoneError
from raster_core.zonal.zones.zone import Zone, read_zone
from rasterlet.frames.zones.given import Selection, read_zones
from rasterlet.frames.zones.kinds import ZoneKind, find_kind
from rasterlet.frames.zones.polygons import make_polygon_zones

BOX = shapely.box(10, 45, 12, 46)


@st.composite
def rings(draw) -> shapely.Polygon:
    """Of any shape, mostly invalid, some beyond the world."""
    degrees = st.tuples(st.integers(-600, 600), st.integers(-95, 95))
    return shapely.Polygon(draw(st.lists(degrees, min_size=3, max_size=6)))


def read_alone(shape: shapely.Polygon, crs: str) -> Zone | str:
    """The zone of the same GeoJSON, or why it is none."""
    try:
        return read_zone(json.loads(shapely.to_geojson(shape)), crs)
    except ZoneError as error:
        return str(error)


@given(st.lists(rings(), max_size=5), st.sampled_from(["EPSG:4326", "EPSG:3857"]))
def test_zones_are_those_of_geojson(shapes, crs):
    found = make_polygon_zones(read_zones(shapes, Selection(crs=crs)))

    assert len(found.zones) == len(shapes)
    for position, shape in enumerate(shapes):
        zone = found.zones[position]
        alone = read_alone(shape, zone.crs)
        if isinstance(alone, str):
            assert str(found.faults[position]) == alone
            assert zone.geometry.is_empty
        else:
            assert position not in found.faults
            assert zone.geometry.equals_exact(alone.geometry)
            assert (zone.repaired, zone.note) == (alone.repaired, alone.note)
            assert (position in found.notes) == bool(alone.repaired or alone.note)


def test_heights_are_left_out():
    high = shapely.force_3d(BOX, 100.0)

    (zone,) = make_polygon_zones(read_zones([high])).zones

    assert not zone.geometry.has_z
    assert zone.geometry.equals(BOX)


def test_coordinates_that_are_not_finite_are_faults():
    bad = shapely.from_wkb(shapely.to_wkb(BOX).replace(b"\x28\x40", b"\xf0\x7f"))

    found = make_polygon_zones(read_zones([BOX, bad]))

    assert list(found.faults) == [1]
    assert "not finite" in str(found.faults[1])


def test_positions_beyond_a_projection_are_faults():
    found = make_polygon_zones(
        read_zones(
            [shapely.box(0, 0, 1e5, 1e5), shapely.box(0, 0, 1e8, 1e5)],
            Selection(crs=3857),
        )
    )

    assert list(found.faults) == [1]
    assert "not all within EPSG:3857" in str(found.faults[1])


KINDS = {
    ZoneKind.POLYGONS: [
        "POLYGON ((0 0, 1 0, 1 1, 0 0))",
        "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))",
    ],
    ZoneKind.LINES: [
        "LINESTRING (0 0, 1 1)",
        "MULTILINESTRING ((0 0, 1 1))",
        "LINEARRING (0 0, 1 1, 1 0, 0 0)",
    ],
    ZoneKind.POINTS: ["POINT (0 0)", "MULTIPOINT ((0 0))"],
}


@pytest.mark.parametrize(("kind", "texts"), KINDS.items())
def test_zones_of_one_dimension_are_of_one_kind(kind, texts):
    shapes = [None, *map(shapely.from_wkt, texts), shapely.from_wkt("POINT EMPTY")]

    assert find_kind(read_zones(shapes)) is kind


def test_zones_without_any_geometry_are_polygons():
    assert find_kind(read_zones([])) is ZoneKind.POLYGONS
    assert find_kind(read_zones([None])) is ZoneKind.POLYGONS


def test_a_row_of_another_kind_is_named_by_its_label():
    frame = geopandas.GeoDataFrame(
        geometry=[BOX, BOX, shapely.Point(1, 1)], index=["a", "b", "c"], crs=4326
    )

    with pytest.raises(
        RequestError, match="Row 'c' is a Point, and rows before it are polygons"
    ):
        find_kind(read_zones(frame))
    frame.loc["b", "geometry"] = shapely.GeometryCollection([BOX])
    with pytest.raises(
        RequestError, match=r"Row 'b' is a GeometryCollection.*gdf.explode"
    ):
        find_kind(read_zones(frame))


def test_a_row_with_a_number_is_named_by_it_alone():
    mixed = geopandas.GeoSeries([BOX, shapely.Point(1, 1)], index=[7, 9], crs=4326)

    with pytest.raises(RequestError, match=r"^Row 9 is a Point"):
        find_kind(read_zones(mixed))
