from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from handlers import meta, statistics, tiles, wmts
from handlers.http.answers import json_answer
from handlers.http.app import make_app, serve
from handlers.platform.settings import MAX_ANSWER
from handlers.routes import METHODS, ROUTES
from raster_core.errors import RasterError, ThrottledError
from testing.client import (
    JSON_TYPE,
    Answer,
    LambdaContext,
    event,
    get,
    invoke,
    post,
    read_answer,
)
from testing.geojson import SQUARE

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.event_handler.api_gateway import Response

    from handlers.contract.route import Route

STATISTICS = "/datasets/grid/statistics"


@dataclass(frozen=True, slots=True)
class Case:
    """A request with the status that it gets."""

    status: int
    method: str
    path: str
    query: str = ""
    body: str | None = None

    def event(self) -> dict[str, Any]:
        headers = JSON_TYPE if self.body else {}
        return event(self.method, self.path, self.query, self.body, headers)


CASES = [
    Case(200, "GET", "/datasets/grid/tiles/7/67/45.png"),
    Case(200, "GET", "/health"),
    Case(200, "POST", STATISTICS, body=json.dumps(SQUARE)),
    Case(204, "GET", "/datasets/grid/tiles/7/0/0.png", "empty=204"),
    Case(204, "OPTIONS", STATISTICS),
    Case(400, "GET", "/datasets", "page=1"),
    Case(404, "GET", "/datasets/atlantis"),
    Case(404, "GET", "/nowhere"),
    Case(405, "DELETE", "/datasets/grid"),
    Case(413, "GET", "/datasets/huge/tiles/0/0/0.png"),
    Case(415, "POST", STATISTICS),
    Case(422, "POST", STATISTICS, body='{"type": "Point", "coordinates": [0, 0]}'),
    Case(502, "GET", "/datasets/missing/tiles/7/67/45.png"),
]


def cases_where(met: Callable[[Case], bool]) -> pytest.MarkDecorator:
    chosen = [case for case in CASES if met(case)]
    names = [f"{case.status} {case.method} {case.path}" for case in chosen]
    return pytest.mark.parametrize("case", chosen, ids=names)


each_case = cases_where(lambda _case: True)


def fill_in(route: Route) -> str:
    address = {"id": "grid", "z": "7", "x": "67", "y": "45"}
    return route.path.format(**address, name="viridis", format="png")


def answer_of(answer: object, accept_encoding: str = "gzip") -> Answer:
    """What a route of its own gives back."""
    app = make_app()

    @app.get("/throwaway")
    def give() -> Response[str]:
        if isinstance(answer, Exception):
            raise answer
        return json_answer({"text": answer})

    headers = {"accept-encoding": accept_encoding}
    request = event("GET", "/throwaway", headers=headers)
    return read_answer(serve(app, request, LambdaContext()))


@pytest.mark.parametrize("origin", [None, "https://maps.example.org", "null"])
@each_case
def test_every_answer_may_be_read_by_any_page(case: Case, origin: str | None) -> None:
    request = case.event()
    request["headers"].pop("origin")
    if origin:
        request["headers"]["origin"] = origin

    answer = invoke(request)

    assert answer.status == case.status
    assert answer.headers["access-control-allow-origin"] == "*"


@cases_where(lambda case: case.status < 400)
def test_a_good_answer_is_no_problem_document(case: Case) -> None:
    answer = invoke(case.event())

    assert answer.headers.get("content-type") != "application/problem+json"


@cases_where(lambda case: case.status >= 400)
def test_an_error_is_a_problem_document(case: Case) -> None:
    answer = invoke(case.event())

    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "about:blank"
    assert problem["status"] == case.status
    assert problem["instance"] == case.path
    assert problem["title"]
    assert problem["detail"]


@cases_where(lambda case: case.method != "OPTIONS")
def test_only_good_get_answers_are_kept_by_caches(case: Case) -> None:
    caching = invoke(case.event()).headers.get("cache-control")

    if case.status == 404:
        assert caching == "max-age=60"
    elif case.status >= 400 or case.method == "POST" or case.path == "/health":
        assert caching == "no-store"
    else:
        assert caching in {
            "no-cache",
            "public, max-age=3600, stale-while-revalidate=86400",
        }


def test_the_operator_decides_how_long_good_answers_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RASTERLET_CACHE_CONTROL", "max-age=5")

    assert get("/datasets").headers["cache-control"] == "max-age=5"
    assert get("/health").headers["cache-control"] == "no-store"
    assert get("/nowhere").headers["cache-control"] == "max-age=60"


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/datasets/x/y/z/w", *map(fill_in, ROUTES)]
)
def test_a_preflight_is_answered_on_any_path(path: str) -> None:
    request = event("OPTIONS", path)
    request["headers"] |= {
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }

    answer = invoke(request)

    assert answer.status == 204
    assert answer.body == b""
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-max-age"] == "86400"
    assert answer.headers["access-control-allow-methods"] == ", ".join(METHODS)
    assert "content-type" in answer.headers["access-control-allow-headers"].lower()


def test_preflights_allow_every_method_that_there_is() -> None:
    answered = {method for route in ROUTES for method in route.methods}

    assert set(METHODS) == answered | {"OPTIONS"}


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/datasets/",
        "/datasets/grid/",
        "/datasets/grid/tiles/7/67",
        "/datasets/grid/tiles/7/67/45/9",
        "/datasets//tilejson.json",
        "/Datasets",
        '/datasets/a"b',
        "/prod/datasets",
    ],
)
def test_an_unknown_route_is_not_found(path: str) -> None:
    answer = get(path)

    assert answer.status == 404
    assert answer.json()["instance"] == path


def methods_of(route: Route) -> list[str]:
    return [method for r in ROUTES if r.path == route.path for method in r.methods]


@pytest.mark.parametrize(
    ("route", "method"),
    [
        pytest.param(route, method, id=f"{method} {route.path}")
        for route in ROUTES
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
        if method not in methods_of(route)
    ],
)
def test_a_wrong_method_is_told_the_right_ones(route: Route, method: str) -> None:
    answer = invoke(event(method, fill_in(route)))

    assert answer.status == 405
    assert answer.headers["allow"] == ", ".join(methods_of(route))
    if method != "HEAD":
        assert method in answer.json()["detail"]


@pytest.mark.parametrize("module", [tiles, statistics, meta, wmts])
def test_each_function_answers_what_is_not_its_own(module: object) -> None:
    request = event("GET", "/nowhere")

    answer = read_answer(module.handler(request, LambdaContext()))  # type: ignore[attr-defined]

    assert answer.status == 404


def test_an_unexpected_exception_is_a_problem_document_without_a_stack() -> None:
    answer = answer_of(ZeroDivisionError("s3://secret/file.tif"))

    assert answer.status == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-store"
    problem = answer.json()
    assert problem["instance"] == "/throwaway"
    text = answer.body.decode()
    for secret in ("secret", "ZeroDivision", "Traceback", ".py"):
        assert secret not in text


def test_an_error_of_ours_without_a_status_is_a_failure_like_any_other() -> None:
    assert answer_of(RasterError("unclassified")).status == 500


def test_an_answer_that_the_platform_would_not_let_through_is_refused() -> None:
    answer = answer_of("x" * MAX_ANSWER, "identity")

    assert answer.status == 413
    assert str(MAX_ANSWER) in answer.json()["detail"]
    assert answer.json()["instance"] == "/throwaway"
    assert answer.headers["cache-control"] == "no-store"
    assert answer_of("x" * (MAX_ANSWER - 100), "identity").status == 200


def test_what_counts_is_the_size_that_travels() -> None:
    text = "x" * 2 * MAX_ANSWER
    answer = answer_of(text, "gzip")

    assert answer.status == 200
    assert answer.json() == {"text": text}


@cases_where(lambda case: case.method == "GET")
def test_head_is_answered_as_get_is_but_for_the_body(case: Case) -> None:
    got = invoke(case.event())

    head = invoke(replace(case, method="HEAD").event())

    assert head.body == b""
    assert head.status == got.status
    length = head.headers.pop("content-length", None)
    assert head.headers == got.headers
    if "content-encoding" not in got.headers and got.body:
        assert length == str(len(got.body))


def test_head_tells_the_size_that_travels() -> None:
    request = event("HEAD", "/datasets")
    as_get = event("GET", "/datasets")

    head = meta.handler(request, LambdaContext())
    sent = base64.b64decode(meta.handler(as_get, LambdaContext())["body"])

    assert head["headers"]["Content-Length"] == str(len(sent))
    assert (head["body"], head["isBase64Encoded"]) == ("", False)


def test_a_head_that_cannot_be_answered_has_no_body_either() -> None:
    for path in ("/nowhere", "/crosstab"):
        answer = invoke(event("HEAD", path))

        assert (answer.status, answer.body) == (404 if path == "/nowhere" else 405, b"")


def test_an_event_that_is_none_is_a_failure_like_any_other() -> None:
    answer = read_answer(meta.handler({"rawPath": "/x"}, LambdaContext()))

    assert answer.status == 500
    assert answer.json()["instance"] == "/x"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_throttled_store_asks_for_patience() -> None:
    answer = answer_of(ThrottledError("The store asks for fewer requests"))

    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["cache-control"] == "no-store"
    assert "Retry-After" in answer.headers["access-control-expose-headers"]
    assert answer.json()["title"] == "Service Unavailable"


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://b.example", "https://b.example"),
        ("https://a.example", "https://a.example"),
        ("https://evil.test", "https://a.example"),
        ("", "https://a.example"),
    ],
)
@each_case
def test_the_operator_decides_whose_pages_may_read_answers(
    case: Case, origin: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = "https://a.example https://b.example"
    monkeypatch.setenv("RASTERLET_ALLOWED_ORIGINS", allowed)
    request = case.event()
    request["headers"]["origin"] = origin

    answer = invoke(request)

    assert answer.headers["access-control-allow-origin"] == expected
    assert "Origin" in answer.headers["vary"].split(", ")


def test_what_has_no_place_in_json_never_leaves() -> None:
    answer = answer_of(float("nan"))

    assert answer.status == 500
    assert b"NaN" not in answer.body


def test_an_error_quotes_little_of_what_it_was_given() -> None:
    """Six bytes a letter: 4 MB of it would not even pass the platform."""
    answer = post(STATISTICS, {"type": "é" * 100_000})

    assert answer.status == 422
    assert len(answer.body) < 10_000
