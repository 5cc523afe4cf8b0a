"""Places all over a raster."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from raster_core.source.spread import spread_places


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_sequence_goes_on_where_it_ended(one: int, more: int):
    parts = [spread_places(one), spread_places(more, first=one)]

    np.testing.assert_array_equal(np.concatenate(parts), spread_places(one + more))


@given(st.integers(1, 400))
def test_places_are_apart_and_all_over(count: int):
    places = spread_places(count)

    assert ((places >= 0) & (places < 1)).all()
    # Of evenly spread ones, neighbours are about this far apart.
    even = count**-0.5
    away = np.hypot(*(places[:, None] - places).transpose(2, 0, 1))
    away[np.diag_indices(count)] = np.inf
    assert away.min() > 0.4 * even
    corners = np.stack(np.meshgrid([0.25, 0.75], [0.25, 0.75]), -1).reshape(-1, 2)
    nearest = np.hypot(*(corners[:, None] - places).transpose(2, 0, 1)).min(axis=1)
    assert nearest.max() < 1.5 * even


def test_the_first_place_is_the_middle():
    assert spread_places(1).tolist() == [[0.5, 0.5]]
