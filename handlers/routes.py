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
    """With parameters in braces, each one path segment."""
    function: str
    """The module of ``handlers`` whose ``handler`` answers."""


ROUTES = (
    Route("GET", "/health", "meta"),
    Route("GET", "/datasets", "meta"),
    Route("GET", "/datasets/{id}", "meta"),
    Route("GET", "/datasets/{id}/tilejson.json", "meta"),
    Route("GET", "/datasets/{id}/legend.json", "meta"),
    Route("GET", "/datasets/{id}/legend.png", "meta"),
    Route("GET", "/datasets/{id}/tiles/{z}/{x}/{y}", "tiles"),
    Route("GET", "/datasets/{id}/point", "tiles"),
    Route("GET", "/datasets/{id}/statistics", "statistics"),
    Route("POST", "/datasets/{id}/statistics", "statistics"),
    Route("POST", "/datasets/{id}/features", "statistics"),
    Route("POST", "/datasets/{id}/profile", "statistics"),
    Route("POST", "/crosstab", "statistics"),
)

FALLBACK = "meta"
"""Answers what no route matches: 404, 405 and preflights."""


def find_function(method: str, path: str) -> str:
    """The function that answers a request, as the gateway would choose it."""
    for route in ROUTES:
        if route.method == method and _pattern(route.path).fullmatch(path):
            return route.function
    return FALLBACK


def allowed_methods(path: str) -> list[str]:
    """The methods that a path has; none if it is no route."""
    return [r.method for r in ROUTES if _pattern(r.path).fullmatch(path)]


@lru_cache(maxsize=len(ROUTES))
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))
