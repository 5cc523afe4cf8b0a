"""Ground of zones in a block: both implementations, and plain loops."""

from __future__ import annotations

import math
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.native.library import without_library
from raster_core.native.reducing.cells import make_runs
from raster_core.native.reducing.counting import count_zones
from raster_core.native.reducing.ground import (
    Classes,
    GroundPlane,
    Grounds,
    measure_ground,
)
from raster_core.zonal.coverage.weights import WHOLE
from tests.native.zone_blocks import ORIGIN, SMALL, WIDE, Block, assert_same, blocks


@st.composite
def planes(draw: st.DrawFn, shape: tuple[int, int]) -> GroundPlane:
    """Areas of the cells of a block, on any lines."""
    height, width = shape
    count = draw(st.integers(1, 4))
    columns = draw(st.sampled_from([1, width]))
    area = st.floats(0, 1e6) | st.just(900.0)
    lines = [[draw(area) for _ in range(columns)] for _ in range(count)]
    line = [draw(st.integers(0, count - 1)) for _ in range(height)]
    part = [draw(st.floats(0, 1)) for _ in range(height)]
    return GroundPlane(np.array(lines), np.array(line), np.array(part))


@st.composite
def grounds(draw: st.DrawFn, types: tuple[type[np.generic], ...]) -> tuple[Any, ...]:
    """A block, areas of its cells, and perhaps the classes that zones have."""
    runs, values, valid = draw(blocks(types))
    plane = draw(planes(values.shape))
    classes = None
    if types is SMALL and draw(st.booleans()):
        counted = count_zones(runs, values, valid)
        classes = Classes(counted.zone, counted.value)
    return (runs, values, valid), plane, classes


def measure(block: Block, plane: GroundPlane, classes: Classes | None) -> Grounds:
    runs, values, valid = block
    return measure_ground(runs, (values, valid), plane, classes)


@given(st.one_of(grounds(SMALL), grounds(WIDE)))
def test_both_implementations_find_the_same_bits(given_):
    with np.errstate(all="ignore"):
        found = measure(*given_)
        with without_library():
            assert_same(found, measure(*given_))


@given(grounds(SMALL))
def test_grounds_are_those_of_plain_loops(given_):
    (runs, values, valid), plane, classes = given_
    found = measure(*given_)

    totals: dict[int, list[float]] = {}
    weighted: dict[int, list[float]] = {}
    by_class: dict[tuple[int, int], list[float]] = {}
    areas = np.broadcast_to(plane.areas(), values.shape)
    columns = (runs.zone, runs.row, runs.start, runs.stop, runs.weight)
    for zone, row, start, stop, weight in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        totals.setdefault(zone, [])
        weighted.setdefault(zone, [])
        for col in range(start, stop):
            place = row - ORIGIN[0], col - ORIGIN[1]
            if valid is not None and not valid[place]:
                continue
            ground, value = areas[place] * (weight / WHOLE), values[place].item()
            totals[zone].append(ground)
            weighted[zone].append(ground * value)
            by_class.setdefault((zone, value), []).append(ground)
    assert found.total == pytest.approx([math.fsum(s) for s in totals.values()])
    expected = [math.fsum(s) for s in weighted.values()]
    largest = max((abs(v) for own in weighted.values() for v in own), default=0.0)
    assert found.weighted == pytest.approx(expected, abs=1e-9 * largest)
    pairs = []
    if classes is not None:
        pairs = list(zip(classes.zone.tolist(), classes.value.tolist(), strict=True))
        assert pairs == sorted(by_class)
    assert found.area == pytest.approx([math.fsum(by_class[pair]) for pair in pairs])


FLAT = GroundPlane(np.ones((1, 1)), np.zeros(2, np.int64), np.zeros(2))


def one_zone() -> Block:
    """Two rows of three cells, all of zone 4."""
    table = np.array([[4, 4], [3, 4], [5, 5], [8, 8]], np.int32)
    runs = make_runs(tuple(table), np.full(table.shape[1], WHOLE), ORIGIN)
    return runs, np.array([[1, 2, 2], [3, 3, 3]], np.uint8), None


@pytest.mark.parametrize("way", [nullcontext, without_library])
def test_a_value_that_is_no_class_of_its_zone_is_refused(way):
    classes = Classes(np.array([4, 4]), np.array([1, 3], np.uint8))
    with way(), pytest.raises(ValueError, match="run lies outside"):
        measure(one_zone(), FLAT, classes)


def test_classes_of_a_case_checked_by_hand():
    classes = Classes(np.array([4, 4, 4]), np.array([1, 2, 3], np.uint8))
    plane = GroundPlane(
        np.array([[10.0], [30.0]]), np.zeros(2, np.int64), np.array([0.0, 0.5])
    )

    found = measure(one_zone(), plane, classes)

    assert found.total.tolist() == [3 * 10 + 3 * 20]
    assert found.weighted.tolist() == [10 + 20 + 20 + 3 * 60]
    assert found.area.tolist() == [10, 20, 60]


@pytest.mark.parametrize(
    "plane",
    [
        GroundPlane(np.ones((1, 2)), np.zeros(2, np.int64), np.zeros(2)),
        GroundPlane(np.ones((1, 1)), np.ones(2, np.int64), np.zeros(2)),
        GroundPlane(np.ones((1, 1)), np.zeros(3, np.int64), np.zeros(3)),
        GroundPlane(np.ones((1, 1)), np.zeros(2, np.int32), np.zeros(2)),
        GroundPlane(np.ones((2, 6))[:, ::2], np.zeros(2, np.int64), np.zeros(2)),
    ],
    ids=["columns", "lines", "rows", "types", "gaps"],
)
def test_areas_of_another_block_are_refused(plane):
    with pytest.raises(ValueError, match="areas are not those"):
        measure(one_zone(), plane, None)
