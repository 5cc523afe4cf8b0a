"""The JSON of a request's body."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING

from handlers.params.errors import BodyTooLargeError, MediaTypeError
from handlers.platform.encoding import GZIP_MAGIC, inflate
from handlers.platform.settings import current_settings
from raster_core.errors import RequestError

if TYPE_CHECKING:
    from handlers.platform.powertools import APIGatewayProxyEventV2


def read_json_body(event: APIGatewayProxyEventV2) -> object:
    """The JSON value of the body, which may be compressed.

    Raises:
        MediaTypeError: If it is not declared as JSON, or has a coding other than gzip.
        BodyTooLargeError: If it has more bytes than ``Settings.max_body`` allows.
        RequestError: If it cannot be parsed, or is not gzip although declared so.
    """
    headers = {name.lower(): value for name, value in (event.headers or {}).items()}
    declared = headers.get("content-type", "").split(";")[0].strip().lower()
    if declared != "application/json" and not declared.endswith("+json"):
        raise MediaTypeError(
            f"Content-Type '{declared[:80]}' is not application/json or "
            "application/geo+json"
        )
    limit = current_settings().max_body
    content = _body_bytes(event)
    if len(content) <= limit:
        content = _decode(content, headers.get("content-encoding", ""), limit)
    if len(content) > limit:
        raise BodyTooLargeError(
            f"The body has {len(content)} bytes, which exceeds {limit:.0f}"
        )
    try:
        value: object = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"The body is not JSON: {str(error)[:120]}") from error
    return value


def _decode(content: bytes, coding: str, limit: float) -> bytes:
    """The body without its coding.

    Raises:
        BodyTooLargeError: If it is larger than ``limit`` without; inflating stops
            there, so memory stays bounded.
    """
    coding = coding.strip().lower()
    if coding not in {"", "identity", "gzip", "x-gzip"}:
        raise MediaTypeError(f"Content-Encoding '{coding[:80]}' is not gzip")
    # A gateway may inflate it and keep the header; JSON does not begin with the magic.
    if coding in {"", "identity"} or not content.startswith(GZIP_MAGIC):
        return content
    try:
        inflated = inflate(content, limit)
    except ValueError as error:
        raise RequestError(f"The body is not gzip: {str(error)[:120]}") from error
    if len(inflated) > limit:
        raise BodyTooLargeError(
            f"The body has more than {limit:.0f} bytes when it is inflated"
        )
    return inflated


def _body_bytes(event: APIGatewayProxyEventV2) -> bytes:
    body = event.body or ""
    if not event.is_base64_encoded:
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RequestError("The body is not base64 as the event says") from error
