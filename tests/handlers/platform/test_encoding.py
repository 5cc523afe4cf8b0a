from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.platform.encoding import (
    MIN_COMPRESSED,
    accepts_gzip,
    body_size,
    compress_text,
)
from testing.client import event, invoke

LONG = "é" * MIN_COMPRESSED


def answer_with(body: object, media_type: str = "application/json") -> dict[str, Any]:
    return {
        "statusCode": 200,
        "headers": {"Content-Type": media_type},
        "body": body,
        "isBase64Encoded": False,
    }


@given(st.text())
def test_what_is_compressed_is_the_same_text(text: str):
    answer = compress_text(answer_with(text + LONG), "gzip")

    content = base64.b64decode(str(answer["body"]))
    assert gzip.decompress(content).decode() == text + LONG
    assert answer["isBase64Encoded"] is True
    assert body_size(answer) == len(content)


@given(st.text())
def test_the_same_text_is_the_same_bytes(text: str):
    """So that what a cache keeps under a tag is one thing."""
    answers = [compress_text(answer_with(text + LONG), "gzip") for _ in range(2)]

    assert answers[0] == answers[1]


@given(st.binary())
def test_the_size_of_bytes_is_known_without_decoding_them(content: bytes):
    encoded = base64.b64encode(content).decode()

    assert body_size({"body": encoded, "isBase64Encoded": True}) == len(content)


@given(st.text())
def test_the_size_of_text_is_that_of_its_bytes(text: str):
    assert body_size(answer_with(text)) == len(text.encode())


def test_a_stream_has_no_size_and_stays_as_it_is():
    answer = answer_with(iter(["a" * 5000]), "application/x-ndjson")

    assert body_size(answer) is None
    assert compress_text(answer, "gzip") == answer


def test_no_body_has_no_size():
    assert body_size(answer_with(None)) == 0
    assert compress_text(answer_with(None), "gzip")["body"] is None


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("*", True),
        ("deflate, *;q=0.5", True),
        ("gzip; q=0.001", True),
        ("identity;q=0.5, gzip;q=0.5", True),
        ("gzip;level=9", True),
        ("", False),
        ("identity", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000, *", False),
        ("*;q=0", False),
        ("identity;q=1, gzip;q=0.5", False),
        ("gzipped", False),
        (", ,", False),
    ],
)
def test_who_takes_gzip(header: str, accepted: bool):
    assert accepts_gzip(header) == accepted


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "application/geo+json",
        "application/problem+json",
        "application/x-ndjson",
        "application/xml",
        "application/vnd.ogc.se_xml+xml",
        "image/svg+xml",
        "text/csv; charset=utf-8",
        "text/html; charset=utf-8",
    ],
)
def test_text_is_compressed_when_it_is_long(media_type: str):
    long = compress_text(answer_with("a" * MIN_COMPRESSED, media_type), "gzip")
    short = compress_text(answer_with("a" * (MIN_COMPRESSED - 1), media_type), "gzip")
    plain = compress_text(answer_with("a" * MIN_COMPRESSED, media_type), "identity")

    assert long["headers"]["Content-Encoding"] == "gzip"  # type: ignore[index]
    for answer in (short, plain):
        assert "Content-Encoding" not in answer["headers"]  # type: ignore[operator]
        assert not answer["isBase64Encoded"]
    for answer in (long, short, plain):
        assert answer["headers"]["Vary"] == "Accept-Encoding"  # type: ignore[index]


@pytest.mark.parametrize(
    "media_type", ["image/png", "image/webp", "image/tiff", "application/x-npy"]
)
def test_pictures_are_not(media_type: str):
    answer = answer_with("A" * 5000, media_type) | {"isBase64Encoded": True}

    assert compress_text(answer, "gzip") == answer


def test_the_catalogue_travels_compressed_and_a_tile_does_not():
    sent = {}
    for path in ("/datasets", "/datasets/grid/tiles/7/67/45.png"):
        sent[path] = invoke(event("GET", path)).headers.get("content-encoding")

    assert sent == {"/datasets": "gzip", "/datasets/grid/tiles/7/67/45.png": None}


def test_who_does_not_ask_gets_plain_text():
    plain = invoke(event("GET", "/datasets", headers={"accept-encoding": "identity"}))
    compressed = invoke(event("GET", "/datasets"))

    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == compressed.headers["vary"] == "Accept-Encoding"
    assert json.loads(plain.body) == json.loads(compressed.body)
