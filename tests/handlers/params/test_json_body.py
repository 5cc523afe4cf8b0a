from __future__ import annotations

import gzip
import json
import math
import tracemalloc

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from hypothesis import given
from hypothesis import strategies as st

from handlers.params.errors import BodyTooLargeError, MediaTypeError
from handlers.params.json_body import read_json_body
from handlers.platform.settings import MAX_BODY
from raster_core.errors import RequestError
from testing.client import JSON_TYPE, event


def sent(body: str | bytes | None, **headers: str) -> APIGatewayProxyEventV2:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return APIGatewayProxyEventV2(event("POST", "/", body=body, headers=named))


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
