from __future__ import annotations

import importlib

import pytest

from handlers.routes import FALLBACK, ROUTES, Route, allowed_methods, find_function

each_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)


def fill_in(route: Route) -> str:
    return route.path.format(id="land-cover_2019.v1", z="3", x="-2", y="3@2x.png")


@each_route
def test_every_route_leads_to_its_function(route: Route) -> None:
    assert find_function(route.method, fill_in(route)) == route.function


@each_route
def test_every_function_has_a_handler(route: Route) -> None:
    assert callable(importlib.import_module(f"handlers.{route.function}").handler)


@each_route
def test_every_path_knows_its_methods(route: Route) -> None:
    methods = [other.method for other in ROUTES if other.path == route.path]

    assert allowed_methods(fill_in(route)) == methods


@each_route
@pytest.mark.parametrize("method", ["OPTIONS", "DELETE", "get"])
def test_another_method_leads_to_the_fallback(route: Route, method: str) -> None:
    assert find_function(method, fill_in(route)) == FALLBACK


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/health/",
        "/healthz",
        "/datasets/",
        "/datasets/a/b",
        "/datasets//point",
        "/datasets/a/tiles/1/2",
        "/datasets/a/tiles/1/2/3/4",
        "/prod/health",
    ],
)
def test_no_other_path_is_a_route(path: str) -> None:
    assert allowed_methods(path) == []
    assert find_function("GET", path) == FALLBACK


def test_no_route_stands_twice() -> None:
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)
