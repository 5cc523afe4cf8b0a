"""Lines and points: laws, shapely and exactextract as oracles, and cases by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import geopandas
import numpy as np
import pytest
import shapely
from affine import Affine
from exactextract import exact_extract
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from raster_core.errors import BudgetError, RequestError, ZoneError
from raster_core.grid import Grid
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE
from raster_core.zonal.coverage.cover import Mode
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.engine import Options, distribute_statistics, zonal_statistics
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.tracks import tracing
from raster_core.zonal.tracks.meeting import meet_zones, zone_units
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, open_file, write_cog
from tests.fake_layer import FakeLayer
from tests.zonal.pairs import UTM

if TYPE_CHECKING:
    from pathlib import Path

PLANE = "EPSG:32633"
NINE = Grid(PLANE, Affine(10, 0, 500_000, 0, -10, 5_000_030), 3, 3)
"""Nine cells of 10 m on the central meridian, where the map is ``MAP_SCALE``."""

MAP_SCALE = 0.9996


def lengths(
    line: shapely.Geometry, grid: Grid, crs: str
) -> dict[tuple[int, int], float]:
    """Metres of a line in each cell (row, col), as the engine has them."""
    (unit,) = zone_units([Zone(line, crs=crs)], grid)
    runs = meet_zones([Zone(line, crs=crs)], grid)
    assert (runs.stop == runs.start + 1).all()
    cells = zip(runs.row.tolist(), runs.start.tolist(), strict=True)
    return dict(zip(cells, (runs.weight / WHOLE * unit).tolist(), strict=True))


def cell(grid: Grid, row: int, col: int) -> shapely.Polygon:
    (left, top), (right, bottom) = (
        grid.transform @ corner for corner in ((col, row), (col + 1, row + 1))
    )
    return shapely.box(left, bottom, right, top)


def lines(left: float, bottom: float, right: float, top: float):
    point = st.tuples(st.floats(left, right), st.floats(bottom, top))
    points = st.lists(point, min_size=2, max_size=6, unique=True)
    return points.map(shapely.LineString)


def test_nine_cells_under_a_line_give_the_figures_computed_by_hand() -> None:
    values = np.arange(1, 10, dtype=np.uint8).reshape(3, 3)
    line = shapely.LineString(
        [(500_005, 5_000_025), (500_025, 5_000_025), (500_025, 5_000_005)]
    )
    zone = Zone(line, crs=PLANE)

    ((found,),) = zonal_statistics(FakeLayer(values, NINE), [zone])

    # 5 m in 1, 10 in 2, 5 + 5 in 3, 10 in 6, 5 in 9.
    (unit,) = zone_units([zone], NINE)
    assert found.count * unit == pytest.approx(40 / MAP_SCALE, rel=1e-7)
    assert found.sum is not None
    assert found.sum * unit == pytest.approx(160 / MAP_SCALE, rel=1e-7)
    assert found.mean == pytest.approx((5 + 20 + 30 + 60 + 45) / 40, rel=1e-9)
    assert (found.min, found.max, found.unique) == (1, 9, 5)
    assert found.median == 3
    assert found.covered_percent == 100


@pytest.mark.parametrize(
    "points",
    [
        [(500_010, 5_000_025), (500_010, 5_000_005)],
        [(500_005, 5_000_020), (500_025, 5_000_020)],
    ],
    ids=["upright", "level"],
)
def test_a_line_along_sides_of_cells_is_in_the_cells_right_or_below(
    points: list[tuple[float, float]],
) -> None:
    found = lengths(shapely.LineString(points), NINE, PLANE)

    upright = points[0][0] == points[1][0]
    assert found.keys() == (
        {(0, 1), (1, 1), (2, 1)} if upright else {(1, 0), (1, 1), (1, 2)}
    )
    assert sum(found.values()) == pytest.approx(20 / MAP_SCALE, rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(lines(499_990, 4_999_995, 500_040, 5_000_040))
def test_lengths_in_cells_are_those_of_intersections(line: shapely.LineString) -> None:
    found = lengths(line, NINE, PLANE)

    # Piece by piece: shapely counts what runs over itself once.
    points = shapely.get_coordinates(line)
    pieces = shapely.linestrings(np.stack([points[:-1], points[1:]], axis=1))
    for row in range(3):
        for col in range(3):
            inside = shapely.intersection(pieces, cell(NINE, row, col))
            expected = float(shapely.length(inside).sum()) / MAP_SCALE
            assert found.get((row, col), 0.0) == pytest.approx(
                expected, rel=1e-6, abs=1e-5
            )


@settings(max_examples=30, deadline=None)
@given(lines(10.01, 60.01, 11.99, 61.49))
def test_lengths_on_a_raster_in_degrees_are_those_on_the_ellipsoid(
    line: shapely.LineString,
) -> None:
    grid = Grid(LONGITUDE_LATITUDE, Affine(0.05, 0, 10, 0, -0.05, 61.5), 40, 30)

    found = lengths(line, grid, LONGITUDE_LATITUDE)

    dense = shapely.get_coordinates(shapely.segmentize(line, 0.002))
    expected = Geod(ellps="WGS84").line_length(*dense.T)
    assert sum(found.values()) == pytest.approx(expected, rel=2e-7, abs=1e-3)


@pytest.mark.parametrize(("dtype", "crs"), [("int16", PLANE), ("float32", PLANE)])
def test_lines_have_the_statistics_of_exactextract(
    tmp_path: Path, dtype: str, crs: str
) -> None:
    recipe = Recipe(
        crs=crs, dtype=dtype, transform=Affine(30, 0, 500_000, 0, -30, 5_004_500)
    )
    write_cog(tmp_path / "a.tif", recipe)
    rng = np.random.default_rng(3)
    across = [
        shapely.LineString(
            rng.uniform((500_000, 5_000_000), (506_000, 5_004_500), (5, 2))
        )
        for _ in range(8)
    ]
    names = ["mean", "min", "max", "stdev", "variance", "count"]
    frame = geopandas.GeoDataFrame(geometry=across, crs=crs)
    expected = exact_extract(tmp_path / "a.tif", frame, names, output="pandas")
    zones = [Zone(line, crs=crs) for line in across]
    layer = open_file(tmp_path / "a.tif")

    found = zonal_statistics(layer, zones)

    units = zone_units(zones, layer.info.grid)
    for (own,), unit, row in zip(found, units, expected.itertuples(), strict=True):
        # It measures on the map, whose scale varies by 1e-7 here.
        assert own.count * unit * MAP_SCALE == pytest.approx(row.count, rel=1e-6)
        assert own.mean == pytest.approx(row.mean, rel=1e-6)
        assert own.std == pytest.approx(row.stdev, rel=1e-6)
        assert (own.min, own.max) == (row.min, row.max)


def halves(line: shapely.LineString, part: float) -> list[shapely.LineString]:
    points = shapely.get_coordinates(line)
    middle = points[0] * (1 - part) + points[1] * part
    return [
        shapely.LineString([points[0], middle]),
        shapely.LineString([middle, *points[1:]]),
    ]


@settings(max_examples=40, deadline=None)
@given(lines(499_990, 4_999_995, 500_040, 5_000_040), st.floats(0.01, 0.99))
def test_a_line_split_in_two_has_additive_lengths(
    line: shapely.LineString, part: float
) -> None:
    whole = lengths(line, NINE, PLANE)
    first, second = (lengths(half, NINE, PLANE) for half in halves(line, part))

    for where in whole.keys() | first.keys() | second.keys():
        split = first.get(where, 0.0) + second.get(where, 0.0)
        assert split == pytest.approx(whole.get(where, 0.0), rel=1e-6, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(lines(10.1, 45.1, 10.9, 46.2), st.floats(0.01, 0.99))
def test_a_line_that_is_bent_has_additive_lengths_too(
    line: shapely.LineString, part: float
) -> None:
    grid = Grid("EPSG:32632", Affine(250, 0, 570_000, 0, -250, 5_150_000), 700, 800)

    whole, *split = (
        math.fsum(lengths(each, grid, LONGITUDE_LATITUDE).values())
        for each in (line, *halves(line, part))
    )

    assert math.fsum(split) == pytest.approx(whole, rel=1e-6, abs=1e-3)


def test_a_line_has_the_same_lengths_in_any_turn_and_in_any_crs(tmp_path: Path) -> None:
    write_cog(tmp_path / "a.tif", UTM)
    layer = open_file(tmp_path / "a.tif")
    line = shapely.segmentize(shapely.LineString([(10.2, 45.1), (11.1, 46.2)]), 0.01)
    frame = geopandas.GeoSeries([line], crs=4326)
    zones = [
        Zone(line),
        Zone(shapely.transform(line, lambda xy: xy + np.array([360, 0]))),
        Zone(frame.to_crs(32632)[0], crs="EPSG:32632"),
        Zone(frame.to_crs(3857)[0], crs="EPSG:3857"),
    ]

    found = [own for (own,) in zonal_statistics(layer, zones)]

    for other in found[1:]:
        assert other.count == pytest.approx(found[0].count, rel=1e-6)
        assert other.mean == pytest.approx(found[0].mean, rel=1e-4)
        assert other.covered_percent == 100


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4326"])
def test_a_line_over_the_antimeridian_is_whole_in_either_form(crs: str) -> None:
    step = 20_037_508.342789244 / 180 if crs == "EPSG:3857" else 1
    grid = Grid(crs, Affine(step, 0, -180 * step, 0, -step, 40 * step), 360, 80)
    whole = shapely.LineString([(175, 10), (185, 20)])
    split = shapely.MultiLineString([[(175, 10), (180, 15)], [(-180, 15), (-175, 20)]])

    first, second = (lengths(line, grid, LONGITUDE_LATITUDE) for line in (whole, split))

    assert {col for _, col in first} == {355, 356, 357, 358, 359, 0, 1, 2, 3, 4}
    assert first == pytest.approx(second, rel=1e-6)


def test_a_line_back_and_forth_counts_twice() -> None:
    there = shapely.LineString([(500_002, 5_000_025), (500_008, 5_000_025)])
    back = shapely.LineString(
        [(500_002, 5_000_025), (500_008, 5_000_025), (500_002, 5_000_025)]
    )

    (once,) = lengths(there, NINE, PLANE).values()
    (twice,) = lengths(back, NINE, PLANE).values()

    assert twice == pytest.approx(2 * once, rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.randoms(use_true_random=False))
def test_points_count_as_repeated_cells_in_any_order(random) -> None:
    values = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], np.uint8)
    rng = np.random.default_rng(random.randrange(1000))
    positions = rng.uniform((500_000, 5_000_000), (500_030, 5_000_030), (12, 2))
    shuffled = rng.permutation(positions)
    layer = FakeLayer(values, NINE)
    zones = [Zone(shapely.MultiPoint(p), crs=PLANE) for p in (positions, shuffled)]
    options = Options(statistics=StatisticOptions(percentiles=(25.0,)))

    first, second = zonal_statistics(layer, zones, options)

    col, row = (positions - (500_000, 5_000_030)).T // np.array([[10], [-10]])
    met = np.sort(values[row.astype(int), col.astype(int)]).astype(float)
    (own,) = first
    assert first == second
    assert (own.count, own.sum, own.min, own.max) == (12, met.sum(), met[0], met[-1])
    assert own.mean == pytest.approx(met.mean(), rel=1e-12)
    assert own.variance == pytest.approx(met.var(), rel=1e-12)
    assert own.median == met[5]
    assert own.percentiles == (met[2],)


def test_points_off_the_raster_lower_the_covered_percentage() -> None:
    values = np.ones((3, 3), np.float32)
    zones = [
        Zone(shapely.MultiPoint([(500_005, 5_000_005), (0, 0)]), crs=PLANE),
        Zone(shapely.Point(0, 0), crs=PLANE),
        Zone(shapely.Point(), crs=PLANE),
        Zone(
            shapely.LineString([(500_015, 5_000_005), (500_045, 5_000_005)]), crs=PLANE
        ),
        Zone(shapely.box(500_000, 5_000_000, 500_010, 5_000_010), crs=PLANE),
    ]

    found = [own for (own,) in zonal_statistics(FakeLayer(values, NINE), zones)]

    assert [own.covered_percent for own in found] == [
        50,
        0,
        None,
        pytest.approx(50, rel=1e-6),
        100,
    ]
    assert [own.reason for own in found] == [
        None,
        "outside_raster",
        "empty_geometry",
        None,
        None,
    ]


def test_zones_of_one_kind_do_not_depend_on_others() -> None:
    layer = FakeLayer(np.arange(9, dtype=np.int16).reshape(3, 3), NINE)
    zones = [
        Zone(shapely.Point(500_015, 5_000_015), crs=PLANE),
        Zone(shapely.box(500_001, 5_000_001, 500_023, 5_000_020), crs=PLANE),
        Zone(
            shapely.LineString([(500_001, 5_000_001), (500_029, 5_000_020)]), crs=PLANE
        ),
    ]

    together = zonal_statistics(layer, zones)

    assert together == [zonal_statistics(layer, [zone])[0] for zone in zones]


@pytest.mark.parametrize("mode", [Mode.CENTRE, Mode.ALL_TOUCHED])
def test_lines_and_points_are_counted_by_length_and_number_only(mode: Mode) -> None:
    with pytest.raises(RequestError, match="for polygons; lines count by their length"):
        meet_zones([Zone(shapely.Point(500_005, 5_000_005), crs=PLANE)], NINE, mode)


def test_a_collection_of_several_kinds_is_refused_by_position() -> None:
    mixed = shapely.GeometryCollection([shapely.Point(1, 1), shapely.box(0, 0, 1, 1)])

    with pytest.raises(ZoneError, match="Zone 1 is a GeometryCollection"):
        meet_zones([Zone(shapely.box(0, 0, 1, 1)), Zone(mixed)], NINE)


def test_workers_take_polygons_only() -> None:
    with pytest.raises(ZoneError, match="Zone 0 is not a polygon"):
        distribute_statistics(None, [Zone(shapely.Point(1, 1))], None)  # type: ignore[arg-type]


def test_lines_and_points_have_the_budget_of_outlines() -> None:
    line = Zone(
        shapely.LineString([(500_001, 5_000_001), (500_029, 5_000_020)]), crs=PLANE
    )
    points = Zone(shapely.MultiPoint([(500_005, 5_000_005)] * 4), crs=PLANE)

    with pytest.raises(BudgetError, match="lines cross 4 rows or columns"):
        meet_zones([line], NINE, max_crossings=3)
    with pytest.raises(BudgetError, match="4 points, which exceeds 3"):
        meet_zones([points], NINE, max_crossings=3)


def test_a_pixel_met_too_often_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "MAX_WEIGHT", 3)
    points = Zone(shapely.MultiPoint([(500_005, 5_000_005)] * 4), crs=PLANE)

    with pytest.raises(
        BudgetError, match="meets one pixel about 4 times, which exceeds 3"
    ):
        meet_zones([points], NINE)


def test_a_line_that_winds_through_cells_weighs_less_than_whole_ones() -> None:
    """So that many lines are counted side by side, as polygons are."""
    rng = np.random.default_rng(8)
    points = np.array([500_015, 5_000_015]) + rng.uniform(-14, 14, (9, 2))
    zone = Zone(shapely.LineString(points), crs=PLANE)

    runs = meet_zones([zone], NINE)

    assert len(runs.weight) > 5
    assert runs.weight.max() < WHOLE
