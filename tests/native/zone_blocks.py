"""Blocks with zones, for the kernels that reduce them."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from raster_core.native.reducing.cells import ZoneRuns, make_runs
from raster_core.zonal.coverage.weights import WHOLE

SMALL = (np.uint8, np.int8, np.uint16, np.int16)
WIDE = (np.int32, np.uint32, np.int64, np.uint64, np.float32, np.float64)
ORIGIN = (3, 5)

type Block = tuple[ZoneRuns, Any, Any]


@st.composite
def blocks(draw: st.DrawFn, types: tuple[type[np.generic], ...]) -> Block:
    """Zones of a block, its values, cut out of larger ones, and where there is data."""
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 70))
    dtype = np.dtype(draw(st.sampled_from(types)))
    # Few values, so that some come together; or any.
    elements = arrays.from_dtype(dtype, allow_nan=False)
    few = st.sampled_from(draw(st.lists(elements, min_size=1, max_size=4)))
    shape = (height + 1, width + 2)
    values = draw(
        arrays.arrays(dtype, shape, elements=draw(st.sampled_from([elements, few])))
    )
    valid = draw(st.none() | arrays.arrays(bool, shape, fill=st.just(True)))
    rows = draw(st.lists(runs_of_zone(height, width), min_size=0, max_size=5))
    table = [(zone * 2, *run) for zone, runs in enumerate(rows) for run in runs]
    columns = np.array(table, np.int64).reshape(-1, 5).T
    runs = make_runs(tuple(columns[:4]), columns[4], ORIGIN)
    part = np.s_[:-1, 1:-1]
    return runs, values[part], None if valid is None else valid[part]


@st.composite
def runs_of_zone(draw: st.DrawFn, height: int, width: int) -> list[Any]:
    """Row, start, stop and weight of runs of one zone, at least one."""
    found = []
    for row in range(height):
        ends = sorted(draw(st.sets(st.integers(0, width), max_size=6)))
        found += [
            (ORIGIN[0] + row, ORIGIN[1] + start, ORIGIN[1] + stop, weight)
            for start, stop in zip(ends[::2], ends[1::2], strict=False)
            for weight in [draw(st.sampled_from([WHOLE, WHOLE // 2, 1, 3 * WHOLE]))]
        ]
    return found or [(ORIGIN[0], ORIGIN[1], ORIGIN[1] + 1, WHOLE)]


def assert_same(found: object, expected: object) -> None:
    """The same types, shapes and bits, whatever a NaN's."""
    if isinstance(found, tuple) and isinstance(expected, tuple):
        for each, other in zip(found, expected, strict=True):
            assert_same(each, other)
        return
    assert isinstance(found, np.ndarray)
    assert isinstance(expected, np.ndarray)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)
    if found.dtype.kind == "f":
        some = ~np.isnan(found)
        assert found[some].tobytes() == expected[some].tobytes()
