"""Holds answers against what the OpenAPI document says of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

if TYPE_CHECKING:
    from testing.client import Answer

type Json = dict[str, Any]


def media_type_of(answer: Answer) -> str:
    """The media type without a charset."""
    return answer.headers.get("content-type", "").partition("; charset")[0]


def check_answer(api: Json, operation: Json, answer: Answer) -> None:
    """Fails if an answer has a status, a type or a body that is not described."""
    responses = operation["responses"]
    assert str(answer.status) in responses, answer.body[:300]
    described = responses[str(answer.status)]
    if "content" not in described:
        assert answer.body == b""
        return
    media_type = media_type_of(answer)
    assert media_type in described["content"], answer.body[:300]
    check_body(api, described["content"][media_type]["schema"], answer, media_type)


def check_body(api: Json, schema: Json, answer: Answer, media_type: str) -> None:
    """Fails if a body is not as its schema says."""
    if media_type.endswith(("/json", "+json")):
        validate(api, schema, answer.json())
    elif "contentSchema" in schema:
        for line in answer.body.decode().splitlines():
            validate(api, schema["contentSchema"], json.loads(line))
    elif schema.get("format") != "binary":
        validate(api, schema, answer.body.decode())


def validate(api: Json, schema: Json, value: object) -> None:
    """Fails, with what is wrong and where, if a value is not as a schema says."""
    known = {**schema, "components": api["components"]}
    faults = Draft202012Validator(known).iter_errors(value)
    told = [f"{fault.json_path}: {fault.message[:500]}" for fault in faults]
    assert told == []
