"""Registers functions for the routes that they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.platform.powertools import APIGatewayHttpRouter

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.contract.route import Route
    from handlers.platform.powertools import APIGatewayHttpResolver


def make_router() -> APIGatewayHttpRouter:
    """A router, for a module that answers some routes of a function."""
    return APIGatewayHttpRouter()  # type: ignore[no-untyped-call,unused-ignore]


def handles[Answering: Callable[..., object]](
    app: APIGatewayHttpResolver | APIGatewayHttpRouter, route: Route
) -> Callable[[Answering], Answering]:
    """Register the decorated function for a route; stacked, for several.

    It takes the parameters of the path by position, in the path's order.

    Args:
        app: The resolver of the entry point, or a router that it includes.
        route: A row of the table ``handlers.routes``.
    """

    def register(answer: Answering) -> Answering:
        def call(**placed: str) -> object:
            return answer(*placed.values())

        app.route(route.resolver_path, method=route.method)(call)
        return answer

    return register
