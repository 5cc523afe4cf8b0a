"""The walk along edges in C: the bits of the numpy reference, and what it refuses."""

from __future__ import annotations

import math
from contextlib import nullcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.errors import BudgetError, ZoneError
from raster_core.grid import Window
from raster_core.native.coverage import WalkedEdges, walk_edges
from raster_core.native.library import library, without_library
from raster_core.zonal.coverage.cover import Mode, cover
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.outlines.outline import Edges

# Whole and half columns, what snapping leaves beside them, and anything else.
position = st.one_of(
    st.integers(-12, 90).map(lambda halves: halves / 2),
    st.floats(-8, 45),
    st.sampled_from([0.0, -0.0, 5e-324, 1 - 2**-53, 7 + 2**-49, 1e6, -1e6]),
    st.builds(
        lambda line, away: line + away, st.integers(0, 40), st.floats(-1e-9, 1e-9)
    ),
)
ring = st.lists(st.tuples(position, position), min_size=3, max_size=9)
windows = st.builds(
    Window,
    st.integers(-5, 20),
    st.integers(-5, 20),
    st.integers(1, 70),
    st.integers(1, 40),
)


def edges_of(rings: list[tuple[int, list[tuple[float, float]]]]) -> Edges:
    """Closed rings (zone, [(col, row)]) as edges that run down, whatever encloses."""
    rows = []
    for zone, points in rings:
        for (col0, row0), (col1, row1) in zip(
            points, points[1:] + points[:1], strict=True
        ):
            if row0 < row1:
                rows.append((zone, 1, col0, row0, col1, row1))
            elif row1 < row0:
                rows.append((zone, -1, col1, row1, col0, row0))
    columns = np.array(rows, np.float64).reshape(-1, 6).T
    return Edges(columns[0].astype(np.intp), columns[1].astype(np.int64), *columns[2:])


def outcome(edges: Edges, window: Window, mode: Mode, least: float) -> object:
    """The runs with their types, or the error."""
    try:
        runs = cover(edges, window, mode, min_coverage=least)
    except ZoneError as error:
        return str(error)
    arrays = (runs.zone, runs.row, runs.start, runs.stop, runs.weight)
    return [(each.dtype, each.tolist()) for each in arrays]


@given(
    st.lists(st.tuples(st.integers(0, 3), ring), max_size=5),
    windows,
    st.sampled_from(Mode),
    st.sampled_from([0.0, 0.25, 1.0]),
)
def test_both_implementations_give_the_same_bits(rings, window, mode, least):
    edges = edges_of(rings)

    native = outcome(edges, window, mode, least)

    with without_library():
        assert outcome(edges, window, mode, least) == native


@given(ring, st.sampled_from(Mode))
def test_a_ring_and_the_same_ring_the_other_way_cover_nothing(points, mode):
    edges = edges_of([(0, points), (0, points[::-1])])

    assert not cover(edges, Window(0, 0, 60, 40), mode).zone.size


def test_zones_out_of_order_are_put_in_order():
    square = [(1.0, 1.0), (1.0, 2.0), (2.0, 2.0), (2.0, 1.0)]

    runs = cover(
        edges_of([(2, square), (0, square), (2, square[:0])]), Window(0, 0, 9, 9)
    )

    assert runs.zone.tolist() == [0, 2]
    assert runs.weight.tolist() == [WHOLE, WHOLE]


@pytest.mark.parametrize("far", [math.nan, math.inf, 2.0**41])
def test_positions_that_are_not_near_are_left_to_the_reference(far):
    edges = edges_of([(0, [(1.0, 1.0), (1.0, 5.0), (3.0, 3.0)])])
    edges.col1[0] = far
    walk = walk_edges(
        WalkedEdges(
            edges.zone, edges.sign, edges.col0, edges.row0, edges.col1, edges.row1
        ),
        (0, 0, 9, 9),
    )

    assert library() is None or (walk is not None and not walk.is_suitable)


@pytest.mark.parametrize("choose", [nullcontext, without_library])
def test_too_many_crossings_are_refused_before_they_are_walked(choose):
    edges = edges_of([(0, [(0.0, 0.0), (0.0, 30.0), (30.0, 30.0)])])

    with (
        choose(),
        pytest.raises(BudgetError, match="cross 58 rows or columns of cells"),
    ):
        cover(edges, Window(0, 0, 60, 60), max_crossings=57)


def test_arrays_of_different_lengths_are_refused():
    edges = edges_of([(0, [(1.0, 1.0), (1.0, 5.0), (3.0, 3.0)])])
    short = WalkedEdges(edges.zone, edges.sign[:-1], *[edges.col0] * 4)

    with pytest.raises(ValueError, match="one length"):
        assert walk_edges(short, (0, 0, 9, 9)) or library() or pytest.skip("no library")
