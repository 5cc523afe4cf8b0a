"""Calls the Lambda functions as the gateway does: an event in, an answer out."""

from __future__ import annotations

import base64
import gzip
import importlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from handlers.routes import find_function

if TYPE_CHECKING:
    from collections.abc import Mapping

RECORDED = Path(__file__).parent / "http-api-v2.json"

JSON_TYPE = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class LambdaContext:
    """What Powertools asks of an invocation."""

    function_name: str = "rasterlet"
    memory_limit_in_mb: int = 1769
    aws_request_id: str = "9d3f2f5c-6a3c-4b62-9e9c-000000000000"
    invoked_function_arn: str = field(
        default="arn:aws:lambda:eu-central-1:123456789012:function:rasterlet"
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller sees."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    """Decompressed."""

    def json(self) -> Any:
        """The document; ``NaN`` and ``Infinity`` are refused, as JSON has neither."""
        return json.loads(self.body, parse_constant=_refuse)


def event(
    method: str,
    path: str,
    query: str = "",
    body: str | bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The recorded event with another request in it; bytes travel as base64."""
    made: dict[str, Any] = json.loads(RECORDED.read_text())
    made |= {"routeKey": "$default", "rawPath": path, "rawQueryString": query}
    made["requestContext"] |= {"routeKey": "$default"}
    made["requestContext"]["http"] |= {"method": method, "path": path}
    made.pop("pathParameters")
    made["headers"] |= headers or {}
    if body is not None:
        encoded = isinstance(body, bytes)
        made["body"] = base64.b64encode(body).decode() if encoded else body
        made["isBase64Encoded"] = encoded
    return made


def invoke(request: dict[str, Any]) -> Answer:
    """The answer to an event, from the function that the gateway would choose."""
    method = request["requestContext"]["http"]["method"]
    stage = request["requestContext"]["stage"]
    path = request["rawPath"].removeprefix(f"/{stage}")
    module = importlib.import_module(f"handlers.{find_function(method, path)}")
    return read_answer(module.handler(request, LambdaContext()))


def read_answer(result: Mapping[str, Any]) -> Answer:
    """The HTTP answer of a function's result, after its way through JSON."""
    sent = json.loads(json.dumps(result))
    text = sent.get("body") or ""
    body = base64.b64decode(text) if sent["isBase64Encoded"] else text.encode()
    headers = {name.lower(): value for name, value in sent["headers"].items()}
    if body and headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    return Answer(sent["statusCode"], headers, body)


def get(path: str, query: str = "") -> Answer:
    """GET a path; the query as it stands in a URL."""
    return invoke(event("GET", path, query))


def post(
    path: str,
    document: object,
    query: str = "",
    headers: Mapping[str, str] = JSON_TYPE,
) -> Answer:
    """POST a document; text and bytes go as they are."""
    body = document if isinstance(document, str | bytes) else json.dumps(document)
    return invoke(event("POST", path, query, body, headers))


def assert_bad_gateway(path: str) -> str:
    """The detail of a 502."""
    answer = get(path)
    assert answer.status == 502, answer.body
    detail: str = answer.json()["detail"]
    return detail


def get_url(url: str) -> Answer:
    """GET an absolute URL that the service gave out."""
    path, _, query = url.split("/", 3)[3].partition("?")
    return get(unquote(f"/{path}"), query)


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")
