from __future__ import annotations

import importlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from handlers import routes
from handlers.routes import (
    FALLBACK,
    ROUTES,
    allowed_methods,
    find_function,
)

if TYPE_CHECKING:
    from handlers.contract.route import Route

each_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)


def made_at(path: str) -> Route:
    return replace(routes.HEALTH, key=f"GET {path}")


def fill_in(route: Route) -> str:
    address = {"id": "land-cover_2019.v1", "z": "3", "x": "-2", "y": "3@2x.png"}
    return route.path.format(**address, name="viridis", format="tif")


@each_route
def test_every_route_leads_to_its_function(route: Route) -> None:
    for method in route.methods:
        assert find_function(method, fill_in(route)) == route.function


@each_route
def test_every_function_has_a_handler(route: Route) -> None:
    assert callable(importlib.import_module(f"handlers.{route.function}").handler)


@each_route
def test_every_path_knows_its_methods(route: Route) -> None:
    methods = [m for r in ROUTES if r.path == route.path for m in r.methods]

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


def test_head_is_where_get_is() -> None:
    assert {route.methods for route in ROUTES} == {("GET", "HEAD"), ("POST",)}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/datasets", "/datasets"),
        ("/datasets/{id}", "/datasets/{id}"),
        ("/datasets/{id}/legend.png", "/datasets/{id}/legend.png"),
        ("/datasets/{id}/tiles/{z}/{x}/{y}", "/datasets/{id}/tiles/{z}/{x}/{y}"),
        ("/datasets/{id}/part.{format}", "/datasets/{id}/{file}"),
        ("/colormaps/{name}.png", "/colormaps/{file}"),
        ("/a/{b}.png/c", "/a/{file}/c"),
    ],
)
def test_the_gateway_takes_whole_segments_only(path: str, expected: str) -> None:
    assert made_at(path).gateway_path == expected


def test_the_gateway_leads_no_path_to_two_functions() -> None:
    functions = {(r.method, r.gateway_path, r.function) for r in ROUTES}

    assert len(functions) == len({(m, path) for m, path, _ in functions})


def test_no_route_stands_twice() -> None:
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)
