"""Zones that cannot be counted: each is named by its position."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest
import shapely

from raster_core.errors import ZoneError
from raster_core.zonal.crosstab import cross_tabulate
from raster_core.zonal.engine import zonal_statistics
from raster_core.zonal.faults import find_faults
from raster_core.zonal.grouped import grouped_statistics
from raster_core.zonal.weighted import weighted_statistics
from raster_core.zonal.zones.valid import repair_zone
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, open_file, write_cog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from raster_core.raster import Layer

SQUARE = Zone(shapely.box(10.2, 45.2, 10.6, 45.6))
BOW_TIE = shapely.Polygon([(10.2, 45.2), (10.6, 45.6), (10.6, 45.2), (10.2, 45.6)])
LINE = shapely.Polygon([(10, 45), (11, 46), (10, 45)])
IN_UTM = shapely.Polygon([(5e5, 5e6), (6e5, 51e5), (6e5, 5e6), (5e5, 51e5)])


@pytest.fixture
def layer(tmp_path: Path) -> Layer:
    write_cog(tmp_path / "raster.tif", Recipe())
    return open_file(tmp_path / "raster.tif")


def test_a_missing_geometry_is_a_row_with_a_reason(layer: Layer):
    zones = [Zone(None), SQUARE, Zone(None, crs="EPSG:32632"), Zone(shapely.Polygon())]

    found = zonal_statistics(layer, zones)

    reasons = [figures.reason for (figures,) in found]
    assert reasons == ["empty_geometry", None, "empty_geometry", "empty_geometry"]
    assert found[0][0].count == 0
    assert found[0][0].covered_percent is None
    assert found[1] == zonal_statistics(layer, [SQUARE])[0]
    assert find_faults(layer, zones) == {}


COUNTS = pytest.mark.parametrize(
    "count",
    [
        zonal_statistics,
        lambda layer, zones: [
            table.weights for table in cross_tabulate([layer], zones)
        ],
        lambda layer, zones: grouped_statistics(layer, layer, zones),
        lambda layer, zones: weighted_statistics(layer, layer, zones),
    ],
    ids=["statistics", "crosstab", "groups", "weights"],
)


@pytest.mark.parametrize(
    "zone", [Zone(BOW_TIE), Zone(IN_UTM, crs="EPSG:32632")], ids=["degrees", "metres"]
)
@COUNTS
def test_an_invalid_polygon_counts_as_the_repaired_one(
    layer: Layer, zone: Zone, count: Callable[[Layer, list[Zone]], object]
):
    found = count(layer, [SQUARE, zone])

    assert found == count(layer, [SQUARE, repair_zone(zone)])


@COUNTS
def test_what_cannot_be_repaired_is_named_by_its_position(
    layer: Layer, count: Callable[[Layer, list[Zone]], object]
):
    with pytest.raises(ZoneError, match=r"Zone 1: .* has no area") as caught:
        count(layer, [SQUARE, Zone(LINE), SQUARE])

    assert caught.value.zone == 1
    assert pickle.loads(pickle.dumps(caught.value)).zone == 1  # noqa: S301  our own


def test_faults_are_by_position(layer: Layer):
    zones = [Zone(LINE), SQUARE, Zone(None), Zone(BOW_TIE), Zone(LINE)]

    assert set(find_faults(layer, zones)) == {0, 4}


def test_a_repaired_zone_is_counted_and_says_why(layer: Layer):
    zone = repair_zone(Zone(BOW_TIE))

    ((figures,),) = zonal_statistics(layer, [zone])

    assert zone.repaired is not None
    assert zone.repaired.startswith("Self-intersection")
    assert figures.valid_pixels + figures.masked_pixels == pytest.approx(800)
    assert repair_zone(zone) is zone
    assert repair_zone(SQUARE).repaired is None
