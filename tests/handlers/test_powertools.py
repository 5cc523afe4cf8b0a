"""The door to Powertools leaves nothing behind, and opens what is asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def run(code: str) -> str:
    """What a new process prints."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_other_services_are_not_loaded():
    loaded = run("import sys, handlers.powertools; print(*sys.modules)").split()

    assert {"asyncio", "ssl", "http.client"}.isdisjoint(loaded)
    assert "aws_lambda_powertools.event_handler.appsync" not in loaded


@pytest.mark.parametrize("first", ["", "import aws_lambda_powertools.event_handler; "])
def test_the_real_packages_are_there_for_others(first: str):
    """Before and after; with the same classes."""
    code = (
        f"{first}import handlers.powertools as ours\n"
        "from aws_lambda_powertools.event_handler import AppSyncResolver, Response\n"
        "from aws_lambda_powertools.utilities.data_classes import (\n"
        "    APIGatewayProxyEventV2, SQSEvent)\n"
        "print(Response is ours.Response)\n"
        "print(APIGatewayProxyEventV2 is ours.APIGatewayProxyEventV2)\n"
        "print(SQSEvent.__name__, AppSyncResolver.__name__)"
    )

    assert run(code).split() == ["True", "True", "SQSEvent", "AppSyncResolver"]


def test_another_version_of_powertools_may_take_more_of_its_packages():
    """What we have no place for is looked up where it always was."""
    code = (
        "import sys\n"
        "from handlers.powertools import _EVENTS, _in_place_of\n"
        "with _in_place_of(_EVENTS, {}):\n"
        "    from aws_lambda_powertools.utilities.data_classes import SQSEvent\n"
        "print(SQSEvent.__name__, hasattr(sys.modules[_EVENTS], 'KafkaEvent'))"
    )

    assert run(code).split() == ["SQSEvent", "True"]
