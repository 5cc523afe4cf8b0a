"""Rings in C: the reference's edges to the bit, and no invalid ring told simple."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from raster_core.grid import Grid
from raster_core.native.library import library
from raster_core.native.rings import find_simple
from raster_core.zonal.outlines.outline import (
    Edges,
    Segments,
    orient_edges,
    orient_edges_reference,
    ring_areas,
    ring_areas_reference,
)

GRIDS = (
    Grid("EPSG:32633", Affine(10, 0, 500_000, 0, -10, 5_300_000), 400, 300),
    Grid("EPSG:4326", Affine(0.1, 0.01, -20, 0.02, 0.1, 0.3), 64, 32),
    Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 9), 12, 9),
)

# Columns and rows of all grids, those beside halves and those far away included.
position = st.one_of(
    st.integers(-40, 40).map(lambda halves: halves / 2),
    st.floats(-1e3, 1e3),
    st.sampled_from(
        [0.5 + 9e-9, 1 - 2**-53, 1e14, -3e15, 2.0**51 + 0.5, np.inf, np.nan]
    ),
)
rings_of_positions = st.lists(
    st.lists(st.tuples(position, position), min_size=1, max_size=7), max_size=5
)

# Few distinct coordinates, so that rings touch and cross themselves, and any.
near = st.one_of(st.integers(0, 4).map(float), st.floats(0, 4))
loops = st.lists(st.tuples(near, near), min_size=3, max_size=14)


def segments_of(rings: list[list[tuple[float, float]]], grid: Grid) -> Segments:
    starts = [np.array(ring).reshape(-1, 2) for ring in rings]
    ends = [np.roll(ring, -1, axis=0) for ring in starts]
    a, b, c, d, e, f = grid.transform[:6]
    start, end = (
        np.concatenate([np.zeros((0, 2)), *points]) @ [[a, d], [b, e]] + [c, f]
        for points in (starts, ends)
    )
    return Segments(
        start,
        end,
        np.repeat(np.arange(len(rings)), list(map(len, rings))).astype(np.intp),
        np.arange(len(rings), dtype=np.intp) // 2,
        np.arange(len(rings)) % 2 == 1,
    )


def simple(*rings: list[tuple[float, float]]) -> list[bool]:
    """Whether rings that are closed here are told to be simple."""
    closed = [np.array([*ring, ring[0]], np.float64) for ring in rings]
    first = np.cumsum([0, *map(len, closed)])
    return find_simple(np.concatenate(closed), first).tolist()


@given(rings_of_positions, st.sampled_from(GRIDS))
@pytest.mark.filterwarnings("ignore:invalid value")
def test_both_implementations_give_the_same_edges(rings, grid):
    segments = segments_of(rings, grid)

    native, reference = (
        orient_edges(segments, grid),
        orient_edges_reference(segments, grid),
    )

    for name in Edges.__slots__:
        own, other = getattr(native, name), getattr(reference, name)
        assert own.dtype == other.dtype
        np.testing.assert_array_equal(own, other, strict=True)


@given(rings_of_positions, st.booleans())
@pytest.mark.filterwarnings("ignore:invalid value")
def test_both_implementations_give_the_same_areas(rings, backwards):
    made = segments_of(rings, GRIDS[0])
    pieces = made.start, made.end, made.ring
    if backwards:
        pieces = tuple(each[::-1] for each in pieces)

    native = ring_areas(*pieces, len(rings))

    reference = ring_areas_reference(*pieces, len(rings))
    np.testing.assert_array_equal(native, reference, strict=True)


@given(loops)
def test_what_is_told_to_be_simple_is_valid(ring):
    (found,) = simple(ring)

    assert shapely.Polygon(ring).is_valid or not found


@given(loops, st.floats(1e-9, 1e-3), st.integers(0, 2))
def test_nearly_touching_rings_are_not_taken_for_simple(ring, away, where):
    ring = [*ring, (ring[where][0] + away, ring[where][1])]

    (found,) = simple(ring)

    assert shapely.Polygon(ring).is_valid or not found


@pytest.mark.skipif(library() is None, reason="the kernels are not compiled")
def test_rings_that_most_people_have_are_told_to_be_simple():
    turn = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    star = (
        np.stack([np.cos(turn), np.sin(turn)], axis=1)
        * (2 + np.sin(50 * turn))[:, None]
    )
    house = [(0, 0), (3, 0), (3, 2), (2, 2), (2, 1), (1, 1), (1, 2), (0, 2)]
    halved = [(0, 0), (1, 0), (2, 0), (2, 2), (0, 2), (0, 1)]

    assert simple(house, halved, [*map(tuple, star)], house[::-1]) == [True] * 4


@pytest.mark.parametrize(
    "ring",
    [
        [(0, 0), (2, 2), (2, 0), (0, 2)],  # crosses itself
        [(0, 0), (2, 0), (1, 0)],  # has no area
        [(0, 0), (4, 0), (4, 4), (2, 0), (0, 4)],  # touches itself
        [(0, 0), (4, 0), (4, 4), (4, 6), (4, 4), (0, 4)],  # has a spike
        [(0, 0), (0, 0), (1, 0), (1, 1)],  # repeats a point, which is valid
        [(0, 0), (np.nan, 0), (1, 1)],
        [(0, 0), (np.inf, 0), (1, 1)],
        [(0, 0), (1e-200, 0), (1e-200, 1e-200)],  # products are denormal
        [(0, 0), (1, 1)],
    ],
)
def test_doubtful_rings_are_not(ring):
    assert simple(ring) == [False]


def test_a_ring_beyond_the_points_is_refused():
    if library() is None:
        pytest.skip("the kernels are not compiled")
    for first in ([0, 5], [3, 0], [-1, 2]):
        with pytest.raises(ValueError, match="points"):
            find_simple(np.zeros((4, 2)), np.array(first))
