"""Zones of which the layer cannot count all."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from raster_core.errors import ZoneError
from raster_core.zonal.columns import statistics_columns
from raster_core.zonal.engine import Options
from raster_core.zonal.reading.classed import class_layer
from raster_core.zonal.zones.zone import Zone
from rasterlet.frames.counting import count_zones, refuse_all_bad
from rasterlet.frames.zones.given import read_zones
from rasterlet.frames.zones.polygons import PolygonZones
from tests.cogs import Recipe, open_file, write_cog

BOX = shapely.box(10.2, 45.2, 10.6, 45.6)
FLAT = shapely.Polygon([(10, 45), (11, 46), (10, 45)])  # without area, not yet checked

NAMES = ["count", "mean", "unique", "categories"]


@pytest.fixture
def layer(tmp_path):
    write_cog(tmp_path / "raster.tif", Recipe(dtype="uint8", nodata=None))
    return class_layer(open_file(tmp_path / "raster.tif"))


def test_a_zone_that_only_the_layer_refuses_keeps_its_row(layer):
    zones = PolygonZones([Zone(FLAT), Zone(BOX), Zone(None)])

    found = count_zones(layer, zones, Options(), NAMES)
    alone = statistics_columns(layer, [Zone(BOX)], Options(), NAMES)

    assert "has no area" in found.reasons[0]
    assert found.reasons[1:].tolist() == [None, "empty_geometry"]
    assert zones.faults.keys() == {0}
    for name in NAMES[:3]:
        own, other = found.values[0][name], alone.values[0][name]
        assert own.dtype == other.dtype
        assert own[1] == other[0]
    assert np.isnan(found.values[0]["mean"][[0, 2]]).all()
    assert found.values[0]["unique"][[0, 2]].tolist() == [0, 0]
    (classes,), (one,) = found.classes, alone.classes
    assert classes is not None
    assert one is not None
    assert classes.values.tolist() == one.values.tolist()
    assert classes.fractions[1].tolist() == one.fractions[0].tolist()
    assert np.isnan(classes.fractions[[0, 2]]).all()


def test_zones_that_are_all_bad_are_an_error_that_names_the_first(layer):
    given = read_zones([FLAT, FLAT])
    zones = PolygonZones([Zone(FLAT), Zone(FLAT)])

    count_zones(layer, zones, Options(), NAMES)

    with pytest.raises(
        ZoneError, match=r"None of 2 zones can be counted; Row 0: .*no area"
    ):
        refuse_all_bad(given, zones)
    refuse_all_bad(read_zones([]), PolygonZones([]))
