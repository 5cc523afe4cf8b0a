"""``serverless.yml`` as it is written: what exists, what is routed, why each number.

What becomes of it is in ``tests/deploy``.
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from handlers.routes import FALLBACK, ROUTES
from tests.deploy.short_tags import Loader

ROOT = Path(__file__).resolve().parent.parent
SOURCE = (ROOT / "serverless.yml").read_text()
GATEWAY_SECONDS = 30

NUMBERS = ("memorySize", "timeout", "reservedConcurrency")


@pytest.fixture(scope="module")
def stack() -> dict[str, Any]:
    return yaml.load(SOURCE, Loader)  # noqa: S506  safe


def test_every_route_goes_to_the_function_that_answers_it(stack: dict[str, Any]):
    routed = {
        (event["httpApi"], name)
        for name, function in stack["functions"].items()
        for event in function["events"]
    }

    expected = {
        (f"{method} {route.gateway_path}", route.function)
        for route in ROUTES
        for method in route.methods
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


def test_every_handler_exists(stack: dict[str, Any]):
    for name, function in stack["functions"].items():
        assert function["handler"] == f"handlers/{name}.handler"
        assert callable(importlib.import_module(f"handlers.{name}").handler)


def test_every_function_ends_before_the_gateway_gives_up(stack: dict[str, Any]):
    for function in stack["functions"].values():
        assert 0 < function["timeout"] < GATEWAY_SECONDS
        condition, number, _ = function["reservedConcurrency"]
        assert condition == "Reserve"
        assert int(number) > 0


@pytest.mark.parametrize("number", NUMBERS)
def test_every_number_has_its_reason(stack: dict[str, Any], number: str):
    lines = SOURCE[SOURCE.index("\nfunctions:") :].splitlines()
    places = [i for i, line in enumerate(lines) if line.startswith(f"    {number}:")]

    assert len(places) == len(stack["functions"])
    assert all(lines[place - 1].startswith("    # ") for place in places)


def test_every_parameter_is_explained_where_it_stands(stack: dict[str, Any]):
    lines = SOURCE[SOURCE.index("\nparams:") : SOURCE.index("\nprovider:")].splitlines()
    own = [line.partition(":")[0].strip() for line in lines]
    for name in stack["params"]["default"]:
        above = lines[own.index(name) - 1]
        # Several that belong together have one explanation.
        assert (
            above.strip().startswith("#")
            or own[own.index(name) - 1] in stack["params"]["default"]
        )


def test_every_parameter_is_documented(stack: dict[str, Any]):
    page = (ROOT / "docs" / "operations.md").read_text()

    for name in stack["params"]["default"]:
        assert f"`{name}`" in page


def test_every_parameter_is_used(stack: dict[str, Any]):
    files = [SOURCE, *(file.read_text() for file in (ROOT / "deploy").glob("*.yml"))]
    used = set(re.findall(r"\${param:(\w+)}", "\n".join(files)))

    assert used == set(stack["params"]["default"]) | {"limit"}  # the firewall's own


def test_permissions_name_one_bucket_and_one_action(stack: dict[str, Any]):
    (statement,) = stack["provider"]["iam"]["role"]["statements"]

    pattern, names = statement["Resource"]

    assert statement["Action"] == "s3:GetObject"
    assert pattern == "arn:${AWS::Partition}:s3:::${Bucket}/${param:prefix}*"
    assert names == {"Bucket": ["OwnBucket", "RasterBucket", "${param:bucket}"]}
