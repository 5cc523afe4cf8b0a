"""A histogram as a weighted sample, against loops over Python's whole numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.bands import BandInfo, RasterClass
from raster_core.zonal.coverage.weights import HALF_BITS, WHOLE
from raster_core.zonal.partials.fractions import make_fractions
from raster_core.zonal.partials.partial import Histogram
from raster_core.zonal.reading.classed import as_classes
from raster_core.zonal.results.sample import Sample, read_sample

# From a sliver to a billion cells of one value.
WEIGHTS = st.one_of(st.integers(1, 2**23), st.integers(1, 2**30 * WHOLE))
TABLES = st.dictionaries(
    st.one_of(st.integers(-32768, 65535), st.integers(0, 9)),
    WEIGHTS,
    min_size=1,
    max_size=40,
)
SCALES = st.sampled_from([(1.0, 0.0), (0.5, -7.0), (-2.0, 3.0)])
SHARES = st.lists(st.fractions(0, 1), min_size=1, max_size=4)


def sample(
    table: dict[int, int], scaling: tuple[float, float] = (1.0, 0.0), carry: int = 0
) -> Sample:
    """A sample of values and weights; up to ``carry`` units move to the low halves."""
    values = sorted(table)
    high, low = np.array([divmod(table[v], 2**HALF_BITS) for v in values]).T
    moved = np.minimum(high, carry)
    partial = Histogram(
        np.array(values), high - moved, low + (moved << HALF_BITS), masked=0
    )
    return read_sample(
        partial, BandInfo(1, "b1", "int32", scale=scaling[0], offset=scaling[1])
    )


@given(TABLES, SCALES, st.integers(0, 3))
def test_sums_are_those_of_whole_numbers(
    table: dict[int, int], scaling: tuple[float, float], carry: int
):
    found = sample(table, scaling, carry).sums()

    assert found.weight == sum(table.values())
    assert found.total == sum(v * w for v, w in table.items())
    assert found.squares == sum(v * v * w for v, w in table.items())
    assert (found.minimum, found.maximum) == (min(table), max(table))


@given(TABLES, SCALES, SHARES, st.integers(0, 3))
def test_quantiles_are_the_first_values_to_reach_their_share(
    table: dict[int, int],
    scaling: tuple[float, float],
    shares: list[Fraction],
    carry: int,
):
    scale, offset = scaling
    pairs = sorted((v * scale + offset, w) for v, w in table.items())
    whole = sum(table.values())

    found = sample(table, scaling, carry).quantiles(make_fractions(shares))

    for value, share in zip(found, shares, strict=True):
        below = sum(w for v, w in pairs if v < value)
        reached = sum(w for v, w in pairs if v <= value)
        assert reached >= share * whole
        assert below < share * whole or value == pairs[0][0]


@given(TABLES, SCALES)
def test_the_heaviest_and_the_lightest_are_the_smallest_of_their_weight(
    table: dict[int, int], scaling: tuple[float, float]
):
    scale, offset = scaling
    physical = {v * scale + offset: w for v, w in table.items()}

    found = sample(table, scaling)

    assert found.heaviest() == min(physical, key=lambda v: (-physical[v], v))
    assert found.lightest() == min(physical, key=lambda v: (physical[v], v))


@given(
    TABLES,
    SCALES,
    st.integers(1, 12),
    st.one_of(st.none(), st.tuples(st.integers(-20, 0), st.integers(1, 20))),
)
def test_bins_are_those_of_numpy(
    table: dict[int, int],
    scaling: tuple[float, float],
    count: int,
    limits: tuple[float, float] | None,
):
    found = sample(table, scaling)
    shares = [weight / WHOLE for weight in found.weights()]

    weights, edges = found.bins(count, limits)

    expected = np.histogram(found.physical, count, limits, weights=shares)
    assert edges == tuple(expected[1].tolist())
    assert weights == tuple(expected[0].tolist())


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

    found = sample(table)

    assert found.weight == 2 * cells * WHOLE
    assert found.sums().squares == sum(v * v * w for v, w in table.items())
    assert found.quantiles(make_fractions([Fraction(1, 2)])) == (-32768,)
