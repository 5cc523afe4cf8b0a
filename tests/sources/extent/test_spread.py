"""Places all over a raster."""

from __future__ import annotations

import numpy as np
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from raster_core.grid import Grid, Window
from raster_core.sources.extent.spread import spread_positions, windows_at


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_sequence_goes_on_where_it_ended(one: int, more: int):
    parts = [spread_positions(one), spread_positions(more, first=one)]

    np.testing.assert_array_equal(np.concatenate(parts), spread_positions(one + more))


@given(st.integers(1, 400))
def test_places_are_apart_and_all_over(count: int):
    places = spread_positions(count)

    assert ((places >= 0) & (places < 1)).all()
    # Neighbours of an even spread are about this far apart.
    even = count**-0.5
    away = np.hypot(*(places[:, None] - places).transpose(2, 0, 1))
    away[np.diag_indices(count)] = np.inf
    assert away.min() > 0.4 * even
    corners = np.stack(np.meshgrid([0.25, 0.75], [0.25, 0.75]), -1).reshape(-1, 2)
    nearest = np.hypot(*(corners[:, None] - places).transpose(2, 0, 1)).min(axis=1)
    assert nearest.max() < 1.5 * even


def test_the_first_place_is_the_middle():
    assert spread_positions(1).tolist() == [[0.5, 0.5]]


SIDES = st.integers(1, 700)


@given(st.tuples(SIDES, SIDES), st.tuples(SIDES, SIDES), st.data())
def test_each_place_is_in_one_window_and_each_window_in_one_block(
    size: tuple[int, int], block: tuple[int, int], data: st.DataObject
):
    shape = tuple(data.draw(st.integers(1, side)) for side in block)
    grid = Grid("EPSG:3857", Affine(1, 0, 0, 0, -1, 0), size[1], size[0])
    places = spread_positions(20)

    windows = windows_at(places, grid, block_shape=block, shape=shape)

    corners = [(w.row, w.col) for w in windows]
    assert corners == sorted(set(corners))
    for x, y in (places * (grid.width, grid.height)).astype(int).tolist():
        (held,) = (w for w in windows if w.intersection(Window(x, y, 1, 1)).pixels)
        assert held.intersection(grid.window) == held
        assert (held.height, held.width) <= shape
        assert held.row // block[0] == (held.row_stop - 1) // block[0]
        assert held.col // block[1] == (held.col_stop - 1) // block[1]


def test_no_places_need_no_windows():
    grid = Grid("EPSG:3857", Affine(1, 0, 0, 0, -1, 0), 9, 9)

    assert windows_at(spread_positions(0), grid, block_shape=(4, 4), shape=(2, 2)) == []
