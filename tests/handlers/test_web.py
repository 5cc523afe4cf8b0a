from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from handlers import meta, statistics, tiles
from handlers.routes import ROUTES, Route
from handlers.web import MAX_ANSWER, json_answer, make_app, serve
from raster_core.errors import RasterError
from tests.handlers.client import (
    JSON_TYPE,
    SQUARE,
    Answer,
    LambdaContext,
    event,
    get,
    invoke,
    post,
    read_answer,
)

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler.api_gateway import Response

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

each_case = pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.status} {case.method} {case.path}"
)


def fill_in(route: Route) -> str:
    address = {"id": "grid", "z": "7", "x": "67", "y": "45"}
    return route.path.format(**address)


def answer_of(answer: object) -> Answer:
    """What a route of its own gives back."""
    app = make_app()

    @app.get("/throwaway")
    def give() -> Response[str]:
        if isinstance(answer, Exception):
            raise answer
        return json_answer({"text": answer})

    return read_answer(serve(app, event("GET", "/throwaway"), LambdaContext()))


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


@each_case
def test_an_error_is_a_problem_document_and_nothing_else_is(case: Case) -> None:
    answer = invoke(case.event())
    if case.status < 400:
        assert answer.headers.get("content-type") != "application/problem+json"
        return

    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "about:blank"
    assert problem["status"] == case.status
    assert problem["instance"] == case.path
    assert problem["title"]
    assert problem["detail"]


@each_case
def test_only_good_get_answers_are_kept_by_caches(case: Case) -> None:
    caching = invoke(case.event()).headers.get("cache-control")

    if case.method == "OPTIONS":
        return
    if case.status == 404:
        assert caching == "max-age=60"
    elif case.status >= 400 or case.method == "POST" or case.path == "/health":
        assert caching == "no-store"
    else:
        assert caching == "public, max-age=3600, stale-while-revalidate=86400"


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
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "content-type" in answer.headers["access-control-allow-headers"].lower()


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


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])
def test_a_wrong_method_is_told_the_right_ones(route: Route, method: str) -> None:
    methods = [other.method for other in ROUTES if other.path == route.path]
    if method in methods:
        return
    answer = invoke(event(method, fill_in(route)))

    assert answer.status == 405
    assert answer.headers["allow"] == ", ".join(methods)
    assert method in answer.json()["detail"]


@pytest.mark.parametrize("module", [tiles, statistics, meta])
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
    answer = answer_of("x" * MAX_ANSWER)

    assert answer.status == 413
    assert str(MAX_ANSWER) in answer.json()["detail"]
    assert answer_of("x" * (MAX_ANSWER - 100)).status == 200


def test_what_has_no_place_in_json_never_leaves() -> None:
    answer = answer_of(float("nan"))

    assert answer.status == 500
    assert b"NaN" not in answer.body


def test_an_error_quotes_little_of_what_it_was_given() -> None:
    """Six bytes a letter: 4 MB of it would not even pass the platform."""
    answer = post(STATISTICS, {"type": "é" * 100_000})

    assert answer.status == 422
    assert len(answer.body) < 10_000
