"""Kernels of images: the same bits as numpy, and nothing outside of an array."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from raster_core.native.images import coloring, gathering, lines, positions, weighing
from raster_core.native.library import without_library
from raster_core.tile.images.encode import encode_palette_png

SIDES = st.integers(1, 20)
SEEDS = st.integers(0, 2**32 - 1)
SPECIAL = (0.0, -0.0, np.nan, np.inf, -np.inf, 5e-324, 1.7e308, -1.7e308)
TYPES = ("u1", "i1", "u2", "i2", "u4", "i4", "f4", "u8", "i8", "f8")


def same(one: object, other: object) -> bool:
    first, second = np.asarray(one), np.asarray(other)
    return first.dtype == second.dtype and first.tobytes() == second.tobytes()


def floats(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    values = random.normal(0, 100, shape)
    special = random.random(shape) < 0.1
    values[special] = random.choice(SPECIAL, int(special.sum()))
    return values


@given(SEEDS, st.tuples(SIDES, SIDES, SIDES, SIDES))
def test_interpolation(seed: int, sides: tuple[int, ...]):
    random, (down, across, height, width) = np.random.default_rng(seed), sides
    points = floats(random, (2, down + 1, across + 1))
    rows = random.integers(0, down, height), random.random(height)
    cols = random.integers(0, across, width), random.random(width)

    with np.errstate(all="ignore"):
        found = positions.interpolate(points, rows, cols)
        expected = positions.interpolate_reference(points, rows, cols)

    assert np.array_equal(found, expected, equal_nan=True)
    assert found.shape == (2, height, width)


@given(
    SEEDS,
    arrays.array_shapes(min_dims=2, max_dims=2, max_side=40),
    st.floats(0.01, 4),
    st.booleans(),
)
def test_indices_of_positions(
    seed: int, shape: tuple[int, int], scale: float, every: bool
):
    random = np.random.default_rng(seed)
    used = random.random(shape) < (2 if every else 0.5)
    used.flat[random.integers(used.size)] = True
    spread = np.where(used, random.random(shape) * 50 - 5, floats(random, shape))
    limits = (-3, int(random.integers(1, 60)))

    with np.errstate(all="ignore"):
        found, *ends = positions.index_positions(
            spread, used, limits, scale=scale, nudge=1e-6
        )
        expected, *known = positions.index_positions_reference(
            spread, used, limits, scale=scale, nudge=1e-6
        )

    assert ends == known
    assert same(found, expected)
    exact = np.clip(np.floor(spread[used] * scale + 1e-6), limits[0], limits[1] - 1)
    assert abs(found[used] + ends[0] - exact).max() <= 1  # a rounding apart
    assert found.min() >= 0
    assert found.max() < ends[1]


@given(SEEDS, st.sampled_from(TYPES), st.booleans(), st.tuples(SIDES, SIDES))
def test_nearest_pixels(seed: int, kind: str, along: bool, sides: tuple[int, int]):
    random, (height, width) = np.random.default_rng(seed), sides
    content = random.integers(0, 256, (2, 7, 5 * np.dtype(kind).itemsize))
    values = content.astype(np.uint8).view(kind)
    rows = random.integers(0, 7, (height, 1 if along else width)).astype(np.int32)
    cols = random.integers(0, 5, (1 if along else height, width)).astype(np.int32)

    found = gathering.gather(values, rows, cols)

    assert same(found, gathering.gather_reference(values, rows, cols))
    assert same(found, values[:, rows, cols])


@pytest.mark.parametrize("wrong", [-1, 5, 2**31 - 1, -(2**31)])
def test_no_pixel_beyond_a_window_is_taken(wrong: int):
    values = np.zeros((1, 5, 5), np.uint8)
    inside, beyond = np.zeros((1, 1), np.int32), np.full((1, 1), wrong, np.int32)

    for take in (gathering.gather, gathering.gather_reference):
        with pytest.raises(IndexError):
            take(values, inside, beyond)
        with pytest.raises(IndexError):
            take(values, beyond, inside)


@given(
    SEEDS,
    st.sampled_from(("u1", "u2")),
    st.sampled_from((3, 4)),
    st.tuples(SIDES, SIDES),
)
def test_tables_of_colours(seed: int, kind: str, channels: int, shape: tuple[int, int]):
    random = np.random.default_rng(seed)
    entries = np.iinfo(kind).max + 1
    values = random.integers(0, entries, (3, *shape)).astype(kind)
    tables = [
        None
        if kind == "u1" and random.random() < 0.5
        else random.integers(0, 256, entries).astype(np.uint8)
        for _ in range(3)
    ]
    mask, table = random.random(shape) < 0.7, np.arange(entries).astype(np.uint8)

    pixels = coloring.compose(values, tables, channels)
    found = coloring.look_up(values[0], mask, table)

    assert same(pixels, coloring.compose_reference(values, tables, channels))
    assert same(found, coloring.look_up_reference(values[0], mask, table))
    for channel, known in enumerate(tables):
        plane = values[channel]
        assert (
            pixels[..., channel] == (plane if known is None else known[plane])
        ).all()
    assert (pixels[..., 3:] == 255).all()


@given(
    arrays.arrays(np.uint8, arrays.array_shapes(min_dims=2, max_dims=2, max_side=40)),
    st.sampled_from((1, 2, 4, 8)),
)
def test_packed_lines(indices: np.ndarray, bits: int):
    numbers = (np.arange(256) * 7 % 2**bits).astype(np.uint8)

    used = coloring.mark_used(indices)
    packed = lines.pack_lines(indices, numbers, bits)

    assert used.nonzero()[0].tolist() == sorted(set(indices.ravel().tolist()))
    assert same(used, coloring.mark_used_reference(indices))
    assert same(packed, lines.pack_lines_reference(indices, numbers, bits))
    every = np.unpackbits(packed[:, 1:], axis=1).reshape(len(packed), -1, bits)
    weights = 1 << np.arange(bits)[::-1]
    assert ((every @ weights)[:, : indices.shape[1]] == numbers[indices]).all()


@given(SEEDS, st.sampled_from(("f4", "f8")), st.integers(1, 5), st.tuples(SIDES, SIDES))
def test_weighted_sums(seed: int, kind: str, taps: int, sides: tuple[int, int]):
    random, (height, width) = np.random.default_rng(seed), sides
    with np.errstate(over="ignore"):
        plane = floats(random, (9, 11)).astype(kind)
    rows, cols = (
        (
            random.integers(0, length - taps + 1, count),
            random.normal(0, 1, (taps, count)).astype(kind),
        )
        for length, count in ((9, height), (11, width))
    )
    few = min(height, width)
    points = [(first[:few], weights[:, :few].copy()) for first, weights in (rows, cols)]

    with np.errstate(all="ignore"):
        grid = weighing.weigh_grid(plane, rows, cols)
        each = weighing.weigh_points(plane, *points)
        pairs = (
            (grid, weighing.weigh_grid_reference(plane, rows, cols)),
            (each, weighing.weigh_points_reference(plane, *points)),
        )

    for found, expected in pairs:
        assert found.dtype == expected.dtype == np.dtype(kind)
        assert np.array_equal(found, expected, equal_nan=True)
        number = ~np.isnan(found)  # whose bits have no meaning
        assert same(found[number], expected[number])


@pytest.mark.parametrize("first", [-1, 3, 2**62, -(2**63)])
def test_no_pixel_beyond_a_plane_is_weighed(first: int):
    plane, one = np.ones((4, 4)), np.ones((2, 1))
    wrong, right = (np.array([first]), one), (np.array([0]), one)

    for weigh in (weighing.weigh_grid, weighing.weigh_points):
        for axes in ((wrong, right), (right, wrong)):
            with pytest.raises(IndexError):
                weigh(plane, *axes)
            with without_library(), pytest.raises(IndexError):
                weigh(plane, *axes)


@pytest.mark.parametrize("cell", [-1, 3, 2**62])
def test_no_point_beyond_a_lattice_is_read(cell: int):
    points, right = np.zeros((1, 4, 4)), (np.array([0]), np.array([0.5]))
    wrong = np.array([cell]), np.array([0.5])

    for axes in ((wrong, right), (right, wrong)):
        for find in (positions.interpolate, positions.interpolate_reference):
            with pytest.raises(IndexError):
                find(points, *axes)


def test_a_mean_by_hand():
    plane = np.array([[1.0, 3.0], [5.0, 7.0]])
    half = np.array([0]), np.full((2, 1), 0.5)

    assert weighing.weigh_points(plane, half, half).tolist() == [4.0]
    assert weighing.weigh_grid(plane, half, half).tolist() == [[4.0]]


def test_an_image_is_the_same_without_the_library():
    indices = np.random.default_rng(3).integers(0, 6, (30, 31)).astype(np.uint8)
    colors = np.random.default_rng(4).integers(0, 256, (5, 4)).astype(np.uint8)

    found = encode_palette_png(indices, colors, smooth=False)
    with without_library():
        assert encode_palette_png(indices, colors, smooth=False) == found

    shown = np.asarray(Image.open(io.BytesIO(found)).convert("RGBA"))
    assert (shown == np.vstack((np.zeros((1, 4), np.uint8), colors))[indices]).all()
