"""Headers on the wire, read with the standard library's client."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from tests.server.gateway import Gateway, run_gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

TILE = "/datasets/elevation/tiles/10/171/395.png"

PATHS = [TILE, "/datasets", "/wmts", "/docs"]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with run_gateway(tmp_path_factory.mktemp("gateway")) as running:
        yield running


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
@pytest.mark.parametrize("path", PATHS)
def test_head_says_how_long_the_body_would_be(
    gateway: Gateway, path: str, encoding: str
) -> None:
    headers = {"Accept-Encoding": encoding}
    head = gateway.request("HEAD", path, None, headers)
    got = gateway.request("GET", path, None, headers)

    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]
    assert int(got.headers["content-length"]) == len(got.body)
    assert head.headers["etag"] == got.headers["etag"]


@pytest.mark.parametrize("path", PATHS)
def test_what_the_client_has_does_not_travel_again(gateway: Gateway, path: str) -> None:
    tag = gateway.get(path).headers["etag"]

    reply = gateway.request("GET", path, None, {"If-None-Match": f'"x", {tag}'})

    assert (reply.status, reply.body) == (304, b"")
    assert reply.headers["etag"] == tag
    assert reply.headers["access-control-allow-origin"] == "*"


def test_text_travels_compressed(gateway: Gateway) -> None:
    reply = gateway.request("GET", "/datasets", None, {"Accept-Encoding": "br, gzip"})

    assert reply.headers["content-encoding"] == "gzip"
    plain = gateway.get("/datasets").body
    assert json.loads(gzip.decompress(reply.body)) == json.loads(plain)
    assert len(reply.body) < len(plain) / 3
