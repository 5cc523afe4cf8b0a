"""Laws of whole statistics, over rasters whose type keeps histograms and moments."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from raster_core.grid import Grid
from raster_core.zonal.coverage.cover import Mode, cover
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.engine import Options, zonal_statistics
from raster_core.zonal.outlines.projecting import project_zones
from raster_core.zonal.zones.zone import Zone
from tests.cogs import NODATA, Recipe, open_file, write_cog
from tests.fake_layer import FakeLayer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.raster import Layer
    from raster_core.zonal.results.statistics import ZoneStatistics

# A power of two, so that zones in 1024ths of a pixel are exact in degrees too.
PIXEL = 1 / 64
BLOCK = 128
WIDTH, HEIGHT = 3 * BLOCK, 2 * BLOCK
LEFT, TOP = 10.0, 46.0

positions = st.tuples(
    st.integers(-40 * 1024, (WIDTH + 40) * 1024),
    st.integers(-40 * 1024, (HEIGHT + 40) * 1024),
)
shapes = st.lists(positions, min_size=3, max_size=12)


@pytest.fixture(scope="module", params=["int16", "float32"])
def layer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """Six blocks; a float32 has values that are no whole numbers."""
    path = tmp_path_factory.mktemp("laws") / "raster.tif"
    recipe = small_recipe(request.param)
    rng = np.random.default_rng(5)
    values = rng.normal(100, 900, (1, HEIGHT, WIDTH)).astype(request.param)
    values[rng.random(values.shape) < 0.1] = NODATA
    write_cog(path, recipe, values)
    return open_file(path)


@pytest.fixture(scope="module", params=["int16", "float32"])
def repeated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """Every block has the values of every other."""
    path = tmp_path_factory.mktemp("laws") / "raster.tif"
    rng = np.random.default_rng(6)
    block = rng.normal(0, 900, (1, BLOCK, BLOCK)).astype(request.param)
    block[rng.random(block.shape) < 0.1] = NODATA
    write_cog(path, small_recipe(request.param), np.tile(block, (1, 2, 3)))
    return open_file(path)


def small_recipe(dtype: str) -> Recipe:
    return Recipe(
        width=WIDTH,
        height=HEIGHT,
        dtype=dtype,
        transform=Affine(PIXEL, 0, LEFT, 0, -PIXEL, TOP),
        blocksize=BLOCK,
    )


def star(points: Sequence[tuple[int, int]]) -> shapely.Geometry:
    """What a closed line through points encloses; they are in 1024ths of a pixel."""
    ring = [
        (LEFT + PIXEL * col / 1024, TOP - PIXEL * row / 1024) for col, row in points
    ]
    mended = shapely.make_valid(shapely.Polygon(ring), method="structure")
    parts = [p for p in shapely.get_parts(mended) if p.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts) if parts else default_shape()


def default_shape() -> shapely.Geometry:
    return shapely.box(LEFT + 0.1, TOP - 1.3, LEFT + 2.05, TOP - 0.2)


def polygons(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """The areal parts of an overlay."""
    parts = shapely.get_parts(shape)
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


def ask(layer: Layer, zones: Sequence[shapely.Geometry]) -> list[ZoneStatistics]:
    return [own for (own,) in zonal_statistics(layer, [Zone(zone) for zone in zones])]


def moments(own: ZoneStatistics) -> tuple[float, float, float]:
    """What adds up: count, sum, and sum of squares."""
    if own.mean is None or own.std is None or own.sum is None:
        return 0.0, 0.0, 0.0
    return own.count, own.sum, own.count * (own.std**2 + own.mean**2)


def total(figures: Sequence[ZoneStatistics]) -> list[float]:
    return [math.fsum(column) for column in zip(*map(moments, figures), strict=True)]


@given(shapes, st.integers(1, WIDTH * 1024 - 1))
@settings(max_examples=60)
def test_disjoint_zones_add_up_to_their_union(
    layer: Layer, points: list[tuple[int, int]], col: int
):
    whole = star(points)
    split = LEFT + PIXEL * col / 1024
    western, eastern = (
        polygons(shapely.intersection(whole, half))
        for half in (shapely.box(0, 0, split, 90), shapely.box(split, 0, 90, 90))
    )

    assume(not (western.is_empty or eastern.is_empty))
    west, east, both = ask(layer, [western, eastern, whole])

    assert total([west, east]) == pytest.approx(total([both]), rel=1e-9, abs=1e-5)
    masked = west.masked_pixels + east.masked_pixels
    assert masked == pytest.approx(both.masked_pixels, abs=1e-8)


@given(shapes, shapes)
@settings(max_examples=60)
def test_union_and_intersection_of_overlapping_zones_add_up_to_both(
    layer: Layer, first: list[tuple[int, int]], second: list[tuple[int, int]]
):
    one, other = star(first), star(second)
    union = polygons(shapely.union(one, other))
    common = polygons(shapely.intersection(one, other))

    assume(not common.is_empty)
    figures = ask(layer, [one, other, union, common])

    assert total(figures[:2]) == pytest.approx(total(figures[2:]), rel=1e-9, abs=1e-5)


@given(st.lists(positions, min_size=1, max_size=30, unique=True))
@settings(max_examples=40)
def test_a_tessellation_sums_to_the_whole_raster(
    layer: Layer, seeds: list[tuple[int, int]]
):
    zones = tessellation(seeds)
    data = layer.read(layer.info.grid)
    values = data.data[data.mask].astype(np.float64)

    figures = ask(layer, zones)

    truth = [values.size, math.fsum(values), math.fsum(values**2)]
    assert total(figures) == pytest.approx(truth, rel=1e-9)
    masked = math.fsum(own.masked_pixels for own in figures)
    assert masked == pytest.approx(data.mask.size - values.size, rel=1e-9)


@given(st.lists(positions, min_size=1, max_size=30, unique=True))
@settings(max_examples=40)
def test_a_tessellation_has_every_centre_once(
    layer: Layer, seeds: list[tuple[int, int]]
):
    zones = [Zone(zone) for zone in tessellation(seeds)]
    valid = layer.read(layer.info.grid).mask.sum()

    found = zonal_statistics(layer, zones, Options(mode=Mode.CENTRE))

    assert sum(own.count for (own,) in found) == valid


def tessellation(seeds: Sequence[tuple[int, int]]) -> list[shapely.Geometry]:
    """Voronoi cells that cover the raster."""
    box = shapely.box(LEFT - 2, TOP - 8, LEFT + 10, TOP + 2)
    points = shapely.MultiPoint(
        [(LEFT + PIXEL * col / 1024, TOP - PIXEL * row / 1024) for col, row in seeds]
    )
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=box))
    zones = [cell for cell in cells if cell.is_valid and cell.area > 0]
    raster = shapely.box(LEFT, TOP - HEIGHT * PIXEL, LEFT + WIDTH * PIXEL, TOP)
    return zones if shapely.union_all(zones).covers(raster) else [box]


@given(
    st.lists(
        st.tuples(st.integers(0, BLOCK * 1024), st.integers(0, BLOCK * 1024)),
        min_size=3,
        max_size=12,
    ),
    st.integers(0, 2),
    st.integers(0, 1),
)
@settings(max_examples=60)
def test_moving_by_whole_blocks_of_equal_values_changes_nothing(
    repeated: Layer, points: list[tuple[int, int]], right: int, down: int
):
    here = star(points)
    by = np.array([right, -down]) * BLOCK * PIXEL
    there = shapely.transform(here, lambda xy: xy + by)
    # Not so the default shape, which is wider than a block.
    assume(shapely.box(LEFT, TOP - 2, LEFT + 2, TOP).covers(here))
    near, far = ask(repeated, [here, there])

    # The share of each cell is known to 2^-44 of it: of a sliver, that is something.
    unsure = 4 * (here.length * PIXEL / here.area) * 2**-44
    close = 1e-6 + unsure * 5000  # values differ by so much
    assert moments(far) == pytest.approx(moments(near), rel=1e-9, abs=close)
    assert (far.min, far.max, far.unique) == (near.min, near.max, near.unique)


@given(st.lists(shapes, min_size=1, max_size=5), st.data())
@settings(max_examples=40)
def test_zones_in_any_order_give_the_same_figures(
    layer: Layer, several: list[list[tuple[int, int]]], data: st.DataObject
):
    zones = [star(points) for points in several]
    order = data.draw(st.permutations(range(len(zones))))

    figures = ask(layer, zones)

    assert ask(layer, [zones[n] for n in order]) == [figures[n] for n in order]


@given(st.lists(shapes, min_size=1, max_size=4))
@settings(max_examples=40)
def test_a_zone_has_the_same_figures_alone_and_twice_among_others(
    layer: Layer, several: list[list[tuple[int, int]]]
):
    zones = [star(points) for points in several]

    figures = ask(layer, [*zones, *zones])

    assert figures[: len(zones)] == figures[len(zones) :]
    assert figures[0] == ask(layer, zones[:1])[0]


@given(shapes, st.integers(1, 8 * BLOCK * BLOCK))
@settings(max_examples=40)
def test_chunks_of_any_size_give_identical_figures(
    layer: Layer, points: list[tuple[int, int]], pixels: int
):
    zones = [star(points), default_shape()]
    whole = ask(layer, zones)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("raster_core.zonal.coverage.blockplan.CHUNK_PIXELS", pixels)
        chunked = ask(layer, zones)

    assert chunked == whole


def two_blocks(values: NDArray[np.generic]) -> FakeLayer:
    """Values of as many rows as there are, and two blocks' columns."""
    height, width = values.shape
    grid = Grid("EPSG:4326", Affine(PIXEL, 0, LEFT, 0, -PIXEL, TOP), width, height)
    return FakeLayer(values, grid, block=(height, BLOCK))


def random_values() -> NDArray[np.float64]:
    return np.random.default_rng(7).normal(100, 900, (40, 2 * BLOCK))


@given(st.integers(-990, 990))
@settings(max_examples=40)
def test_values_a_power_of_two_larger_have_figures_as_much_larger(power: int):
    factor = 2.0**power

    (plain,), (larger,) = (
        ask(two_blocks(random_values() * by), [default_shape()]) for by in (1.0, factor)
    )

    assert (larger.min, larger.max) == (plain.min * factor, plain.max * factor)
    assert larger.sum == pytest.approx(plain.sum * factor, rel=1e-12, abs=0)
    assert larger.mean == pytest.approx(plain.mean * factor, rel=1e-12, abs=0)
    assert larger.std == pytest.approx(plain.std * factor, rel=1e-12, abs=0)


@pytest.mark.parametrize("dtype", ["int32", "uint32", "int64", "uint64"])
@pytest.mark.parametrize("share", [0.5, 0.99])
def test_a_constant_added_to_whole_numbers_moves_the_mean_and_nothing_else(
    dtype: str, share: float
):
    values = np.clip(np.abs(random_values()), 0, 3000).astype(dtype)
    constant = int(np.iinfo(dtype).max * share)

    (plain,), (moved,) = (
        ask(two_blocks(values + np.array(by, dtype)), [default_shape()])
        for by in (0, constant)
    )

    assert moved.mean == pytest.approx(plain.mean + constant, rel=1e-15)
    assert moved.std == pytest.approx(plain.std, rel=1e-9)


def test_a_sum_that_no_float_holds_is_no_failure():
    """As where the lowest float64 stands for nodata, and the file does not say so."""
    lowest = np.finfo(np.float64).min
    values = random_values()
    values[3, [3, BLOCK + 3]] = lowest

    (own,) = ask(two_blocks(values), [shapely.box(LEFT, TOP - 1, LEFT + 9, TOP)])

    assert own.count == values.size
    assert own.min == lowest
    assert own.sum is None or own.sum == -math.inf


def test_a_zone_too_small_to_have_ground_is_answered():
    """Beside the pole, what is centimetres wide has no area on a sphere of floats."""
    sliver = shapely.Polygon([(50, 89.9999999), (51, 89.9999999), (51, 89.99999995)])

    (own,) = ask(two_blocks(random_values()), [sliver])

    assert (own.count, own.reason) == (0, "outside_raster")


# Vertices on cell borders and a last bit beside them, far from the origin, where that
# bit is 16 units of weight.
ROW = 5632.0
near_borders = st.builds(
    lambda cell, halves, bits: ROW + cell + halves / 2 + bits * 2.0**-40,
    st.integers(1, 5),
    st.integers(0, 1),
    st.integers(-1, 1),
)


@given(
    st.lists(st.tuples(near_borders, near_borders), min_size=3, max_size=6),
    st.sampled_from(Mode),
)
@settings(max_examples=400)
def test_no_cell_beyond_a_zone_is_covered(
    points: list[tuple[float, float]], mode: Mode
):
    # 256 pixels a degree: to pixels and back is exact.
    grid = Grid("EPSG:4326", Affine(1 / 256, 0, 0, 0, 1 / 256, 0), 20_000, 20_000)
    hull = shapely.MultiPoint(points).convex_hull
    if hull.geom_type != "Polygon" or hull.area < 1e-6:
        hull = shapely.box(ROW + 1, ROW + 1, ROW + 3.5, ROW + 2)
    zone = Zone(shapely.transform(hull, lambda points: points / 256))

    runs = cover(project_zones([zone], grid), grid.window, mode)

    left, top, right, bottom = hull.bounds
    assert (runs.start >= math.floor(left)).all()
    assert (runs.stop <= math.ceil(right)).all()
    assert (runs.row >= math.floor(top)).all()
    assert (runs.row < math.ceil(bottom)).all()
    if mode is Mode.FRACTION:
        weight = ((runs.stop - runs.start) * runs.weight).sum()
        assert weight / WHOLE == pytest.approx(hull.area, abs=1e-9)
