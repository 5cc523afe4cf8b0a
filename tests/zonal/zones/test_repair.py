"""Crossings are counted before they are repaired, and only so far."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from raster_core.errors import BudgetError, ZoneError
from raster_core.zonal.zones import repair
from raster_core.zonal.zones.repair import (
    Repairs,
    _count_crossings,
    _edges_of,
    _overlaps,
    _pairs,
    make_valid,
)
from raster_core.zonal.zones.zone import read_zone
from testing.geojson import polygon

PLACES = st.tuples(st.integers(0, 9), st.integers(0, 9))


def star(points: int, step: int) -> shapely.Polygon:
    """Every ``step``-th of the points of a circle: each edge crosses many others."""
    angles = 2 * np.pi * step * np.arange(points) / points
    return shapely.Polygon(np.column_stack([np.cos(angles), np.sin(angles)]))


def scribble(count: int, seed: int = 0) -> shapely.Polygon:
    return shapely.Polygon(np.random.default_rng(seed).uniform(0, 4, (count, 2)))


@given(st.lists(PLACES, min_size=3, max_size=9))
def test_crossings_are_those_of_all_pairs_of_edges(ring: list[tuple[int, int]]):
    edges = _edges_of(shapely.Polygon(ring))
    lines = shapely.linestrings(np.stack([edges.start, edges.end], axis=1))

    expected = 0
    for one, other in combinations(range(len(lines)), 2):
        ends = {tuple(edges.start[one]), tuple(edges.end[one])}
        others = {tuple(edges.start[other]), tuple(edges.end[other])}
        expected += bool(shapely.intersects(lines[one], lines[other])) and not (
            ends & others
        )

    assert _count_crossings(edges, 10**6) == expected


@given(st.lists(st.tuples(st.floats(0, 9), st.floats(0, 9)), max_size=12))
def test_overlaps_are_those_of_all_pairs_of_intervals(ends: list[tuple[float, float]]):
    intervals = np.sort(np.array(ends).reshape(-1, 2), axis=1)

    found = _overlaps(intervals[:, 0], intervals[:, 1])

    assert found == sum(
        max(a[0], b[0]) <= min(a[1], b[1]) for a, b in combinations(intervals, 2)
    )


@pytest.mark.parametrize(
    ("ring", "area"),
    [
        ([(0, 0), (2, 2), (2, 0), (0, 2)], 2),
        ([(0, 0), (4, 0), (4, 4), (2, 0), (0, 4)], 8),
    ],
    ids=["bow-tie", "touches itself"],
)
def test_what_people_draw_is_repaired(ring: list[tuple[int, int]], area: float):
    mended, why = make_valid(shapely.Polygon(ring), Repairs())

    assert why is not None
    assert shapely.is_valid(mended)
    assert mended.area == pytest.approx(area)


def test_hundreds_of_crossings_are_repaired_and_counted():
    repairs = Repairs()

    mended, _ = make_valid(star(51, 19), repairs)

    assert shapely.is_valid(mended)
    # Chords between k-th neighbours: each crosses 2 (k - 1) others.
    assert repair.MAX_SELF_CROSSINGS - repairs.crossings == 51 * (19 - 1)


def test_zones_that_are_read_together_share_what_may_be_repaired():
    repairs = Repairs(3_000)

    make_valid(scribble(100), repairs)
    left = repairs.crossings

    assert 1_000 < left < 3_000
    with pytest.raises(BudgetError, match="exceed 50000 self-crossings"):
        make_valid(scribble(200), repairs)
    assert repairs.crossings == left


def test_counting_ends_at_the_limit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(repair, "_TOGETHER", 20_000)
    edges, looked = _edges_of(scribble(2_000)), []

    def count(edges: repair._Edges) -> object:
        for pair in _pairs(edges):
            looked.append(len(pair[0]))
            yield pair

    monkeypatch.setattr(repair, "_pairs", count)
    found = _count_crossings(edges, 5_000)

    assert 5_000 < found < 20_000
    assert sum(looked) < 60_000  # of 900,000


def test_a_comb_is_judged_by_its_edges_before_geos_sees_it(
    monkeypatch: pytest.MonkeyPatch,
):
    teeth = np.arange(1_700)
    ring = np.empty((3_400, 2))
    ring[::2] = np.column_stack([teeth, np.zeros(1_700)])
    ring[1::2] = np.column_stack([teeth + 1_800.5, np.full(1_700, 1_800)])
    comb = shapely.Polygon([*ring, (4_000, -1), (0, -1)])
    monkeypatch.setattr(shapely, "is_valid", pytest.fail)

    with pytest.raises(BudgetError, match=r"3402 edges .* 5000000 pairs"):
        make_valid(comb, Repairs())


def test_long_outlines_with_short_edges_are_valid_zones():
    angles = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
    radius = 1 + 0.1 * np.sin(900 * angles)
    ring = np.column_stack([radius * np.cos(angles), radius * np.sin(angles)])

    document = polygon([*ring.tolist(), ring[0].tolist()])

    assert read_zone(document).repaired is None


def test_what_has_no_area_is_refused():
    with pytest.raises(ZoneError, match="has no area"):
        make_valid(shapely.Polygon([(0, 0), (1, 1), (2, 2)]), Repairs())
