from __future__ import annotations

import gzip
import json
import math
import re
import tracemalloc

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from hypothesis import given
from hypothesis import strategies as st

from handlers.params.rescale import parse_rescale
from handlers.schema import (
    BodyTooLargeError,
    InvalidError,
    MediaTypeError,
    Query,
    flag,
    integer,
    number,
    one_of,
    read_json_body,
    read_query,
    rule_of,
)
from handlers.settings import MAX_BODY
from raster_core.errors import RequestError
from testing.client import JSON_TYPE, event


def asked(query: str) -> APIGatewayProxyEventV2:
    return APIGatewayProxyEventV2(event("GET", "/", query))


def sent(body: str | bytes | None, **headers: str) -> APIGatewayProxyEventV2:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return APIGatewayProxyEventV2(event("POST", "/", body=body, headers=named))


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


def test_repeated_values_come_in_order() -> None:
    query = read_query(asked("bidx=2&bidx=1"), ["bidx"])

    assert query.values("bidx", integer(1, 9), "a band") == (2, 1)
    query.check()


def test_commas_part_the_values_of_a_list() -> None:
    query = read_query(asked("p=10,90&p=50&stats=mean,"), ["p", "stats"])

    assert query.listed("p", number(0, 100), "a percentage") == (10, 90, 50)
    assert query.listed("stats", one_of(("mean",)), "mean") == ("mean",)
    assert query.faults == [("stats", "stats '' is not mean")]


def test_a_parameter_that_may_stand_once_is_none_without_it() -> None:
    assert read_query(asked(""), ["a"]).value("a", str, "text") is None


def test_percent_encoding_is_undone() -> None:
    query = read_query(asked("rescale=0%2C1"), ["rescale"])

    assert query.pairs == (("rescale", "0,1"),)


def test_every_fault_is_gathered() -> None:
    query = read_query(asked("a=x&b=1&b=2&zz=1&zz=2"), ["a", "b"])
    query.value("a", integer(0, 9), "a digit")
    query.value("b", integer(0, 9), "a digit")

    with pytest.raises(InvalidError, match="3 parameters are not valid") as caught:
        query.check()

    assert caught.value.faults == (
        ("zz", "parameter 'zz' is not one of a, b"),
        ("a", "a 'x' is not a digit"),
        ("b", "b is given more than once"),
    )


def test_a_fault_quotes_no_more_than_fits_a_line() -> None:
    query = read_query(asked(f"{'n' * 5000}=1&a={'v' * 5000}"), ["a"])
    query.value("a", integer(0, 9), "a digit")

    assert all(len(name) + len(detail) < 250 for name, detail in query.faults)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    )
)
def test_a_json_body_is_read_as_text_and_as_base64(document: object) -> None:
    text = json.dumps(document)

    for body in (text, text.encode()):
        assert read_json_body(sent(body, content_type="application/json")) == document


def test_numbers_that_json_does_not_have_are_left_to_the_zone() -> None:
    (value,) = read_json_body(sent("[NaN]", **JSON_TYPE))  # type: ignore[misc]

    assert math.isnan(value)


def test_a_body_is_judged_by_its_bytes() -> None:
    letters = "é" * (MAX_BODY // 2)

    with pytest.raises(BodyTooLargeError, match=str(MAX_BODY)):
        read_json_body(sent(f'"{letters}"', **JSON_TYPE))


def test_its_declared_type_is_what_counts() -> None:
    with pytest.raises(MediaTypeError, match="text/plain"):
        read_json_body(sent("{}", content_type="text/plain"))


@pytest.mark.parametrize("body", [None, "", "{", "[" * 50_000, "nul"])
def test_what_does_not_parse_is_a_request_error(body: str | None) -> None:
    with pytest.raises(RequestError, match="The body is not JSON"):
        read_json_body(sent(body, **JSON_TYPE))


def zipped(content: bytes, coding: str = "gzip") -> object:
    headers = JSON_TYPE | {"content-encoding": coding}
    return read_json_body(
        APIGatewayProxyEventV2(event("POST", "/", body=content, headers=headers))
    )


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", " GZIP "])
def test_a_body_may_come_compressed(coding: str) -> None:
    text = b'{"a": [1, 2]}'

    assert zipped(gzip.compress(text, mtime=0), coding) == {"a": [1, 2]}
    members = gzip.compress(text[:5], mtime=0) + gzip.compress(text[5:], mtime=0)
    assert zipped(members, coding) == {"a": [1, 2]}
    # Some gateways inflate it themselves, and leave the header.
    assert zipped(text, coding) == {"a": [1, 2]}
    assert zipped(text, "identity") == {"a": [1, 2]}


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(b'{"a": 1}' * 100, mtime=0)[:-9],
        gzip.compress(b"{}", mtime=0)[:-1] + b"x",
        b"\x1f\x8b",
        gzip.compress(b"{}", mtime=0) + b"more",
    ],
)
def test_a_body_that_is_not_gzip_after_all_is_refused(content: bytes) -> None:
    with pytest.raises(RequestError, match="The body is not gzip: "):
        zipped(content)


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip"])
def test_other_codings_are_not_read(coding: str) -> None:
    with pytest.raises(
        MediaTypeError, match=f"Content-Encoding '{coding}' is not gzip"
    ):
        zipped(b"{}", coding)


def test_inflating_stops_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASTERLET_MAX_BODY", "1000000")
    bomb = gzip.compress(b"{}" + b" " * 100_000_000, mtime=0)

    tracemalloc.start()
    with pytest.raises(BodyTooLargeError, match="more than 1000000 bytes"):
        zipped(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 10_000_000
    exact = gzip.compress(b"{}" + b" " * 999_998, mtime=0)
    assert zipped(exact) == {}


def test_a_body_may_have_any_size_where_there_is_no_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RASTERLET_MAX_BODY", "none")

    assert zipped(gzip.compress(b"{}" + b" " * 2 * MAX_BODY, mtime=0)) == {}


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
    "text",
    [
        "",
        "1,0",
        "0,1,2",
        "0 1",
        "[0,1",
        "[0,1,2]",
        "[]",
        "[[]]",
        "[[0,1],2]",
        "[true,2]",
        '["0","1"]',
        "[NaN,1]",
        "[0,Infinity]",
        "nan,1",
        "AUTO",
        "[" * 5000,
        "[0," + "1" * 400 + "]",
        "[0," + "1" * 5000 + "]",
    ],
)
def test_what_is_no_range_is_refused(text: str):
    query = Query((("rescale", text),))

    assert query.values("rescale", parse_rescale, "of the form min,max") == ()
    assert [name for name, _ in query.faults] == ["rescale"]
