from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.params.parsers import (
    Choice,
    Deferred,
    Parser,
    flag,
    integer,
    number,
    one_of,
    rule_of,
)
from handlers.params.rescale import parse_rescale


@given(st.integers(-(10**6), 10**6))
def test_every_whole_number_within_its_limits_is_read(value: int) -> None:
    assert integer(-(10**6), 10**6)(str(value)) == value


@given(st.text(max_size=8) | st.text("-0123456789", max_size=8))
def test_a_text_is_a_whole_number_or_a_value_error(text: str) -> None:
    if re.fullmatch(r"-?\d+", text, re.ASCII):
        assert integer(-(10**9), 10**9)(text) == int(text)
    else:
        with pytest.raises(ValueError):  # noqa: PT011  the text is its message
            integer(-(10**9), 10**9)(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "--1",
        "+1",
        " 1",
        "1 ",
        "1_0",
        "1.0",
        "1e1",
        "0x1",
        "\u0661",
        "\u00b2",
        "11",
    ],
)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        integer(0, 10)(text)


@given(st.floats(-540, 540))
def test_every_finite_number_within_its_limits_is_read(value: float) -> None:
    assert number(-540, 540)(repr(value)) == value


@pytest.mark.parametrize(
    "text",
    ["", "nan", "inf", "-Infinity", "1e999", "540.1", "ten", "1,5", "1_0", "\u0661"],
)
def test_what_is_no_finite_number_within_limits_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        number(-540, 540)(text)


def test_choices_are_compared_letter_by_letter() -> None:
    assert one_of(("a", "b"))("a") == "a"
    with pytest.raises(ValueError, match="A"):
        one_of(("a", "b"))("A")


def test_a_flag_is_true_or_false() -> None:
    # Python's clients write True.
    assert all(map(flag, ("true", "True", "TRUE", "1")))
    assert not any(map(flag, ("false", "False", "0")))
    for text in ("yes", "2", "on"):
        with pytest.raises(ValueError, match=text):
            flag(text)


def test_a_rule_names_the_choices() -> None:
    assert rule_of(("nearest",)) == "nearest"
    assert rule_of(("a", "b")) == "one of a, b"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("0,1", ((0.0, 1.0),)),
        ("auto", (None,)),
        ("[0,1]", ((0.0, 1.0),)),
        ("[0, 1]", ((0.0, 1.0),)),
        ("[[0,1],[-2.5,1e3]]", ((0.0, 1.0), (-2.5, 1000.0))),
        ("0,1,0,2,0,3", ((0.0, 1.0), (0.0, 2.0), (0.0, 3.0))),
    ],
)
def test_ranges_are_read_in_all_their_forms(
    text: str, wanted: tuple[tuple[float, float] | None, ...]
):
    assert parse_rescale(text) == wanted


@pytest.mark.parametrize(
    ("parser", "rule", "schema"),
    [
        (
            integer(1, 256),
            "a whole number from 1 to 256",
            {"type": "integer", "minimum": 1, "maximum": 256},
        ),
        (
            number(-0.5, 90.0),
            "a number from -0.5 to 90",
            {"type": "number", "minimum": -0.5, "maximum": 90},
        ),
        (
            one_of(("a", "b")),
            "one of a, b",
            {"type": "string", "enum": ["a", "b"]},
        ),
        (flag, "true or false", {"type": "boolean"}),
    ],
)
def test_a_parser_knows_its_rule_in_words_and_as_a_schema(
    parser: Parser[object], rule: str, schema: object
) -> None:
    deferred = Deferred(lambda: parser)

    assert (parser.rule, parser.schema) == (rule, schema)
    assert (deferred.rule, deferred.schema) == (rule, schema)


def test_a_deferred_parser_is_made_once_when_it_is_needed() -> None:
    made: list[int] = []

    @Deferred
    def later() -> Parser[int]:
        made.append(1)
        return integer(0, 9)

    assert made == []
    assert (later("3"), later("4"), later.rule) == (3, 4, integer(0, 9).rule)
    assert made == [1]


def test_a_choice_writes_a_value_as_the_word_that_stands_for_it() -> None:
    sizes = Choice({"256": 256, "512": 512})

    assert sizes("512") == 512
    assert sizes.write(512) == "512"
