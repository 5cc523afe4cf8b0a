"""The door to Powertools: routes, logs and metrics, without what serves other events.

Its packages of resolvers and of events import those of all services, and asyncio with
them: a tenth of a cold start. While ours are imported, an empty package stands in place
of each, so that only the modules asked for are run; afterwards nothing is left of it.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

__all__ = [
    "APIGatewayHttpResolver",
    "APIGatewayHttpRouter",
    "APIGatewayProxyEventV2",
    "LambdaContext",
    "Logger",
    "MetricUnit",
    "Metrics",
    "Response",
]

_HANDLER = "aws_lambda_powertools.event_handler"
_EVENTS = "aws_lambda_powertools.utilities.data_classes"

# What the modules that we use take from their package; elsewhere each is imported by
# its own name.
_TAKEN = {
    "ALBEvent": "alb_event",
    "APIGatewayProxyEvent": "api_gateway_proxy_event",
    "APIGatewayProxyEventV2": "api_gateway_proxy_event",
    "BedrockAgentEvent": "bedrock_agent_event",
    "LambdaFunctionUrlEvent": "lambda_function_url_event",
    "VPCLatticeEvent": "vpc_lattice",
    "VPCLatticeEventV2": "vpc_lattice",
}


@contextmanager
def _in_place_of(name: str, taken: Mapping[str, str]) -> Iterator[None]:
    """An empty package, unless the real one is loaded already."""
    if name in sys.modules:
        yield
        return
    spec = find_spec(name)
    assert spec  # noqa: S101  a package of an installed library
    package = ModuleType(name)
    package.__path__ = list(spec.submodule_search_locations or ())
    package.__dict__["__getattr__"] = partial(_find, name, taken)
    sys.modules[name] = package
    try:
        yield
    finally:
        if sys.modules.get(name) is package:
            del sys.modules[name]


def _find(name: str, taken: Mapping[str, str], attribute: str) -> object:
    """What is asked of an empty package: one of its modules, or what they define."""
    if attribute in taken:
        return getattr(import_module(f"{name}.{taken[attribute]}"), attribute)
    if attribute.startswith("__"):
        raise AttributeError(attribute)
    if find_spec(f"{name}.{attribute}"):
        return import_module(f"{name}.{attribute}")
    # Another version of Powertools: as slow as without all this, and as right.
    del sys.modules[name]
    return getattr(import_module(name), attribute)


with _in_place_of(_EVENTS, _TAKEN), _in_place_of(_HANDLER, {}):
    from aws_lambda_powertools.event_handler.api_gateway import (
        APIGatewayHttpResolver,
        Response,
    )
    from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
    from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
