"""Quantiles of values that were kept, against a sum over the sorted sample."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.partials.fractions import make_fractions
from raster_core.zonal.partials.kept import Kept, find_kept_quantiles, keep_values

VALUES = {
    "float32": st.sampled_from([-3.5, -0.0, 0.0, 1.25, 2.0, 1e30]),
    "float64": st.floats(allow_nan=False, allow_infinity=False),
    "int64": st.sampled_from([-(2**63), -1, 0, 2**62, 2**62 + 1, 2**63 - 1]),
    "uint32": st.integers(0, 2**32 - 1),
}


@st.composite
def blocks(draw: st.DrawFn, dtype: str) -> list[Kept]:
    """At least one value in up to four blocks."""
    value = VALUES[dtype]
    found = []
    for number in range(draw(st.integers(1, 4))):
        whole = draw(st.lists(value, max_size=5, min_size=number == 0))
        partial = draw(st.lists(value, max_size=5))
        weights = [draw(st.integers(1, WHOLE - 1)) for _ in partial]
        found.append(
            Kept(
                np.array(whole, dtype),
                np.array(partial, dtype),
                np.array(weights, np.int64),
                times=draw(st.sampled_from([1, 1, 4, 2**18])),
            )
        )
    return found


def slow_quantiles(kept: list[Kept], shares: list[Fraction]) -> list[float]:
    """Value by value, in whole numbers."""
    pairs = []
    for part in kept:
        pairs += [(value, WHOLE * part.times) for value in part.whole.tolist()]
        weights = [weight * part.times for weight in part.weights.tolist()]
        pairs += zip(part.partial.tolist(), weights, strict=True)
    pairs.sort(key=lambda pair: pair[0])
    total = sum(weight for _, weight in pairs)
    found = []
    for share in shares:
        reached = 0
        for value, weight in pairs:
            reached += weight
            if reached >= share * total:
                found.append(value)
                break
    return found


@given(
    kept=st.sampled_from(sorted(VALUES)).flatmap(blocks),
    shares=st.lists(st.fractions(0, 1, max_denominator=2000), min_size=1, max_size=6),
    order=st.randoms(use_true_random=False),
)
def test_quantiles_are_those_of_the_sorted_sample_in_any_order(
    kept: list[Kept], shares: list[Fraction], order: object
):
    expected = slow_quantiles(kept, shares)

    order.shuffle(kept)  # type: ignore[attr-defined]
    found = find_kept_quantiles(kept, make_fractions(shares))

    assert found is not None
    assert list(found) == expected
    assert not any(str(value) == "-0.0" for value in found)


def test_weights_beyond_64_bits_do_not_overflow():
    many = Kept(np.arange(3.0), np.zeros(0), np.zeros(0, np.int64), times=2**19)
    one = Kept(np.array([9.0]), np.array([8.0]), np.array([1]))

    found = find_kept_quantiles(
        [many, one], make_fractions([Fraction(1, 2), Fraction(1)])
    )

    assert found == (1.0, 9.0)


def test_no_values_have_no_quantiles():
    nothing = np.zeros(0)

    kept = [keep_values(nothing, nothing, np.zeros(0, np.int64))]

    assert find_kept_quantiles(kept, make_fractions([Fraction(1, 2)])) is None


@pytest.mark.parametrize("dtype", ["float32", "int64"])
def test_what_is_kept_is_no_view_of_its_block(dtype: str):
    block = np.arange(1000, dtype=dtype)

    kept = keep_values(block[10:20], block[30:31], np.array([1, 2])[:1])

    assert [part.base for part in (kept.whole, kept.partial, kept.weights)] == [
        None
    ] * 3
