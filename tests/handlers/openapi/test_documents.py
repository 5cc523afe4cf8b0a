from __future__ import annotations

import base64
import hashlib
import re

import pytest

from testing.client import get


def directives(policy: str) -> dict[str, str]:
    pairs = (part.split(" ", 1) for part in policy.split("; "))
    return {name: value for name, value in pairs}  # noqa: C416  every part is a pair


def test_the_page_is_html() -> None:
    answer = get("/docs")

    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.body.startswith(b"<!DOCTYPE html>")


def test_nothing_runs_but_what_stands_in_the_page() -> None:
    answer = get("/docs")

    policy = directives(answer.headers["content-security-policy"])
    page = answer.body.decode()
    for element in ("script", "style"):
        (text,) = re.findall(f"<{element}>(.*?)</{element}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert policy[f"{element}-src"] == f"'sha256-{digest}'"
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == "'self'"


def test_the_page_needs_nobody_else() -> None:
    page = get("/docs").body.decode()

    assert re.findall("https?://", page) == []
    assert re.findall(r"\b(?:src|href)=\"(?!data:)", page) == []
    assert "innerHTML" not in page


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
def test_parameters_are_refused(path: str) -> None:
    assert get(path, "theme=dark").status == 400
