"""The door to Powertools: resolvers, logs, metrics."""

from __future__ import annotations

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
    "Response",
    "logger",
    "metrics",
]

logger = Logger(service="rasterlet")
metrics = Metrics(namespace="Rasterlet", service="rasterlet")
