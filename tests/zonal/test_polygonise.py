"""Classes as polygons: GDAL's burning them back as the oracle, GEOS for validity."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.features import rasterize

from raster_core.bands import RasterClass
from raster_core.errors import BudgetError, RequestError, ZoneError
from raster_core.grid import Grid
from raster_core.layers.file import FileSpec
from raster_core.layers.kinds import open_layer
from raster_core.stated import state_band
from raster_core.zonal import polygonise as module
from raster_core.zonal.polygonise import ClassArea, polygonise
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe
from tests.fake_layer import CountingLayer, FakeLayer
from tests.zonal.pairs import CLASSES, EVERYTHING, UTM, make, some_zones, whole

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def classes_layer(values: NDArray[np.generic], grid: Grid) -> FakeLayer:
    """A layer of one band, where -1 is no data."""
    return FakeLayer(values, grid, mask=values != -1)


def geometry(area: ClassArea) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([(rings[0], rings[1:]) for rings in area.polygons])


def assert_well_formed(area: ClassArea) -> None:
    """Valid, closed, turned as RFC 7946 wants; parts touch at corners at most."""
    for shell, *holes in area.polygons:
        assert shapely.is_ccw(shapely.LinearRing(shell))
        assert not any(shapely.is_ccw(shapely.LinearRing(hole)) for hole in holes)
        for ring in (shell, *holes):
            assert (ring[0] == ring[-1]).all()
    shape = geometry(area)
    assert shapely.is_valid(shape), shapely.is_valid_reason(shape)


def unit_grid(height: int, width: int) -> Grid:
    return Grid("EPSG:4326", Affine(1, 0, 10, 0, -1, 60), width, height)


def test_a_ring_around_a_hole_is_the_one_drawn_by_hand():
    values = np.array([[1, 1, 1, 2], [1, 3, 1, 2], [1, 1, 1, -1]], np.int16)
    layer = classes_layer(values, unit_grid(3, 4))

    ring, column, hole = polygonise(layer, Zone(shapely.box(9, 50, 20, 61)))

    assert [(a.value, a.name, a.count) for a in (ring, column, hole)] == [
        (1, "1", 8),
        (2, "2", 2),
        (3, "3", 1),
    ]
    ((shell, inner),) = ring.polygons
    assert set(map(tuple, shell.tolist())) == {(10, 60), (10, 57), (13, 57), (13, 60)}
    assert set(map(tuple, inner.tolist())) == {(11, 59), (11, 58), (12, 58), (12, 59)}
    assert geometry(column).equals(shapely.box(13, 58, 14, 60))
    assert geometry(hole).equals(shapely.box(11, 58, 12, 59))
    for area in (ring, column, hole):
        assert_well_formed(area)


def test_pixels_that_share_a_corner_only_are_two_polygons():
    values = np.array([[5, -1], [-1, 5]], np.int16)

    (area,) = polygonise(
        classes_layer(values, unit_grid(2, 2)), Zone(shapely.box(9, 50, 20, 61))
    )

    assert area.count == len(area.polygons) == 2
    assert_well_formed(area)


@settings(deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.data())
def test_each_pixel_is_in_the_polygons_of_its_value(
    height: int, width: int, data: st.DataObject
):
    cells = st.lists(
        st.integers(-1, 2), min_size=height * width, max_size=height * width
    )
    values = np.array(data.draw(cells), np.int16).reshape(height, width)
    layer = classes_layer(values, unit_grid(height, width))

    found = polygonise(layer, Zone(shapely.box(0, 0, 90, 90)))

    assert [area.value for area in found] == sorted(set(values[values >= 0].tolist()))
    for area in found:
        assert_well_formed(area)
        burnt = rasterize(
            [geometry(area)], values.shape, transform=layer.info.grid.transform
        )
        assert (burnt.astype(bool) == (values == area.value)).all()
        assert geometry(area).area == pytest.approx(area.count)
        assert area.count == (values == area.value).sum()
    labels = [part for area in found for part in shapely.get_parts(geometry(area))]
    assert len(labels) == count_regions(values)


def count_regions(values: NDArray[np.int16]) -> int:
    """Regions of equal values joined by sides, by flooding."""
    left = {place for place in np.ndindex(values.shape) if values[place] >= 0}
    regions = 0
    while left:
        regions += 1
        pending = [left.pop()]
        while pending:
            row, col = pending.pop()
            for near in (
                (row - 1, col),
                (row + 1, col),
                (row, col - 1),
                (row, col + 1),
            ):
                if near in left and values[near] == values[row, col]:
                    left.remove(near)
                    pending.append(near)
    return regions


@pytest.mark.parametrize("number", range(13))
def test_pixels_are_those_whose_centre_is_inside(tmp_path: Path, number: int):
    layer = make(tmp_path / "a.tif", CLASSES)
    zone = some_zones()[number]
    values, valid = whole(layer)
    inside = rasterize(
        [zone.geometry], values.shape, transform=layer.info.grid.transform
    ).astype(bool)

    found = polygonise(layer, zone)

    for area in found:
        expected = inside & valid & (values == area.value)
        burnt = rasterize(
            [geometry(area)], values.shape, transform=layer.info.grid.transform
        )
        assert area.count == expected.sum()
        assert (burnt.astype(bool) == expected).all()


def test_values_asked_for_come_met_or_not(tmp_path: Path):
    layer = make(tmp_path / "a.tif", CLASSES, classes=3)
    named = replace(
        layer.info.bands[0],
        classes=(RasterClass(2, "Water", None), RasterClass(9, "Ice", None)),
    )
    layer = open_layer(FileSpec(str(tmp_path / "a.tif"), "test", (state_band(named),)))

    found = polygonise(layer, EVERYTHING, {9, 2, 77})

    assert [(area.value, area.name) for area in found] == [
        (2, "Water"),
        (9, "Ice"),
        (77, "77"),
    ]
    assert found[0].count == (whole(layer)[0] == 2).sum()
    assert [(area.count, area.polygons) for area in found[1:]] == [(0, ())] * 2


def test_nodata_is_no_class(tmp_path: Path):
    layer = make(tmp_path / "a.tif", CLASSES)

    (area,) = polygonise(layer, EVERYTHING, [255])

    assert area.count == 0


@pytest.mark.parametrize(
    "zone",
    [shapely.box(100, 10, 101, 11), shapely.box(10.501, 45.501, 10.502, 45.502)],
    ids=["off", "between centres"],
)
def test_a_zone_without_centres_has_no_areas(tmp_path: Path, zone: shapely.Geometry):
    layer = CountingLayer(make(tmp_path / "a.tif", CLASSES))

    assert polygonise(layer, Zone(zone)) == []
    assert [area.count for area in polygonise(layer, Zone(zone), [1])] == [0]
    assert layer.read_grids == []


def test_projected_pixels_keep_their_place_and_area(tmp_path: Path):
    layer = make(tmp_path / "a.tif", UTM, classes=2)

    found = polygonise(layer, Zone(shapely.box(10.2, 45.2, 10.6, 45.5)), [1])

    (area,) = found
    assert_well_formed(area)
    box = geometry(area).bounds
    assert box == pytest.approx((10.2, 45.2, 10.6, 45.5), abs=0.004)
    # In degrees times metres a degree: the middle of the zone.
    square = geometry(area).area * 111_145 * 78_470
    assert square == pytest.approx(area.count * 250**2, rel=0.01)


def test_a_south_up_raster_is_turned_the_right_way():
    grid = Grid("EPSG:4326", Affine(1, 0, 10, 0, 1, 50), 3, 3)
    values = np.array([[1, 1, 1], [1, 2, 1], [1, 1, 1]], np.uint8)

    ring, _ = polygonise(classes_layer(values, grid), Zone(shapely.box(0, 0, 90, 90)))

    assert_well_formed(ring)
    assert geometry(ring).bounds == (10, 50, 13, 53)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857"])
def test_a_side_may_span_the_world(crs: str):
    half = 180.0 if crs == "EPSG:4326" else 20037508.35  # a centimetre too much
    height = 60.0 if crs == "EPSG:4326" else 8_000_000.0
    grid = Grid(crs, Affine(half / 4, 0, -half, 0, -height / 2, height), 8, 4)
    values = np.full((4, 8), 1, np.uint8)
    values[1:3, 2:6] = 2

    world, inner = polygonise(
        classes_layer(values, grid), Zone(shapely.box(-180, -85, 180, 85))
    )

    assert_well_formed(world)
    assert geometry(world).bounds == pytest.approx(
        (-180, -world_top(crs), 180, world_top(crs)), abs=1e-6
    )
    assert geometry(inner).bounds[::2] == pytest.approx((-90, 90), abs=1e-6)
    assert len(world.polygons[0]) == 2


def world_top(crs: str) -> float:
    if crs == "EPSG:4326":
        return 60.0
    return float(np.degrees(np.arctan(np.sinh(8e6 / 6378137))))


def test_polygons_over_the_antimeridian_do_not_jump():
    """A polar raster; its pixels at 180 degrees run on beyond it."""
    grid = Grid(
        "EPSG:3413", Affine(50_000, 0, -1_400_000, 0, -50_000, 1_400_000), 20, 20
    )
    values = np.ones((20, 20), np.uint8)
    values[5, 5] = 2  # at 180 degrees

    found = polygonise(
        classes_layer(values, grid), Zone(shapely.box(-180, 60, 180, 90))
    )

    for area in found:
        assert_well_formed(area)
        west, _, east, _ = geometry(area).bounds
        assert east - west < 120
        assert -180 <= (west + east) / 2 <= 180
    assert sum(area.count for area in found) == 400
    assert len(found[0].polygons[0]) == 2


def test_pixels_around_a_pole_have_no_outline():
    grid = Grid("EPSG:3413", Affine(50_000, 0, -500_000, 0, -50_000, 500_000), 20, 20)
    layer = classes_layer(np.ones((20, 20), np.uint8), grid)

    with pytest.raises(ZoneError, match="around a pole"):
        polygonise(layer, Zone(shapely.box(-180, 60, 180, 90)))


def test_a_raster_of_0_to_360_degrees_has_its_polygons_there():
    grid = Grid("EPSG:4326", Affine(1, 0, 170, 0, -1, 10), 40, 10)
    layer = classes_layer(np.ones((10, 40), np.uint8), grid)

    (area,) = polygonise(layer, Zone(shapely.box(-175, 2, -170, 5)))

    assert geometry(area).bounds == (185, 2, 190, 5)


def test_a_zone_of_too_large_a_box_is_refused_before_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    layer = CountingLayer(make(tmp_path / "a.tif", CLASSES))
    monkeypatch.setattr(module, "MAX_PIXELS", 29_999)

    with pytest.raises(BudgetError, match="200x150 pixels, which exceeds 29999"):
        polygonise(layer, EVERYTHING)

    assert layer.read_grids == []


def test_outlines_of_too_many_corners_are_refused(monkeypatch: pytest.MonkeyPatch):
    values = np.array([[1, 1, 1], [1, 2, 1], [1, 1, 1]], np.uint8)
    layer, zone = (
        classes_layer(values, unit_grid(3, 3)),
        Zone(shapely.box(0, 0, 90, 90)),
    )

    monkeypatch.setattr(module, "MAX_CORNERS", 8)
    assert len(polygonise(layer, zone)) == 2
    monkeypatch.setattr(module, "MAX_CORNERS", 7)
    with pytest.raises(BudgetError, match="8 corners, which exceeds 7"):
        polygonise(layer, zone)


def test_floats_are_refused(tmp_path: Path):
    floats = make(tmp_path / "a.tif", Recipe(dtype="float32"))

    with pytest.raises(RequestError, match="Band 1 of the raster is float32"):
        polygonise(floats, EVERYTHING)
