from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raster_core.errors import RequestError
from raster_core.expressions.calls import BINARY, CALLS, FUNCTIONS, UNARY
from raster_core.expressions.parser import (
    MAX_DEPTH,
    MAX_EXPRESSIONS,
    MAX_LENGTH,
    MAX_NODES,
    parse_expressions,
)
from raster_core.expressions.tree import evaluate

if TYPE_CHECKING:
    from collections.abc import Mapping

VALUES = {"b1": 6.0, "b2": -1.5, "nir": 4.0, "qa": 22.0}


def compute(text: str, values: Mapping[str, float] | None = None) -> float | bool:
    """The value of one expression at one pixel."""
    (expression,) = parse_expressions(text)
    bands = {name: np.array([value]) for name, value in (values or VALUES).items()}
    result = evaluate(expression.tree, bands, np.dtype(np.float64))
    found: float | bool = result[0].item()
    return found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("b1", 6.0),
        ("  b1\n+ nir ", 10.0),
        ("(nir-b1)/(nir+b1)", -0.2),
        ("1 + b1 * 2", 13.0),
        ("b1 - 2 - 3", 1.0),
        ("b1 / 2 / 3", 1.0),
        ("-b1**2", -36.0),
        ("2**-b2", 2**1.5),
        ("2**3**2 + 0*b1", 512.0),
        ("b1 % 4", 2.0),
        ("b2 % 4", 2.5),
        ("+b1", 6.0),
        (".5*b1 + 1e1 + 2.", 15.0),
        ("b1 > 5", True),
        ("b1 >= 6 and b1 <= 6 and b1 == 6 and not b1 != 6", True),
        ("1 < b1 < 5", False),
        ("1 < b1 < 7 < 8", True),
        ("1 < b1 < 7 and b2 > 0", False),
        ("b1 > 5 & nir > 5", False),
        ("b1 > 5 | nir > 5", True),
        ("(b1 > 5) | (nir > 5)", True),
        ("b1 < 0 and nir < 0 or b2 < 0", True),
        ("b1 < 0 and (nir < 0 or b2 < 0)", False),
        ("not b1 < 0", True),
        ("~(b1 < 0)", True),
        ("(b1 > 5) * 3 + (b1 > 7)", 3.0),
        ("-(b1 > 5)", -1.0),
        ("(b1 > 5) == (nir > 5)", False),
        ("where(b2 < 0, b1, nir)", 6.0),
        ("where(b2 > 0, 1, 2)", 2.0),
        ("min(b1, nir, b2)", -1.5),
        ("max(b1, 7)", 7.0),
        ("abs(b2)", 1.5),
        ("sqrt(nir)", 2.0),
        ("log(exp(b1))", 6.0),
        ("log10(100 + 0*b1)", 2.0),
        ("clip(b1, 0, 1)", 1.0),
        ("floor(b2) + ceil(b2)", -3.0),
        ("round(b2 + 0.1)", -1.0),
        ("sin(0*b1) + cos(0*b1) + tan(0*b1)", 1.0),
        ("bit(qa, 1)", True),
        ("bit(qa, 3)", False),
        ("max(min(b1, 3), 2) ", 3.0),
    ],
)
def test_valid_expressions(text: str, value: float):
    found = compute(text)

    assert found == pytest.approx(value)
    assert isinstance(found, bool) == isinstance(value, bool)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "the text ends where a band or a number should at character 1"),
        ("   ", "the text ends"),
        ("1", "there is no band at character 1"),
        ("2 + 3", "there is no band"),
        ("b1 +", "the text ends where a band or a number should at character 5"),
        ("* b1", r"'\*' stands where a band or a number should at character 1"),
        ("b1 b2", "'b2' is not expected at character 4; in a URL"),
        ("(b1", r"the end stands where '\)' should at character 4"),
        ("b1)", r"'\)' is not expected at character 3"),
        ("b1;", "the text ends where a band or a number should at character 4"),
        (";b1", "the text ends where a band or a number should at character 1"),
        ("b1; b2 +", "at character 9"),
        ("b1 = 3", "'=' is not understood at character 4"),
        ("b1 ^ 2", r"'\^' is not understood at character 4"),
        ("b1 // 2", "'/' stands where"),
        ("b1 << 2", "'<' stands where"),
        ("b1.real", r"'\.' is not understood at character 3"),
        ("b1[0]", r"'\[' is not understood"),
        ("'b1'", "''' is not understood at character 1"),
        ("b1 if b2 else 3", "'if' is not expected"),
        ("lambda: b1", "':' is not understood"),
        ("b1 := 2", "':' is not understood"),
        (
            "__import__(b1)",
            "'__import__' is not a function at character 1; there are abs",
        ),
        ("eval(b1)", "'eval' is not a function"),
        ("sqrt()", r"'\)' stands where"),
        ("sqrt(b1, 2)", "sqrt has 2 arguments, not 1"),
        ("min(b1)", "min has 1 arguments, not at least 2"),
        ("where(b1 > 2, b1)", "where has 2 arguments, not 3"),
        ("where(b1, 1, 2)", "'where' takes a condition, such as b1 > 0"),
        ("b1 and b2 > 1", "'and' takes a condition"),
        ("not b1", "'not' takes a condition"),
        ("b1 & 8", "'&' takes a condition"),
        ("bit(b1 > 2, 1)", "'bit' takes a number"),
        ("b1 + not b2 > 1", "'not' needs parentheses at character 6"),
        ("and b1", "'and' stands where"),
        ("1e999 * b1", "a number is too large"),
        ("1_000 * b1", "'1' is not understood"),
        ("2b1", "'2' is not understood at character 1"),
        ("0x10 + b1", "'0' is not understood"),
        ("1j * b1", "'1' is not understood"),
        ("b1 @ b2", "'@' is not understood"),
        ("b1 + \x00", "is not understood at character 6"),
        ("b1 > 1 > ", "the text ends"),
        ("(" * 60 + "b1" + ")" * 60, f"more than {MAX_DEPTH} levels"),
        ("-" * 200 + "b1", f"more than {MAX_DEPTH} levels"),
        ("2**" * 100 + "b1", f"more than {MAX_DEPTH} levels"),
        ("+".join(["b1"] * 150), f"more than {MAX_NODES} operations"),
        (";".join(["b1+1"] * 16 + ["b1"]), f"17 expressions exceed {MAX_EXPRESSIONS}"),
        ("b1" + " " * MAX_LENGTH, f"1002 characters, which exceeds {MAX_LENGTH}"),
    ],
)
def test_invalid_expressions(text: str, fault: str):
    with pytest.raises(RequestError, match=fault):
        parse_expressions(text)


def test_the_limits_are_of_all_expressions_together():
    text = ";".join(["+".join(["b1"] * 30)] * 4)

    with pytest.raises(RequestError, match=f"more than {MAX_NODES}"):
        parse_expressions(text)


def test_an_expression_at_the_limits_is_evaluated():
    assert compute("(" * (MAX_DEPTH - 1) + "b1" + ")" * (MAX_DEPTH - 1)) == 6.0
    assert compute("+".join(["b1"] * (MAX_NODES // 2))) == 600.0


def test_several_expressions_are_several_bands():
    found = parse_expressions("b1; nir/b1 ;b2>0")

    assert [e.text for e in found] == ["b1", "nir/b1", "b2>0"]
    assert [e.bands for e in found] == [("b1",), ("nir", "b1"), ("b2",)]
    assert [e.condition for e in found] == [False, False, True]


def test_a_function_without_parentheses_is_a_band():
    assert compute("min + max(min, 2)", {"min": 3.0}) == 6.0


def test_a_name_may_be_of_any_language():
    assert compute("höhe_2 - 青", {"höhe_2": 3.0, "青": 1.0}) == 2.0


def test_every_operator_and_function_is_in_the_table_of_calls():
    assert set(BINARY) <= set(CALLS)
    assert set(CALLS) - set(BINARY) - set(UNARY) - {"0 -"} == set(FUNCTIONS)


_PIECES = st.sampled_from([*BINARY, *UNARY, *FUNCTIONS, *"()(),;.", "b1", "2", "1e3"])


@given(st.one_of(st.text(max_size=40), st.lists(_PIECES, max_size=30).map(" ".join)))
@settings(max_examples=500)
def test_any_text_is_an_expression_or_a_request_error(text: str):
    try:
        found = parse_expressions(text)
    except RequestError as error:
        assert str(error)  # noqa: PT017  either outcome is right
        found = ()
    bands = {name: np.ones(2) for e in found for name in e.bands}
    for expression in found:
        result = evaluate(expression.tree, bands, np.dtype(np.float64))
        assert result.shape == (2,)
        assert (result.dtype == bool) == expression.condition


@pytest.mark.parametrize(
    "text",
    ["(" * 999, "-" * 999, "b1**" * 249 + "b1", "not " * 249, "b1<" * 333, ";" * 999],
)
def test_a_hostile_text_costs_few_steps_a_character(text: str):
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        with pytest.raises(RequestError):
            parse_expressions(text)
    finally:
        sys.setprofile(None)

    assert 0 < calls < 20 * len(text)
