"""The door to Powertools: routes, logs, metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler.api_gateway import (
    APIGatewayHttpResolver,
    Response,
)
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.routing import Route

__all__ = [
    "APIGatewayHttpResolver",
    "APIGatewayHttpRouter",
    "APIGatewayProxyEventV2",
    "LambdaContext",
    "MetricUnit",
    "Response",
    "handles",
    "logger",
    "make_router",
    "metrics",
]

logger = Logger(service="rasterlet")
metrics = Metrics(namespace="Rasterlet", service="rasterlet")


def make_router() -> APIGatewayHttpRouter:
    """A router, for a module that answers some routes of a function."""
    return APIGatewayHttpRouter()  # type: ignore[no-untyped-call,unused-ignore]


def handles[Answering: Callable[..., object]](
    app: APIGatewayHttpResolver | APIGatewayHttpRouter, *routes: Route
) -> Callable[[Answering], Answering]:
    """Register the decorated function for routes.

    It takes the parameters of the path by position, in the path's order.

    Args:
        app: The resolver of the entry point, or a router that it includes.
        routes: Of the table ``handlers.routes``.
    """

    def register(answer: Answering) -> Answering:
        def call(**placed: str) -> object:
            return answer(*placed.values())

        for route in routes:
            app.route(route.resolver_path, method=route.method)(call)
        return answer

    return register
