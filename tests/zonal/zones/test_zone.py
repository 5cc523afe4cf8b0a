from __future__ import annotations

import numpy as np
import pytest
import shapely
from affine import Affine

from raster_core.errors import ZoneError
from raster_core.grid import Grid
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE
from raster_core.sources.crs.operations import point_transform
from raster_core.zonal.coverage.cover import cover
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.outlines.projecting import project_zones
from raster_core.zonal.zones.positions import count_vertices
from raster_core.zonal.zones.zone import Zone, read_zone
from testing.geojson import box, multipolygon, polygon

WORLD = Grid("EPSG:4326", Affine(1, 0, -180, 0, -1, 90), 360, 180)
UTM = Grid("EPSG:32633", Affine(100, 0, 300_000, 0, -100, 5_300_000), 4000, 4000)
SQUARE = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0], [0.0, 0.0]]


def area_on(grid: Grid, *zones: Zone) -> float:
    """Covered pixels of all zones."""
    runs = cover(project_zones(zones, grid), grid.window)
    return sum(((runs.stop - runs.start) * (runs.weight / WHOLE)).tolist())


@pytest.mark.parametrize(
    ("geometry", "message"),
    [
        (None, "no geometry"),
        ({"type": "Point", "coordinates": [1, 2]}, "'Point' is not Polygon"),
        ({"type": "Polygon"}, "not an array of arrays"),
        (polygon(), "empty"),
        (multipolygon(), "empty"),
        (polygon([[0, 0], [1, 1]]), "2 points"),
        (polygon([[0, 0], [1, float("nan")], [1, 1], [0, 0]]), "not finite"),
        (polygon([[0, 0], [float("inf"), 0], [1, 1], [0, 0]]), "not finite"),
        (polygon([[0, 0], [541, 0], [1, 1], [0, 0]]), "within 540"),
        (polygon([[0, 0], [1, 91], [1, 1], [0, 0]]), "within 90"),
        (polygon([[0, 0], ["1", 0], [1, 1], [0, 0]]), "not an array of"),
        (polygon([[0], [1], [2], [0]]), "not an array of"),
        (polygon([0, 1, 2]), "not an array of"),
        (polygon([[0, 0], [2, 2], [4, 4], [0, 0]]), "no area"),
    ],
)
def test_what_is_no_zone_is_refused_with_its_reason(geometry: object, message: str):
    with pytest.raises(ZoneError, match=message):
        read_zone(geometry)


def test_a_height_is_ignored_and_an_open_ring_closed():
    zone = read_zone(polygon([[0, 0, 7], [4, 0, 7], [4, 4, 7], [0, 4, 7]]))

    assert zone.geometry.area == 16
    assert zone.repaired is None


def test_a_bow_tie_is_repaired_to_its_two_triangles():
    zone = read_zone(polygon([[0, 0], [4, 4], [4, 0], [0, 4], [0, 0]]))

    assert zone.geometry.area == pytest.approx(8)
    assert zone.repaired == "Self-intersection[2 2]"


def test_overlapping_parts_count_once():
    zone = read_zone(multipolygon([SQUARE], [[[2, 2], [6, 2], [6, 6], [2, 6], [2, 2]]]))

    assert zone.geometry.area == pytest.approx(28)
    assert zone.repaired


def test_vertices_are_counted_however_deep():
    assert count_vertices(polygon(SQUARE, SQUARE)) == 10
    assert count_vertices({"type": "Point", "coordinates": [1, 2]}) == 1
    assert count_vertices(None) == 0
    empty = multipolygon(*([[]] * 1000 + [[[], []]]))
    assert count_vertices(empty) == 1002


def test_a_zone_over_the_antimeridian_may_be_written_either_way():
    split = shapely.MultiPolygon(
        [shapely.box(170, 0, 180, 10), shapely.box(-180, 0, -170, 10)]
    )
    east = shapely.box(170, 0, 190, 10)
    west = shapely.box(-190, 0, -170, 10)

    areas = [area_on(WORLD, Zone(zone)) for zone in (split, east, west)]

    assert areas == [200, 200, 200]


def test_a_zone_in_negative_longitudes_lands_on_a_raster_of_0_to_360():
    grid = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 90), 360, 180)

    assert area_on(grid, Zone(shapely.box(-100, 0, -90, 5))) == 50
    assert area_on(grid, Zone(shapely.box(-5, 0, 5, 5))) == 50


def test_a_zone_half_off_the_raster_keeps_its_half():
    assert area_on(WORLD, Zone(shapely.box(-10, 85, 10, 90))) == 100
    part = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 10), 10, 10)
    assert area_on(part, Zone(shapely.box(5, 5, 15, 15))) == 25


def test_a_projected_outline_follows_the_true_curve():
    # A parallel is a curve in UTM: 3 degrees of it sag by 22 pixels of 100 m.
    zone = shapely.Polygon([(13.5, 47.0), (16.5, 47.0), (15.0, 47.8)])
    to_utm = point_transform(LONGITUDE_LATITUDE, UTM.crs)
    straight, curved = (
        shapely.transform(shape, lambda xy: np.stack(to_utm(*xy.T), axis=1)).area / 1e4
        for shape in (zone, shapely.segmentize(zone, 0.001))
    )

    counted = area_on(UTM, Zone(zone))

    assert counted == pytest.approx(curved, rel=2e-5)
    assert abs(straight - curved) > 5_000


def test_a_zone_that_spans_the_world_counts_once_on_a_projected_raster():
    whole = shapely.box(-180, -89, 180, 89)

    assert area_on(UTM, Zone(whole)) == pytest.approx(UTM.window.pixels)


def test_neighbours_share_their_border_after_projection():
    zones = [
        Zone(shapely.box(14.0 + n * 0.25, 46.0, 14.25 + n * 0.25, 46.7))
        for n in range(4)
    ]
    together = Zone(shapely.box(14.0, 46.0, 15.0, 46.7))

    apart = area_on(UTM, *zones)

    assert apart == pytest.approx(area_on(UTM, together), rel=2e-5)


def test_a_south_up_raster_counts_the_same_cells():
    south_up = Grid("EPSG:4326", Affine(1, 0, -180, 0, 1, -90), 360, 180)
    zone = Zone(shapely.Polygon([(1.5, 2.25), (20, 3), (8.125, 17)]))

    assert area_on(south_up, zone) == pytest.approx(area_on(WORLD, zone))


def test_an_edge_of_more_than_half_a_turn_is_noted_and_taken_as_drawn():
    around = read_zone(polygon([[170, 0], [-170, 0], [-170, 10], [170, 10], [170, 0]]))

    assert around.note is not None
    assert "340 degrees" in around.note
    assert area_on(WORLD, around) == pytest.approx(3400)


@pytest.mark.parametrize(
    "ring",
    [
        [[170, 0], [190, 0], [190, 10], [170, 10], [170, 0]],
        [[-90, 0], [0, 0], [90, 0], [90, 10], [0, 10], [-90, 10], [-90, 0]],
        [[-170, 0], [0, 0], [170, 0], [170, 10], [0, 10], [-170, 10], [-170, 0]],
    ],
)
def test_a_wide_zone_of_short_edges_has_no_note(ring: list[list[float]]):
    assert read_zone(polygon(ring)).note is None


def test_a_step_from_one_part_to_the_next_is_no_edge():
    parts = [[[x, 0], [x + 9, 0], [x + 9, 9], [x, 9], [x, 0]] for x in (-170, 160)]
    zone = read_zone(multipolygon(*([p] for p in parts)))

    assert zone.note is None


@pytest.mark.parametrize(
    ("west", "east"), [(-250, 250), (-180, 181), (-540, 540), (0, 400)]
)
def test_a_zone_wider_than_the_world_counts_every_place_once(west: float, east: float):
    zone = read_zone(box(west, 0, east, 10))

    assert area_on(WORLD, zone) == pytest.approx(3600)
    assert zone.repaired is None
    assert f"spans {east - west:g} degrees of longitude" in str(zone.note)


def test_a_place_drawn_on_two_turns_counts_once():
    parts = [box(west, 0, west + 20, 10)["coordinates"] for west in (170, -190)]

    zone = read_zone(multipolygon(*parts))

    assert area_on(WORLD, zone) == pytest.approx(200)
    assert "counts once" in str(zone.note)


def test_a_hole_is_filled_where_the_zone_lies_over_it():
    hole = [[0.0, 4], [0, 6], [20, 6], [20, 4], [0, 4]]
    ring = box(-30, 0, 350, 10)["coordinates"][0]  # type: ignore[index]

    assert area_on(WORLD, read_zone(polygon(ring, hole))) == pytest.approx(3560)
    ring = box(-30, 0, 340, 10)["coordinates"][0]  # type: ignore[index]
    assert area_on(WORLD, read_zone(polygon(ring, hole))) == pytest.approx(3560)
    ring = box(-30, 0, 375, 10)["coordinates"][0]  # type: ignore[index]
    assert area_on(WORLD, read_zone(polygon(ring, hole))) == pytest.approx(3590)


def test_a_whole_turn_stays_as_it_is():
    zone = read_zone(box(-180, 0, 180, 10))

    assert shapely.equals(zone.geometry, shapely.box(-180, 0, 180, 10))
    assert "spans 360" in str(zone.note)
    assert "counts once" not in str(zone.note)
