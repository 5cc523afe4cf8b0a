"""Every answer that is documented comes, and is as it is documented."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from handlers.openapi.document import describe_api
from handlers.routes import ROUTES
from testing.client import read_answer
from tests.handlers.openapi.described import check_answer
from tests.handlers.openapi.documented import Asked, every_documented_answer

ALL = every_documented_answer()


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(describe_api("https://a.example")))
    return document


@pytest.mark.parametrize("asked", ALL, ids=str)
@pytest.mark.usefixtures("documented_catalogue")
def test_an_answer_is_as_documented(
    asked: Asked, api: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in asked.settings.items():
        monkeypatch.setenv(name, value)

    answer = read_answer(asked.invoke(asked.event()))

    assert answer.status == asked.status, answer.body[:300]
    operation = api["paths"][asked.route.path][asked.route.method.lower()]
    check_answer(api, operation, answer)


def test_every_documented_status_is_asked_for(api: dict[str, Any]) -> None:
    asked = Counter(
        asked.route.key for asked in {(a.route.key, a.status): a for a in ALL}.values()
    )

    for route in ROUTES:
        responses = api["paths"][route.path][route.method.lower()]["responses"]
        assert asked[route.key] == len(responses.keys() - {"default"})
