"""Entity tags: what a cache already has is not computed again.

A tag is made of what an answer depends on, not of the answer itself, so it is known
after the parameters are validated and before anything is read.
"""

from __future__ import annotations

import json
import os
import re
from hashlib import blake2b
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from handlers.powertools import Response
from handlers.settings import read_settings
from raster_core.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from handlers.powertools import APIGatewayProxyEventV2
    from raster_core.source.dataset import Dataset

# What has a tag. An error has none, so that nobody can be told it is unchanged.
_TAGGED = frozenset({HTTPStatus.OK, HTTPStatus.NO_CONTENT})

_TAG = re.compile(r'(?:W/)?"([^"]*)"')

# Digests of Items, by identity; each keeps its Item, so that no id comes back.
_digests: dict[int, tuple[Mapping[str, object], str]] = {}
_MAX_DIGESTS = 1000


def conditional[Body](
    event: APIGatewayProxyEventV2,
    version: str,
    make: Callable[[], Response[Body]],
    *,
    weak: bool = False,
) -> Response[Body]:
    """The answer that ``make`` gives, with its tag; 304 if the caller has it already.

    Call it when the parameters have been validated, and leave all reading to
    ``make``: it is not called for a 304.

    Args:
        event: A GET. Any other method is answered without a tag.
        version: Whatever the answer depends on beside path, parameters and code:
            ``version_of`` its datasets, the base of the URLs in it.
        make: Computes the answer.
        weak: For text, which may travel compressed or not under the same tag.

    Source: RFC 9110, 8.8.3 (ETag), 13.1.2 (If-None-Match), 15.4.5 (304).
    """
    if event.http_method != "GET":
        return make()
    tag = _tag(event, version)
    written = f'W/"{tag}"' if weak else f'"{tag}"'
    if _has(event.headers.get("if-none-match", ""), tag):
        headers: dict[str, str | list[str]] = {
            "ETag": written,
            "Cache-Control": read_settings(os.environ).cache_control,
        }
        if weak:
            headers["Vary"] = "Accept-Encoding"  # as the answer it stands for
        return Response(HTTPStatus.NOT_MODIFIED, headers=headers)
    response = make()
    if response.status_code in _TAGGED:
        response.headers["ETag"] = written
    return response


def version_of(*datasets: Dataset) -> str:
    """What changes when the pixels of a dataset or its Item in the catalogue do.

    The Item counts because it holds the default rendering and the classes.
    """
    return " ".join(f"{d.version}:{_digest(d.item)}" for d in datasets)


def _tag(event: APIGatewayProxyEventV2, version: str) -> str:
    parts = (__version__, version, event.path, canonical_parameters(event))
    # Joined so that no two lists of parts give the same text.
    return blake2b(json.dumps(parts).encode(), digest_size=12).hexdigest()


def canonical_parameters(event: APIGatewayProxyEventV2) -> str:
    """The query string, sorted by name.

    The order of different parameters means nothing; that of a repeated one does:
    ``bidx=1&bidx=2`` has another first band than ``bidx=2&bidx=1``.
    """
    pairs = parse_qsl(event.raw_query_string or "", keep_blank_values=True)
    return urlencode(sorted(pairs, key=lambda pair: pair[0]))


def _has(header: str, tag: str) -> bool:
    """Whether a tag is in an ``If-None-Match``, weak or strong being the same."""
    return header.strip() == "*" or tag in _TAG.findall(header)


def _digest(item: Mapping[str, object]) -> str:
    known = _digests.get(id(item))
    if known:
        return known[1]
    if len(_digests) >= _MAX_DIGESTS:
        _digests.clear()
    text = json.dumps(item, sort_keys=True, default=str)
    digest = blake2b(text.encode(), digest_size=8).hexdigest()
    _digests[id(item)] = (item, digest)
    return digest
