"""Geometries of a body read together: each as it is read alone."""

from __future__ import annotations

import json

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from raster_core.errors import BudgetError, ZoneError
from raster_core.zonal.zones import reading
from raster_core.zonal.zones.columnar import Zones
from raster_core.zonal.zones.reading import read_zones
from raster_core.zonal.zones.repair import Repairs
from raster_core.zonal.zones.zone import Zone, read_zone

BOX = shapely.box(1, 2, 3, 4)
HOLE = BOX.difference(shapely.box(1.5, 2.5, 2, 3))


def polygon(*rings: object) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": list(rings)}


OPEN = [[0, 0], [2, 0], [2, 2.5], [0, 2]]
ODD = (
    polygon([*OPEN, [0, 0]]),
    polygon(OPEN),
    polygon(OPEN[:3]),
    polygon([[0, 0], [1, 1], [0, 0]]),
    polygon([[0, 0], [2, 2], [2, 0], [0, 2]]),
    polygon([[0, 0], [1, 0], [2, 0], [3, 0]]),
    polygon([[x, y, 7.5] for x, y in OPEN]),
    polygon([[0, 0, 1], *OPEN[1:]]),
    polygon([[x] for x, _ in OPEN]),
    polygon([["0", "0"], *OPEN[1:]]),
    polygon([[True, False], *OPEN[1:]]),
    polygon([[2**70, 0], *OPEN[1:]]),
    polygon([[float("nan"), 0], *OPEN[1:]]),
    polygon([[10**400, 0], *OPEN[1:]]),
    polygon([[-170, 0], [170, 0], [170, 5], [-170, 5]]),
    polygon([[-300, 0], [300, 0], [300, 5], [-300, 5]]),
    polygon([[600, 0], *OPEN[1:]]),
    polygon(),
    polygon([]),
    polygon("abcd"),
    polygon([[], [], [], []]),
    {"type": "Polygon"},
    {"type": "Point", "coordinates": [1, 2]},
    {"type": "MultiPolygon", "coordinates": [[OPEN]]},
    json.loads(shapely.to_geojson(HOLE)),
    None,
    7,
    ZoneError("known before"),
)


def alone(geometry: object, crs: str, repairs: Repairs) -> Zone | ZoneError:
    if isinstance(geometry, ZoneError):
        return geometry
    try:
        return read_zone(geometry, crs, repairs)
    except ZoneError as error:
        return error


def told(outcome: Zone | ZoneError) -> object:
    if isinstance(outcome, ZoneError):
        return str(outcome)
    kept = outcome.repaired, outcome.note, outcome.crs, outcome.checked
    return shapely.to_wkb(outcome.geometry), *kept


@given(
    st.lists(st.sampled_from(ODD), max_size=12),
    st.sampled_from(["OGC:CRS84", "EPSG:32633"]),
    st.sampled_from([1, 3, 512]),
)
def test_each_is_as_if_it_were_alone(geometries, crs, together):
    repairs = Repairs()
    expected = [told(alone(geometry, crs, repairs)) for geometry in geometries]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_TOGETHER", together)
        found = read_zones(geometries, crs)

    assert list(map(told, found)) == expected


def test_good_zones_are_columns():
    zones = read_zones(
        [polygon(OPEN), polygon(OPEN, [[1, 1], [1, 1.5], [1.5, 1]])], "OGC:CRS84"
    )

    assert isinstance(zones, Zones)
    assert [len(shape.interiors) for shape in zones.shapes] == [0, 1]


def test_a_comb_that_geos_would_take_long_for_is_refused_unasked(monkeypatch):
    monkeypatch.setattr("raster_core.zonal.zones.repair.MAX_EDGE_PAIRS", 200)
    monkeypatch.setattr("raster_core.zonal.zones.repair.MAX_UNCOUNTED", 20)
    monkeypatch.setattr("raster_core.zonal.zones.checking.MAX_UNCOUNTED", 20)
    teeth = [point for n in range(100) for point in ([n / 10, 0], [n / 10 + 9, 50])]
    comb = polygon([*teeth, [40, 50], [40, -1], [0, -1]])

    with pytest.raises(BudgetError, match=r"Feature 1: .* pairs that may cross"):
        read_zones([polygon(OPEN), comb], "OGC:CRS84")
