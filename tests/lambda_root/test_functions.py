"""Every function answers its events through the Runtime API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from handlers.routes import FUNCTIONS, HEALTH
from testing.client import read_answer
from testing.lambda_root.events import example_event, routes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from testing.lambda_root.function import Function


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_route_is_answered(name: str, function: Callable[..., Function]):
    running = function(f"handlers/{name}.handler")

    for route in routes_of(name):
        answer = running.invoke(example_event(route))
        got = read_answer(answer.payload)
        assert got.status == 200, (route, got.body, answer.log)
        assert got.body

    assert running.starts == 1


def test_the_layers_kernels_run(function: Callable[..., Function]):
    health = function("handlers/meta.handler").invoke(example_event(HEALTH))

    assert json.loads(read_answer(health.payload).body)["engine"] == "native"
