from __future__ import annotations

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from hypothesis import given
from hypothesis import strategies as st

from handlers.http.urls import HOST_HEADER, SECRET_HEADER, base_url
from handlers.routes import ROUTES
from testing.client import event, get, invoke

GATEWAY = "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"
HIDDEN = "correct horse battery staple"


def base(stage: str = "$default", **headers: str) -> str:
    """The base as a request with these headers has it."""
    request = event("GET", "/datasets")
    request["requestContext"]["stage"] = stage
    request["headers"] |= {k.replace("_", "-"): v for k, v in headers.items()}
    return base_url(APIGatewayProxyEventV2(request))


def seen_by_cdn(secret: str, host: str) -> str:
    return base(**{SECRET_HEADER: secret, HOST_HEADER: host})


@given(st.text(st.characters(codec="latin-1"), max_size=30))
def test_a_host_that_is_not_listed_is_not_believed(host: str):
    forwarded = {"x_forwarded_host": host, "x_forwarded_proto": "gopher"}

    assert base(host=host, forwarded=f"host={host}", **forwarded) == GATEWAY


def test_a_stage_that_is_not_the_default_is_part_of_the_base():
    assert base("prod") == f"{GATEWAY}/prod"


@pytest.mark.parametrize(
    ("listed", "host", "expected"),
    [
        ("maps.example", "maps.example", "https://maps.example"),
        ("a.example maps.example", "MAPS.example", "https://maps.example"),
        ("Maps.Example", "maps.example", "https://maps.example"),
        ("https://maps.example:8443", "maps.example:8443", "https://maps.example:8443"),
        ("http://localhost:8000", "localhost:8000", "http://localhost:8000"),
        ("maps.example", "maps.example:80", GATEWAY),
        ("maps.example", "evil.maps.example", GATEWAY),
        ("maps.example", "maps.example.evil.test", GATEWAY),
        ("maps.example", "", GATEWAY),
    ],
)
def test_a_listed_host_is_the_base(
    listed: str, host: str, expected: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RASTERLET_ALLOWED_HOSTS", listed)

    assert base(host=host) == expected


def test_a_listed_host_may_have_a_path_instead_of_the_stage(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv(
        "RASTERLET_ALLOWED_HOSTS", "a.example/geo/v1 b.example/ c.example"
    )

    assert base("prod", host="a.example") == "https://a.example/geo/v1"
    assert base("prod", host="b.example") == "https://b.example"
    assert base("prod", host="c.example") == "https://c.example/prod"


def test_a_listed_host_keeps_the_stage(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RASTERLET_ALLOWED_HOSTS", "maps.example")

    assert base("prod", host="maps.example") == "https://maps.example/prod"


def test_the_configured_base_is_the_base_whatever_the_request_says(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("RASTERLET_BASE_URL", "https://maps.example/api/")
    monkeypatch.setenv("RASTERLET_ALLOWED_HOSTS", "other.example")
    monkeypatch.setenv("RASTERLET_ORIGIN_SECRET", HIDDEN)

    assert base("prod", host="other.example") == "https://maps.example/api"
    assert seen_by_cdn(HIDDEN, "cdn.example") == "https://maps.example/api"


def test_a_cdn_that_knows_the_secret_is_believed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RASTERLET_ORIGIN_SECRET", HIDDEN)

    assert seen_by_cdn(HIDDEN, "Maps.example") == "https://maps.example"
    assert seen_by_cdn(HIDDEN, "maps.example:8443") == "https://maps.example:8443"


@pytest.mark.parametrize("secret", ["", "wrong", HIDDEN.upper(), f"{HIDDEN} ", "é"])
def test_who_does_not_know_the_secret_is_not(
    secret: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RASTERLET_ORIGIN_SECRET", HIDDEN)

    assert seen_by_cdn(secret, "evil.test") == GATEWAY


def test_without_a_secret_an_empty_one_is_no_proof():
    assert seen_by_cdn("", "evil.test") == GATEWAY


PATHS = sorted({route.path for route in ROUTES} | {"/nowhere"})


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_a_service_behind_a_cdn_refuses_who_comes_around_it(
    path: str, method: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RASTERLET_ORIGIN_SECRET", HIDDEN)
    monkeypatch.setenv("RASTERLET_ONLY_THROUGH_CDN", "true")
    around = invoke(event(method, path, headers={SECRET_HEADER: "guessed"}))
    through = invoke(event(method, path, headers={SECRET_HEADER: HIDDEN}))

    assert (around.status == 403) == (path != "/health")
    assert through.status != 403
    if around.status == 403 and method != "HEAD":
        assert "distribution" in around.json()["detail"]
        assert around.headers["cache-control"] == "no-store"
        assert HIDDEN not in around.body.decode()


def test_without_a_secret_such_a_service_is_closed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RASTERLET_ONLY_THROUGH_CDN", "true")

    assert invoke(event("GET", "/datasets", headers={SECRET_HEADER: ""})).status == 403
    assert get("/health").status == 200


@pytest.mark.parametrize(
    "host",
    [
        "",
        "a/b",
        "a b",
        "user@a",
        "a:b",
        "-a",
        "a..",
        "[::1]",
        "a\r\nb",
        "a?b",
        '"',
        "é",
    ],
)
def test_even_from_the_cdn_a_host_must_look_like_one(
    host: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RASTERLET_ORIGIN_SECRET", HIDDEN)

    assert seen_by_cdn(HIDDEN, host) == GATEWAY
