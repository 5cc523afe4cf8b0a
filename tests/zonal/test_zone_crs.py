"""Zones and lines in another CRS than longitude and latitude."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from raster_core.errors import ZoneError
from raster_core.grid import Grid
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE
from raster_core.sources.crs.operations import point_transform
from raster_core.zonal.coverage.cover import cover
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.outlines.footprint import covered_percents
from raster_core.zonal.outlines.projecting import project_zones
from raster_core.zonal.zones.line import measure_line, read_line
from raster_core.zonal.zones.zone import Zone, read_zone
from testing.geojson import line_string, polygon

if TYPE_CHECKING:
    from raster_core.zonal.outlines.outline import Edges

WORLD = Grid("EPSG:4326", Affine(1, 0, -180, 0, -1, 90), 360, 180)
EAST = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 90), 360, 180)
PACIFIC = Grid("EPSG:4326", Affine(0.1, 0, 172, 0, -0.1, 8), 160, 160)
UTM = Grid("EPSG:32633", Affine(100, 0, 300_000, 0, -100, 5_300_000), 4000, 4000)
MERCATOR = Grid("EPSG:3857", Affine(250, 0, 1.4e6, 0, -250, 6.1e6), 2000, 2000)

HALF = 20037508.342789244  # of Web Mercator's width


def area_on(grid: Grid, *zones: Zone) -> float:
    """Covered pixels of all zones."""
    runs = cover(project_zones(zones, grid), grid.window)
    return sum(((runs.stop - runs.start) * (runs.weight / WHOLE)).tolist())


def move(shape: shapely.Geometry, src: str, dst: str, step: float) -> shapely.Geometry:
    """A shape elsewhere, from points that lie close together."""
    transform = point_transform(src, dst)
    dense = shapely.segmentize(shape, step)
    return shapely.transform(dense, lambda xy: np.stack(transform(*xy.T), axis=1))


def corners_of(edges: Edges) -> set[tuple[float, float]]:
    starts = zip(edges.col0.tolist(), edges.row0.tolist(), strict=True)
    return {*starts, *zip(edges.col1.tolist(), edges.row1.tolist(), strict=True)}


triangles = st.lists(
    st.tuples(st.integers(310_000, 690_000), st.integers(4_910_000, 5_290_000)),
    min_size=3,
    max_size=3,
    unique=True,
)


@given(points=triangles)
@settings(deadline=None)
def test_in_the_rasters_own_crs_vertices_stay_what_they_are(
    points: list[tuple[int, int]],
):
    shape = shapely.Polygon(points)
    assume(shape.area > 1e6)

    edges = project_zones([Zone(shape, crs="EPSG:32633")], UTM)

    expected = {((x - 300_000) / 100, (5_300_000 - y) / 100) for x, y in points}
    found = {(round(col, 6), round(row, 6)) for col, row in corners_of(edges)}
    assert found <= expected
    assert len(edges.zone) <= 3
    area = area_on(UTM, Zone(shape, crs="EPSG:32633"))
    assert area == pytest.approx(shape.area / 1e4, rel=1e-9)


@given(points=triangles)
@settings(deadline=None, max_examples=25)
def test_sides_are_straight_in_the_zones_own_crs(points: list[tuple[int, int]]):
    shape = shapely.Polygon(points)
    assume(shape.area > 1e9)
    bent = move(shape, "EPSG:32633", "EPSG:3857", 500.0)

    area = area_on(MERCATOR, Zone(shape, crs="EPSG:32633"))

    box = shapely.box(*MERCATOR.bounds)
    expected = shapely.intersection(bent, box).area / 250**2
    # A five-hundredth of a pixel along the outline is the most it may be off, beside
    # what the oracle's pieces of 500 m are.
    assert area == pytest.approx(expected, abs=0.002 * bent.length / 250 + 0.01)


@pytest.mark.parametrize("grid", [WORLD, EAST], ids=["-180 to 180", "0 to 360"])
@pytest.mark.parametrize(
    "box", [(-100, 0, -90, 5), (170, 0, 180, 5), (-5, 0, 5, 5), (-180, -60, 180, 60)]
)
def test_web_mercator_finds_a_raster_in_degrees_on_any_turn(
    grid: Grid, box: tuple[float, ...]
):
    flat = move(shapely.box(*box), LONGITUDE_LATITUDE, "EPSG:3857", 1e9)
    zone = Zone(flat, crs="EPSG:3857")

    assert area_on(grid, zone) == pytest.approx(area_on(grid, Zone(shapely.box(*box))))
    assert covered_percents([zone], grid) == [pytest.approx(100)]


def test_a_projection_that_crosses_the_antimeridian_tears_no_zone():
    # PDC Mercator, about 150 E: the antimeridian is at 3,339,585 m.
    zone = Zone(shapely.box(3e6, -1e5, 3.6e6, 4e5), crs="EPSG:3832")
    west, _ = point_transform("EPSG:3832", LONGITUDE_LATITUDE)(
        np.array([3e6, 3.6e6]), np.zeros(2)
    )
    assert west[0] > 0 > west[1]
    split = [
        Zone(shapely.box(3e6, -1e5, 3_339_584.7239, 4e5), crs="EPSG:3832"),
        Zone(shapely.box(3_339_584.7239, -1e5, 3.6e6, 4e5), crs="EPSG:3832"),
    ]

    areas = [area_on(grid, zone) for grid in (WORLD, EAST, PACIFIC)]

    assert areas[0] == pytest.approx(areas[1], rel=1e-9)
    assert areas[2] == pytest.approx(100 * areas[0], rel=1e-4)
    assert areas[0] == pytest.approx(area_on(WORLD, *split), rel=1e-6)
    assert covered_percents([zone], PACIFIC) == [100]


def test_a_zone_as_wide_as_the_world_counts_once_on_a_part_of_it():
    zone = Zone(shapely.box(-HALF, -HALF, HALF, HALF), crs="EPSG:3857")

    assert area_on(UTM, zone) == pytest.approx(UTM.window.pixels)
    assert area_on(MERCATOR, zone) == MERCATOR.window.pixels


def test_a_zone_around_a_pole_has_no_outline_in_degrees():
    zone = Zone(shapely.box(-2e6, -2e6, 2e6, 2e6), crs="EPSG:3413")

    with pytest.raises(ZoneError, match="discontinuity"):
        project_zones([zone], WORLD)


def test_a_raster_around_a_pole_has_all_of_a_zone_near_it():
    polar = Grid("EPSG:3413", Affine(1e4, 0, -1e6, 0, -1e4, 1e6), 200, 200)
    box = shapely.box(20, 86, 40, 88)
    zone = Zone(move(box, LONGITUDE_LATITUDE, "EPSG:3857", 0.1), crs="EPSG:3857")

    assert area_on(polar, zone) == pytest.approx(area_on(polar, Zone(box)), rel=1e-4)


def test_a_raster_of_the_world_has_all_of_a_zone_in_a_narrow_projection():
    world = Grid("EPSG:6933", Affine(1e4, 0, -17.36e6, 0, -1e4, 7.3e6), 3472, 1460)
    zone = Zone(shapely.box(2e5, 5e6, 4e5, 5.2e6), crs="EPSG:32633")

    # Cells of equal area, and a map in which lengths are true to 1 in 1000.
    assert area_on(world, zone) == pytest.approx(400, rel=2e-3)


def test_another_datum_in_degrees_is_shifted_and_wraps():
    # The North American Datum of 1927 is 100 m off in California.
    zone = Zone(shapely.box(-120.2, 37.1, -119.7, 37.4), crs="EPSG:4267")
    grid = Grid("EPSG:4326", Affine(0.001, 0, 239, 0, -0.001, 38), 2000, 2000)

    edges = project_zones([zone], grid)

    assert area_on(grid, zone) == pytest.approx(150_000, rel=1e-3)
    assert edges.col0.min() == pytest.approx(799, abs=0.3)
    assert edges.col0.min() != pytest.approx(800, abs=0.05)


def test_zones_of_several_crs_keep_their_places():
    square = shapely.box(14, 46, 14.5, 46.5)
    shapes = {
        crs: move(square, LONGITUDE_LATITUDE, crs, 0.01)
        for crs in ("EPSG:3857", "EPSG:32633", "EPSG:3035")
    }
    zones = [Zone(shape, crs=crs) for crs, shape in shapes.items()]
    zones.insert(1, Zone(shapely.box(15, 46, 15.1, 46.1)))

    runs = cover(project_zones(zones, UTM), UTM.window)

    each = [
        float(((runs.stop - runs.start) * (runs.weight / WHOLE))[runs.zone == n].sum())
        for n in range(4)
    ]
    assert each[1] == pytest.approx(area_on(UTM, zones[1]), rel=1e-12)
    whole = area_on(UTM, Zone(square))
    assert [each[0], each[2], each[3]] == pytest.approx([whole] * 3, rel=1e-4)


def test_holes_stay_holes():
    ring = shapely.Point(15e5, 58e5).buffer(4e4) - shapely.Point(15e5, 58e5).buffer(2e4)
    disc = shapely.Point(15e5, 58e5).buffer(4e4)

    for grid in (UTM, WORLD, MERCATOR):
        zones = [Zone(shape, crs="EPSG:3857") for shape in (ring, disc)]
        hollow, full = (area_on(grid, zone) for zone in zones)
        assert hollow / full == pytest.approx(ring.area / disc.area, rel=0.01)


def test_the_share_on_the_raster_is_told_in_any_crs():
    inside = shapely.box(*UTM.bounds)
    half = shapely.box(200_000, 5_000_000, 400_000, 5_100_000)
    zones = [
        Zone(inside, crs="EPSG:32633"),
        Zone(half, crs="EPSG:32633"),
        Zone(shapely.Polygon(), crs="EPSG:32633"),
        Zone(shapely.box(0, 0, 1e5, 1e5), crs="EPSG:3857"),
        Zone(shapely.box(15e5, 57e5, 16e5, 58e5), crs="EPSG:3857"),
        Zone(shapely.box(14, 46, 15, 47)),
    ]

    found = covered_percents(zones, UTM)

    assert found[0] == 100
    assert found[1] == pytest.approx(50, abs=0.5)  # ground, not plane
    assert found[2:] == [None, 0, 100, 100]


def test_edges_of_a_wide_zone_are_noted_in_degrees_only():
    ring = [[170.0, 0.0], [-170.0, 0.0], [-170.0, 5.0], [170.0, 5.0], [170.0, 0.0]]
    wide = polygon(ring)
    metres = polygon([[x * 1e3, y] for x, y in ring])

    assert read_zone(wide).note
    assert read_zone(metres, "EPSG:3857").note is None


@pytest.mark.parametrize(
    ("crs", "ring"),
    [
        ("EPSG:3857", [[0, 0], [HALF + 5, 0], [0, 5]]),
        ("EPSG:3857", [[0, 0], [10, 0], [0, 1e9]]),
        ("EPSG:32633", [[0, 0], [2e7, 0], [0, 5e6]]),
        ("EPSG:4258", [[0, 0], [541, 0], [0, 5]]),
        ("EPSG:4258", [[0, 0], [5, 0], [0, 91]]),
        (LONGITUDE_LATITUDE, [[1e6, 6e6], [2e6, 6e6], [1e6, 7e6]]),
    ],
)
def test_coordinates_beyond_a_crs_are_refused_with_the_numbers(
    crs: str, ring: list[list[float]]
):
    zone = polygon(ring)
    line = line_string(*ring)

    for read, shape in ((read_zone, zone), (read_line, line)):
        with pytest.raises(ZoneError, match=r"Coordinates from \(0, 0\)|from \(1e\+06"):
            read(shape, crs)


def test_a_line_is_straight_in_its_own_crs():
    # Along the northing 5,500,000 m of UTM 33, which is no parallel.
    ends = [[200_000.0, 5_500_000.0], [800_000.0, 5_500_000.0]]

    line = read_line(line_string(*ends), "EPSG:32633")

    back = point_transform(LONGITUDE_LATITUDE, "EPSG:32633")(*line.T)
    assert back[0] == pytest.approx(np.linspace(2e5, 8e5, len(line)), abs=0.01)
    assert back[1] == pytest.approx(5.5e6, abs=0.01)
    # UTM is 0.9996 of true length in the middle, and true at 320 and 680 km.
    assert measure_line(line).distance[-1] == pytest.approx(6e5, rel=5e-4)
    assert measure_line(line).distance[-1] != pytest.approx(6e5, rel=1e-5)


def test_a_line_over_the_antimeridian_stays_one():
    ends = [[3e6, 0.0], [3.6e6, 0.0]]

    line = read_line(line_string(*ends), "EPSG:3832")

    assert np.abs(np.diff(line[:, 0])).max() < 0.1
    assert measure_line(line).distance[-1] == pytest.approx(6e5, rel=1e-6)


LAND = Grid("EPSG:4326", Affine(0.01, 0, 12, 0, -0.01, 48), 600, 400)

pieces = st.sampled_from(
    [
        shapely.Polygon(),
        shapely.MultiPolygon(),
        shapely.from_wkt(
            "MULTIPOLYGON (EMPTY, ((4e5 5.2e6, 5e5 5.2e6, 4e5 5.1e6, 4e5 5.2e6)))"
        ),
        shapely.box(4e5, 5.1e6, 6e5, 5.2e6),
        shapely.box(4e5, 5.1e6, 6e5, 5.2e6) - shapely.box(4.5e5, 5.12e6, 5e5, 5.15e6),
        shapely.box(9e5, 9.1e6, 9.1e5, 9.2e6),
    ]
)


@pytest.mark.parametrize("grid", [LAND, UTM, MERCATOR], ids=lambda grid: grid.crs)
@given(shapes=st.lists(pieces, max_size=6))
@settings(deadline=None, max_examples=40)
def test_zones_without_a_shape_change_nothing_of_the_others(
    grid: Grid, shapes: list[shapely.Geometry]
):
    zones = [Zone(shape, crs="EPSG:32633") for shape in shapes]

    together = cover(project_zones(zones, grid), grid.window)

    for number, zone in enumerate(zones):
        alone = cover(project_zones([zone], grid), grid.window)
        own = together.zone == number
        for column in ("row", "start", "stop", "weight"):
            found = getattr(together, column)[own].tolist()
            assert found == getattr(alone, column).tolist()
