"""Exact coverage: laws, then GEOS as oracle, then cases checkable by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st

from raster_core.errors import BudgetError, ZoneError
from raster_core.grid import Grid, Window
from raster_core.zonal.coverage.cover import Coverage, Mode, cover
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.outlines.outline import Edges
from raster_core.zonal.outlines.projecting import project_zones
from raster_core.zonal.zones.zone import Zone

if TYPE_CHECKING:
    import random

    from numpy.typing import NDArray

WIDTH, HEIGHT = 12, 9
GRID = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, HEIGHT), WIDTH, HEIGHT)

coordinate = st.floats(-3, 15, allow_nan=False).map(lambda x: round(x, 6))
points = st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=12)


@st.composite
def polygons(draw: st.DrawFn) -> shapely.Polygon:
    """Valid polygons, some with a hole, in pixel units around the grid."""
    shell = shapely.MultiPoint(draw(points)).convex_hull
    if draw(st.booleans()):
        ring = draw(points)
        star = shapely.make_valid(shapely.Polygon(ring), method="structure")
        parts = [p for p in shapely.get_parts(star) if p.geom_type == "Polygon"]
        shell = max(parts, key=lambda p: p.area, default=shell)
    if shell.geom_type == "Polygon" and draw(st.booleans()):
        hole = shell.centroid.buffer(draw(st.floats(0.01, 2)), quad_segs=3)
        cut = shell.difference(hole)
        shell = cut if cut.geom_type == "Polygon" else shell
    if shell.geom_type != "Polygon" or shell.area < 1e-6 or not shell.is_valid:
        return shapely.box(1.25, 2.5, 4.75, 3.125)
    return shell


def covered(zones: list[shapely.Geometry], window: Window) -> Coverage:
    """Coverage of shapes given in pixel units, y upwards."""
    return cover(project_zones([Zone(zone) for zone in zones], GRID), window)


def dense(runs: Coverage, window: Window, zones: int = 1) -> NDArray[np.int64]:
    """(zone, row, col) of weights in units."""
    weights = np.zeros((zones, window.height, window.width), np.int64)
    for zone, row, start, stop, weight in zip(
        runs.zone, runs.row, runs.start, runs.stop, runs.weight, strict=True
    ):
        row_weights = weights[zone, row - window.row]
        row_weights[start - window.col : stop - window.col] += weight
    return weights


def overlay(zone: shapely.Geometry) -> NDArray[np.float64]:
    """The covered share of every cell, by GEOS."""
    row, col = np.mgrid[:HEIGHT, :WIDTH]
    cells = shapely.box(col, HEIGHT - row - 1, col + 1, HEIGHT - row)
    return shapely.area(shapely.intersection(cells, zone))


def test_a_square_between_cells_covers_quarters_halves_and_a_whole():
    grid = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 3), 3, 3)
    edges = project_zones([Zone(shapely.box(0.5, 0.5, 2.5, 2.5))], grid)

    weights = dense(cover(edges, grid.window), grid.window)[0]

    quarters = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]])
    assert (weights * 4 == quarters * WHOLE).all()


def test_a_polygon_on_cell_borders_covers_whole_cells_only():
    weights = dense(covered([shapely.box(2, 3, 7, 5)], GRID.window), GRID.window)[0]

    assert set(np.unique(weights)) == {0, WHOLE}
    assert (weights == WHOLE).sum() == 10


def test_a_run_between_two_fractions_is_one_run():
    runs = covered([shapely.box(0.5, 2, 10.5, 3)], GRID.window)

    assert list(zip(runs.start, runs.stop, runs.weight, strict=True)) == [
        (0, 1, WHOLE // 2),
        (1, 10, WHOLE),
        (10, 11, WHOLE // 2),
    ]


def test_a_zone_within_one_cell_has_its_true_share():
    sliver = shapely.Polygon([(3.1, 3.1), (3.2, 3.1), (3.15, 3.9)])

    weights = dense(covered([sliver], GRID.window), GRID.window)[0]

    assert weights[HEIGHT - 4, 3] / WHOLE == pytest.approx(sliver.area, rel=1e-12)
    assert np.count_nonzero(weights) == 1


@given(polygons())
def test_weights_agree_with_geos(zone: shapely.Polygon):
    weights = dense(covered([zone], GRID.window), GRID.window)[0]

    np.testing.assert_allclose(weights / WHOLE, overlay(zone), atol=1e-12)


@given(polygons())
def test_weights_sum_to_the_area_of_what_lies_on_the_grid(zone: shapely.Polygon):
    weights = dense(covered([zone], GRID.window), GRID.window)

    inside = zone.intersection(shapely.box(0, 0, WIDTH, HEIGHT)).area
    assert weights.sum() / WHOLE == pytest.approx(inside, abs=1e-11)


@given(polygons(), st.data())
def test_any_window_gives_the_same_weights(zone: shapely.Polygon, data: st.DataObject):
    col, row = data.draw(st.integers(0, WIDTH - 1)), data.draw(st.integers(0, 8))
    width = data.draw(st.integers(1, WIDTH - col))
    window = Window(col, row, width, data.draw(st.integers(1, HEIGHT - row)))

    whole = dense(covered([zone], GRID.window), GRID.window)[0]
    part = dense(covered([zone], window), window)[0]

    assert (part == whole[row : window.row_stop, col : window.col_stop]).all()


@given(polygons(), st.integers(-2, 2), st.integers(-2, 2))
def test_moving_by_whole_cells_moves_the_weights(
    zone: shapely.Polygon, right: int, down: int
):
    moved = shapely.transform(zone, lambda xy: xy + np.array([right, -down]))
    big = GRID.crop(Window(-10, -10, 40, 40))

    here, there = (
        dense(cover(project_zones([Zone(shape)], big), big.window), big.window)[0]
        for shape in (zone, moved)
    )

    shifted = np.roll(here, (down, right), axis=(0, 1))
    assert np.abs(there - shifted).max() <= 1e-11 * WHOLE


@given(st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=10))
@settings(max_examples=50)
def test_a_tessellation_covers_every_cell_once(seeds: list[tuple[float, float]]):
    box = shapely.box(-4, -4, 16, 16)
    cells = shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=box)
    zones = [p for p in shapely.get_parts(cells) if p.is_valid and p.area > 0]
    whole = shapely.union_all(zones)
    if not zones or not whole.contains(shapely.box(0, 0, WIDTH, HEIGHT)):
        zones = [box]

    weights = dense(covered(zones, GRID.window), GRID.window, len(zones))

    assert np.abs(weights.sum(axis=0) - WHOLE).max() <= 1e-12 * WHOLE


def test_zones_of_one_call_do_not_mix():
    zones = [
        shapely.box(0.5, 0.5, 3, 4),
        shapely.box(1, 1, 9.25, 8),
        shapely.Point(5, 5).buffer(3),
    ]

    together = dense(covered(zones, GRID.window), GRID.window, len(zones))

    for number, zone in enumerate(zones):
        alone = dense(covered([zone], GRID.window), GRID.window)[0]
        assert (together[number] == alone).all()


@given(st.lists(polygons(), min_size=1, max_size=6), st.integers(1, 60), st.randoms())
@settings(max_examples=50)
def test_edges_walked_few_at_a_time_in_any_order_give_the_same_runs(
    zones: list[shapely.Polygon], cuts: int, shuffle: random.Random
):
    edges = project_zones([Zone(zone) for zone in zones], GRID)
    order = list(range(len(edges.zone)))
    shuffle.shuffle(order)
    fields = ("zone", "sign", "col0", "row0", "col1", "row1")
    shuffled = Edges(*(getattr(edges, name)[order] for name in fields))

    together = cover(edges, GRID.window)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("raster_core.zonal.coverage.walk._CUTS", cuts)
        apart = cover(shuffled, GRID.window)

    for name in ("zone", "row", "start", "stop", "weight"):
        assert (getattr(apart, name) == getattr(together, name)).all()


@pytest.mark.parametrize("mode", Mode)
def test_outlines_of_too_many_crossings_are_refused(mode: Mode):
    side = 300_000
    grid = Grid("EPSG:4326", Affine(1e-5, 0, 0, 0, -1e-5, 3), side, side)
    square = Zone(shapely.box(0.100005, 0.100005, 2.900005, 2.900005))

    with pytest.raises(BudgetError, match="cross 2240000 rows or columns"):
        cover(
            project_zones([square] * 4, grid),
            grid.window,
            mode,
            max_crossings=2_000_000,
        )


@given(polygons())
def test_the_direction_of_a_ring_does_not_matter(zone: shapely.Polygon):
    forward = dense(covered([zone], GRID.window), GRID.window)
    backward = dense(covered([shapely.reverse(zone)], GRID.window), GRID.window)

    assert (forward == backward).all()


def test_no_edges_cover_nothing():
    none = np.zeros(0)
    edges = Edges(none.astype(np.intp), none.astype(np.int64), none, none, none, none)

    runs = cover(edges, GRID.window)

    assert runs.zone.size == 0


def test_an_outline_that_crosses_itself_is_refused():
    twice = shapely.MultiPolygon([shapely.box(1, 1, 4, 4), shapely.box(2, 2, 5, 5)])

    with pytest.raises(ZoneError, match="crosses itself"):
        covered([twice], GRID.window)


def test_a_long_zone_costs_its_perimeter_and_not_its_area():
    grid = Grid("EPSG:4326", Affine(1e-4, 0, 0, 0, -1e-4, 20), 200_000, 200_000)
    edges = project_zones([Zone(shapely.box(0.00005, 0.00005, 19.99, 19.99))], grid)

    runs = cover(edges, grid.window)

    assert runs.zone.size < 4 * 200_000
