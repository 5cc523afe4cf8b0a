"""Every route and the function that answers it: the one table.

The local server dispatches by it, a 405 lists its methods, and a test holds
``serverless.yml`` against it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path."""

    method: str
    path: str
    """With parameters in braces, each a path segment or what is left of one."""
    function: str
    """The module of ``handlers`` whose ``handler`` answers."""


ROUTES = (
    Route("GET", "/health", "meta"),
    Route("GET", "/datasets", "meta"),
    Route("GET", "/datasets/{id}", "meta"),
    Route("GET", "/datasets/{id}/tilejson.json", "meta"),
    Route("GET", "/datasets/{id}/legend.json", "meta"),
    Route("GET", "/datasets/{id}/legend.png", "meta"),
    Route("GET", "/colormaps", "meta"),
    Route("GET", "/colormaps/{name}.png", "meta"),
    Route("GET", "/openapi.json", "meta"),
    Route("GET", "/docs", "meta"),
    Route("GET", "/wmts", "wmts"),
    Route("GET", "/wmts/1.0.0/WMTSCapabilities.xml", "wmts"),
    Route("GET", "/datasets/{id}/tiles/{z}/{x}/{y}", "tiles"),
    Route("GET", "/datasets/{id}/preview.{format}", "tiles"),
    Route("GET", "/datasets/{id}/part.{format}", "tiles"),
    Route("GET", "/datasets/{id}/point", "tiles"),
    Route("GET", "/datasets/{id}/statistics", "statistics"),
    Route("POST", "/datasets/{id}/statistics", "statistics"),
    Route("POST", "/datasets/{id}/features", "statistics"),
    Route("POST", "/datasets/{id}/profile", "statistics"),
    Route("POST", "/crosstab", "statistics"),
    Route("GET", "/overlay/tiles/{z}/{x}/{y}", "overlay"),
    Route("GET", "/overlay/tilejson.json", "overlay"),
    Route("GET", "/overlay/legend.json", "overlay"),
    Route("GET", "/overlay/legend.png", "overlay"),
    Route("GET", "/overlay/point", "overlay"),
    Route("POST", "/overlay/statistics", "overlay"),
)

FALLBACK = "meta"
"""Answers what no route matches: 404, 405 and preflights."""


METHODS = ("GET", "HEAD", "POST", "OPTIONS")
"""Every method that some path answers."""


def find_function(method: str, path: str) -> str:
    """The function that answers a request, as the gateway would choose it."""
    for route in ROUTES:
        if method in methods_of(route) and _pattern(route.path).fullmatch(path):
            return route.function
    return FALLBACK


def methods_of(route: Route) -> tuple[str, ...]:
    """A route's method, and HEAD with every GET (RFC 9110, 9.1)."""
    return ("GET", "HEAD") if route.method == "GET" else (route.method,)


def gateway_path(route: Route) -> str:
    """The path as API Gateway has it, which knows whole segments as parameters only.

    So ``preview.{format}`` is any file there, and what is none of ours is answered by
    the function with the 404 or 405 that the fallback has for it.
    """
    return re.sub(r"/(?!\{\w+\}(/|$))[^/]*\{[^/]*", "/{file}", route.path)


def allowed_methods(path: str) -> list[str]:
    """The methods that a path has; none if it is no route."""
    found = (route for route in ROUTES if _pattern(route.path).fullmatch(path))
    return [method for route in found for method in methods_of(route)]


@lru_cache(maxsize=len(ROUTES))
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))
