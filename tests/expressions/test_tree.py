from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from raster_core.expressions.parser import parse_expressions
from raster_core.expressions.tree import evaluate

type Pixel = Mapping[str, np.float64]

VALUES = {name: np.array([v]) for name, v in (("b1", 6.0), ("b2", -1.5), ("nir", 4.0))}


def test_what_is_not_defined_is_not_finite_and_warns_of_nothing():
    for text in ("b1/(nir-4)", "log(b2)", "sqrt(b2)", "0/(0*b1)", "10**400*b1"):
        (expression,) = parse_expressions(text)
        found = evaluate(expression.tree, VALUES, np.dtype(np.float64))
        assert not np.isfinite(found).any()


@dataclass(frozen=True)
class Case:
    """An expression as text, and the same as a function of one pixel."""

    text: str
    compute: Callable[[Pixel], np.float64]


def _operator(sign: str, left: Case, right: Case) -> Case:
    compute: dict[str, Callable[[np.float64, np.float64], np.float64]] = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b,
        "%": lambda a, b: a % b,
        "**": lambda a, b: a**b,
    }
    return Case(
        f"({left.text}) {sign} ({right.text})",
        lambda pixel: compute[sign](left.compute(pixel), right.compute(pixel)),
    )


def _condition(sign: str, values: tuple[Case, Case, Case, Case]) -> Case:
    a, b, yes, no = values
    holds: dict[str, Callable[[np.float64, np.float64], bool]] = {
        "<": lambda x, y: bool(x < y),
        ">=": lambda x, y: bool(x >= y),
        "==": lambda x, y: bool(x == y),
    }
    return Case(
        f"where({a.text} {sign} {b.text} or not {a.text} < 0, {yes.text}, {no.text})",
        lambda pixel: (
            yes.compute(pixel)
            if holds[sign](a.compute(pixel), b.compute(pixel))
            or not a.compute(pixel) < 0
            else no.compute(pixel)
        ),
    )


def _extend(inner: st.SearchStrategy[Case]) -> st.SearchStrategy[Case]:
    return st.one_of(
        st.builds(
            _operator, st.sampled_from(("+", "-", "*", "/", "%", "**")), inner, inner
        ),
        st.builds(
            _condition,
            st.sampled_from(["<", ">=", "=="]),
            st.tuples(inner, inner, inner, inner),
        ),
        inner.map(lambda c: Case(f"-({c.text})", lambda p: -c.compute(p))),
        inner.map(lambda c: Case(f"abs({c.text})", lambda p: abs(c.compute(p)))),
        st.builds(
            lambda a, b: Case(
                f"max({a.text}, {b.text})",
                lambda p: np.maximum(a.compute(p), b.compute(p)),
            ),
            inner,
            inner,
        ),
    )


def _constant(value: float) -> Case:
    return Case(f"{value!r}", lambda _: np.float64(value))


_LEAVES = st.one_of(
    st.sampled_from(["b1", "b2", "nir"]).map(lambda n: Case(n, lambda p: p[n])),
    st.floats(0, 1e6).map(_constant),
    st.integers(0, 9).map(lambda n: _constant(float(n))),
)

_CASES = st.recursive(_LEAVES, _extend, max_leaves=8).filter(
    lambda case: len(case.text) < 300 and ("b1" in case.text or "nir" in case.text)
)

_PIXELS = st.lists(
    st.tuples(*[st.floats(-1e4, 1e4, width=32)] * 3), min_size=1, max_size=4
)


@given(_CASES, _PIXELS)
@settings(max_examples=300)
def test_the_values_are_those_of_a_naive_evaluation(
    case: Case, pixels: list[tuple[float, float, float]]
):
    (expression,) = parse_expressions(case.text)
    columns = dict(zip(("b1", "b2", "nir"), np.array(pixels).T, strict=True))

    found = evaluate(expression.tree, columns, np.dtype(np.float64))

    with np.errstate(all="ignore"):
        naive = [
            case.compute({name: values[place] for name, values in columns.items()})
            for place in range(len(pixels))
        ]
    np.testing.assert_allclose(np.broadcast_to(found, len(pixels)), naive, rtol=1e-12)
