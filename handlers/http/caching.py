"""Entity tags, and how long answers are kept.

A tag is made of what an answer depends on, not of the answer itself, so it is known
after the parameters are validated and before anything is read. Documents are
revalidated each time, which with a tag is one round trip, so a new dataset is
seen at once. They name tiles and images by the dataset's version, and those are kept.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import blake2b
from http import HTTPStatus
from typing import TYPE_CHECKING

from handlers.http.versions import version_key
from handlers.params.lists.rendering import VERSION
from handlers.params.query import query_of
from handlers.platform.powertools import Response
from handlers.platform.settings import current_settings
from raster_core.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.params.query import Query
    from handlers.platform.powertools import APIGatewayProxyEventV2

# Statuses with a tag. Errors have none, so that no client is told they are unchanged.
_TAGGED = frozenset({HTTPStatus.OK, HTTPStatus.NO_CONTENT})

_TAG = re.compile(r'(?:W/)?"([^"]*)"')

_REVALIDATED = "no-cache"

_IMMUTABLE = "public, max-age=31536000, immutable"

# For images whose URL names no version: one may be an hour old, once.
_KEPT = "public, max-age=3600, stale-while-revalidate=86400"

# For images whose URL names another version: the document is old, or this process has
# an old catalogue.
_BRIEF = "public, max-age=60"


@dataclass(frozen=True, slots=True, eq=False)
class Address:
    """The address of an answer, which decides its tag together with its version."""

    path: str
    query: Query


def address_of(event: APIGatewayProxyEventV2) -> Address:
    """The address that a request names."""
    return Address(event.path, query_of(event))


def conditional[Body](
    event: APIGatewayProxyEventV2,
    version: str,
    make: Callable[[], Response[Body]],
    *,
    weak: bool = False,
    address: Address | None = None,
) -> Response[Body]:
    """The answer of ``make`` with its tag, or 304 if the client has it already.

    It says how long it may be kept. Call it when the parameters have been validated,
    and leave all reading to ``make``: it is not called for a 304.

    Args:
        event: The request. Methods other than GET are answered without a tag.
        version: Whatever the answer depends on beside path, parameters and code:
            ``version_of`` its datasets, the base of the URLs in it.
        make: Computes the answer.
        weak: For text, which may be sent compressed or not under one tag.
        address: That of ``event``, by default, or where the same answer is found as
            well, under the same tag.

    Source: RFC 9110, 8.8.3 (ETag), 13.1.2 (If-None-Match), 15.4.5 (304).
    """
    if event.http_method != "GET":
        return make()
    address = address or address_of(event)
    tag = answer_tag(address, version)
    written = f'W/"{tag}"' if weak else f'"{tag}"'
    kept = current_settings().cache_control
    kept = kept or (_REVALIDATED if weak else _keep_image(address, version))
    if _has(event.headers.get("if-none-match", ""), tag):
        headers: dict[str, str | list[str]] = {
            "ETag": written,
            "Cache-Control": kept,
        }
        if weak:
            headers["Vary"] = "Accept-Encoding"  # as the answer it stands for
        return Response(HTTPStatus.NOT_MODIFIED, headers=headers)
    response = make()
    if response.status_code in _TAGGED:
        response.headers |= {"ETag": written, "Cache-Control": kept}
    return response


def _keep_image(address: Address, version: str) -> str:
    """How long an image may be kept, by the version that its address names."""
    named = address.query.texts(VERSION)
    if not named:
        return _KEPT
    return _IMMUTABLE if list(named) == [version_key(version)] else _BRIEF


def answer_tag(address: Address, version: str) -> str:
    """A digest of what an answer depends on; see ``conditional``."""
    parts = (__version__, version, address.path, address.query.canonical())
    # As JSON, so that no two lists of parts give the same text.
    return blake2b(json.dumps(parts).encode(), digest_size=12).hexdigest()


def _has(header: str, tag: str) -> bool:
    """Whether a tag is in an ``If-None-Match``, compared weakly."""
    return header.strip() == "*" or tag in _TAG.findall(header)
