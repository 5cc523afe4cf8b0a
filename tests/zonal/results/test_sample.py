"""A histogram as a weighted sample, against loops over Python's whole numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.bands import BandInfo, RasterClass
from raster_core.zonal.coverage.weights import WHOLE, weights_of
from raster_core.zonal.partials.fractions import make_fractions
from raster_core.zonal.partials.rows import ValueRows
from raster_core.zonal.reading.classed import as_classes
from raster_core.zonal.results.sample import Samples, read_samples

# From a sliver to a billion cells of one value.
WEIGHTS = st.one_of(st.integers(1, 2**23), st.integers(1, 2**30 * WHOLE))
TABLES = st.dictionaries(
    st.one_of(st.integers(-32768, 65535), st.integers(0, 9)),
    WEIGHTS,
    min_size=1,
    max_size=40,
)
ZONES = st.lists(TABLES, min_size=1, max_size=4)
SCALES = st.sampled_from([(1.0, 0.0), (0.5, -7.0), (-2.0, 3.0)])
SHARES = st.lists(st.fractions(0, 1), min_size=1, max_size=4)


def samples(
    *tables: dict[int, int], scaling: tuple[float, float] = (1.0, 0.0)
) -> Samples:
    """The samples of zones, of which each has a table of values and weights."""
    rows = [(n, v, table[v]) for n, table in enumerate(tables) for v in sorted(table)]
    zone, value, weight = zip(*rows, strict=True)
    return read_samples(
        ValueRows(np.array(zone), np.array(value), weights_of(weight)),
        BandInfo(1, "b1", "int32", scale=scaling[0], offset=scaling[1]),
    )


@given(ZONES, SCALES)
def test_sums_are_those_of_whole_numbers(
    tables: list[dict[int, int]], scaling: tuple[float, float]
):
    found = samples(*tables, scaling=scaling).sums()

    for zone, table in enumerate(tables):
        assert found.weight[zone] == sum(table.values())
        assert found.total[zone] == sum(v * w for v, w in table.items())
        assert found.squares[zone] == sum(v * v * w for v, w in table.items())
        ends = found.minimum[zone], found.maximum[zone]
        assert ends == (min(table), max(table))


@given(ZONES, SCALES, SHARES)
def test_quantiles_are_the_first_values_to_reach_their_share(
    tables: list[dict[int, int]], scaling: tuple[float, float], shares: list[Fraction]
):
    scale, offset = scaling
    found = samples(*tables, scaling=scaling)

    rows = found.quantiles(make_fractions(shares))

    for own, share in zip(rows, shares, strict=True):
        for value, table in zip(found.physical[own], tables, strict=True):
            pairs = sorted((v * scale + offset, w) for v, w in table.items())
            below = sum(w for v, w in pairs if v < value)
            reached = sum(w for v, w in pairs if v <= value)
            whole = sum(table.values())
            assert reached >= share * whole
            assert below < share * whole or value == pairs[0][0]


@given(ZONES, SCALES)
def test_the_heaviest_and_the_lightest_are_the_smallest_of_their_weight(
    tables: list[dict[int, int]], scaling: tuple[float, float]
):
    scale, offset = scaling
    found = samples(*tables, scaling=scaling)

    for zone, table in enumerate(tables):
        physical = {v * scale + offset: w for v, w in table.items()}
        most = min(physical, key=lambda v: (-physical[v], v))
        least = min(physical, key=lambda v: (physical[v], v))
        assert found.heaviest()[zone] == most
        assert found.lightest()[zone] == least


@given(
    ZONES,
    SCALES,
    st.integers(1, 12),
    st.one_of(st.none(), st.tuples(st.integers(-20, 0), st.integers(1, 20))),
)
def test_bins_are_those_of_numpy(
    tables: list[dict[int, int]],
    scaling: tuple[float, float],
    count: int,
    limits: tuple[float, float] | None,
):
    found = samples(*tables, scaling=scaling)

    weights, edges = found.bins(count, limits)

    for zone in range(len(tables)):
        own = found.position == zone
        values, pixels = found.physical[own], found.pixels[own]
        expected = np.histogram(values, count, limits, weights=pixels)
        assert edges[zone].tolist() == expected[1].tolist()
        assert weights[zone].tolist() == expected[0].tolist()


def test_a_band_of_small_integers_can_be_told_apart():
    plain = BandInfo(1, "b1", "uint16")
    named = BandInfo(1, "b1", "uint8", classes=(RasterClass(4, "Forest", None),))
    wide = BandInfo(1, "b1", "float32")

    assert as_classes(plain).classes
    assert as_classes(named) is named
    assert as_classes(wide) is wide


@pytest.mark.parametrize("cells", [2**31, 2**35])
def test_zones_of_billions_of_cells_do_not_overflow(cells: int):
    table = dict.fromkeys((-32768, 65535), cells * WHOLE)

    found = samples(table)

    assert found.sums().weight[0] == 2 * cells * WHOLE
    assert found.sums().squares[0] == sum(v * v * w for v, w in table.items())
    (row,) = found.quantiles(make_fractions([Fraction(1, 2)]))
    assert found.physical[row] == -32768
