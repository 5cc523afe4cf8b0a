"""What stands before the routes in the paths of requests: stages, mappings, proxies."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from handlers.http.urls import listed_base
from handlers.platform.settings import current_settings
from handlers.routes import allowed_methods

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def strip_prefix(event: dict[str, object]) -> dict[str, object]:
    """The event with the path of the route, after the stage's name if there is one.

    Gateways with a custom domain send the stage, the mapping's key, or both before the
    path; proxies remove their prefix or leave it.
    """
    context, path = event.get("requestContext"), event.get("rawPath")
    if not isinstance(context, dict) or not isinstance(path, str):
        return event
    headers = event.get("headers")
    host = headers.get("host", "") if isinstance(headers, dict) else ""
    stage = str(context.get("stage", "$default"))
    named = "" if stage == "$default" else f"/{stage}"
    found = named + route_path(path, (named, *known_prefixes(host)))
    http = context.get("http")
    if found == path or not isinstance(http, dict):
        return event
    return {
        **event,
        "rawPath": found,
        "requestContext": {**context, "http": {**http, "path": found}},
    }


def known_prefixes(host: str) -> tuple[str, ...]:
    """The prefixes that the operator configured for a Host."""
    settings = current_settings()
    _, listed = listed_base(host, settings)
    return tuple(filter(None, (urlsplit(settings.base_url or "").path, listed)))


def route_path(path: str, prefixes: Iterable[str]) -> str:
    """The path without those of the prefixes that it begins with, in any order.

    Of several ways to read it, the shortest that is a route: ``/datasets`` may be a
    prefix too.
    """
    known = tuple(prefix for prefix in dict.fromkeys(prefixes) if prefix)
    found = sorted(_readings(path, known), key=len)
    if len(found) == 1:  # mostly, and a table of patterns takes a while
        return path
    return next(filter(allowed_methods, found), found[0])


def _readings(path: str, prefixes: tuple[str, ...]) -> Iterator[str]:
    """The path without some of the prefixes, each taken away once at most."""
    yield path
    for position, prefix in enumerate(prefixes):
        if path == prefix or path.startswith(f"{prefix}/"):
            others = prefixes[:position] + prefixes[position + 1 :]
            yield from _readings(path.removeprefix(prefix) or "/", others)
