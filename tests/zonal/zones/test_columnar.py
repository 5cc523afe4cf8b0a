"""Zones as columns: the same zones, and the same checks, as one by one."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from raster_core.native.library import without_library
from raster_core.zonal.zones.checking import find_doubtful, find_invalid
from raster_core.zonal.zones.columnar import (
    Zones,
    gather_zones,
    group_by_crs,
    take_zones,
    zone_shapes,
)
from raster_core.zonal.zones.valid import repair_zones
from raster_core.zonal.zones.zone import Zone

BOX = shapely.box(1, 2, 3, 4)
BOW = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
HOLE = BOX.difference(shapely.box(1.5, 2.5, 2, 3))
ODD = shapely.Polygon([(0, 0), (4, 0), (4, 4), (2, 0), (0, 4)])
LINE = shapely.LineString([(0, 0), (1, 1), (1, 1)])

shapes = st.lists(
    st.sampled_from(
        [
            BOX,
            BOW,
            HOLE,
            ODD,
            LINE,
            shapely.Polygon(),
            shapely.MultiPolygon([BOX]),
            shapely.MultiPolygon([BOX, BOX]),
            shapely.Polygon([(0, 0), (np.inf, 0), (1, 1)]),
            shapely.Point(1, 2),
        ]
    ),
    max_size=8,
)


def column(items: list[shapely.Geometry]) -> np.ndarray:
    found = np.empty(len(items), object)
    found[:] = items
    return found


@given(shapes)
def test_invalid_polygons_are_those_of_geos(items):
    found = find_invalid(column(items))

    expected = [shapely.get_dimensions(e) == 2 and not e.is_valid for e in items]
    assert found.tolist() == expected
    with without_library():
        assert find_invalid(column(items)).tolist() == expected


def test_polygons_are_doubtful_beyond_the_world_and_over_half_of_it():
    wide, far = shapely.box(-100, 0, 90, 1), shapely.box(600, 0, 601, 1)
    high = shapely.box(0, 89, 1, 91)

    found = find_doubtful(column([BOX, wide, far, high, BOW]), "EPSG:4326")

    assert found.tolist() == [False, True, True, True, True]


def test_columns_are_a_sequence_of_their_zones():
    zones = Zones(column([BOX, HOLE]), "EPSG:4326", {1: "why"}, {0: "wide"})

    assert [(z.geometry, z.repaired, z.note, z.crs, z.checked) for z in zones] == [
        (BOX, None, "wide", "EPSG:4326", True),
        (HOLE, "why", None, "EPSG:4326", True),
    ]
    assert zones[-1].geometry is HOLE
    assert zones[1:].repaired == {0: "why"}
    assert take_zones(zones, [1, 0])[1].note == "wide"
    with pytest.raises(IndexError):
        zones[2]


def test_zones_of_one_crs_become_columns_and_others_stay():
    same = [Zone(BOX), Zone(HOLE, note="odd")]
    mixed = [Zone(BOX), Zone(BOX, crs="EPSG:3857")]

    columns = gather_zones(same)

    assert isinstance(columns, Zones)
    assert columns.notes == {1: "odd"}
    assert gather_zones(columns) is columns
    assert gather_zones(mixed) is mixed
    assert [(crs, own.tolist()) for crs, own in group_by_crs(mixed)] == [
        ("EPSG:3857", [1]),
        ("OGC:CRS84", [0]),
    ]
    assert gather_zones([]) == []
    assert group_by_crs(Zones(column([]))) == []


def test_repaired_zones_are_columns_that_say_why():
    zones = repair_zones([Zone(BOX), Zone(BOW), Zone(LINE)])

    assert isinstance(zones, Zones)
    assert zones.repaired == {1: "Self-intersection[1 1]"}
    assert shapely.is_valid(zone_shapes(zones)).all()
    assert repair_zones(zones) is zones
