"""The deployment names what exists, and routes what the handlers answer."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from handlers.routes import FALLBACK, ROUTES, gateway_path, methods_of

ROOT = Path(__file__).resolve().parent.parent
GATEWAY_SECONDS = 30


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags, taken as plain text."""


Loader.add_multi_constructor("!", lambda _loader, _tag, node: node.value)


@pytest.fixture(scope="module")
def stack() -> dict[str, Any]:
    return yaml.load((ROOT / "serverless.yml").read_text(), Loader)  # noqa: S506  safe


def test_every_route_goes_to_the_function_that_answers_it(stack: dict[str, Any]):
    routed = {
        (event["httpApi"], name)
        for name, function in stack["functions"].items()
        for event in function["events"]
    }

    expected = {
        (f"{method} {gateway_path(route)}", route.function)
        for route in ROUTES
        for method in methods_of(route)
    }
    assert routed == expected | {("*", FALLBACK)}


def test_no_route_is_written_twice(stack: dict[str, Any]):
    keys = [
        event["httpApi"]
        for function in stack["functions"].values()
        for event in function["events"]
    ]

    assert len(keys) == len(set(keys))


def test_a_parameter_of_a_route_is_a_whole_segment(stack: dict[str, Any]):
    """API Gateway refuses to deploy any other."""
    for function in stack["functions"].values():
        for event in function["events"]:
            segments = event["httpApi"].split("/")[1:]
            assert all(re.fullmatch(r"{\w+}|[^{}]+", segment) for segment in segments)


def test_everything_that_handlers_read_is_packed(stack: dict[str, Any]):
    patterns = stack["package"]["patterns"]
    for file in (ROOT / "handlers").iterdir():
        if file.is_file():
            assert f"handlers/**/*{file.suffix}" in patterns


def test_every_handler_exists(stack: dict[str, Any]):
    for name, function in stack["functions"].items():
        assert function["handler"] == f"handlers/{name}.handler"
        assert callable(importlib.import_module(f"handlers.{name}").handler)


def test_every_function_ends_before_the_gateway_gives_up(stack: dict[str, Any]):
    default = stack["provider"]["timeout"]
    for function in stack["functions"].values():
        assert function.get("timeout", default) < GATEWAY_SECONDS
        assert function["reservedConcurrency"] > 0


def test_permissions_name_one_bucket_and_one_action(stack: dict[str, Any]):
    (statement,) = stack["provider"]["iam"]["role"]["statements"]

    assert statement["Action"] == "s3:GetObject"
    assert statement["Resource"] == "arn:aws:s3:::${param:bucket}/*"
