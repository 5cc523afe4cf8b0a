"""The API described by OpenAPI 3.1, put together from its tables."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from handlers.openapi.answers import describe_answers
from handlers.openapi.bodies import EXAMPLES
from handlers.openapi.json_schema import reference
from handlers.openapi.schemas import SCHEMAS
from handlers.platform.settings import current_settings
from handlers.routes import ROUTES
from raster_core.version import __version__

if TYPE_CHECKING:
    from handlers.contract.route import Route
    from handlers.params.param import AnyParam
    from raster_core.documents import Json

_DESCRIPTION = (
    "Zonal statistics and web-map tiles from Cloud-Optimized GeoTIFFs. Errors are "
    "problem documents (RFC 9457). Unknown parameters are refused. Lists are repeated "
    "or written with commas."
)


def describe_api(server: str) -> Json:
    """The OpenAPI document.

    Args:
        server: Absolute URL of the service, without a slash at the end.
    """
    limits = current_settings()
    body = (
        f"JSON, or JSON in gzip with `Content-Encoding: gzip`, of up to "
        f"{_write_limit(limits.max_body)} bytes when inflated, "
        f"{_write_limit(limits.max_features)} features and "
        f"{_write_limit(limits.max_vertices)} vertices."
    )
    return {**_describe(body), "servers": [{"url": server}]}


@lru_cache(maxsize=1)
def _describe(body: str) -> Json:
    """All but the server.

    Args:
        body: What is said of every body.
    """
    paths: dict[str, dict[str, Json]] = {}
    for route in ROUTES:
        operations = paths.setdefault(route.path, {})
        operations[route.method.lower()] = _operation(route, body)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rasterlet",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "tags": [{"name": tag} for tag in _tags()],
        "paths": paths,
        "components": {"schemas": SCHEMAS},
    }


def _tags() -> list[str]:
    return list(dict.fromkeys(route.tag for route in ROUTES))


def _write_limit(limit: float) -> str:
    return f"{limit:,.0f}" if math.isfinite(limit) else "any number of"


def _operation(route: Route, body: str) -> Json:
    placed = [_parameter(param, "path") for param in route.path_params]
    queried = [_parameter(param, "query") for param in route.params]
    described: dict[str, object] = {
        "operationId": _identifier(route.method, route.path),
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": placed + queried,
        "responses": describe_answers(route),
    }
    if route.body:
        content = {
            "schema": reference(route.body),
            "example": EXAMPLES[route.body],
        }
        types = ("application/json", "application/geo+json")
        described["requestBody"] = {
            "description": body,
            "required": True,
            "content": dict.fromkeys(types, content),
        }
    return described


def _parameter(param: AnyParam, location: str) -> Json:
    """The Parameter Object of a parameter in ``path`` or ``query``."""
    described = {
        "name": param.name,
        "in": location,
        "description": param.text,
        "required": param.required or location == "path",
        "schema": param.schema,
    }
    if param.example is not None:
        described["example"] = param.example
    return described


def _identifier(method: str, path: str) -> str:
    words = re.findall(r"[A-Za-z]+", path)
    return "".join((method.lower(), *(word[0].upper() + word[1:] for word in words)))
