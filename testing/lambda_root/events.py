"""One event for each route, made of the examples in the API's own description."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from handlers.openapi.document import describe_api
from handlers.routes import ROUTES
from testing.client import JSON_TYPE, event

if TYPE_CHECKING:
    from handlers.contract.route import Route

TILE = event("GET", "/datasets/elevation/tiles/10/171/396.png")
"""In the middle of the sample's elevation."""


def example_event(route: Route) -> dict[str, Any]:
    """The recorded event with the example of a route in it."""
    described: Any = describe_api("https://maps.example")
    operation = described["paths"][route.path][route.method.lower()]
    given = [entry for entry in operation["parameters"] if "example" in entry]
    path = route.path.format(
        **{entry["name"]: entry["example"] for entry in given if entry["in"] == "path"}
    )
    query = [
        (entry["name"], value)
        for entry in given
        if entry["in"] == "query"
        for value in _listed(entry["example"])
    ]
    body, headers = None, {}
    if "requestBody" in operation:
        media = operation["requestBody"]["content"]["application/json"]
        body, headers = json.dumps(media["example"]), JSON_TYPE
    return event(route.method, path, urlencode(query), body, headers)


def routes_of(function: str) -> list[Route]:
    """The routes that a function answers."""
    return [route for route in ROUTES if route.function == function]


def _listed(example: Any) -> list[Any]:
    return example if isinstance(example, list) else [example]
