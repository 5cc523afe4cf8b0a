"""The door to Powertools: resolvers, logs, metrics."""

from __future__ import annotations

from functools import cached_property
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

__all__ = [
    "APIGatewayHttpResolver",
    "APIGatewayHttpRouter",
    "APIGatewayProxyEventV2",
    "LambdaContext",
    "MetricUnit",
    "Request",
    "Response",
    "logger",
    "metrics",
]

if TYPE_CHECKING:
    from collections.abc import Mapping


class Request(APIGatewayProxyEventV2):
    """An event whose headers are put in order once, and not with every look at one."""

    @cached_property
    def headers(self) -> Mapping[str, str]:  # type: ignore[override,unused-ignore]
        """By name, in any case."""
        return super().headers


logger = Logger(service="rasterlet")
metrics = Metrics(namespace="Rasterlet", service="rasterlet")
