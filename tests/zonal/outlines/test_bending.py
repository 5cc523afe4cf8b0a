"""Outlines in another CRS: what lies on a straight edge changes nothing."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from raster_core.errors import BudgetError, ZoneError
from raster_core.grid import Grid
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE
from raster_core.sources.crs.operations import point_transform
from raster_core.zonal.coverage.cover import Mode, cover
from raster_core.zonal.coverage.covering import cover_zones
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.outlines.bending import AREA_TOLERANCE, project_segments
from raster_core.zonal.outlines.projecting import project_outlines, project_zones
from raster_core.zonal.outlines.shapes import to_segments
from raster_core.zonal.zones.zone import Zone

if TYPE_CHECKING:
    from raster_core.sources.crs.crs import Floats

GRIDS = {
    "LAEA": Grid("EPSG:3035", Affine(10_000, 0, 2.5e6, 0, -10_000, 5.5e6), 400, 400),
    "LAEA, fine": Grid("EPSG:3035", Affine(100, 0, 4e6, 0, -100, 3.4e6), 8000, 8000),
    "UTM": Grid("EPSG:32632", Affine(250, 0, 0, 0, -250, 6e6), 4000, 4000),
    "Mercator": Grid("EPSG:3857", Affine(1000, 0, 0, 0, -1000, 8e6), 4000, 5000),
    "polar": Grid(
        "EPSG:3413", Affine(50_000, 0, -3.85e6, 0, -50_000, 5.85e6), 150, 220
    ),
    "sinusoidal": Grid(
        "+proj=sinu +R=6371007.181", Affine(5000, 0, 0, 0, -5000, 8e6), 600, 900
    ),
    "Robinson": Grid("ESRI:54030", Affine(5e4, 0, -2e6, 0, -5e4, 8e6), 200, 200),
}


def weigh(shape: shapely.Geometry, grid: Grid, mode: Mode = Mode.FRACTION) -> float:
    """Covered pixels."""
    _, runs = cover_zones([Zone(shape)], grid, mode)
    return float(((runs.stop - runs.start) * (runs.weight / WHOLE)).sum())


def area_of(shape: shapely.Geometry, grid: Grid) -> float:
    """Pixels of what is bent onto the grid, on it or not."""
    return float(move(shape, grid).area / abs(grid.transform.determinant))


def move(shape: shapely.Geometry, grid: Grid) -> shapely.Geometry:
    """A shape in the grid's CRS, from points that lie close together."""
    to_grid = point_transform(LONGITUDE_LATITUDE, grid)
    dense = shapely.segmentize(shape, 0.002)
    return shapely.transform(dense, lambda xy: np.stack(to_grid(*xy.T), axis=1))


@st.composite
def slivers(draw: st.DrawFn) -> shapely.Polygon:
    """Quadrilaterals in central Europe, from a whole country to a millionth of it."""
    x, y = draw(st.floats(4, 12)), draw(st.floats(44, 54))
    long = draw(st.floats(0.05, 6))
    width = long * 10.0 ** -draw(st.floats(0.5, 6))
    angle = draw(st.one_of(st.sampled_from([0.0, np.pi / 2]), st.floats(0, np.pi)))
    taper = draw(st.floats(0, 1))
    along = np.array([np.cos(angle), np.sin(angle)]) * long
    across = np.array([-np.sin(angle), np.cos(angle)]) * width
    ring = [(0, 0), along, along + across * taper, across]
    return shapely.Polygon([np.array([x, y]) + corner for corner in ring])


def with_vertices(shape: shapely.Polygon, shares: list[float]) -> shapely.Polygon:
    """The same ring with further points on its first and third edges."""
    ring = shapely.get_coordinates(shape)
    points = []
    for number, (start, end) in enumerate(pairwise(ring)):
        points.append(start)
        if number % 2 == 0:
            points += [start + (end - start) * share for share in sorted(shares)]
    return shapely.Polygon(points)


@pytest.mark.parametrize("name", GRIDS)
@given(
    shape=slivers(),
    shares=st.lists(st.floats(0.01, 0.99), min_size=1, max_size=9, unique=True),
)
@settings(max_examples=25, deadline=None)
def test_vertices_on_straight_edges_change_nothing(
    name: str, shape: shapely.Polygon, shares: list[float]
):
    grid = GRIDS[name]
    denser = with_vertices(shape, shares)
    if not (shape.is_valid and denser.is_valid):
        shape, denser = (shapely.box(5, 50, 9, 50.0001) for _ in range(2))

    few, many = weigh(shape, grid), weigh(denser, grid)

    # A millionth of a pixel is what rounding makes of positions on the longest edges.
    assert many == pytest.approx(few, abs=2 * AREA_TOLERANCE * max(few, many) + 1e-6)


@pytest.mark.parametrize("name", GRIDS)
@given(shape=slivers())
@settings(max_examples=10, deadline=None)
def test_the_area_is_that_between_the_true_curves(name: str, shape: shapely.Polygon):
    grid = GRIDS[name]
    assume(shapely.covers(shapely.box(*grid.bounds), move(shape, grid)))

    count = weigh(shape, grid)

    assert count == pytest.approx(area_of(shape, grid), rel=3e-5, abs=1e-5)


def test_a_strip_narrower_than_its_curve_is_high_is_no_crossing():
    below = [(10, 50), (20, 50)]
    above = [(20 - 10 * n / 7, 50.001) for n in range(8)]
    strip = shapely.Polygon([*below, *above])
    grid = GRIDS["LAEA"]

    assert weigh(strip, grid) == pytest.approx(area_of(strip, grid), rel=1e-5)
    for mode in Mode:
        weigh(strip, grid, mode)


def comb(gap: float, slits: int, vertices: int) -> shapely.Polygon:
    """A country with fjords from its eastern side almost to its western one.

    Args:
        gap: Degrees of longitude that their ends stay away.
        slits: How many.
        vertices: Into how many edges the western side is divided.
    """
    ring: list[tuple[float, float]] = [(4.0, 44.0), (14.0, 44.0)]
    for number in range(slits):
        south = 45.0 + number
        ring += [(14, south), (4 + gap, south), (4 + gap, south + 0.3)]
        ring += [(14, south + 0.5)]
    west = [(4.0, 53 - 9 * number / vertices) for number in range(vertices)]
    return shapely.Polygon([*ring, (14, 53), *west])


@given(
    st.floats(2, 11).map(lambda digits: 10.0**-digits),
    st.integers(1, 7),
    st.integers(1, 9),
    st.sampled_from(list(GRIDS)),
    st.sampled_from(Mode),
)
@settings(max_examples=40, deadline=None)
def test_a_valid_zone_is_never_refused_as_crossing_itself(
    gap: float, slits: int, vertices: int, name: str, mode: Mode
):
    shape = comb(gap, slits, vertices)
    assert shape.is_valid

    count = weigh(shape, GRIDS[name], mode)

    if mode is Mode.FRACTION and name in {"LAEA", "Robinson"}:
        assert count == pytest.approx(area_of(shape, GRIDS[name]), rel=3e-5)


def test_ends_of_fjords_that_bending_puts_over_a_border_are_mended():
    shape, grid = comb(1e-7, 3, 1), GRIDS["LAEA"]

    with pytest.raises(ZoneError, match="crosses itself"):
        cover(project_zones([Zone(shape)], grid), grid.window)

    assert weigh(shape, grid) == pytest.approx(area_of(shape, grid), rel=3e-5)


def test_what_crosses_itself_before_it_is_bent_is_repaired_and_counts_once():
    parts = [shapely.box(5, 50, 9, 52), shapely.box(6, 51, 9, 53)]
    twice, grid = shapely.MultiPolygon(parts), GRIDS["LAEA"]

    with pytest.raises(ZoneError, match="crosses itself"):
        cover(project_zones([Zone(twice)], grid), grid.window)

    once = area_of(shapely.union_all(parts), grid)
    assert weigh(twice, grid) == pytest.approx(once, rel=3e-5)


def test_short_edges_stay_as_they_are():
    zone = shapely.Point(9, 50).buffer(0.5, quad_segs=500)
    corners = len(shapely.get_coordinates(zone)) - 1

    for name in ("LAEA", "LAEA, fine", "UTM", "Mercator"):
        outlines = project_outlines([Zone(zone)], GRIDS[name])

        assert len(outlines.ring) == corners


def test_a_long_edge_takes_a_hundred_pieces_and_not_a_thousand():
    box = Zone(shapely.box(6, 48, 12, 52))

    pieces = {name: len(project_outlines([box], GRIDS[name]).ring) for name in GRIDS}

    assert pieces["Mercator"] == 4  # parallels and meridians are straight there
    assert max(pieces.values()) < 600


def test_edges_are_bent_as_long_as_they_are_within_the_budget():
    grid = GRIDS["LAEA, fine"]
    zones = [Zone(shapely.box(6, 48 + n / 100, 12, 48.001 + n / 100)) for n in range(9)]
    whole = len(project_outlines(zones, grid).ring)

    assert len(project_outlines(zones, grid, max_pieces=whole).ring) == whole
    with pytest.raises(BudgetError, match=f"more than {whole - 1} "):
        project_outlines(zones, grid, max_pieces=whole - 1)


def test_slivers_over_the_budget_are_refused_before_they_are_bent():
    count = 4000
    zones = [
        Zone(shapely.Polygon([(6, y := 44 + n / 1000), (17, y + 5), (17, y + 5.0001)]))
        for n in range(count)
    ]
    segments = to_segments(
        np.array([zone.geometry for zone in zones], dtype=object), np.arange(count)
    )
    grid = GRIDS["LAEA, fine"]
    to_grid = point_transform(LONGITUDE_LATITUDE, grid)
    moved = 0

    def transform(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        nonlocal moved
        moved += len(x)
        return to_grid(x, y)

    with pytest.raises(BudgetError, match="more than 200000 "):
        project_segments(segments, transform, grid, max_pieces=200_000)

    # Each end once, and three places on each edge.
    assert moved <= 5 * len(segments.ring)
